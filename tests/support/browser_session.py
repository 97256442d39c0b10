"""A real browser for tests, driven from its own environment, locked by `tests/browser/uv.lock`."""

import json
import os
import shutil
import subprocess
from typing import Self

from project import ROOT

FOLDER = ROOT / "tests" / "browser"
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
END_SECONDS = 30


class BrowserError(AssertionError):
    """The page did not show what was expected."""


class Browser:
    """Calls the actions of `tests/browser/session.py`: `browser.do("wait", text="healthy")`."""

    def __init__(self, url: str) -> None:
        executable = next(filter(None, map(shutil.which, BROWSERS)), None)
        assert executable, f"no browser: one of {', '.join(BROWSERS)}; run make browser"
        uv = ROOT / ".state" / "uv" / "bin" / "uv"
        words = [uv, "run", "--quiet", "--project", FOLDER, "--frozen", "python"]
        self._process = subprocess.Popen(
            [*words, FOLDER / "session.py", executable, url],
            env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(ROOT / ".state" / "browser")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=END_SECONDS)
        self._process.stdout.close()

    def do(self, name: str, **values: object):
        """Run one action and return its result; raise BrowserError with what the page shows."""
        self._process.stdin.write(json.dumps({"do": name, **values}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise BrowserError(answer["error"])
        return answer["result"]
