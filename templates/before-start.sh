#!/bin/sh
# Root runs this before each start of a process: it gives the process its own copy of the rendered
# properties and notes which files that start used.
#   before-start PROPERTIES COPY RECORD UNIT_FILE [EXTRA_LINE]
set -eu
properties=$1 copy=$2 record=$3 unit_file=$4 extra=${5:-}
umask 027
{
	cat "$properties"
	[ -z "$extra" ] || printf '%s\n' "$extra"
} >"$copy.new"
chown rocketmq:rocketmq "$copy.new"
mv -f "$copy.new" "$copy"
cat "$properties" "$unit_file" | sha256sum | cut -c 1-64 >"$record.new"
mv -f "$record.new" "$record"
