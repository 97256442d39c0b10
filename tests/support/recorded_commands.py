"""The commands of this project that the states of deployed stacks hold, of every release."""

NSPAWN = tuple(
    f"python3 -m machines {verb}" for verb in ("network", "remove-network", "machine", "remove")
)

_STACK = "--uri qemu:///system --stack lab"
_DOMAIN = "--uri qemu:///system --domain lab-server1"
LIBVIRT = (
    "claim",
    "release",
    f"keep-data {_STACK}",
    f"purge-data {_STACK}",
    f"on {_DOMAIN}",
    f"off {_DOMAIN} --address 192.168.64.151",
    f"off {_DOMAIN} --address 192.168.64.151 --emulated",
)

RECORDED_COMMANDS = (
    *NSPAWN,
    *(f"python3 -m machines.libvirt {words}" for words in LIBVIRT),
    # The module's name in the first releases.
    *(f"python3 -m hypervisor {words}" for words in LIBVIRT),
)
