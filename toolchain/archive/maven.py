"""Collect the jars and the source release of a version with Maven."""

import shutil
from pathlib import Path
from typing import Final

from system.errors import LocalError
from system.programs import capture

POM: Final = Path(__file__).with_name("pom.xml")
_LINES_SHOWN: Final = 30
_TIMEOUT_SECONDS: Final = 1800


def collect(version: str, into: Path, local_repository: Path | None = None) -> tuple[Path, Path]:
    """Have Maven fetch what the archive of a version is made of into an existing folder.

    `local_repository` is Maven's own; None means the user's. Return the zip of the source release
    and the folder of jars.

    Raises:
        LocalError: Maven or Java is missing, or Maven failed; its last lines are in the message.

    """
    _require_tools()
    command = [
        "mvn",
        "--batch-mode",
        "--no-transfer-progress",
        "-Dstyle.color=never",
        f"--file={POM}",
        f"-Drocketmq.version={version}",
        f"-Dcollect.directory={into}",
    ]
    if local_repository is not None:
        command.append(f"-Dmaven.repo.local={local_repository}")
    done = capture([*command, "package"], timeout_seconds=_TIMEOUT_SECONDS, inherit_files=True)
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).splitlines()[-_LINES_SHOWN:]
        message = (
            f"mvn: cannot collect RocketMQ {version}, exit status {done.returncode}; "
            f"check the network and Maven's settings.xml; its last {len(lines)} lines:"
        )
        raise LocalError("\n  ".join([message, *lines]))
    return into / "source-release.zip", into / "lib"


def _require_tools() -> None:
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        message = (
            f"cluster.artifact 'maven': no {' and no '.join(missing)} on PATH; "
            "install maven and default-jdk-headless, or use an archive from a URL or a file"
        )
        raise LocalError(message)
