"""The last verification report of every host, in a file that `make up` and `make verify` write."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Reports = tuple["Mapping[str, Any]", ...]
LOG = logging.getLogger(__name__)


class VerificationRecord:
    """The reports in a file, read again whenever it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: tuple[int, ...] | None = None
        self._reports: Reports = ()

    def reports(self) -> Reports:
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
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            LOG.warning("%s: cannot be read: %r", self._path, error)
            self._reports = ()
        return self._reports


def parse_reports(text: str) -> Reports:
    """Return the reports in a JSON list.

    Raises:
        ValueError, KeyError, TypeError, RecursionError: the text is not such a list.

    """
    found = json.loads(text)
    for report in found:
        for key in ("host", "ok", "at", "seconds"):
            report[key]
        for process in report["processes"]:
            process["process"], process["role"], process["address"]
            for check in process["checks"]:
                check["check"], check["ok"], check["detail"], check["ms"]
    return tuple(found)
