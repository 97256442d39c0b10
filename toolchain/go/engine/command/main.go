// Command pulumi-resource-command serves local and remote commands to the Pulumi engine.
//
// It stands in for the official provider of this name where that cannot be downloaded, and
// reproduces its schema, behavior and limits: see README.md beside go.mod.
package main

import (
	"context"
	"fmt"
	"os"

	"rocketmq-clusters/toolchain/engine/command/provider"
)

func main() {
	served, err := provider.New()
	if err == nil {
		err = served.Run(context.Background(), provider.Name, provider.Version)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s: %s\n", provider.Name, err)
		os.Exit(1)
	}
}
