"""Where an image's packages come from: the apt mirrors that this computer is configured with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_POCKETS = ("", "-updates", "-security")
_ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<rest>.+)")
_APT_OPTION = re.compile(r"Acquire::(?:https?::|Check-|Retries|ForceIPv)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mirror:
    """One apt source of a Debian release; `pocket` is the suffix of its suite, as `-security`."""

    uri: str
    pocket: str
    signed_by: str


def read_mirrors(etc_apt: Path, codename: str) -> tuple[Mirror, ...]:
    """Return the mirrors of the release `codename` in an apt configuration folder."""
    mirrors: list[Mirror] = []
    for file in (etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*.list"))):
        if file.is_file():
            mirrors.extend(_from_lines(file.read_text(encoding="utf-8"), codename))
    for file in sorted((etc_apt / "sources.list.d").glob("*.sources")):
        mirrors.extend(_from_stanzas(file.read_text(encoding="utf-8"), codename))
    return tuple(dict.fromkeys(mirrors))


def render_sources(mirrors: tuple[Mirror, ...], suite: str) -> str:
    """Return apt sources, in stanza format, for `suite` from the same mirrors."""
    stanzas = []
    for mirror in mirrors:
        signed = f"Signed-By: {mirror.signed_by}\n" if mirror.signed_by else ""
        stanzas.append(
            f"Types: deb\nURIs: {mirror.uri}\nSuites: {suite}{mirror.pocket}\n"
            f"Components: main\n{signed}"
        )
    return "\n".join(stanzas)


def transport_options(dump: str) -> str:
    """Return the lines of `apt-config dump` on how mirrors are reached: proxies, checks."""
    return "".join(f"{line}\n" for line in dump.splitlines() if _APT_OPTION.match(line))


def _from_lines(text: str, codename: str) -> Iterator[Mirror]:
    for line in text.splitlines():
        found = _ONE_LINE.match(line.strip())
        if found is None:
            continue
        suite, *components = found["rest"].split("#")[0].split()
        options = dict(
            option.split("=", 1) for option in (found["options"] or "").split() if "=" in option
        )
        yield from _mirrors(
            found["uri"], [suite], components, codename, options.get("signed-by", "")
        )


def _from_stanzas(text: str, codename: str) -> Iterator[Mirror]:
    for stanza in re.split(r"\n\s*\n", text):
        lines = (line for line in stanza.splitlines() if re.match(r"[A-Za-z-]+:", line))
        keys = {
            key.lower(): value.strip() for key, value in (line.split(":", 1) for line in lines)
        }
        if "deb" not in keys.get("types", "").split() or keys.get("enabled", "").lower() == "no":
            continue
        for uri in keys.get("uris", "").split():
            yield from _mirrors(
                uri,
                keys.get("suites", "").split(),
                keys.get("components", "").split(),
                codename,
                keys.get("signed-by", ""),
            )


def _mirrors(
    uri: str, suites: list[str], components: list[str], codename: str, signed_by: str
) -> Iterator[Mirror]:
    # Third-party archives use Debian's release names too; Debian's own has a component "main".
    if "main" not in components or uri.startswith("cdrom:"):
        return
    key = signed_by if signed_by.startswith("/") else ""
    for suite in suites:
        pocket = suite.removeprefix(codename)
        if pocket in _POCKETS:
            yield Mirror(uri=uri, pocket=pocket, signed_by=key)
