"""Questions to a hypervisor, by libvirt's own client."""

import shutil
from dataclasses import dataclass

from machines.shared.errors import MachinesError
from system.programs import ask, run

ANSWER_SECONDS = 30.0


@dataclass(frozen=True, kw_only=False, slots=True)
class Virsh:
    """`virsh` on one hypervisor."""

    uri: str

    def ask(self, *words: str, timeout_seconds: float = ANSWER_SECONDS) -> tuple[int, str]:
        """Return the exit status and all output of a virsh command."""
        return ask("virsh", "-q", "-c", self.uri, *words, timeout_seconds=timeout_seconds)

    def run(self, *words: str, timeout_seconds: float = ANSWER_SECONDS) -> str:
        """Return the output of a virsh command that must succeed.

        Raises:
            MachinesError: it failed; the line has its own words.

        """
        return run("virsh", "-q", "-c", self.uri, *words, timeout_seconds=timeout_seconds)

    def answers(self) -> bool:
        """Tell whether the hypervisor can be asked at all."""
        return shutil.which("virsh") is not None and self.ask("uri")[0] == 0

    def require(self) -> None:
        """Refuse a hypervisor that cannot be asked.

        Raises:
            MachinesError: there is no virsh, or no answer.

        """
        if shutil.which("virsh") is None:
            msg = f"cluster.hosts.uri: {self.uri} needs virsh: run make hypervisor"
            raise MachinesError(msg)
        status, output = self.ask("uri")
        if status != 0:
            cause = " ".join(output.split()) or "no answer"
            msg = (
                f"cluster.hosts.uri: {self.uri} does not answer ({cause}): run make hypervisor, "
                "or let your user use libvirt (group libvirt)"
            )
            raise MachinesError(msg)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of all `kind`s: `list` (domains), `net-list` or `pool-list`."""
        return tuple(self.run(kind, "--all", "--name").split())
