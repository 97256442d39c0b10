import json

import pytest

from console.configuration import ConfigurationError, read_configuration
from console.server.main import main
from tests.unit.console.passwords import hash_line
from tests.unit.remoting.plans import seed_plan

DOCUMENT = {
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
    """A host's folder with the console's files."""
    paths = {key: str(tmp_path / DOCUMENT[key]) for key in ("plan", "login", "verification")}
    (tmp_path / "console.json").write_text(json.dumps({**DOCUMENT, **paths}))
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


@pytest.mark.parametrize("key", DOCUMENT)
def test_a_missing_key_is_reported_in_one_line(folder, key):
    path = folder / "console.json"
    path.write_text(json.dumps({name: value for name, value in DOCUMENT.items() if name != key}))
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert str(caught.value) == f"{path}: key '{key}' is missing; run make up again"


@pytest.mark.parametrize("text", ["", "[]", "5", '{"listen"', '{"listen": "\\ud800"'])
def test_a_malformed_file_is_reported_in_one_line(folder, text):
    path = folder / "console.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert str(caught.value).startswith(f"{path}: cannot be read: ")
    assert "\n" not in str(caught.value)


def error_of_main(folder, capsys) -> str:
    assert main(["--config", str(folder / "console.json")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.mark.parametrize("name", ["console.json", "plan.json", "login"])
@pytest.mark.parametrize("text", [None, "", "\x80", "{}"])
def test_a_console_that_cannot_start_reports_the_cause_in_one_line(folder, capsys, name, text):
    path = folder / name
    path.unlink()
    if text is not None:
        path.write_text(text, "latin-1")
    error = error_of_main(folder, capsys)
    assert error.startswith("console: ")
    assert error.count("\n") == 1
    assert str(path) in error or "plan key" in error


def refusal_of(path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("listen", ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", ":x", "[::1]"])
def test_a_malformed_address_is_reported_in_one_line(folder, listen):
    rewrite(folder, listen=listen)
    path = folder / "console.json"
    assert refusal_of(path).startswith(f"{path}: cannot be read: address {listen!r}")


@pytest.mark.parametrize("key", ["everySeconds", "requestSeconds"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), None, "soon"])
def test_unusable_seconds_are_reported_in_one_line(folder, key, seconds):
    rewrite(folder, **{key: seconds})
    path = folder / "console.json"
    assert refusal_of(path).startswith(f"{path}: cannot be read: ")
