import json

import pytest

from console.configuration import ConfigurationError, read_configuration
from console.server.main import main
from tests.unit.console.passwords import hash_line
from tests.unit.remoting.plans import seed_plan

SAID = {
    "listen": "127.0.0.1:8080",
    "scheme": "2m-2s-sync",
    "version": "5.3.2",
    "plan": "plan.json",
    "login": "login",
    "verification": "verification.json",
    "everySeconds": 2,
    "requestSeconds": 1.5,
}


@pytest.fixture
def folder(tmp_path):
    """A host's folder, with all that a console is told."""
    paths = {key: str(tmp_path / SAID[key]) for key in ("plan", "login", "verification")}
    (tmp_path / "console.json").write_text(json.dumps({**SAID, **paths}))
    (tmp_path / "plan.json").write_text(json.dumps(seed_plan()))
    (tmp_path / "login").write_text(hash_line())
    return tmp_path


def rewrite(folder, **changes):
    path = folder / "console.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_configuration_is_read(folder):
    configuration = read_configuration(folder / "console.json")
    assert (configuration.listen, configuration.every_seconds) == ("127.0.0.1:8080", 2.0)
    assert configuration.verification == folder / "verification.json"


@pytest.mark.parametrize("key", SAID)
def test_a_missing_key_is_told_in_one_line(folder, key):
    path = folder / "console.json"
    path.write_text(json.dumps({name: value for name, value in SAID.items() if name != key}))
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert str(caught.value) == f"{path}: key '{key}' is missing; run make up again"


@pytest.mark.parametrize("text", ["", "[]", "5", '{"listen"', '{"listen": "\\ud800"'])
def test_a_file_that_is_something_else_is_told_in_one_line(folder, text):
    path = folder / "console.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert str(caught.value).startswith(f"{path}: cannot be read: ")
    assert "\n" not in str(caught.value)


def said_by_main(folder, capsys) -> str:
    assert main(["--config", str(folder / "console.json")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.mark.parametrize("name", ["console.json", "plan.json", "login"])
@pytest.mark.parametrize("text", [None, "", "\x80", "{}"])
def test_a_console_that_cannot_start_says_why_in_one_line(folder, capsys, name, text):
    path = folder / name
    path.unlink()
    if text is not None:
        path.write_text(text, "latin-1")
    said = said_by_main(folder, capsys)
    assert said.startswith("console: ")
    assert said.count("\n") == 1
    assert str(path) in said or "plan key" in said


def refusal_of(path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("listen", ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", ":x", "[::1]"])
def test_an_address_that_is_none_is_told_in_one_line(folder, listen):
    rewrite(folder, listen=listen)
    path = folder / "console.json"
    assert refusal_of(path).startswith(f"{path}: cannot be read: address {listen!r}")


@pytest.mark.parametrize("key", ["everySeconds", "requestSeconds"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), None, "soon"])
def test_a_time_that_nobody_can_wait_for_is_told_in_one_line(folder, key, seconds):
    rewrite(folder, **{key: seconds})
    path = folder / "console.json"
    assert refusal_of(path).startswith(f"{path}: cannot be read: ")
