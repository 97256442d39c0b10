"""The console's program: whole, the same everywhere, and runnable by a bare Python."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata

import pytest

from project import ROOT
from toolchain.console_archive import DISTRIBUTIONS, build_console, console_sha512

BODY = build_console(ROOT)
NAMES = zipfile.ZipFile(io.BytesIO(BODY)).namelist()


def test_the_archive_is_reproducible():
    assert build_console(ROOT) == BODY


def test_the_archive_is_written_once_to_its_upload_path(tmp_path):
    for package in ("console", "remoting"):
        shutil.copytree(ROOT / package, tmp_path / package)
    first = console_sha512(tmp_path)
    (made,) = (tmp_path / ".state" / "archive").iterdir()
    written = made.stat()
    assert console_sha512(tmp_path) == first
    assert made.stat().st_mtime_ns == written.st_mtime_ns
    assert made.name == f"{first[:16]}.zip"


def test_another_page_is_another_archive(tmp_path):
    for package in ("console", "remoting"):
        shutil.copytree(ROOT / package, tmp_path / package)
    before = build_console(tmp_path)
    (tmp_path / "console" / "page" / "style.css").write_text("p {}")
    assert build_console(tmp_path) != before


def test_the_archive_contains_the_page_the_checks_and_every_license():
    for name in (
        "console/page/index.html",
        "console/page/openapi.json",
        "remoting/protocol/frames.py",
    ):
        assert name in NAMES
    for distribution in DISTRIBUTIONS:
        folder = f"{distribution.replace('-', '_')}-{metadata.version(distribution)}.dist-info"
        assert f"{folder}/METADATA" in NAMES
        licences = [n for n in NAMES if n.startswith(folder) and "LICEN" in n.upper()]
        assert licences, distribution


def test_the_archive_has_no_files_for_one_python_only():
    assert [name for name in NAMES if name.endswith((".pyc", ".so", ".pyi"))] == []


def test_the_archive_has_all_dependencies_of_its_packages():
    """On the oldest Python, where most is needed besides."""
    for distribution in DISTRIBUTIONS:
        for line in metadata.requires(distribution) or ():
            name, _, marker = line.partition(";")
            wanted = re.split(r"[<>=!~ \[(]", name.strip())[0].lower().replace("_", "-")
            if "extra ==" in marker or "win32" in marker or "Windows" in marker:
                continue
            if re.search(r'python_version < "?.3\.[0-8]"?', marker):
                continue
            assert wanted in DISTRIBUTIONS, f"{distribution} needs {line}"


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_every_package_supports_the_oldest_python_of_hosts(distribution):
    needs = metadata.metadata(distribution)["Requires-Python"]
    assert re.fullmatch(r">=3\.[0-9]", needs), needs


def test_a_bare_python_runs_the_archive(tmp_path):
    path = tmp_path / "console.pyz"
    path.write_bytes(BODY)
    # Isolated and without site packages, as no environment of ours is on a host.
    words = [sys.executable, "-I", "-S", path, "--config", tmp_path / "none.json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"console: {tmp_path}/none.json: cannot be read")
