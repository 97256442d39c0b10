"""From the stack's raw configuration to its plan, with every problem in one report."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from blueprint.errors import SettingsError
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.deployed import DeployedState
from blueprint.plan.topology import plan_cluster
from blueprint.rocketmq.versions import is_supported
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.parsing import ParsedSettings, parse_settings
from blueprint.validation.changes import find_change_problems, find_version_change_problems
from blueprint.validation.problems import (
    LAYOUT_KEYS,
    find_layout_problems,
    find_plan_problems,
    find_value_problems,
)

Check = Callable[[ClusterSettings], Iterable[str]]
"""Yields one line per problem."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preflight:
    """What this computer is asked before anything is made: files, keys, the hypervisor."""

    checks: tuple[Check, ...] = ()
    """Run unless `hosts` or `artifact` has a field in error."""
    is_emulated: Callable[[ClusterSettings], bool] = lambda _: False
    """Whether hosts will be virtual machines without KVM; asked if there is no problem so far."""


NO_PREFLIGHT = Preflight()


def load_plan(
    raw: object, deployed: DeployedState, preflight: Preflight
) -> tuple[ClusterSettings, ClusterSpec]:
    """Return the settings in `raw`, the stack's `cluster` object, and the plan they mean.

    Raises:
        SettingsError: with one line for every problem of the fields, of the settings as a whole,
            of what the preflight finds, and of the plan.

    """
    parsed = parse_settings(_with_version(raw, deployed))
    settings, unusable = parsed.settings, parsed.unusable
    problems = [*parsed.problems, *find_value_problems(settings, unusable)]
    if "version" not in unusable and is_supported(settings.version):
        refused = [*find_version_change_problems(settings, deployed)]
        problems += refused
        if refused:
            # Nothing is asked of this computer for a version that will not be installed.
            parsed = replace(parsed, unusable=unusable | {"artifact"})
    layout = [*find_layout_problems(settings, unusable)]
    plannable = not layout and unusable.isdisjoint(LAYOUT_KEYS)
    if plannable:
        layout = [*find_change_problems(settings, deployed)]
    problems += layout
    problems += _preflight_problems(parsed, preflight, problems)
    cluster = None
    if plannable and not layout:
        emulated = not problems and preflight.is_emulated(settings)
        cluster = plan_cluster(settings, deployed, emulated=emulated)
        problems += find_plan_problems(cluster, unusable)
    if problems or cluster is None:
        raise SettingsError(tuple(dict.fromkeys(problems)))
    return settings, cluster


def load_settings(raw: object, preflight: Preflight) -> ClusterSettings:
    """Return the settings in `raw` for a command that needs no plan.

    Raises:
        SettingsError: with one line for every problem that shows without a plan.

    """
    parsed = parse_settings(raw)
    problems = [*parsed.problems, *find_value_problems(parsed.settings, parsed.unusable)]
    problems += find_layout_problems(parsed.settings, parsed.unusable)
    problems += _preflight_problems(parsed, preflight, problems)
    if problems:
        raise SettingsError(tuple(dict.fromkeys(problems)))
    return parsed.settings


def _with_version(raw: object, deployed: DeployedState) -> object:
    """Return settings that name the deployed version unless they name one themselves."""
    if deployed.version is None or not isinstance(raw, Mapping):
        return raw
    return {"version": deployed.version, **raw}


def _preflight_problems(
    parsed: ParsedSettings, preflight: Preflight, found: list[str]
) -> list[str]:
    if not parsed.unusable.isdisjoint({"hosts", "artifact"}):
        return []
    problems: list[str] = []
    for check in preflight.checks:
        try:
            problems += check(parsed.settings)
        except ValueError:
            # It needs a value that is already reported as unusable, such as an unknown version.
            if not found and not problems:
                raise
    return problems
