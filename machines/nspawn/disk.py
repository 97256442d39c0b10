"""A machine's file system: an overlay on the image, with the files that identify the host."""

import re
import shutil
from pathlib import Path

from machines.nspawn.spec import MachineSpec
from machines.shared.paths import HostPaths
from system.errors import LocalError
from system.processes import own_mounts
from system.programs import ask, run

_BEGIN = "# machines of this stack: begin"
_END = "# machines of this stack: end"
_OWN_LINES = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}\n", re.DOTALL)


def mounted_at(folder: Path) -> int:
    """Return how many file systems are mounted on a folder."""
    return sum(fields[4] == str(folder) for fields in own_mounts())


def mount_disk(host: HostPaths, image: Path) -> None:
    """Mount a machine's overlay: its own files, in `upper`, over the image.

    Raises:
        LocalError: the image is missing from the cache, or the mount failed.

    """
    if not image.is_dir():
        msg = (
            f"machine {host.name}: its image {image} is missing; "
            f"run `make down STACK={host.stack}`, then `make up STACK={host.stack}`"
        )
        raise LocalError(msg)
    for folder in (host.upper, host.work, host.root):
        folder.mkdir(exist_ok=True)
    layers = f"lowerdir={image},upperdir={host.upper},workdir={host.work}"
    run("mount", "-t", "overlay", "overlay", "-o", layers, str(host.root))


def unmount_disk(host: HostPaths) -> None:
    """Unmount a machine's overlay, which may be mounted more than once."""
    for _ in range(mounted_at(host.root)):
        status, output = ask("umount", str(host.root))
        if status != 0 and ask("umount", "--lazy", str(host.root))[0] != 0:
            msg = (
                f"{host.root}: not unmounted: {output.strip()}; stop what uses it, then run again"
            )
            raise LocalError(msg)


def write_host_files(spec: MachineSpec) -> bool:
    """Write host names and keys to a mounted disk; return whether sshd's host key changed."""
    root = spec.host.root
    _write(root / "etc/hostname", f"{spec.name}\n")
    _write(root / "etc/hosts", hosts_text(_read(root / "etc/hosts"), spec.hosts))
    keys = root / "root/.ssh"
    keys.mkdir(mode=0o700, exist_ok=True)
    _write(keys / "authorized_keys", spec.authorized_key.strip() + "\n", mode=0o600)
    private = root / "etc/ssh/ssh_host_ed25519_key"
    changed = _write(private, spec.host_key_private.strip() + "\n", mode=0o600)
    public = private.with_suffix(".pub")
    return _write(public, spec.host_key_public.strip() + "\n") or changed


def hosts_text(present: str, hosts: dict[str, str]) -> str:
    """Return /etc/hosts with every host of the stack; other lines are kept."""
    others = _OWN_LINES.sub("", present) or "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"
    own = "".join(f"{address} {name}\n" for name, address in sorted(hosts.items()))
    return f"{others}{_BEGIN}\n{own}{_END}\n"


def remove_files(host: HostPaths) -> None:
    """Remove a machine's folder; refuse while something is still mounted in it."""
    if mounted_at(host.root):
        msg = f"{host.root}: still mounted; stop what uses it, then run again"
        raise LocalError(msg)
    if host.folder.exists():
        # The record goes first, so that what an interrupted removal leaves is not a machine.
        host.record_file.unlink(missing_ok=True)
        shutil.rmtree(host.folder)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _write(file: Path, text: str, mode: int = 0o644) -> bool:
    if file.exists() and _read(file) == text:
        return False
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=mode)
    fresh.chmod(mode)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
    return True
