// Package provider assembles the resources of the command provider.
package provider

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"rocketmq-clusters/toolchain/engine/command/local"
	"rocketmq-clusters/toolchain/engine/command/remote"
)

const (
	// Name is the package name in every resource token.
	Name = "command"
	// Version is the official release whose schema and behavior are reproduced.
	Version = "1.2.1"
)

// New returns the provider with its three resources.
func New() (p.Provider, error) {
	return infer.NewProviderBuilder().
		WithDisplayName("Command").
		WithNamespace("pulumi").
		WithLicense("Apache-2.0").
		WithResources(
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
		).
		Build()
}
