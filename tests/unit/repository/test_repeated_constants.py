"""remoting/ imports nothing from blueprint/, so it repeats constants; they must stay equal."""

import pytest

from blueprint.plan.hosts import HostSpec
from blueprint.plan.processes import READ_AND_WRITE
from blueprint.rendering.processes import DRAINED
from blueprint.rocketmq.schemes import BrokerRole, Election
from project import ROOT
from remoting.plan.plan import ELECTIONS, REPLICA, ROLES
from remoting.polling import Deadline
from remoting.protocol.connection import REQUEST_TIMEOUT_SECONDS
from remoting.replication import degrading_guard
from remoting.replication.guard import LIFTED
from remoting.requests import admin


def _host(*, emulated):
    return HostSpec(name="server1", address="10.0.0.1", memory_mib=8192, emulated=emulated)


@pytest.mark.parametrize(
    ("repeated", "original"),
    [
        (set(ELECTIONS), set(Election)),
        ({*ROLES, REPLICA}, set(BrokerRole)),
        (admin.READ_AND_WRITE, READ_AND_WRITE),
        ({f"{key}={value}" for key, value in degrading_guard.DRAINED.items()}, set(DRAINED)),
        (REQUEST_TIMEOUT_SECONDS, _host(emulated=False).request_seconds),
    ],
)
def test_a_constant_that_remoting_repeats_is_the_blueprints(repeated, original):
    assert repeated == original


@pytest.mark.parametrize("emulated", [True, False])
def test_a_request_of_a_check_may_take_at_least_as_long_as_one_of_the_guard(emulated):
    host = _host(emulated=emulated)
    assert Deadline.after(host.startup_seconds).request_seconds >= host.request_seconds


def test_a_step_finds_the_word_by_which_a_guard_says_that_it_lifted_the_drain():
    script = (ROOT / "templates" / "scripts" / "step.sh.j2").read_text("utf-8")
    assert f"grep -q '\"{LIFTED}\"'" in script
