package provider_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"rocketmq-clusters/toolchain/engine/command/provider"
	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

const (
	localCommand  = "command:local:Command"
	remoteCommand = "command:remote:Command"
	copyToRemote  = "command:remote:CopyToRemote"
)

// props are the inputs in a program.
type props map[string]any

func (given props) with(key string, value any) props {
	changed := props{}
	for k, v := range given {
		changed[k] = v
	}
	changed[key] = value
	return changed
}

func (given props) toMap() property.Map {
	values := map[string]property.Value{}
	for key, value := range given {
		values[key] = toValue(value)
	}
	return property.NewMap(values)
}

func toValue(value any) property.Value {
	switch typed := value.(type) {
	case props:
		return property.New(typed.toMap())
	case []string:
		items := make([]property.Value, len(typed))
		for i, item := range typed {
			items[i] = property.New(item)
		}
		return property.New(property.NewArray(items))
	case int:
		return property.New(float64(typed))
	case property.Value:
		return typed
	default:
		converted, err := property.Any(value)
		if err != nil {
			panic(err)
		}
		return converted
	}
}

// engine drives one resource of the provider as the engine does: check, diff, then the change.
type engine struct {
	t      *testing.T
	server integration.Server
	urn    resource.URN
	// customTimeoutSeconds is the program's custom_timeouts; 0 means none.
	customTimeoutSeconds float64

	id     string
	inputs property.Map
	state  property.Map
}

func newEngine(t *testing.T, token tokens.Type) *engine {
	t.Helper()
	served, err := provider.New()
	if err != nil {
		t.Fatal(err)
	}
	version := semver.MustParse(provider.Version)
	server, err := integration.NewServer(
		t.Context(), provider.Name, version, integration.WithProvider(served))
	if err != nil {
		t.Fatal(err)
	}
	urn := resource.NewURN("stack", "project", "", token, "name")
	return &engine{t: t, server: server, urn: urn}
}

// check returns the checked inputs, or the failures as an error.
func (e *engine) check(given property.Map) (property.Map, error) {
	e.t.Helper()
	checked, err := e.server.Check(p.CheckRequest{Urn: e.urn, State: e.inputs, Inputs: given})
	if err != nil {
		e.t.Fatal(err)
	}
	failures := make([]error, 0, len(checked.Failures))
	for _, failure := range checked.Failures {
		failures = append(failures, fmt.Errorf("%s: %s", failure.Property, failure.Reason))
	}
	return e.overWire(checked.Inputs), errors.Join(failures...)
}

// overWire sends properties as the engine does; that gives assets their type back.
func (e *engine) overWire(sent property.Map) property.Map {
	e.t.Helper()
	options := plugin.MarshalOptions{KeepSecrets: true, KeepUnknowns: true}
	values := resource.ToResourcePropertyValue(property.New(sent)).ObjectValue()
	message, err := plugin.MarshalProperties(values, options)
	if err != nil {
		e.t.Fatal(err)
	}
	received, err := plugin.UnmarshalProperties(message, options)
	if err != nil {
		e.t.Fatal(err)
	}
	return resource.FromResourcePropertyValue(resource.NewProperty(received)).AsMap()
}

func (e *engine) create(given props) error {
	e.t.Helper()
	inputs, err := e.check(given.toMap())
	if err != nil {
		return err
	}
	created, err := e.server.Create(p.CreateRequest{
		Urn: e.urn, Properties: inputs, Timeout: e.customTimeoutSeconds,
	})
	if err == nil {
		e.id, e.inputs, e.state = created.ID, inputs, e.overWire(created.Properties)
	}
	return err
}

func (e *engine) mustCreate(given props) {
	e.t.Helper()
	if err := e.create(given); err != nil {
		e.t.Fatal(err)
	}
}

// diff returns the provider's answer about changed inputs: kind of change by property.
func (e *engine) diff(given props) map[string]p.DiffKind {
	e.t.Helper()
	inputs, err := e.check(given.toMap())
	if err != nil {
		e.t.Fatal(err)
	}
	diff, err := e.server.Diff(p.DiffRequest{
		ID: e.id, Urn: e.urn, State: e.state, Inputs: inputs,
	})
	if err != nil {
		e.t.Fatal(err)
	}
	kinds := map[string]p.DiffKind{}
	for key, change := range diff.DetailedDiff {
		kinds[key] = change.Kind
	}
	if diff.HasChanges != (len(kinds) > 0) {
		e.t.Fatalf("HasChanges is %v for %v", diff.HasChanges, kinds)
	}
	return kinds
}

func (e *engine) update(given props) error {
	e.t.Helper()
	inputs, err := e.check(given.toMap())
	if err != nil {
		return err
	}
	updated, err := e.server.Update(p.UpdateRequest{
		ID: e.id, Urn: e.urn, State: e.state, Inputs: inputs,
	})
	if err == nil {
		e.inputs, e.state = inputs, e.overWire(updated.Properties)
	}
	return err
}

func (e *engine) mustUpdate(given props) {
	e.t.Helper()
	if err := e.update(given); err != nil {
		e.t.Fatal(err)
	}
}

func (e *engine) destroy() error {
	return e.server.Delete(p.DeleteRequest{ID: e.id, Urn: e.urn, Properties: e.state})
}

func (e *engine) stdout() string { return e.state.Get("stdout").AsString() }

func (e *engine) stderr() string { return e.state.Get("stderr").AsString() }

// connectionTo returns the connection of a client that trusts the server's pinned key.
func connectionTo(server *sshtest.Server) props {
	return props{
		"host": server.Host, "port": server.Port, "privateKey": server.PrivateKey,
		"hostKey": server.HostKey, "user": "root",
	}
}

func expectText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func expectError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("error %q lacks %q", err, part)
		}
	}
}

// recordLog returns a function that returns the messages logged since.
func recordLog(t *testing.T) func() string {
	t.Helper()
	var mutex sync.Mutex
	var text strings.Builder
	write := writer(func(line []byte) {
		mutex.Lock()
		defer mutex.Unlock()
		text.Write(line)
	})
	previous := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(write, nil)))
	t.Cleanup(func() { slog.SetDefault(previous) })
	return func() string {
		mutex.Lock()
		defer mutex.Unlock()
		return text.String()
	}
}

type writer func([]byte)

func (w writer) Write(line []byte) (int, error) {
	w(line)
	return len(line), nil
}
