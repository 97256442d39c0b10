"""Decide where each file of the source release and each jar goes in an archive."""

import re
import zipfile
from collections.abc import Iterator
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
_LOGGING: Final = re.compile(r"[^/]+/src/main/resources/(rmq\.[a-z]+\.logback\.xml)")
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
    if match := _LOGGING.fullmatch(path):
        return f"conf/{match[1]}"
    return None


def collect_entries(source_release: Path, jars: Path, top_directory: str) -> Iterator[Entry]:
    """Yield every file of the archive, below its top directory.

    Raises:
        LocalError: a file is missing that RocketMQ needs to start, or that its license requires.

    """
    missing = set(_REQUIRED)
    for name, content in _read_source(source_release):
        missing.discard(name)
        executable = name.startswith("bin/")
        yield Entry(name=f"{top_directory}/{name}", content=content, executable=executable)
    if missing:
        message = (
            f"{source_release.name}: no {', '.join(sorted(missing))}; this source release has a "
            "different layout, so use an official archive for this version"
        )
        raise LocalError(message)
    found = sorted(jars.glob("*.jar"))
    if not any(jar.name.startswith("rocketmq-") for jar in found):
        message = f"{jars.name}: no rocketmq-*.jar; Maven collected nothing, so run it again"
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
