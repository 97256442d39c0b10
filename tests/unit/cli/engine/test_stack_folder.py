"""The stack's own copy of its configuration, and the passphrase of this clone."""

import pytest

from cli.engine.stack_folder import StackFolder, ensure_passphrase
from cli.errors import CommandError

COMMITTED = """\
config:
  rocketmq:cluster:
    hosts:
      provider: nspawn
"""
SALT = "encryptionsalt: v1:abc=:v1:def:ghi=="


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: rocketmq\n", "utf-8")
    (tmp_path / "Pulumi.local.yaml").write_text(COMMITTED, "utf-8")
    return tmp_path


@pytest.fixture
def local(root):
    assert root.is_dir()
    return StackFolder(stack="local")


def test_the_engine_reads_a_copy_in_the_folder_that_git_ignores(root, local):
    local.compose_config()
    assert local.config == root / ".state" / "stacks" / "local" / "Pulumi.local.yaml"
    assert local.config.read_text("utf-8") == COMMITTED
    assert (local.folder / "Pulumi.yaml").read_text("utf-8") == "name: rocketmq\n"


def test_the_salt_that_the_engine_wrote_is_kept_in_the_copy(local):
    local.compose_config()
    local.config.write_text(f"{SALT}\n{COMMITTED}", "utf-8")
    for _ in range(3):
        local.compose_config()
        assert local.config.read_text("utf-8") == f"{COMMITTED}{SALT}\n"


def test_a_salt_without_a_line_end_is_kept_whole(local):
    local.compose_config()
    local.config.write_text(f"{COMMITTED}{SALT}", "utf-8")
    local.compose_config()
    assert local.config.read_text("utf-8").splitlines()[-1] == SALT


def test_a_change_of_the_committed_file_is_copied_and_the_salt_kept(local):
    local.compose_config()
    local.config.write_text(f"{COMMITTED}{SALT}\n", "utf-8")
    local.committed_config.write_text(COMMITTED + "    version: 5.3.3\n", "utf-8")
    local.compose_config()
    expected = f"{COMMITTED}    version: 5.3.3\n{SALT}\n"
    assert local.config.read_text("utf-8") == expected


def test_a_committed_salt_wins_and_is_not_repeated(local):
    local.compose_config()
    local.config.write_text("encryptionsalt: v1:old\n", "utf-8")
    local.committed_config.write_text(f"{SALT}\n{COMMITTED}", "utf-8")
    local.compose_config()
    assert local.config.read_text("utf-8") == f"{SALT}\n{COMMITTED}"


def test_the_committed_file_is_never_written(local):
    before = local.committed_config.stat()
    local.compose_config()
    local.config.write_text(f"{COMMITTED}{SALT}\n", "utf-8")
    local.compose_config()
    after = local.committed_config.stat()
    assert local.committed_config.read_text("utf-8") == COMMITTED
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_stack_without_a_file_is_refused_with_a_list_of_the_stacks(root):
    (root / "Pulumi.lab.yaml").write_text(COMMITTED, "utf-8")
    with pytest.raises(CommandError) as refused:
        StackFolder(stack="prod").compose_config()
    assert str(refused.value) == "STACK=prod: no Pulumi.prod.yaml; there are lab, local"
    assert not (root / ".state").exists()


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (COMMITTED, "nspawn"),
        ("config: {}\n", None),
        ("", None),
        ("config:\n  rocketmq:cluster: 3\n", None),
        ("config: [unclosed\n", None),
    ],
)
def test_the_provider_is_read_or_none(local, text, provider):
    local.compose_config()
    local.config.write_text(text, "utf-8")
    assert local.provider() == provider


def test_a_passphrase_is_generated_once_and_readable_only_by_its_user(root, monkeypatch):
    path = root / ".state" / "passphrase"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(path))
    ensure_passphrase()
    first = path.read_text("utf-8")
    assert len(first.strip()) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    ensure_passphrase()
    assert path.read_text("utf-8") == first


def test_the_users_own_passphrase_is_kept(root, monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(root / "mine"))
    ensure_passphrase()
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE")
    ensure_passphrase()
    assert not (root / "mine").exists()
    assert not (root / ".state").exists()
