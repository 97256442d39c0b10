"""Whether virtual machines run on the processor or are emulated, which is some 30 times slower."""

import xml.etree.ElementTree as ET

from blueprint.settings.hosts import Acceleration

VIRTUALISATION = frozenset({"vmx", "svm"})
"""The processor's own word that it can run virtual machines, by Intel and by AMD."""


def architecture_of(capabilities: str) -> str:
    """Return the processor architecture in libvirt's `capabilities`, as `x86_64`."""
    return ET.fromstring(capabilities).findtext("host/cpu/arch", "")  # noqa: S314 (libvirt's own answer)


def choose_acceleration(said: Acceleration, capabilities: str) -> Acceleration:
    """Return `kvm` or `tcg`.

    A present /dev/kvm, for which libvirt already offers `kvm`, proves nothing: where the processor
    shows neither vmx nor svm, stock guests hang on it.

    Args:
        said: what the settings want.
        capabilities: what `virsh capabilities` prints.

    Raises:
        ValueError: `kvm` is wanted and cannot be had; the message is a line for the report.

    """
    if said is Acceleration.TCG:
        return said
    missing = _missing_for_kvm(capabilities)
    if not missing:
        return Acceleration.KVM
    if said is Acceleration.KVM:
        message = f"cluster.hosts.accel: 'kvm' cannot be used, {missing}; use auto or tcg"
        raise ValueError(message)
    return Acceleration.TCG


def _missing_for_kvm(capabilities: str) -> str:
    found = ET.fromstring(capabilities)  # noqa: S314 (libvirt's own answer)
    architecture = found.findtext("host/cpu/arch", "")
    features = {feature.get("name") for feature in found.iterfind("host/cpu/feature")}
    offered = any(
        domain.get("type") == "kvm"
        for guest in found.iterfind("guest/arch")
        if guest.get("name") == architecture
        for domain in guest.iterfind("domain")
    )
    if not offered:
        return "/dev/kvm is not there or cannot be opened"
    if architecture != "aarch64" and not features & VIRTUALISATION:
        return "the processor shows neither vmx nor svm"
    return ""
