"""Reading the settings in a stack's file."""

import pytest

from toolchain.stack_file import StackFileError, read_cluster

PASTED = """\
config:
  rocketmq:cluster:
    version: 5.5.1
    hosts: {provider: nspawn}
    version: 5.5.0
"""
MERGED = """\
config:
  common: &common {heap: 1GiB, scheme: dledger}
  rocketmq:cluster:
    <<: *common
    scheme: controller
"""


def written(folder, text):
    file = folder / "Pulumi.mine.yaml"
    file.write_text(text)
    return file


def test_a_key_that_is_there_twice_is_refused_with_its_line(tmp_path):
    line = r"^Pulumi\.mine\.yaml, line 5: version is there twice; leave one out$"
    with pytest.raises(StackFileError, match=line):
        read_cluster(written(tmp_path, PASTED))


def test_a_key_may_override_a_merged_one(tmp_path):
    cluster = read_cluster(written(tmp_path, MERGED))
    assert cluster == {"heap": "1GiB", "scheme": "controller"}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("config: [", "is not YAML: "),
        ("", "config has no rocketmq:cluster"),
        ("config: {}", "config has no rocketmq:cluster"),
        ("config: !!python/object/apply:os.getcwd []", "is not YAML: could not determine a con"),
    ],
)
def test_a_file_without_settings_is_refused_in_one_line(tmp_path, text, cause):
    with pytest.raises(StackFileError, match=rf"^Pulumi\.mine\.yaml: {cause}") as refused:
        read_cluster(written(tmp_path, text))
    assert "\n" not in str(refused.value)
