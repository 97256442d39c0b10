"""Whether virtual machines use KVM or are emulated, which is about 30 times slower."""

import xml.etree.ElementTree as ET

from blueprint.settings.hosts import Acceleration


def architecture_of(capabilities: str) -> str:
    """Return the CPU architecture, such as `x86_64`, in the output of `virsh capabilities`."""
    return _parse(capabilities).findtext("host/cpu/arch", "")


def choose_acceleration(wanted: Acceleration, capabilities: str) -> Acceleration:
    """Return `kvm` or `tcg`, from the output of `virsh capabilities`.

    A /dev/kvm, for which libvirt already offers `kvm`, is not enough: stock guests hang on it
    where the processor shows neither vmx nor svm.

    Raises:
        ValueError: `kvm` is wanted but unavailable; the message is a line for the report.

    """
    if wanted is Acceleration.TCG:
        return wanted
    missing = _missing_for_kvm(capabilities)
    if not missing:
        return Acceleration.KVM
    if wanted is Acceleration.KVM:
        message = f"cluster.hosts.accel: 'kvm' is not available: {missing}; use auto or tcg"
        raise ValueError(message)
    return Acceleration.TCG


def _missing_for_kvm(capabilities: str) -> str:
    found = _parse(capabilities)
    architecture = architecture_of(capabilities)
    features = {feature.get("name") for feature in found.iterfind("host/cpu/feature")}
    offered = any(
        domain.get("type") == "kvm"
        for guest in found.iterfind("guest/arch")
        if guest.get("name") == architecture
        for domain in guest.iterfind("domain")
    )
    if not offered:
        return "/dev/kvm is missing or cannot be opened"
    if architecture != "aarch64" and features.isdisjoint({"vmx", "svm"}):
        return "the processor shows neither vmx nor svm"
    return ""


def _parse(capabilities: str) -> ET.Element:
    return ET.fromstring(capabilities)  # noqa: S314 (printed by libvirt)
