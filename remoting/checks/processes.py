"""All steps of one process, and the wait for them in its turn of the roll-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.checks.brokers import broker_steps
from remoting.checks.elections import controller_steps, replica_steps
from remoting.checks.name_servers import name_server_steps
from remoting.checks.proxies import proxy_steps
from remoting.checks.steps import Occasion, steps_on
from remoting.plan.plan import PlannedController, PlannedNameServer, PlannedProxy
from remoting.polling import Deadline

if TYPE_CHECKING:
    from remoting.checks.steps import Step
    from remoting.plan.plan import AnyProcess, Plan


def process_steps(plan: Plan, process: AnyProcess) -> list[Step]:
    """Return the steps of a process of the plan, in order, for all occasions."""
    if isinstance(process, PlannedNameServer):
        return name_server_steps(plan, process)
    if isinstance(process, PlannedController):
        return controller_steps(plan, process)
    if isinstance(process, PlannedProxy):
        return proxy_steps(plan, process)
    make = replica_steps if plan.has_elections else broker_steps
    return make(plan, process)


def wait_until_ready(
    plan: Plan,
    name: str,
    timeout_seconds: float,
    *,
    restarted: bool = False,
    check_units: bool = True,
) -> dict[str, str]:
    """Wait until a process has passed its steps of the roll-out; return what each found.

    Each step may take `timeout_seconds`; `restarted` means by the roll-out, just now.

    Raises:
        CheckFailedError: a step did not pass in time.
        SlaveAheadError: at once, when a slave holds more than its master.
        PlanError: the plan has no such process.

    """
    occasion = Occasion.RESTART if restarted else Occasion.TURN
    steps = process_steps(plan, plan.process_named(name))
    wanted = steps_on(occasion, steps, check_units=check_units)
    return {step.name: step.run(Deadline.after(timeout_seconds)) for step in wanted}
