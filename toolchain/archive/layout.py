"""Decide where each file of the source release and of the jars goes in an archive."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from system.errors import LocalError
from toolchain.stored_zip import Entry

# As in RocketMQ's own distribution/release.xml.
_RENAMED: Final = {
    "README.md": "README.md",
    "distribution/LICENSE-BIN": "LICENSE",
    "distribution/NOTICE-BIN": "NOTICE",
}
_FOLDERS: Final = re.compile(r"distribution/((?:bin|conf|benchmark)/.+)")
_LOGGING: Final = re.compile(r"rmq\.[a-z]+\.logback\.xml")
_GONE: Final = frozenset({"bin/startfsrv.sh"})
"""It starts a class that RocketMQ 5 does not have."""
_REPLACED: Final = {"benchmark/runclass.sh": Path(__file__).with_name("runclass.sh")}
_REQUIRED: Final = (
    "LICENSE",
    "NOTICE",
    "README.md",
    "benchmark/producer.sh",
    "bin/mqadmin",
    "bin/mqbroker",
    "bin/mqnamesrv",
    "conf/2m-2s-sync/broker-a.properties",
    "conf/rmq.broker.logback.xml",
    "conf/rmq.namesrv.logback.xml",
    "conf/rmq.tools.logback.xml",
)


def place_source(path: str) -> str | None:
    """Return where a file of the source release goes, or None when the archive leaves it out.

    `path` is relative to the source release's top directory.

    """
    if path in _RENAMED:
        return _RENAMED[path]
    if match := _FOLDERS.fullmatch(path):
        return match[1]
    return None


def collect_entries(
    source_release: Path, jars: Path, top_directory: str, *, adapted: bool
) -> Iterator[Entry]:
    """Yield every file of the archive, below its top directory.

    With `adapted`, scripts that no longer work are left out or replaced.

    Raises:
        LocalError: a file is missing that RocketMQ needs to start, or that its license requires.

    """
    found = sorted(jars.glob("*.jar"))
    if not any(jar.name.startswith("rocketmq-") for jar in found):
        message = f"{jars.name}: no rocketmq-*.jar; Maven collected nothing, so run it again"
        raise LocalError(message)
    missing = set(_REQUIRED)
    for name, content in chain(_read_source(source_release), _read_logging(found)):
        missing.discard(name)
        if adapted and name in _GONE:
            continue
        text = _REPLACED[name].read_bytes() if adapted and name in _REPLACED else content
        executable = name.startswith("bin/")
        yield Entry(name=f"{top_directory}/{name}", content=text, executable=executable)
    if missing:
        message = (
            f"{source_release.name}: no {', '.join(sorted(missing))}; this source release has a "
            "different layout, so use an official archive for this version"
        )
        raise LocalError(message)
    for jar in found:
        yield Entry(name=f"{top_directory}/lib/{jar.name}", content=jar.read_bytes())


def _read_source(source_release: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source_release) as source:
        for info in source.infolist():
            _, _, inside = info.filename.partition("/")
            name = None if info.is_dir() else place_source(inside)
            if name is not None:
                yield name, source.read(info)


def _read_logging(jars: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Iterate over the logging configurations, which differ between releases."""
    for path in jars:
        if not path.name.startswith("rocketmq-"):
            continue
        with zipfile.ZipFile(path) as jar:
            for name in jar.namelist():
                if _LOGGING.fullmatch(name):
                    yield f"conf/{name}", jar.read(name)
