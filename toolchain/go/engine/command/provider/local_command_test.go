package provider_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestALocalCommandRunsWithShInTheProvidersDirectory(t *testing.T) {
	directory := t.TempDir()
	t.Chdir(directory)
	e := newEngine(t, localCommand)
	e.mustCreate(props{"create": "pwd -P; echo $0", "stdin": "unread"})
	real, err := filepath.EvalSymlinks(directory)
	if err != nil {
		t.Fatal(err)
	}
	expectText(t, e.stdout(), real+"\n/bin/sh")
}

func TestDirInterpreterEnvironmentAndStdinReachALocalCommand(t *testing.T) {
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "file"), []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := newEngine(t, localCommand)
	e.mustCreate(props{
		"create": "cat file; echo ' '$COLOUR; cat; echo ${BASH_VERSION:+bash}", "dir": directory,
		"interpreter": []string{"/bin/bash", "-c"}, "environment": props{"COLOUR": "red"},
		"stdin": "from stdin ",
	})
	expectText(t, e.stdout(), "content red\nfrom stdin bash")
}

func TestAMissingDirFailsALocalCommand(t *testing.T) {
	e := newEngine(t, localCommand)
	expectError(t, e.create(props{"create": "true", "dir": "/no/such/folder"}), "/no/such/folder")
}

func TestALocalFailureShowsStatusCommandAndOutput(t *testing.T) {
	e := newEngine(t, localCommand)
	err := e.create(props{"create": "echo out; echo err >&2; exit 5"})
	expectError(t, err, "exit status 5", `running "echo out; echo err >&2; exit 5"`, "out\n", "err\n")
}

func TestALocalUpdateSeesThePreviousOutput(t *testing.T) {
	e := newEngine(t, localCommand)
	given := props{"create": "echo first; echo warned >&2"}
	e.mustCreate(given)
	next := "echo $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"
	e.mustUpdate(given.with("update", next))
	expectText(t, e.stdout(), "first warned")
	e.mustUpdate(given.with("update", next).with("addPreviousOutputInEnv", false))
	expectText(t, e.stdout(), "")
}

func TestALocalDeleteRunsItsCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deleted")
	e := newEngine(t, localCommand)
	e.mustCreate(props{"create": "true", "delete": "echo gone >" + file})
	if err := e.destroy(); err != nil {
		t.Fatal(err)
	}
	expectFile(t, file, "gone\n")
}

func TestAssetPathsAreRejectedRatherThanIgnored(t *testing.T) {
	e := newEngine(t, localCommand)
	for _, property := range []string{"assetPaths", "archivePaths"} {
		given := props{"create": "true", property: []string{"*"}}
		expectError(t, e.create(given), property, "not supported")
	}
}
