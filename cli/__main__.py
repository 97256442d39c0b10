"""`python -m cli archive|image|stack|plan|up|down|verify|preview|ssh|hostkeys --stack S`."""

import argparse
import sys
from collections.abc import Callable

from blueprint.errors import ClusterError
from cli.commands.down import down
from cli.commands.existing import leave_agent_alone
from cli.commands.host_keys import print_host_keys
from cli.commands.plan import FORMATS, print_plan, print_plan_summary
from cli.commands.prerequisites import make_archive, make_image
from cli.commands.ssh import ssh
from cli.commands.up import up
from cli.commands.verify import verify
from cli.engine.engine import Engine
from cli.engine.recovery import remove_torn_attributes
from cli.engine.stack_folder import StackFolder, ensure_passphrase
from system.errors import LocalError

INTERRUPTED = 130

Command = Callable[[Engine, StackFolder, argparse.Namespace], int | None]
"""What returns an exit status, or nothing when it succeeds.

Each raises a ClusterError or LocalError that says what could not be done: one line, or one for
each server or problem of the settings.
"""


def main() -> int:
    """Run one command; an error is one line on stderr and exit status 1."""
    chosen = _parse()
    folder = StackFolder(stack=chosen.stack)
    try:
        if chosen.command != "plan":
            # A plan only reads, the others write into the stack's folder.
            ensure_passphrase()
            folder.compose_config()
            leave_agent_alone(folder)
            remove_torn_attributes()
        return COMMANDS[chosen.command](Engine(folder), folder, chosen) or 0
    except (ClusterError, LocalError) as error:
        sys.stdout.flush()
        sys.stderr.write(f"{chosen.command}: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"{chosen.command}: interrupted; run it again\n")
        return INTERRUPTED


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cli", description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("--stack", default="local")
    parser.add_argument("--host")
    parser.add_argument("--run", default="", help="a command for the host's shell")
    parser.set_defaults(format="text")
    for name in FORMATS:
        parser.add_argument(f"--{name}", dest="format", action="store_const", const=name)
    return parser.parse_args()


def _preview(engine: Engine, folder: StackFolder) -> int:
    engine.ensure_stack()
    print_plan_summary(engine, folder)
    return engine.run("preview", "--diff", "--show-full-output")


def _verify(engine: Engine, folder: StackFolder) -> None:
    engine.require_stack()
    verify(engine, folder.stack)


COMMANDS: dict[str, Command] = {
    "archive": lambda engine, folder, _: make_archive(engine, folder),
    "image": lambda _, folder, __: make_image(folder),
    "stack": lambda engine, _, __: engine.ensure_stack(),
    "plan": lambda engine, folder, chosen: print_plan(engine, folder, chosen.format),
    "hostkeys": lambda _, folder, __: print_host_keys(folder),
    "up": lambda engine, folder, _: up(engine, folder),
    "down": lambda engine, folder, _: down(engine, folder),
    "preview": lambda engine, folder, _: _preview(engine, folder),
    "verify": lambda engine, folder, _: _verify(engine, folder),
    "ssh": lambda engine, folder, chosen: ssh(engine, folder.stack, chosen.host, chosen.run),
}

if __name__ == "__main__":
    sys.exit(main())
