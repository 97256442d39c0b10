"""Properties that this program does not know: what can be checked of them all the same."""

from collections.abc import Iterator, Mapping

from blueprint.rocketmq.property_rules import (
    SECRET,
    Form,
    listed_versions,
    nearest_listed,
    property_types,
)
from blueprint.settings.messages import shown
from blueprint.validation.properties import MISREAD, unchecked_beside, why_refused


def find_unchecked_problems(
    place: str, properties: Mapping[str, str], version: str
) -> Iterator[str]:
    """Iterate over the problems of the unchecked properties beside a place of known ones.

    `version` is the brokers'.
    """
    for name, value in properties.items():
        problem = _problem(name, value, version, place)
        if problem is not None:
            given = "its value" if name in SECRET else shown(value)
            yield f"{unchecked_beside(place)}.{name}: {given} {problem}"


def _problem(name: str, value: str, version: str, checked: str) -> str | None:
    refused = why_refused(name)
    if refused is not None:
        return refused
    listed = nearest_listed(version)
    known = {key.lower(): key for key in property_types(listed)}.get(name.lower())
    if known == name:
        return f"is for a key that is known and checked; write it in {checked}"
    if known is not None:
        return (
            f"is for {known} with another case, which RocketMQ ignores; write {known} in {checked}"
        )
    newer = next((one for one in listed_versions() if name in property_types(one)), None)
    if newer is not None and listed == version:
        return f"is for a key that no broker of {version} knows; leave it out, it needs {newer}"
    return None if Form.TEXT.matches(value) else MISREAD
