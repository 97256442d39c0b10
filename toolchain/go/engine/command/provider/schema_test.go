package provider_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func schemaOf(t *testing.T) schema.PackageSpec {
	t.Helper()
	e := newEngine(t, remoteCommand)
	response, err := e.server.GetSchema(p.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(response.Schema), &spec); err != nil {
		t.Fatal(err)
	}
	return spec
}

func expectKeys(t *testing.T, what string, got map[string]schema.PropertySpec, want []string) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(got))
	if slices.Sort(want); !slices.Equal(keys, want) {
		t.Errorf("%s: got %q, want %q", what, keys, want)
	}
}

func tokenOf(text string) tokens.Type { return tokens.Type(text) }

func textAsset(t *testing.T, text string) *resource.Asset {
	t.Helper()
	asset, err := resource.NewTextAsset(text)
	if err != nil {
		t.Fatal(err)
	}
	return asset
}

func fileAsset(t *testing.T, path string) *resource.Asset {
	t.Helper()
	asset, err := resource.NewPathAsset(path)
	if err != nil {
		t.Fatal(err)
	}
	return asset
}

func directory(t *testing.T, path string) *resource.Archive {
	t.Helper()
	archive, err := resource.NewPathArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}
