"""The content of the machines' image; every change makes a new image under a new digest."""

from machines.shared.recipe import LEFT_OUT, PACKAGES, SUITE, RootRecipe, sshd_setup

# A machine needs no timers, consoles, clock or network setup of its own; it boots faster without.
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

CUSTOMIZE = f"""#!/bin/sh
set -eu
root=$1
{sshd_setup(permit_root_login="prohibit-password")}for unit in {" ".join(_MASKED)}; do
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
