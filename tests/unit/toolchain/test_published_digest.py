"""`make archive-digest`: the digest that Apache publishes, from a server on loopback."""

import pytest
import yaml

from blueprint.rocketmq import official_archive
from blueprint.rocketmq.official_archive import official_sha512, parse_published_sha512
from system.https import fetch_text
from tests.support.https_server import serving, text
from toolchain.archive.published_digest import main

DIGEST = (
    "45843648ecf9da8e513286f136e3f271e7d6dee4d29b947a50dde8c61f3e1976"
    "94c13bcdc279ce459839757cd8de19c11b23b33565384a97afcf360483578cd4"
)
NAME = "rocketmq-all-5.5.1-bin-release.zip"

# As gpg --print-md SHA512 writes it.
FOLDED = f"""{NAME}: 45843648 ECF9DA8E 513286F1 36E3F271 E7D6DEE4
                                    D29B947A 50DDE8C6 1F3E1976 94C13BCD C279CE45
                                    9839757C D8DE19C1 1B23B335 65384A97 AFCF3604
                                    83578CD4
"""
BELOW_THE_NAME = f"{NAME}: \n" + FOLDED.partition(": ")[2]
RIGHT = {
    "gpg": FOLDED,
    "gpg, the digest below the name": BELOW_THE_NAME,
    "gpg with the algorithm": FOLDED.replace(": ", ": SHA512 = "),
    "gpg with a folder": f"/home/me/release/{FOLDED}",
    "gpg with line ends of DOS": FOLDED.replace("\n", "\r\n"),
    "sha512sum": f"{DIGEST}  {NAME}\n",
    "sha512sum of a binary file": f"{DIGEST} *{NAME}\n",
    "sha512sum with a folder": f"{DIGEST}  ./target/{NAME}",
    "sha512sum --tag": f"SHA512 ({NAME}) = {DIGEST}\n",
}
WRONG = {
    "nothing": "",
    "a page": "<html><body>Service unavailable</body></html>",
    "no name": f"{DIGEST}\n",
    "a digit less": f"{DIGEST[:-1]}  {NAME}\n",
    "a digit more": f"{DIGEST}0  {NAME}\n",
    "no hexadecimal digit": f"{DIGEST[:-1]}g  {NAME}\n",
    "a group less": FOLDED.replace("83578CD4", ""),
    "a group more": FOLDED + "83578CD4",
    "two digests": f"{DIGEST}  {NAME}\n{DIGEST}  {NAME}\n",
    "another algorithm": FOLDED.replace(": ", ": SHA256 = "),
}


@pytest.mark.parametrize("form", RIGHT)
def test_each_form_of_a_published_digest_is_read(form):
    assert parse_published_sha512(RIGHT[form], NAME) == DIGEST


@pytest.mark.parametrize("form", WRONG)
def test_a_text_that_is_no_published_digest_is_refused(form):
    with pytest.raises(ValueError, match=r"is neither what gpg .* nor what sha512sum writes"):
        parse_published_sha512(WRONG[form], NAME)


@pytest.mark.parametrize(
    "other",
    ["rocketmq-all-5.5.1-source-release.zip", "rocketmq-all-5.5.0-bin-release.zip", "\x1b[2J"],
)
def test_the_digest_of_another_file_is_refused_by_its_name(other):
    with pytest.raises(ValueError, match=r"is the digest of .*, not of rocketmq-all") as no:
        parse_published_sha512(FOLDED.replace(NAME, other), NAME)
    assert repr(other) in str(no.value)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    answers = {
        f"/dist/rocketmq/{version}/rocketmq-all-{version}-bin-release.zip.sha512": text(content)
        for version, content in {
            "5.5.1": FOLDED.encode(),
            "5.5.2": FOLDED.encode(),
            "5.5.3": b"<html>moved</html>",
            "5.5.4": FOLDED.encode() * 20,
        }.items()
    }
    with serving(tmp_path_factory.mktemp("apache"), answers) as made:
        yield made


@pytest.fixture
def archive_digest(server, monkeypatch, capsys):
    """Run `make archive-digest`, Apache's server being the one on loopback."""
    monkeypatch.setenv("no_proxy", "localhost")

    def fetch(url):
        assert url.startswith("https://archive.apache.org/")
        return fetch_text(
            url.replace("https://archive.apache.org", server.url("")), server.trusting
        )

    def run(*arguments):
        status = main([*arguments], fetch)
        return status, *capsys.readouterr()

    return run


def test_the_lines_to_paste_are_version_and_artifact_of_the_cluster(archive_digest):
    status, out, err = archive_digest("5.5.1")
    assert (status, err) == (0, "")
    pasted = yaml.safe_load(f"config:\n  rocketmq:cluster:\n{out}")
    artifact = {"source": "official", "sha512": DIGEST}
    assert pasted["config"]["rocketmq:cluster"] == {"version": "5.5.1", "artifact": artifact}


@pytest.mark.parametrize(
    ("version", "parts"),
    [
        ("5.5.9", ["not found", "https://archive.apache.org/dist/rocketmq/ lists the versions"]),
        ("5.5.2", ["is the digest of 'rocketmq-all-5.5.1", "do not use it"]),
        ("5.5.3", ["is neither what gpg", "do not use it"]),
        ("5.5.4", ["longer than 4096 bytes"]),
        ("4.9.8", ["cluster.version: 4.9.8 is not supported"]),
        ("../5.5.1", ["cluster.version: '../5.5.1' is not a RocketMQ version"]),
    ],
)
def test_what_cannot_be_used_is_one_line_and_no_lines_to_paste(archive_digest, version, parts):
    status, out, err = archive_digest(version)
    assert (status, out) == (1, "")
    assert err.startswith("archive-digest: ")
    assert err.count("\n") == 1
    assert [part for part in parts if part not in err] == []


def test_a_digest_other_than_the_one_in_the_table_is_refused(archive_digest, monkeypatch):
    monkeypatch.setitem(official_archive.OFFICIAL_SHA512, "5.5.1", "ab" * 64)
    status, out, err = archive_digest("5.5.1")
    assert (status, out) == (1, "")
    assert "publishes 45843648ecf9da8e…, but abababababababab… is in OFFICIAL_SHA512" in err


def test_a_digest_in_the_table_needs_no_setting(monkeypatch):
    monkeypatch.setitem(official_archive.OFFICIAL_SHA512, "5.5.1", DIGEST)
    assert official_sha512("5.5.1") == DIGEST


def test_without_a_digest_the_command_that_fetches_it_is_named():
    with pytest.raises(ValueError, match=r"make archive-digest VERSION=5\.9\.9$"):
        official_sha512("5.9.9")
