"""A file that a host gets by upload or download, known by its digest."""

from dataclasses import dataclass

from blueprint.paths import CACHE


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """What to install: its digest, and a URL when the host downloads it itself."""

    sha512: str
    url: str | None
    upload_path: str | None
    """Relative to the project, so that it is the same in every clone."""

    @property
    def cached(self) -> str:
        """Return where a host keeps it."""
        return str(CACHE / f"{self.sha512[:16]}.zip")


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """All that hosts install."""

    rocketmq: Archive
    console: Archive | None
    """What the console's host runs; None without a console."""
