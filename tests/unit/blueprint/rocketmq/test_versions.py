"""The supported versions, and the archives of known digest."""

import re

import pytest

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import (
    DEFAULT_VERSION,
    MAVEN_SHA512,
    SUPPORTED,
    Version,
    maven_sha512,
    parse_version,
    require_supported,
)


def test_the_default_version_can_be_assembled():
    assert len(maven_sha512(DEFAULT_VERSION)) == 128


def test_the_versions_that_can_be_assembled_are_supported_and_listed_newest_first():
    versions = [require_supported(version) for version in MAVEN_SHA512]
    assert versions == sorted(versions, reverse=True)


@pytest.mark.parametrize("version", MAVEN_SHA512)
def test_a_known_digest_is_a_sha512_in_lower_case(version):
    assert re.fullmatch(r"[0-9a-f]{128}", MAVEN_SHA512[version])


def test_no_known_digest_belongs_to_two_versions():
    assert len(set(MAVEN_SHA512.values())) == len(MAVEN_SHA512) > 0


@pytest.mark.parametrize("text", ["5.1.2", "5.1.10", "5.2.0", "5.3.3", "5.10.0"])
def test_a_5_x_version_without_the_known_holes_is_supported(text):
    assert require_supported(text) == parse_version(text)
    assert re.search(SUPPORTED, text)


@pytest.mark.parametrize("text", ["5.0.0", "5.1.0", "5.1.1"])
def test_a_5_x_version_with_known_holes_is_refused_with_the_lowest_supported_one(text):
    line = rf"cluster\.version: {re.escape(text)} .*CVE-.*; write 5\.1\.2 or a later 5\.x$"
    with pytest.raises(ValueError, match=line):
        require_supported(text)
    assert not re.search(SUPPORTED, text)


@pytest.mark.parametrize("text", ["3.5.8", "4.9.6", "4.9.7", "4.9.8", "6.0.0"])
def test_a_version_other_than_5_x_is_refused_with_the_lowest_supported_one(text):
    line = f"cluster.version: {text} is not supported, only 5.x is; write 5.1.2 or a later 5.x"
    with pytest.raises(ValueError, match=f"^{re.escape(line)}$"):
        require_supported(text)
    assert not re.search(SUPPORTED, text)


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
    with pytest.raises(ValueError, match=rf"'maven' .* {re.escape(version)}, only 5\.3\.3 and "):
        maven_sha512(version)


def test_the_upload_path_is_relative_and_made_of_the_digest_only():
    assert upload_path("0123456789abcdef" * 8) == ".state/archive/0123456789abcdef.zip"
