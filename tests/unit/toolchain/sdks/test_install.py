"""An SDK is installed from uv.lock, complete or not at all, and never changed."""

from pathlib import Path

import pytest

from system.errors import LocalError
from toolchain.sdks import __main__ as sdks

PROJECT = """
[dependency-groups]
dev = []
cloud = ["pulumi-cloud==7.51.1"]
lab = ["pulumi-lab==0.5.4"]
"""
EXPORTED = """\
grpcio==1.72.1 \\
    --hash=sha256:11
pulumi==3.272.0 \\
    --hash=sha256:22
pulumi-cloud==7.51.1 \\
    --hash=sha256:33 \\
    --hash=sha256:44
pyyaml==6.0.3 \\
    --hash=sha256:55
"""


class Uv:
    """Stands in for uv, which would need a network."""

    def __init__(self):
        self.installed: list[str] = []
        self.failing = False

    def __call__(self, *argv, folder, timeout_seconds=0.0):  # noqa: ARG002 (those of `run`)
        if argv[1] == "export":
            assert argv[-2:] == ("--only-group", "cloud")
            return EXPORTED
        assert {"--no-deps", "--require-hashes"} <= set(argv)
        target = Path(argv[argv.index("--target") + 1])
        target.mkdir()
        (target / "pulumi_cloud").mkdir()
        if self.failing:
            message = "uv: no network"
            raise LocalError(message)
        self.installed.append(Path(argv[-1]).read_text())
        return ""


@pytest.fixture
def uv(monkeypatch):
    fake = Uv()
    monkeypatch.setattr(sdks, "run", fake)
    return fake


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "Pulumi.cloudy.yaml").write_text(
        "config:\n  rocketmq:cluster:\n    hosts:\n      provider: cloud\n"
    )
    (tmp_path / "Pulumi.local.yaml").write_text(
        "config:\n  rocketmq:cluster:\n    hosts:\n      provider: nspawn\n"
    )
    monkeypatch.setattr(sdks, "ROOT", tmp_path)
    return tmp_path


def entries(root):
    folder = root / ".state" / "sdks"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_stack_installs_the_sdk_of_its_own_provider_and_no_other_packages(root, uv):
    assert sdks.main(["--for", "cloudy"]) == 0
    assert uv.installed == [
        "pulumi-cloud==7.51.1 \\\n    --hash=sha256:33 \\\n    --hash=sha256:44\n"
    ]
    assert entries(root) == {"cloud", "cloud-7.51.1", "lock"}
    assert (root / ".state/sdks/cloud/pulumi_cloud").is_dir()


@pytest.mark.parametrize("stack", ["local", "unknown"])
def test_a_stack_of_a_provider_without_an_sdk_installs_nothing(root, uv, stack):
    assert sdks.main(["--for", stack]) == 0
    assert uv.installed == []
    assert entries(root) == set()


def test_an_installed_sdk_is_left_alone(root, uv):
    sdks.install(root, "cloud")
    uv.failing = True
    sdks.install(root, "cloud")
    assert len(uv.installed) == 1


@pytest.mark.usefixtures("uv")
def test_another_version_gets_a_folder_of_its_own(root):
    sdks.install(root, "cloud")
    (root / "pyproject.toml").write_text(PROJECT.replace("7.51.1", "7.52.0"))
    sdks.install(root, "cloud")
    assert entries(root) == {"cloud", "cloud-7.51.1", "cloud-7.52.0", "lock"}
    assert (root / ".state/sdks/cloud").readlink() == Path("cloud-7.52.0")


def test_a_failed_installation_is_one_line_and_leaves_no_folder_to_use(root, uv, capsys):
    uv.failing = True
    assert sdks.main(["--for", "cloudy"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "SDK of provider cloud (about 10 s)"
    assert said[-1] == "SDK: uv: no network"
    assert not (root / ".state/sdks/cloud-7.51.1").exists()
    uv.failing = False
    assert sdks.main(["--for", "cloudy"]) == 0
    assert entries(root) == {"cloud", "cloud-7.51.1", "lock"}
