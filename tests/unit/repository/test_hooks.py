"""pre-commit and `make check` run the same checks."""

import re

import yaml

from project import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
MAKEFILE = (ROOT / "Makefile").read_text()


def test_pre_commit_runs_the_lint_targets_of_make_check():
    (local,) = HOOKS
    targets = re.findall(r"^LINTS := (.*)$", MAKEFILE, re.MULTILINE)[0].split()
    assert [hook["entry"] for hook in local["hooks"]] == [f"make {name}" for name in targets]
    assert [hook["id"] for hook in local["hooks"]] == targets
    assert "$(MAKE) --no-print-directory -j2 --output-sync $(LINTS)" in MAKEFILE


def test_no_hook_is_fetched_from_another_repository():
    assert [repository["repo"] for repository in HOOKS] == ["local"]
    assert {hook["language"] for hook in HOOKS[0]["hooks"]} == {"system"}
