from pathlib import Path

import pytest

from machines.shared.owner import (
    Owner,
    claim,
    read_owner,
    require_claimed,
    require_free_or_own,
    require_sweepable,
)
from system.errors import LocalError


def owner(token, path):
    return Owner(token=token, path=path)


HERE = owner("t1", "/srv/one")


def test_unclaimed_stack_is_free_but_not_claimed(paths):
    assert require_free_or_own(paths, HERE) is None
    with pytest.raises(LocalError, match="not claimed"):
        require_claimed(paths, HERE)


@pytest.mark.parametrize(
    "asking",
    [
        HERE,
        owner("t1", "/srv/other-clone"),
        owner("t2", "/srv/one"),
        owner("", "/srv/one"),
    ],
)
def test_same_state_or_same_project_is_accepted(paths, asking):
    claim(paths, HERE)
    assert require_free_or_own(paths, asking) == HERE
    require_claimed(paths, asking)


@pytest.mark.parametrize("token", ["t2", ""])
def test_other_project_is_refused_in_one_line_with_path_and_remedy(paths, token):
    claim(paths, owner("", "/srv/one"))
    with pytest.raises(LocalError) as refusal:
        claim(paths, owner(token, "/srv/two"))
    assert "/srv/one" in str(refusal.value)
    assert "make down STACK=dev" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert read_owner(paths).path == "/srv/one"


def test_claim_follows_the_state_to_another_clone(paths):
    claim(paths, HERE)
    moved = owner("t1", "/srv/two")
    claim(paths, moved)
    assert read_owner(paths) == moved


def test_sweep_of_an_existing_project_needs_force(paths, tmp_path):
    claim(paths, owner("t1", str(tmp_path)))
    with pytest.raises(LocalError, match=f"{tmp_path}: run `make down STACK=dev` there"):
        require_sweepable(paths, force=False)
    require_sweepable(paths, force=True)


@pytest.mark.parametrize("path", [str(Path.cwd()), "/srv/removed-long-ago"])
def test_sweep_of_own_or_abandoned_machines_is_allowed(paths, path):
    claim(paths, owner("t1", path))
    require_sweepable(paths, force=False)
    assert read_owner(paths).path == path
