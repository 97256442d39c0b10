#!/bin/sh
# Make a file equal to standard input and print {"sha","writes"}. A file that is equal is not touched.
#   put-file PATH MODE OWNER:GROUP BYTES [FORMER_PATH...]
# BYTES is the length of the text: a broken connection delivers less, and nothing is installed then.
# The file replaces those at the former paths, which an earlier update may have written.
# The host keeps the count of writes, so a resource that takes this output as an input also sees a
# failed run that is followed by one that restores the old content.
set -eu
path=$1 mode=$2 owner=$3 bytes=${4-}
refuse() {
	printf '%s\n' "$(uname -n): $path: $1" >&2
	exit 1
}
case $bytes in
'' | *[!0-9]*) refuse "put-file needs the length in bytes as its fourth argument, got '$bytes'; use the release that installed it" ;;
esac
shift 4
umask 077
records=/var/lib/rocketmq-pulumi-host/writes
counter=$records/$(printf '%s' "$path" | tr / _)
mkdir -p "$records"
directory=$(dirname "$path")
# Another owner of a directory on the way could put a link there: root would write anywhere.
part=$directory me=$(id -u)
while [ -n "$part" ]; do
	owner_id=$(stat -c %u "$part" 2>/dev/null || echo 0)
	[ "$owner_id" = 0 ] || [ "$owner_id" = "$me" ] ||
		refuse "$part belongs to user $owner_id, not to root; give it to root or remove it, and run again"
	part=${part%/*}
done
(umask 022 && mkdir -p "$directory")
new=$(mktemp "$path.XXXXXX")
trap 'rm -f "$new"' EXIT
timeout 300 cat >"$new" || refuse "the text did not arrive within 300 s; run the update again"
received=$(stat -c %s "$new")
[ "$received" = "$bytes" ] || refuse "received $received of $bytes bytes; nothing was installed; run the update again"
chown "$owner" "$new"
chmod "$mode" "$new"
writes=$(cat "$counter" 2>/dev/null || echo 0)
if ! cmp -s "$new" "$path" || [ "$(stat -c %a:%U:%G "$new")" != "$(stat -c %a:%U:%G "$path")" ]; then
	writes=$((writes + 1))
	# The count first: a write without its count would go unseen.
	printf '%s\n' "$writes" >"$counter.new"
	mv -f "$counter.new" "$counter"
	mv -f "$new" "$path"
fi
for former; do rm -f "$former"; done
printf '{"sha":"%s","writes":%s}\n' "$(sha256sum <"$path" | cut -c 1-16)" "$writes"
