"""KVM only where the processor supports it; a /dev/kvm alone is not enough."""

import pytest

from blueprint.hosts.acceleration import architecture_of, choose_acceleration
from blueprint.settings.hosts import Acceleration
from tests.support.virtual import capabilities


@pytest.mark.parametrize("feature", ["vmx", "svm"])
def test_auto_is_kvm_where_libvirt_offers_it_and_the_processor_supports_it(feature):
    found = capabilities(features=("sse2", feature))
    assert choose_acceleration(Acceleration.AUTO, found) is Acceleration.KVM


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (capabilities(features=("sse2",)), "neither vmx nor svm"),
        (capabilities(features=("vmx",), kvm=False), "/dev/kvm"),
        (capabilities(arch="aarch64", kvm=False), "/dev/kvm"),
    ],
)
def test_auto_is_tcg_and_kvm_is_refused_where_either_is_missing(found, cause):
    assert choose_acceleration(Acceleration.AUTO, found) is Acceleration.TCG
    with pytest.raises(ValueError, match=r"^cluster.hosts.accel: 'kvm'.*use auto or tcg$") as no:
        choose_acceleration(Acceleration.KVM, found)
    assert cause in str(no.value)


def test_an_arm_processor_needs_no_such_flag():
    found = capabilities(arch="aarch64")
    assert choose_acceleration(Acceleration.AUTO, found) is Acceleration.KVM
    assert choose_acceleration(Acceleration.KVM, found) is Acceleration.KVM
    assert architecture_of(found) == "aarch64"


def test_tcg_is_used_whatever_the_processor_supports():
    found = capabilities(features=("vmx",))
    assert choose_acceleration(Acceleration.TCG, found) is Acceleration.TCG
