package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

func TestTheDestinationOfACopy(t *testing.T) {
	server := sshtest.Start(t)
	source := t.TempDir()
	write(t, source+"/tree/sub/file", "deep")
	write(t, source+"/file", "flat")
	for name, copied := range map[string]struct {
		source any
		path   string
		want   string
	}{
		"a file beside":             {fileAsset(t, source+"/file"), "new", "new"},
		"a file, parents made":      {fileAsset(t, source+"/file"), "a/b/new", "a/b/new"},
		"a file into a folder":      {fileAsset(t, source+"/file"), "folder", "folder/file"},
		"a file over a file":        {fileAsset(t, source+"/file"), "taken", "taken"},
		"a text, parents made":      {textAsset(t, "text"), "a/b/text", "a/b/text"},
		"a folder":                  {directory(t, source+"/tree"), "new", "new/tree/sub/file"},
		"a folder into a folder":    {directory(t, source+"/tree"), "folder", "folder/tree/sub/file"},
		"a folder's content":        {directory(t, source+"/tree/"), "folder", "folder/sub/file"},
		"content into a new folder": {directory(t, source+"/tree/"), "new", "new/sub/file"},
	} {
		t.Run(name, func(t *testing.T) {
			target := t.TempDir()
			write(t, target+"/folder/old", "old")
			write(t, target+"/taken", "a longer text than before")
			e := newEngine(t, copyToRemote)
			e.mustCreate(props{
				"connection": connectionTo(server), "source": copied.source,
				"remotePath": filepath.Join(target, copied.path),
			})
			content, err := os.ReadFile(filepath.Join(target, copied.want))
			if err != nil || !map[string]bool{"flat": true, "deep": true, "text": true}[string(content)] {
				t.Fatalf("error %v, content %q", err, content)
			}
			expectFile(t, target+"/folder/old", "old")
		})
	}
}

func TestACopyRejectsWrongPaths(t *testing.T) {
	server := sshtest.Start(t)
	source, target := t.TempDir(), t.TempDir()
	write(t, source+"/file", "a")
	write(t, target+"/file", "b")
	e := newEngine(t, copyToRemote)
	given := props{"connection": connectionTo(server), "remotePath": target}
	expectError(t, e.create(given.with("source", textAsset(t, "a"))), "is a directory")
	given = given.with("remotePath", target+"/file").with("source", directory(t, source))
	expectError(t, e.create(given), "not a directory")
}

func TestAnUnknownSourceFailsThePreview(t *testing.T) {
	e := newEngine(t, copyToRemote)
	_, err := e.check(props{
		"connection": props{"host": "127.0.0.1"}, "remotePath": "/a",
		"source": property.New(property.Computed),
	}.toMap())
	expectError(t, err, "either asset or archive must be set")
}

func TestAPreviewOfACopyOpensNoConnection(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, copyToRemote)
	inputs, err := e.check(props{
		"connection": connectionTo(server), "remotePath": "/a", "source": textAsset(t, "a"),
	}.toMap())
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.server.Create(p.CreateRequest{Urn: e.urn, Properties: inputs, DryRun: true})
	if err != nil || server.Accepted() != 0 {
		t.Fatalf("error %v, %d connections", err, server.Accepted())
	}
}

func TestModesAreNotCopied(t *testing.T) {
	server := sshtest.Start(t)
	source, target := t.TempDir()+"/script", t.TempDir()+"/script"
	write(t, source, "#!/bin/sh\n")
	if err := os.Chmod(source, 0o755); err != nil {
		t.Fatal(err)
	}
	newEngine(t, copyToRemote).mustCreate(props{
		"connection": connectionTo(server), "source": fileAsset(t, source), "remotePath": target,
	})
	info, err := os.Stat(target)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Fatalf("error %v, mode %v", err, info.Mode())
	}
}

func TestOnlyNewContentOrPathCopiesAgain(t *testing.T) {
	first, second := sshtest.Start(t), sshtest.Start(t)
	target := t.TempDir()
	given := props{
		"connection": connectionTo(first), "source": textAsset(t, "one"), "remotePath": target + "/a",
	}
	e := newEngine(t, copyToRemote)
	e.mustCreate(given)
	write(t, target+"/a", "drifted")
	e.mustUpdate(given.with("connection", connectionTo(second)))
	expectFile(t, target+"/a", "drifted")
	if second.Accepted() != 0 {
		t.Fatal("a change of the connection alone dialed the new host")
	}
	given = given.with("source", textAsset(t, "two"))
	e.mustUpdate(given)
	expectFile(t, target+"/a", "two")
	e.mustUpdate(given.with("remotePath", target+"/b"))
	expectFile(t, target+"/b", "two")
	expectFile(t, target+"/a", "two")
}

func TestDestroyingACopyLeavesTheFile(t *testing.T) {
	server := sshtest.Start(t)
	target := t.TempDir() + "/a"
	e := newEngine(t, copyToRemote)
	e.mustCreate(props{
		"connection": connectionTo(server), "source": textAsset(t, "one"), "remotePath": target,
	})
	if err := e.destroy(); err != nil {
		t.Fatal(err)
	}
	expectFile(t, target, "one")
}

func TestACopyClosesItsConnection(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, copyToRemote)
	e.mustCreate(props{
		"connection": connectionTo(server), "source": textAsset(t, "a"),
		"remotePath": t.TempDir() + "/a",
	})
	expectSoon(t, "the connection is closed", func() bool { return server.Open() == 0 })
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
