"""The table of known versions, the security floor, and what is refused."""

import re

import pytest

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import (
    DEFAULT_VERSION,
    KNOWN_VERSIONS,
    OfficialArchive,
    Version,
    find_known,
    is_safe,
    maven_sha512,
    official_archive,
    parse_sha512,
    parse_version,
    require_safe,
)


def test_the_default_version_is_known_and_can_be_assembled():
    assert find_known(DEFAULT_VERSION) is not None
    assert len(maven_sha512(DEFAULT_VERSION)) == 128


def test_every_version_is_there_once_newest_first_and_above_the_security_floor():
    versions = [parse_version(known.version) for known in KNOWN_VERSIONS]
    assert versions == sorted(set(versions), reverse=True)
    assert [version for version in versions if not is_safe(version)] == []


@pytest.mark.parametrize("known", KNOWN_VERSIONS, ids=lambda known: known.version)
def test_every_digest_of_the_table_is_a_sha512_in_lower_case(known):
    digests = [known.official_sha512, known.maven_sha512]
    assert all(d is None or re.fullmatch(r"[0-9a-f]{128}", d) for d in digests)


def test_no_digest_of_the_table_is_used_twice():
    digests = [d for k in KNOWN_VERSIONS for d in (k.official_sha512, k.maven_sha512) if d]
    assert len(digests) == len(set(digests)) > 0


@pytest.mark.parametrize("known", KNOWN_VERSIONS, ids=lambda known: known.version)
def test_an_official_url_names_its_version_and_the_top_directory(known):
    assert known.official_url.startswith("https://")
    assert known.official_url.endswith(f"/{known.version}/{known.top_directory}.zip")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("3.5.8", False),
        ("4.9.6", False),
        ("4.9.7", True),
        ("4.9.8", True),
        ("5.0.0", False),
        ("5.1.1", False),
        ("5.1.2", True),
        ("5.1.10", True),
        ("5.3.3", True),
        ("6.0.0", True),
    ],
)
def test_the_security_floor_is_that_of_each_major_version(text, safe):
    assert is_safe(parse_version(text)) is safe


def test_a_version_below_the_floor_is_refused_with_value_cause_and_what_is_allowed():
    with pytest.raises(ValueError, match=r"cluster\.version: 5\.1\.1 .*CVE-.*5\.1\.2.*4\.9\.7"):
        require_safe("5.1.1")


def test_versions_are_ordered_by_number_and_written_as_they_were_read():
    assert parse_version("5.3.10") > parse_version("5.3.9") == Version(5, 3, 9)
    assert str(parse_version("5.3.10")) == "5.3.10"


@pytest.mark.parametrize(
    "text",
    ["", "5", "5.3", "5.3.3.1", "v5.3.3", "5.3.3-SNAPSHOT", "5.3.03", "5.3.3\n", "\u0665.3.3"],
)
def test_what_is_not_three_numbers_is_refused_by_its_value(text):
    with pytest.raises(ValueError, match=re.escape(f"cluster.version: {text!r}")):
        parse_version(text)


def test_official_without_an_established_digest_asks_for_url_and_digest():
    with pytest.raises(ValueError, match=r"'official' .* 5\.3\.3; .*url.*sha512"):
        official_archive("5.3.3")


def test_official_with_an_established_digest_gives_url_and_digest(monkeypatch):
    known = type(KNOWN_VERSIONS[0])(version="5.9.9", official_sha512="ab" * 64, maven_sha512=None)
    monkeypatch.setattr("blueprint.rocketmq.versions.KNOWN_VERSIONS", (known,))
    assert official_archive("5.9.9") == OfficialArchive(url=known.official_url, sha512="ab" * 64)


@pytest.mark.parametrize("version", ["5.3.2", "5.99.0"])
def test_maven_refuses_a_version_that_it_cannot_assemble_and_names_those_it_can(version):
    with pytest.raises(ValueError, match=rf"'maven' .* {re.escape(version)}; .*5\.3\.3"):
        maven_sha512(version)


def test_a_digest_is_compared_in_lower_case():
    assert parse_sha512("AB" * 64) == "ab" * 64


@pytest.mark.parametrize("text", ["", "ab" * 32, "ab" * 63 + "a", "xy" * 64, "ab" * 64 + "\n"])
def test_what_is_not_a_sha512_is_refused(text):
    with pytest.raises(ValueError, match=r"cluster\.artifact\.sha512: .*128 hexadecimal"):
        parse_sha512(text)


def test_the_upload_path_is_relative_and_made_of_the_digest_only():
    assert upload_path("0123456789abcdef" * 8) == ".state/archive/0123456789abcdef.zip"
