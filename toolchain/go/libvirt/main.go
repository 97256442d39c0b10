// Command pulumi-resource-libvirt serves the Terraform provider for libvirt to the Pulumi engine,
// under the tokens of the Python SDK pulumi-libvirt 0.5.4. It generates no names: set them all.
package main

import (
	"github.com/dmacvicar/terraform-provider-libvirt/libvirt"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const (
	name    = "libvirt"
	version = "0.5.4"
	module  = "index"
)

// resources and functions map Terraform's names to the SDK's.
var (
	resources = map[string]string{
		"libvirt_cloudinit_disk": "CloudInitDisk",
		"libvirt_combustion":     "Combustion",
		"libvirt_domain":         "Domain",
		"libvirt_ignition":       "Ignition",
		"libvirt_network":        "Network",
		"libvirt_pool":           "Pool",
		"libvirt_volume":         "Volume",
	}
	functions = map[string]string{
		"libvirt_network_dns_host_template":        "getNetworkDnsHostTemplate",
		"libvirt_network_dns_srv_template":         "getNetworkDnsSrvTemplate",
		"libvirt_network_dnsmasq_options_template": "getNetworkDnsmasqOptionsTemplate",
		"libvirt_node_device_info":                 "getNodeDeviceInfo",
		"libvirt_node_devices":                     "getNodeDevices",
		"libvirt_node_info":                        "getNodeInfo",
	}
)

func main() {
	info := tfbridge.ProviderInfo{
		P:           shim.NewProvider(libvirt.Provider()),
		Name:        name,
		Version:     version,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for terraform, pulumi := range resources {
		token := tfbridge.MakeResource(name, module, pulumi)
		info.Resources[terraform] = &tfbridge.ResourceInfo{Tok: token}
	}
	for terraform, pulumi := range functions {
		token := tfbridge.MakeDataSource(name, module, pulumi)
		info.DataSources[terraform] = &tfbridge.DataSourceInfo{Tok: token}
	}
	// Only languages without a generated SDK need the full schema.
	tfbridge.Main(name, version, info, []byte(`{"name":"libvirt","version":"0.5.4"}`))
}
