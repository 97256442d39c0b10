"""The supported versions, and the archives of known digest."""

import re

import pytest

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import (
    ASSEMBLIES,
    DEFAULT_VERSION,
    SUPPORTED,
    Version,
    is_supported,
    loses_topics_on_slaves,
    maven_sha512,
    parse_version,
    refuse_new,
    require_supported,
)
from project import ROOT
from tests.support.stacks import STACKS, raw_cluster


def test_the_default_version_can_be_assembled():
    assert len(maven_sha512(DEFAULT_VERSION)) == 128


def test_the_versions_that_can_be_assembled_are_supported_and_listed_newest_first():
    versions = [require_supported(version) for version in ASSEMBLIES]
    assert versions == sorted(versions, reverse=True)


@pytest.mark.parametrize("version", ASSEMBLIES)
def test_a_known_digest_is_a_sha512_in_lower_case(version):
    assert re.fullmatch(r"[0-9a-f]{128}", maven_sha512(version))


def test_no_known_digest_belongs_to_two_versions():
    assert len(set(map(maven_sha512, ASSEMBLIES))) == len(ASSEMBLIES) > 0


@pytest.mark.parametrize("version", ["5.3.3", "5.2.0"])
def test_archives_that_stacks_may_have_installed_keep_their_bytes(version):
    """A unit names the digest of its archive, so another one restarts every process."""
    assert maven_sha512(version)[:16] in {"3fe5c3987b78301c", "6a9a80b3be68cd8b"}
    assert not ASSEMBLIES[version].adapted


@pytest.mark.parametrize("text", ["5.1.2", "5.1.10", "5.2.0", "5.3.3", "5.10.0"])
def test_a_5_x_version_without_the_known_holes_is_supported(text):
    assert require_supported(text) == parse_version(text)
    assert re.search(SUPPORTED, text)
    assert is_supported(text)


@pytest.mark.parametrize("text", ["5.0.0", "5.1.0", "5.1.1"])
def test_a_5_x_version_with_known_holes_is_refused_with_the_lowest_supported_one(text):
    line = rf"cluster\.version: {re.escape(text)} .*CVE-.*; write 5\.3\.0 or a later 5\.x, or "
    with pytest.raises(ValueError, match=line):
        require_supported(text)
    assert not re.search(SUPPORTED, text)
    assert not is_supported(text)


@pytest.mark.parametrize("text", ["3.5.8", "4.9.6", "4.9.7", "4.9.8", "6.0.0"])
def test_a_version_other_than_5_x_is_refused_with_the_lowest_supported_one(text):
    line = (
        f"cluster.version: {text} is not supported, only 5.x is; "
        "write 5.3.0 or a later 5.x, or leave it out"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(line)}$"):
        require_supported(text)
    assert not re.search(SUPPORTED, text)
    assert not is_supported(text)


def test_versions_are_ordered_by_number_and_written_as_they_were_read():
    assert parse_version("5.3.10") > parse_version("5.3.9") == Version(5, 3, 9)
    assert str(parse_version("5.3.10")) == "5.3.10"


@pytest.mark.parametrize(
    "text",
    ["", "5", "5.3", "5.3.3.1", "v5.3.3", "5.3.3-SNAPSHOT", "5.3.03", "5.3.3\n", "\u0665.3.3"],
)
def test_a_text_other_than_three_numbers_is_refused_by_its_value(text):
    with pytest.raises(ValueError, match=re.escape(f"cluster.version: {text!r}")):
        parse_version(text)


@pytest.mark.parametrize("version", ["5.3.2", "5.99.0"])
def test_maven_refuses_a_version_that_it_cannot_assemble_and_names_those_it_can(version):
    with pytest.raises(
        ValueError, match=rf"'maven' .* {re.escape(version)}, only 5\.5\.0, 5\.3\.3 and "
    ):
        maven_sha512(version)


def test_the_upload_path_is_relative_and_made_of_the_digest_only():
    assert upload_path("0123456789abcdef" * 8) == ".state/archive/0123456789abcdef.zip"


@pytest.mark.parametrize("text", ["5.1.2", "5.1.4", "5.2.0", "5.2.9"])
def test_no_new_cluster_gets_a_version_that_shows_passwords(text):
    line = refuse_new(text)
    assert line is not None
    assert line.startswith(f"cluster.version: {text} ")
    assert "CVE-2024-23321" in line
    assert line.endswith("write 5.3.0 or a later 5.x, or leave it out")


@pytest.mark.parametrize("text", ["5.3.0", "5.3.3", "5.5.0", "5.10.0"])
def test_a_new_cluster_may_have_5_3_0_or_later(text):
    assert refuse_new(text) is None


@pytest.mark.parametrize(
    ("text", "loses"),
    [("5.3.1", False), ("5.3.2", True), ("5.3.3", True), ("5.4.0", False), ("5.5.0", False)],
)
def test_two_versions_lose_topics_on_slaves(text, loses):
    assert loses_topics_on_slaves(text) is loses


@pytest.mark.parametrize("stack", STACKS)
def test_a_sample_stack_names_no_version_and_shows_the_default(stack):
    """A version in these files would ask every cluster made from them for an upgrade."""
    assert "version" not in raw_cluster(stack)
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8")
    assert f"    # version: {DEFAULT_VERSION}\n" in text
