"""What is in a machine's image; every change here is another image, under another digest."""

import hashlib
import json
import platform
from dataclasses import astuple

from machines.nspawn.bootstrap import RootRecipe

SUITE = "bookworm"
PACKAGES = (
    "ca-certificates",
    "dbus",
    "iproute2",
    "iputils-ping",
    "openjdk-17-jre-headless",
    "openssh-server",
    "procps",
    "python3",
    "sudo",
    "systemd",
    "systemd-sysv",
    "udev",
    "unzip",
)
LEFT_OUT = "/usr/share/{doc,man,locale}/*"

# A machine lives behind a bridge, without timers, seats or a clock of its own: it boots faster.
_MASKED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty.target",
    "systemd-firstboot.service",
    "systemd-networkd.service",
    "systemd-networkd-wait-online.service",
    "systemd-resolved.service",
    "systemd-timesyncd.service",
    "systemd-udevd.service",
)

# mmdebstrap calls it with the image's root as its only argument. The engine opens one connection
# per resource, many at once: sshd must not drop them.
CUSTOMIZE = f"""#!/bin/sh
set -eu
root=$1
cat > "$root/etc/ssh/sshd_config.d/machines.conf" <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 50:30:200
MaxSessions 100
UseDNS no
END
rm -f "$root"/etc/ssh/ssh_host_*
for unit in {" ".join(_MASKED)}; do
    ln -sfn /dev/null "$root/etc/systemd/system/$unit"
done
: > "$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/resolv.conf" "$root/etc/hostname"
: > "$root/etc/resolv.conf"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/*
install -d -m 700 "$root/root/.ssh"
"""


RECIPE = RootRecipe(suite=SUITE, packages=PACKAGES, left_out=LEFT_OUT, customize=CUSTOMIZE)


def recipe_digest(recipe: RootRecipe, *further: str) -> str:
    """Return 16 hex digits over everything that decides what is in an image."""
    whole = [platform.machine(), *astuple(recipe), *further]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]
