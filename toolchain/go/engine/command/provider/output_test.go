package provider_test

import (
	"strings"
	"testing"
	"time"

	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

const (
	lineOf70KiB = "head -c 71680 /dev/zero | tr '\\0' x; echo"
	lineOf60KiB = "head -c 61440 /dev/zero | tr '\\0' x; echo"
)

func TestALoggedLineOver64KiBHangsForever(t *testing.T) {
	t.Parallel()
	server := sshtest.Start(t)
	for token, given := range map[string]props{
		remoteCommand: {"connection": connectionTo(server)}, localCommand: {},
	} {
		t.Run(token, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, tokenOf(token))
			expectHang(t, 3*time.Second, func() { _ = e.create(given.with("create", lineOf70KiB)) })
		})
	}
}

func TestCarriageReturnsDoNotEndALine(t *testing.T) {
	t.Parallel()
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	progress := lineOf60KiB + " | tr '\\n' '\\r'; printf '\\r'; " + lineOf60KiB
	progress = "{ " + strings.ReplaceAll(progress, "; echo", "") + "; }"
	expectHang(t, 3*time.Second, func() {
		_ = e.create(props{"connection": connectionTo(server), "create": progress})
	})
}

func TestALineUnder64KiBOrNotLoggedIsAccepted(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	given := props{"connection": connectionTo(server)}
	e.mustCreate(given.with("create", lineOf60KiB))
	if len(e.stdout()) != 61440 {
		t.Fatalf("%d bytes", len(e.stdout()))
	}
	for _, logging := range []string{"none", "stderr"} {
		e.mustCreate(given.with("create", lineOf70KiB).with("logging", logging))
		if len(e.stdout()) != 71680 {
			t.Fatalf("%s: %d bytes", logging, len(e.stdout()))
		}
	}
}

func TestLoggingSelectsTheLoggedStreams(t *testing.T) {
	server := sshtest.Start(t)
	// Each string is printed once by a remote and once by a local command.
	for logging, want := range map[string][2]int{
		"stdout": {2, 0}, "stderr": {0, 2}, "stdoutAndStderr": {2, 2}, "none": {0, 0},
	} {
		t.Run(logging, func(t *testing.T) {
			logged := recordLog(t)
			given := props{"create": "echo to-out; echo to-err >&2", "logging": logging}
			e := newEngine(t, remoteCommand)
			e.mustCreate(given.with("connection", connectionTo(server)))
			newEngine(t, localCommand).mustCreate(given)
			for i, text := range []string{"to-out", "to-err"} {
				if shown := strings.Count(logged(), text); shown != want[i] {
					t.Errorf("%s was shown %d times", text, shown)
				}
			}
			expectText(t, e.stdout()+e.stderr(), "to-outto-err")
		})
	}
}

func TestBothStreamsAreLoggedByDefault(t *testing.T) {
	logged := recordLog(t)
	server := sshtest.Start(t)
	newEngine(t, remoteCommand).mustCreate(props{
		"connection": connectionTo(server), "create": "echo to-out; echo to-err >&2",
	})
	for _, text := range []string{"to-out", "to-err"} {
		if !strings.Contains(logged(), text) {
			t.Errorf("%s was not shown", text)
		}
	}
}
