package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

func TestStreamsAreSeparateAndLoseTheirTrailingNewline(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{
		"connection": connectionTo(server), "create": "printf 'a\\n\\n'; echo b >&2",
	})
	expectText(t, e.stdout(), "a\n")
	expectText(t, e.stderr(), "b")
}

func TestStdinReachesTheCommand(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{
		"connection": connectionTo(server), "create": "bash -s", "stdin": "echo from stdin\n",
	})
	expectText(t, e.stdout(), "from stdin")
}

func TestAFailureShowsStatusCommandAndBothStreamsAndLeavesNoState(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	err := e.create(props{
		"connection": connectionTo(server), "create": "echo out; echo err >&2; exit 7",
	})
	expectError(t, err, "status 7", `running "echo out; echo err >&2; exit 7"`, "out\n", "err\n")
	if e.id != "" {
		t.Fatal("a failed create left a resource")
	}
}

func TestASecretCommandAppearsInClearInTheError(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	err := e.create(props{
		"connection": connectionTo(server),
		"create":     property.New("echo hidden; exit 1").WithSecret(true),
	})
	expectError(t, err, `running "echo hidden; exit 1"`)
}

func TestStdoutIsNotSecretWhenStdinIs(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{
		"connection": connectionTo(server), "create": "cat",
		"stdin": property.New("hidden").WithSecret(true),
	})
	if e.state.Get("stdout").Secret() {
		t.Fatal("stdout is secret: the stand-in is more lenient than the official provider")
	}
	if !e.state.Get("stdin").Secret() {
		t.Fatal("the secret stdin is in clear in the state")
	}
}

func TestAnUpdateWithoutItsOwnCommandRunsCreateAgain(t *testing.T) {
	server := sshtest.Start(t)
	file := filepath.Join(t.TempDir(), "runs")
	given := props{"connection": connectionTo(server), "create": "echo create >>" + file}
	e := newEngine(t, remoteCommand)
	e.mustCreate(given)
	e.mustUpdate(given.with("delete", "true"))
	expectFile(t, file, "create\ncreate\n")
	e.mustUpdate(given.with("update", "echo update >>"+file))
	expectFile(t, file, "create\ncreate\nupdate\n")
}

func TestAFailedUpdateKeepsTheOldState(t *testing.T) {
	server := sshtest.Start(t)
	given := props{"connection": connectionTo(server), "create": "echo old"}
	e := newEngine(t, remoteCommand)
	e.mustCreate(given)
	expectError(t, e.update(given.with("create", "echo new; exit 3")), "status 3", "new")
	expectText(t, e.stdout(), "old")
	if changes := e.diff(given); len(changes) != 0 {
		t.Fatalf("the reverted program shows changes: %v", changes)
	}
}

func TestDeleteRunsOnTheHostInTheState(t *testing.T) {
	server := sshtest.Start(t)
	file := filepath.Join(t.TempDir(), "deleted")
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{
		"connection": connectionTo(server), "create": "true", "delete": "echo gone >" + file,
	})
	if err := e.destroy(); err != nil {
		t.Fatal(err)
	}
	expectFile(t, file, "gone\n")
}

func TestAFailedDeleteIsAnError(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{"connection": connectionTo(server), "create": "true", "delete": "exit 9"})
	expectError(t, e.destroy(), "status 9")
}

func TestWithoutCommandsNoConnectionIsOpened(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{"connection": connectionTo(server)})
	if err := e.destroy(); err != nil || server.Accepted() != 0 {
		t.Fatalf("error %v, %d connections", err, server.Accepted())
	}
}

func TestAPreviewOpensNoConnectionAndLeavesOutputsUnknown(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	given := props{"connection": connectionTo(server), "create": "echo a"}
	inputs, err := e.check(given.toMap())
	if err != nil {
		t.Fatal(err)
	}
	e.mustCreate(given)
	before := server.Accepted()
	created, err := e.server.Create(
		p.CreateRequest{Urn: e.urn, Properties: inputs, DryRun: true})
	if err != nil || !created.Properties.Get("stdout").IsComputed() {
		t.Fatalf("error %v, stdout %v", err, created.Properties.Get("stdout"))
	}
	inputs = inputs.Set("create", property.New("echo b"))
	updated, err := e.server.Update(
		p.UpdateRequest{Urn: e.urn, State: e.state, Inputs: inputs, DryRun: true})
	if err != nil || !updated.Properties.Get("stdout").IsComputed() {
		t.Fatalf("error %v, stdout %v", err, updated.Properties.Get("stdout"))
	}
	if server.Accepted() != before {
		t.Fatal("a preview opened a connection")
	}
}

func TestARefusedUserVariableIsAnError(t *testing.T) {
	e := newEngine(t, remoteCommand)
	given := props{
		"connection": connectionTo(sshtest.Start(t)), "create": "echo $COLOUR",
		"environment": props{"COLOUR": "red"},
	}
	expectError(t, e.create(given), `environment variable "COLOUR" was refused`)
	accepting := sshtest.Start(t, sshtest.Accepting("COLOUR"))
	e.mustCreate(given.with("connection", connectionTo(accepting)))
	expectText(t, e.stdout(), "red")
}

func TestThePreviousOutputReachesTheNextRunAndARefusalIsOnlyAWarning(t *testing.T) {
	const stdout = "PULUMI_COMMAND_STDOUT"
	for name, accepted := range map[string][]string{"accepted": {stdout}, "refused": nil} {
		t.Run(name, func(t *testing.T) {
			logged := recordLog(t)
			server := sshtest.Start(t, sshtest.Accepting(accepted...))
			e := newEngine(t, remoteCommand)
			given := props{
				"connection": connectionTo(server), "create": "echo first",
				"update": "echo after $" + stdout, "logging": "none",
			}
			e.mustCreate(given.with("update", "true"))
			e.mustUpdate(given)
			warned := strings.Contains(logged(), "Unable to set '"+stdout+"'")
			if accepted == nil {
				expectText(t, e.stdout(), "after")
			} else {
				expectText(t, e.stdout(), "after first")
			}
			if warned != (accepted == nil) {
				t.Fatalf("warned is %v", warned)
			}
		})
	}
}

func TestThePreviousOutputCanBeOmitted(t *testing.T) {
	logged := recordLog(t)
	server := sshtest.Start(t)
	given := props{
		"connection": connectionTo(server), "create": "echo a", "addPreviousOutputInEnv": false,
	}
	e := newEngine(t, remoteCommand)
	e.mustCreate(given)
	e.mustUpdate(given.with("create", "echo b"))
	if strings.Contains(logged(), "Unable to set") {
		t.Fatalf("warned all the same: %s", logged())
	}
}

func TestARefreshConnectsToNoHost(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{"connection": connectionTo(server), "create": "echo a"})
	before := server.Accepted()
	read, err := e.server.Read(p.ReadRequest{
		ID: e.id, Urn: e.urn, Properties: e.state, Inputs: e.inputs,
	})
	if err != nil || !property.New(read.Properties).Equals(property.New(e.state)) {
		t.Fatalf("error %v, state %v", err, read.Properties)
	}
	if server.Accepted() != before {
		t.Fatal("a refresh opened a connection")
	}
}

func TestConnectionsStayOpenUntilTheProviderExits(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	for range 5 {
		e.mustCreate(props{"connection": connectionTo(server), "create": "true"})
	}
	if server.Open() != 5 {
		t.Fatalf("%d connections are open, want 5", server.Open())
	}
}

func expectFile(t *testing.T, path, want string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	expectText(t, string(content), want)
}
