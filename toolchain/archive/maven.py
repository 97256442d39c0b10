"""Collect the jars and the source release of a version with Maven."""

import re
import shutil
from pathlib import Path
from typing import Final

from blueprint.rocketmq.versions import Assembly
from project import cache_folder
from system.errors import LocalError
from system.programs import last_lines, run_logged, text_of
from system.progress import progress

POM: Final = Path(__file__).with_name("pom.xml")
_LONGEST_CAUSE: Final = 300
ABOUT_SECONDS: Final = 60
"""With an empty repository."""
_ERROR: Final = re.compile(r"\[ERROR\]\s+(.*?)\s*(?:-> \[Help \d+\])?", re.ASCII)
_DOWNLOADED: Final = re.compile(r"Downloaded from \S+: \S+ \(([\d.]+) (B|kB|MB|GB) at ")
_BYTES: Final = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def collect(
    version: str, assembly: Assembly, into: Path, local_repository: Path | None = None
) -> tuple[Path, Path]:
    """Have Maven fetch what the archive of a version is made of into an existing folder.

    `local_repository` is Maven's own; None means the user's. Return the zip of the source release
    and the folder of jars.

    Raises:
        LocalError: Maven or Java is missing, or Maven failed; the message has the cause, and the
            file with all that Maven printed.

    """
    _require_tools()
    command = [
        "mvn",
        "--batch-mode",
        "-Dstyle.color=never",
        f"--file={POM}",
        f"-Drocketmq.version={version}",
        f"-Dsource.version={assembly.source_release}",
        f"-Dcollect.directory={into}",
    ]
    if assembly.adapted:
        command.append("--activate-profiles=example")
    if local_repository is not None:
        command.append(f"-Dmaven.repo.local={local_repository}")
    log = into / "maven.log"
    what = f"RocketMQ {version}: collecting jars and source release with Maven"
    with progress(what, ABOUT_SECONDS, lambda: downloads(text_of(log))):
        # It has no time limit of its own: Maven's connections have.
        status = run_logged([*command, "package"], log, inherit_files=True)
        if status:
            raise _failure(version, status, log)
    return into / "source-release.zip", into / "lib"


def downloads(output: str) -> str:
    """Return how many files Maven has downloaded so far, and how many MB."""
    sizes = [float(size) * _BYTES[unit] for size, unit in _DOWNLOADED.findall(output)]
    return f"{len(sizes)} files downloaded, {sum(sizes) / _BYTES['MB']:.0f} MB"


def _failure(version: str, status: int, log: Path) -> LocalError:
    # The log's folder is about to be removed.
    kept = cache_folder() / "archive" / f"maven-{version}.log"
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Within the cache it is only moved, which a full disk allows.
    shutil.move(log, kept)
    return LocalError(
        f"cluster.artifact: 'maven' cannot collect RocketMQ {version}: mvn: exit status {status}: "
        f"{_cause(text_of(kept))}; check disk, network and Maven's settings.xml, and read {kept}"
    )


def _cause(output: str) -> str:
    """Return the longest line of an error, which quotes the others; without one, the last line."""
    errors = [match[1] for line in output.splitlines() if (match := _ERROR.fullmatch(line))]
    cause = max(errors, key=len, default="") or last_lines(output, 1)
    # The reason is at the end, after what was to be done.
    return cause if len(cause) <= _LONGEST_CAUSE else f"…{cause[-_LONGEST_CAUSE:]}"


def _require_tools() -> None:
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        message = (
            f"cluster.artifact: 'maven' finds no {' and no '.join(missing)} on PATH; "
            "install maven and default-jdk-headless, or write official, url or file instead"
        )
        raise LocalError(message)
