"""The cloud image that virtual machines are made from."""

from dataclasses import dataclass

from blueprint.settings.hosts import BuiltImage, DebianImage, FileImage, ImageSettings, UrlImage

DEBIAN_BUILD = "20260923-2610"
_DEBIAN_URL = "https://cloud.debian.org/images/cloud/bookworm"
_DEBIAN_SHA512 = {
    "amd64": (
        "3d94c9dd66d8a283fde060b8810373b7ae04038b956ee00d553d1ae564f6fbde"
        "aa2fd6e7404e87e53348b5a9509170f3ea7c0731ba737590c5c4cb8d559a47f8"
    ),
    "arm64": (
        "89a752d5c7d8e88bee39a57d88d496cca574f7d1e8df5df7a169825435f99feb"
        "11ed13ab27ec7bee96fe1584be4ff9479358fbca6cc859efa109f4aba18724c8"
    ),
}
"""As recorded by several projects that check Debian's own SHA512SUMS."""

_DEBIAN_NAME = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A qcow2 image: its digest and its source."""

    digest: str
    """16 hex digits, of the file or of the recipe that it is built from."""
    sha512: str | None
    url: str | None
    path: str | None

    @property
    def link(self) -> str:
        """Return where the program expects it: a relative path, the same in every clone."""
        return f".state/images/{self.digest}.qcow2"


def plan_image(settings: ImageSettings, architecture: str, built_digest: str) -> Image:
    """Return the image that the settings select for the hypervisor's CPU architecture.

    `built_digest` is that of the recipe of `make lab-image`.

    Raises:
        ValueError: no image of Debian's is known for this architecture.

    """
    match settings:
        case BuiltImage():
            return Image(digest=built_digest, sha512=None, url=None, path=None)
        case FileImage(path=path, sha512=sha512):
            return Image(digest=sha512[:16], sha512=sha512, url=None, path=path)
        case UrlImage(url=url, sha512=sha512):
            return Image(digest=sha512[:16], sha512=sha512, url=url, path=None)
        case DebianImage():
            return _debian(architecture)


def _debian(architecture: str) -> Image:
    if architecture not in _DEBIAN_NAME:
        message = (
            f"cluster.hosts.image: 'debian' has no image for {architecture or 'this processor'}; "
            "use {source: url, url: …, sha512: …}"
        )
        raise ValueError(message)
    name = _DEBIAN_NAME[architecture]
    sha512 = _DEBIAN_SHA512[name]
    file = f"debian-12-genericcloud-{name}-{DEBIAN_BUILD}.qcow2"
    url = f"{_DEBIAN_URL}/{DEBIAN_BUILD}/{file}"
    return Image(digest=sha512[:16], sha512=sha512, url=url, path=None)
