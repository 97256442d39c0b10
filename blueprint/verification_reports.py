"""What hosts say of their verification, as JSON, for those who read it further."""

import json
from collections.abc import Sequence


def join_reports(texts: Sequence[str]) -> str:
    """Return one JSON list of the reports that the hosts printed, with a line break at its end."""
    return json.dumps([json.loads(text) for text in texts], indent=1) + "\n"


def summarise(text: str) -> str:
    """Return one line about a host's report."""
    report = json.loads(text)
    processes = report["processes"]
    failed = sum(not check["ok"] for process in processes for check in process["checks"])
    outcome = f"{failed} checks failed" if failed else "verified"
    return f"{report['host']}: {outcome} at {report['at']} in {report['seconds']} s"
