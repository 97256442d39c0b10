import subprocess
from dataclasses import replace

from machines.nspawn.recipe import CUSTOMIZE, RECIPE
from machines.shared.apt_sources import Mirror, read_mirrors, render_sources, transport_options
from machines.shared.recipe import recipe_digest

KEYRING = "/usr/share/keyrings/archive.gpg"


def etc_apt(tmp_path, **files):
    (tmp_path / "sources.list.d").mkdir()
    for name, text in files.items():
        path = "sources.list" if name == "main" else f"sources.list.d/{name.replace('_', '.')}"
        (tmp_path / path).write_text(text)
    return tmp_path


def test_debian_mirrors_are_found_in_one_line_sources(tmp_path):
    folder = etc_apt(
        tmp_path,
        main=f"deb [arch=amd64 signed-by={KEYRING}] http://mirror/debian trixie main contrib\n"
        "deb-src http://mirror/debian trixie main\n"
        "# deb http://old/debian trixie main\n"
        "deb cdrom:[disc]/ trixie main\n",
        more_list="deb http://mirror/security trixie-security main # updates\n"
        "deb http://vendor/apt trixie stable\n"
        "deb http://mirror/debian trixie-backports main\n",
    )
    assert read_mirrors(folder, "trixie") == (
        Mirror(uri="http://mirror/debian", pocket="", signed_by=KEYRING),
        Mirror(uri="http://mirror/security", pocket="-security", signed_by=""),
    )


def test_mirrors_in_stanza_sources_are_rendered_for_another_suite(tmp_path):
    folder = etc_apt(
        tmp_path,
        debian_sources="# the distribution\nTypes: deb deb-src\nURIs: http://mirror/debian\n"
        f"Suites: trixie trixie-updates\nComponents: main\nSigned-By: {KEYRING}\n\n"
        "Types: deb\nURIs: http://off/debian\nSuites: trixie\nComponents: main\nEnabled: no\n",
    )
    text = render_sources(read_mirrors(folder, "trixie"), "bookworm")
    assert text.count("Types: deb\nURIs: http://mirror/debian\n") == 2
    assert "Suites: bookworm\n" in text
    assert "Suites: bookworm-updates\n" in text
    assert f"Signed-By: {KEYRING}\n" in text
    assert "off" not in text


def test_computer_without_sources_has_no_mirrors(tmp_path):
    assert read_mirrors(tmp_path, "bookworm") == ()
    assert render_sources((), "bookworm") == ""


def test_only_apt_options_on_proxies_and_checks_are_kept():
    dump = (
        'APT "";\nAcquire::http::Proxy "http://proxy:3128";\n'
        'Acquire::Check-Valid-Until "false";\nAcquire::Languages "none";\n'
    )
    assert transport_options(dump).splitlines() == [
        'Acquire::http::Proxy "http://proxy:3128";',
        'Acquire::Check-Valid-Until "false";',
    ]


def test_recipe_digest_changes_with_packages_and_further_inputs():
    before = recipe_digest(RECIPE)
    assert before == recipe_digest(RECIPE)
    packages = (*RECIPE.packages, "one-more")
    assert recipe_digest(replace(RECIPE, packages=packages)) != before
    assert recipe_digest(RECIPE, "a boot loader") != before


def test_customization_leaves_no_key_and_no_identity_in_the_image(tmp_path):
    for folder in ("etc/ssh/sshd_config.d", "etc/systemd/system", "etc/apt/sources.list.d"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("etc/apt/apt.conf.d", "var/lib/dbus", "root"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("etc/ssh/ssh_host_rsa_key", "etc/apt/apt.conf.d/99mmdebstrap", "etc/machine-id"):
        (tmp_path / file).write_text("x")
    subprocess.run(["/bin/sh", "-c", CUSTOMIZE, "customize", tmp_path], check=True)
    assert not (tmp_path / "etc/ssh/ssh_host_rsa_key").exists()
    assert not (tmp_path / "etc/apt/apt.conf.d/99mmdebstrap").exists()
    assert (tmp_path / "etc/machine-id").read_text() == ""
    sshd = (tmp_path / "etc/ssh/sshd_config.d/machines.conf").read_text()
    assert "PermitRootLogin prohibit-password" in sshd
    assert "MaxStartups 50:30:200" in sshd
    assert (tmp_path / "etc/systemd/system/apt-daily.timer").readlink().as_posix() == "/dev/null"
