"""A failed mmdebstrap is one line with its cause, and its output is kept."""

import os
from pathlib import Path

import pytest

from machines.nspawn.recipe import RECIPE
from machines.shared.root_folder import make_root
from system.errors import LocalError

NO_NETWORK = """\
I: running apt-get update...
Err:1 http://mirror.example/debian bookworm InRelease
E: Failed to fetch http://me:secret@mirror.example/InRelease  Temporary failure resolving
E: Some index files failed to download. They have been ignored, or old ones used instead.
I: main() received signal PIPE: waiting for setup...
E: mmdebstrap failed to run
"""


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            NO_NETWORK,
            "Failed to fetch http://mirror.example/InRelease  Temporary failure resolving",
        ),
        ("I: one\nI: two\n", "I: two"),
        ("", "no output"),
    ],
)
def test_it_names_the_first_error_and_the_kept_output(tmp_path, monkeypatch, output, cause):
    tools = tmp_path / "tools"
    tools.mkdir()
    # It stands for the first program of the command line, which would start mmdebstrap.
    (tools / "setpriv").write_text(f"#!/bin/sh\ncat <<'END'\n{output}END\nexit 25\n")
    (tools / "setpriv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    scratch = tmp_path / "cache" / ".building-1"
    scratch.mkdir(parents=True)
    with pytest.raises(LocalError) as failure:
        make_root(RECIPE, scratch, "image 1")
    line = str(failure.value)
    assert line.startswith(f"image 1: mmdebstrap: exit status 25: {cause}; check disk, network ")
    assert "\n" not in line
    assert Path(line.rpartition(" ")[2]).read_text() == output
    assert Path(line.rpartition(" ")[2]).parent == tmp_path / "cache"
