#!/bin/sh
# Makes a file equal to standard input and prints {"sha","writes"}; a file that is equal is not touched.
#   put-file PATH MODE OWNER:GROUP [FORMER_PATH...]
# It takes the place of the files at the former paths, which an earlier update may have written.
# The count of writes stays on the host: whoever takes this output as an input sees a write even when a
# failed run is followed by one that puts the old content back.
set -eu
path=$1 mode=$2 owner=$3
shift 3
umask 077
records=/var/lib/rocketmq-pulumi-host/writes
counter=$records/$(printf '%s' "$path" | tr / _)
mkdir -p "$records"
(umask 022 && mkdir -p "$(dirname "$path")")
new=$(mktemp "$path.XXXXXX")
trap 'rm -f "$new"' EXIT
cat >"$new"
# A connection that broke sent less; every text of ours ends with a line's end.
if [ ! -s "$new" ] || [ -n "$(tail -c 1 "$new")" ]; then
	echo "put-file $path: the text did not arrive whole; run again" >&2
	exit 1
fi
chown "$owner" "$new"
chmod "$mode" "$new"
writes=$(cat "$counter" 2>/dev/null || echo 0)
if cmp -s "$new" "$path" && [ "$(stat -c %a:%U:%G "$new")" = "$(stat -c %a:%U:%G "$path")" ]; then
	:
else
	writes=$((writes + 1))
	# The count first: a write without its count would go unseen.
	printf '%s\n' "$writes" >"$counter.new"
	mv -f "$counter.new" "$counter"
	mv -f "$new" "$path"
fi
for former; do rm -f "$former"; done
printf '{"sha":"%s","writes":%s}\n' "$(sha256sum <"$path" | cut -c 1-16)" "$writes"
