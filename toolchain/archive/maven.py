"""Collects a version's jars and source release with Maven."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolchain.archive.errors import ArchiveError

POM: Final = Path(__file__).with_name("pom.xml")
_LINES_SHOWN: Final = 30
_TIMEOUT_SECONDS: Final = 1800


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """What Maven left behind: the source release's zip and the folder of jars."""

    source_release: Path
    jars: Path


def collect(version: str, into: Path, local_repository: Path | None = None) -> Collected:
    """Let Maven fetch everything that the archive of this version is made of.

    Args:
        version: RocketMQ's version, of which all modules are published.
        into: an existing folder that receives the files.
        local_repository: Maven's own store; None means the user's.

    Raises:
        ArchiveError: Maven or Java is missing, Maven failed (its last lines are in the message)
            or took more than half an hour.

    """
    command = [
        _find_maven(),
        "--batch-mode",
        "--no-transfer-progress",
        "-Dstyle.color=never",
        f"--file={POM}",
        f"-Drocketmq.version={version}",
        f"-Dcollect.directory={into}",
    ]
    if local_repository is not None:
        command.append(f"-Dmaven.repo.local={local_repository}")
    log = into / "maven.log"
    with log.open("wb") as output:
        try:
            done = subprocess.run(  # noqa: S603 -- no shell; every argument is made here
                [*command, "package"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_TIMEOUT_SECONDS,
                check=False,
                close_fds=False,
            )
        except subprocess.TimeoutExpired as error:
            message = f"mvn: RocketMQ {version} not there after {_TIMEOUT_SECONDS} s; {_tail(log)}"
            raise ArchiveError(message) from error
    if done.returncode != 0:
        message = (
            f"mvn: cannot collect RocketMQ {version}, exit status {done.returncode}; "
            f"check the network and Maven's settings.xml; {_tail(log)}"
        )
        raise ArchiveError(message)
    return Collected(source_release=into / "source-release.zip", jars=into / "lib")


def _find_maven() -> str:
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    maven = shutil.which("mvn")
    if missing or maven is None:
        message = (
            f"cluster.artifact 'maven': no {' and no '.join(missing)} on PATH; "
            "install maven and default-jdk-headless, or give an archive by URL or file"
        )
        raise ArchiveError(message)
    return maven


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES_SHOWN:]
    return "\n  ".join([f"its last {len(lines)} lines:", *lines])
