"""The last verification report of every host, in a file that `make up` and `make verify` write."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from remoting.verification.report import parse_reports

if TYPE_CHECKING:
    from pathlib import Path

    from remoting.verification.report import VerificationReport

LOG = logging.getLogger(__name__)


class VerificationRecord:
    """The reports in a file, read again whenever it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: tuple[int, ...] | None = None
        self._reports: tuple[VerificationReport, ...] = ()

    def reports(self) -> tuple[VerificationReport, ...]:
        """Return one report per host; none while the file is missing or unreadable."""
        try:
            status = self._path.stat()
            version = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size)
            if version != self._read_at:
                # Set first, so that an unreadable file is logged once and not at every request.
                self._read_at = version
                self._reports = parse_reports(self._path.read_text("utf-8"))
        except FileNotFoundError:
            self._reports, self._read_at = (), None
        except (OSError, ValueError) as error:
            LOG.warning("%s: cannot be read: %r", self._path, error)
            self._reports = ()
        return self._reports
