#!/bin/sh
# Runs a class of lib/, for the scripts beside it. RocketMQ's own runclass.sh passes options that
# Java 9 and newer refuse.
base=$(dirname "$0")/..
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xms1g -Xmx1g -Xmn256m -XX:-OmitStackTraceInFastThrow \
	-Drmq.logback.configurationFile="$base/conf/rmq.client.logback.xml" \
	-cp ".:$base/conf:$base/lib/*" "$@"
