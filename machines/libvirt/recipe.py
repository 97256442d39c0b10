"""The content of the virtual machines' image; every change makes a new image."""

from machines.shared.recipe import LEFT_OUT, PACKAGES, SUITE, RootRecipe, sshd_setup

VIRTUAL_PACKAGES = (
    *PACKAGES,
    "cloud-guest-utils",
    "cloud-init",
    "e2fsprogs",
    "fdisk",
    "initramfs-tools",
    "linux-image-cloud-amd64",
    "lz4",
    "systemd-resolved",
    "systemd-timesyncd",
)

DISK_MIB = 8192
"""The virtual size of the image; blocks that are never written take no space."""

EXTLINUX = """\
default linux
timeout 1
label linux
kernel /vmlinuz
initrd /initrd.img
append root=LABEL=root ro console=tty0 console=ttyS0 net.ifnames=0
"""

# Only what it takes to mount the root: an emulated processor has to unpack the initramfs.
_INITRAMFS_MODULES = "virtio_pci virtio_blk virtio_scsi sd_mod ext4 crc32c_generic"

# cloud-init only sets users, keys, host key and hostname; the rest is done over SSH. Each module
# costs seconds on an emulated processor.
_CLOUD_CFG = """\
datasource_list: [NoCloud, None]
disable_root: true
preserve_hostname: false
cloud_init_modules: [growpart, resizefs, set_hostname, users-groups, ssh]
cloud_config_modules: []
cloud_final_modules: []
system_info:
  distro: debian
  network:
    renderers: [networkd]
  paths:
    cloud_dir: /var/lib/cloud/
    templates_dir: /etc/cloud/templates/
  ssh_svcname: ssh
"""

_MASKED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "systemd-firstboot.service",
    "systemd-pstore.service",
)

CUSTOMIZE = f"""#!/bin/sh
set -eu
root=$1
{sshd_setup(permit_root_login="no")}cat > "$root/etc/cloud/cloud.cfg" <<'END'
{_CLOUD_CFG}END
rm -f "$root"/etc/cloud/cloud.cfg.d/*
cat > "$root/etc/fstab" <<'END'
LABEL=root / ext4 defaults,noatime 0 1
END
printf '127.0.0.1 localhost\\n::1 localhost ip6-localhost\\n' > "$root/etc/hosts"
for unit in {" ".join(_MASKED)}; do
    ln -sfn /dev/null "$root/etc/systemd/system/$unit"
done
chroot "$root" systemctl --quiet enable systemd-networkd systemd-resolved systemd-timesyncd
printf 'MODULES=list\\nCOMPRESS=lz4\\n' > "$root/etc/initramfs-tools/conf.d/lab"
printf '%s\\n' {_INITRAMFS_MODULES} >> "$root/etc/initramfs-tools/modules"
chroot "$root" update-initramfs -u -k all >/dev/null
: > "$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/hostname"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap"
rm -rf "$root"/var/cache/apt/*.bin
ln -sfn /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
"""

RECIPE = RootRecipe(suite=SUITE, packages=VIRTUAL_PACKAGES, left_out=LEFT_OUT, customize=CUSTOMIZE)
