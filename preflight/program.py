"""The preflight of the program."""

from functools import partial

from blueprint.load import Check, Preflight
from blueprint.settings.cluster import ClusterSettings
from preflight.archives import find_archive_problems
from preflight.console_program import find_jar_problems
from preflight.environment import find_environment_problems
from preflight.hypervisor import ask_hypervisor, find_hypervisor_problems
from preflight.login_key import find_agent_problems, find_key_problems
from preflight.provider_sdk import find_sdk_problems


def preflight_of(stack: str, *, preview: bool) -> Preflight:
    """Return the checks; a preview logs in nowhere, so it needs no SSH agent."""

    def is_emulated(settings: ClusterSettings) -> bool:
        hypervisor = ask_hypervisor(settings, stack)
        return hypervisor is not None and hypervisor.emulated

    checks: tuple[Check, ...] = (
        find_environment_problems,
        partial(find_archive_problems, stack=stack),
        find_jar_problems,
        find_key_problems,
        partial(find_sdk_problems, stack=stack),
        partial(find_hypervisor_problems, stack=stack),
    )
    if not preview:
        checks = (*checks, find_agent_problems)
    return Preflight(checks=checks, is_emulated=is_emulated)
