"""Broker properties that RocketMQ would ignore or misread, or that break a promise of the plan."""

from collections.abc import Iterator, Mapping

from blueprint.rocketmq.property_rules import (
    DECIDED,
    NOT_SUPPORTED,
    SECRET,
    WITHOUT_EFFECT,
    Form,
    Rule,
    listed_versions,
    nearest_listed,
    property_types,
    rule_of,
)
from blueprint.settings.messages import shown, shown_key
from blueprint.settings.suggestions import suggest


def find_property_problems(
    place: str, properties: Mapping[str, str], version: str
) -> Iterator[str]:
    """Iterate over the problems of the properties at a place of the settings, one line each.

    `version` is the brokers'.
    """
    listed = nearest_listed(version)
    for name, value in properties.items():
        problem = _problem(name, value, listed, unchecked_beside(place))
        if problem is not None:
            given = "its value" if name in SECRET else shown(value)
            yield f"{place}.{shown_key(name)}: {given} {problem}"


def unchecked_beside(place: str) -> str:
    """Return where properties belong that no list has, instead of a place of known ones."""
    return f"{place.rpartition('.')[0]}.uncheckedProperties"


MISREAD = (
    "has a character that RocketMQ misreads; write printable ASCII without backslashes, line "
    "breaks and blanks at the ends"
)


def why_refused(name: str) -> str | None:
    """Return why a key cannot be set at all and what to do; None if it can."""
    if name in DECIDED:
        return f"cannot be set here; leave it out, it follows from {DECIDED[name]}"
    if name in NOT_SUPPORTED:
        return "cannot be set, logins are not supported yet; leave it out"
    if name in WITHOUT_EFFECT:
        return f"has no effect; {WITHOUT_EFFECT[name]}"
    return None


def _problem(name: str, value: str, listed: str, unchecked: str) -> str | None:
    """Return what is wrong with a property and what to write instead; None if nothing is."""
    refused = why_refused(name)
    if refused is not None:
        return refused
    types = property_types(listed)
    if name not in types:
        newer = next((v for v in listed_versions() if name in property_types(v)), None)
        hint = suggest(name, types, "see RocketMQ's broker configuration")
        other = f"{hint} A key of a newer RocketMQ, or of your own build, belongs in {unchecked}"
        remedy = f"leave it out, it needs {newer}" if newer else other
        return f"is for a key that no broker of {listed} knows; {remedy}"
    if not Form.TEXT.matches(value):
        return MISREAD
    return _mismatch(rule_of(name, types[name]), value)


NOT_OF_FORM = {
    Form.INTEGER: "is not a whole number; write one, for example 48",
    Form.NUMBER: "is not a number; write one, for example 0.75",
}


def _mismatch(rule: Rule, value: str) -> str | None:
    because = f" ({rule.why})" if rule.why else ""
    if rule.choices:
        possible = f"is not allowed; use {' or '.join(rule.texts)}{because}"
        return None if value in rule.texts else possible
    if not rule.form.matches(value):
        return NOT_OF_FORM[rule.form]
    if not rule.is_in_range(value):
        return f"is out of range; write {rule.least} to {rule.most}{because}"
    return None
