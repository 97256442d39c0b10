package provider_test

import (
	"reflect"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

func TestOnlyTriggersReplaceARemoteCommand(t *testing.T) {
	server := sshtest.Start(t)
	connection := connectionTo(server)
	_, otherKey := sshtest.NewKey(t)
	given := props{
		"connection": connection, "create": "true", "update": "true", "delete": "true",
		"stdin": "text", "triggers": []string{"host-1"}, "logging": "none",
	}
	changes := map[string]struct {
		given props
		want  map[string]p.DiffKind
	}{
		"nothing":       {given, map[string]p.DiffKind{}},
		"create":        {given.with("create", "echo"), map[string]p.DiffKind{"create": p.Update}},
		"update":        {given.with("update", "echo"), map[string]p.DiffKind{"update": p.Update}},
		"delete":        {given.with("delete", "echo"), map[string]p.DiffKind{"delete": p.Update}},
		"stdin":         {given.with("stdin", "other"), map[string]p.DiffKind{"stdin": p.Update}},
		"logging":       {given.with("logging", "stdout"), map[string]p.DiffKind{"logging": p.Update}},
		"another input": {given.with("addPreviousOutputInEnv", false), map[string]p.DiffKind{"addPreviousOutputInEnv": p.Add}},
		"environment": {
			given.with("environment", props{"A": "b"}), map[string]p.DiffKind{"environment": p.Add},
		},
		"port": {
			given.with("connection", connection.with("port", 1)),
			map[string]p.DiffKind{"connection": p.Update},
		},
		"private key": {
			given.with("connection", connection.with("privateKey", otherKey)),
			map[string]p.DiffKind{"connection": p.Update},
		},
		"dial limit": {
			given.with("connection", connection.with("dialErrorLimit", 20)),
			map[string]p.DiffKind{"connection": p.Update},
		},
		"triggers removed": {
			given.with("triggers", property.New(property.Null)),
			map[string]p.DiffKind{"triggers": p.DeleteReplace},
		},
		// The SDK's replace_on_changes=["triggers[*]"] makes the engine replace on these two.
		"trigger changed": {
			given.with("triggers", []string{"host-2"}), map[string]p.DiffKind{"triggers[0]": p.Update},
		},
		"trigger added": {
			given.with("triggers", []string{"host-1", "b"}), map[string]p.DiffKind{"triggers[1]": p.Add},
		},
	}
	e := newEngine(t, remoteCommand)
	e.mustCreate(given)
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			if got := e.diff(change.given); !reflect.DeepEqual(got, change.want) {
				t.Fatalf("got %v, want %v", got, change.want)
			}
		})
	}
}

func TestAddedTriggersReplaceALocalCommand(t *testing.T) {
	e := newEngine(t, localCommand)
	given := props{"create": "true"}
	e.mustCreate(given)
	want := map[string]p.DiffKind{"triggers": p.AddReplace}
	if got := e.diff(given.with("triggers", []string{"a"})); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestTheSchemaReplacesOnTriggersAndKeepsConnectionsSecret(t *testing.T) {
	schema := schemaOf(t)
	for token, secrets := range map[string][]string{
		localCommand: nil, remoteCommand: {"connection"}, copyToRemote: {"connection"},
	} {
		for name, input := range schema.Resources[token].InputProperties {
			if input.ReplaceOnChanges != (name == "triggers") {
				t.Errorf("%s.%s: replaceOnChanges is %v", token, name, input.ReplaceOnChanges)
			}
			isSecret := len(secrets) == 1 && secrets[0] == name
			if input.Secret != isSecret {
				t.Errorf("%s.%s: secret is %v", token, name, input.Secret)
			}
		}
	}
}

func TestTheSchemaHasThePropertiesOfTheOfficialRelease(t *testing.T) {
	schema := schemaOf(t)
	want := map[string][]string{
		localCommand: {
			"addPreviousOutputInEnv", "archivePaths", "assetPaths", "create", "delete", "dir",
			"environment", "interpreter", "logging", "stdin", "triggers", "update",
		},
		remoteCommand: {
			"addPreviousOutputInEnv", "connection", "create", "delete", "environment", "logging",
			"stdin", "triggers", "update",
		},
		copyToRemote: {"connection", "remotePath", "source", "triggers"},
	}
	for token, properties := range want {
		expectKeys(t, token, schema.Resources[token].InputProperties, properties)
	}
	connection := []string{
		"agentSocketPath", "dialErrorLimit", "host", "hostKey", "password", "perDialTimeout",
		"port", "privateKey", "privateKeyPassword", "user",
	}
	expectKeys(t, "bastion", schema.Types["command:remote:ProxyConnection"].Properties, connection)
	connection = append(connection, "proxy")
	expectKeys(t, "connection", schema.Types["command:remote:Connection"].Properties, connection)
}

func TestAConnectionAndItsPrivateKeyAreSecretInTheState(t *testing.T) {
	server := sshtest.Start(t)
	for _, given := range []struct {
		token string
		props props
	}{
		{remoteCommand, props{"create": "true"}},
		{copyToRemote, props{"source": textAsset(t, "a"), "remotePath": t.TempDir() + "/a"}},
	} {
		e := newEngine(t, tokenOf(given.token))
		e.mustCreate(given.props.with("connection", connectionTo(server)))
		for place, values := range map[string]property.Map{"inputs": e.inputs, "state": e.state} {
			if !values.Get("connection").Secret() {
				t.Errorf("%s: the connection in the %s is not secret", given.token, place)
			}
		}
	}
}
