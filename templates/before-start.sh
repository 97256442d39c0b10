#!/bin/sh
# systemd runs this as root before each start of a process. It gives the process its own copy of the
# rendered properties and records which files that start used.
#   before-start PROPERTIES COPY RECORD UNIT_FILE [EXTRA_LINE...]
set -eu
properties=$1 copy=$2 record=$3 unit_file=$4
shift 4
service=rocketmq
umask 027
trap 'rm -f "$record.copy"' EXIT
{
	cat "$properties"
	# However the file ends, the extra lines are lines of their own.
	echo
	for line; do printf '%s\n' "$line"; done
} >"$record.copy"
# The copy is in a folder of the service user, who may replace it by a link to any file of root's.
# shellcheck disable=SC2016 # expanded by the shell that runs as the service user
setpriv --reuid "$(id -u "$service")" --regid "$(id -g "$service")" --clear-groups --no-new-privs \
	sh -c 'rm -f "$1.new" && cat >"$1.new" && mv -fT "$1.new" "$1"' sh "$copy" <"$record.copy"
if [ "$(systemctl show --value -p NeedDaemonReload "$(basename "$unit_file")")" = yes ]; then
	# systemd starts what it has in memory, which is not the file's text.
	echo stale >"$record.new"
else
	cat "$properties" "$unit_file" | sha256sum | cut -c 1-64 >"$record.new"
fi
mv -f "$record.new" "$record"
