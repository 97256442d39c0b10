"""Run virsh, libvirt's command-line client, against one hypervisor."""

import shutil
from dataclasses import dataclass

from system.errors import LocalError
from system.programs import ask, run

ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Virsh:
    """virsh for the hypervisor at a URI."""

    uri: str

    def ask(self, *words: str) -> tuple[int, str]:
        """Return the exit status and the output of a virsh command that may fail."""
        return ask("virsh", "-q", "-c", self.uri, *words, timeout_seconds=ANSWER_SECONDS)

    def run(self, *words: str) -> str:
        """Return the output of a virsh command that must succeed.

        Raises:
            LocalError: it failed; the message has its last line of output.

        """
        return run("virsh", "-q", "-c", self.uri, *words, timeout_seconds=ANSWER_SECONDS)

    def answers(self) -> bool:
        """Return whether virsh is installed and the hypervisor answers."""
        return shutil.which("virsh") is not None and self.ask("uri")[0] == 0

    def require(self) -> None:
        """Raise LocalError unless virsh is installed and the hypervisor answers."""
        if shutil.which("virsh") is None:
            msg = f"cluster.hosts.uri: {self.uri} needs virsh; run `make hypervisor`"
            raise LocalError(msg)
        status, output = self.ask("uri")
        if status != 0:
            cause = " ".join(output.split()) or "no answer"
            msg = (
                f"cluster.hosts.uri: {self.uri} does not answer ({cause}); run `make hypervisor`, "
                "or add your user to the group libvirt"
            )
            raise LocalError(msg)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names that `list` (domains), `net-list` or `pool-list` prints."""
        return tuple(self.run(kind, "--all", "--name").split())
