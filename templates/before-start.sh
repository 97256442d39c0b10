#!/bin/sh
# Root runs this before each start of a process: it gives the process its own copy of the rendered
# properties and notes which files that start used.
#   before-start PROPERTIES COPY RECORD UNIT_FILE [EXTRA_LINE...]
set -eu
properties=$1 copy=$2 record=$3 unit_file=$4
shift 4
umask 027
{
	cat "$properties"
	# Whatever the file ends with, these lines are lines of their own.
	echo
	for line; do printf '%s\n' "$line"; done
} >"$copy.new"
chown rocketmq:rocketmq "$copy.new"
mv -f "$copy.new" "$copy"
if [ "$(systemctl show --value -p NeedDaemonReload "$(basename "$unit_file")")" = yes ]; then
	# systemd starts what it has in memory, which is not the file's text.
	echo stale >"$record.new"
else
	cat "$properties" "$unit_file" | sha256sum | cut -c 1-64 >"$record.new"
fi
mv -f "$record.new" "$record"
