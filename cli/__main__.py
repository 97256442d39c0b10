"""`python -m cli up|down|verify|preview|ssh --stack S`."""

import argparse
import json
import sys

from blueprint.errors import ClusterError
from blueprint.key_pair import fingerprint
from cli.engine import Engine
from cli.errors import CommandError
from cli.login import agent_with, read_logins, target
from cli.processes import ask, die_with_parent, show
from cli.project import ROOT, StackFolder, ensure_passphrase
from cli.recovery import end_leftovers, recover
from cli.verify import verify


def main() -> int:
    """Run one command; an error is one line on stderr and exit status 1."""
    parser = argparse.ArgumentParser(prog="cli", description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("--stack", default="local")
    parser.add_argument("--host")
    parser.add_argument("--run", default="", help="a command for the host's shell")
    said = parser.parse_args()
    folder = StackFolder(stack=said.stack)
    try:
        ensure_passphrase()
        folder.compose_config()
        return COMMANDS[said.command](Engine(folder), folder, said)
    except ClusterError as error:
        sys.stdout.flush()
        sys.stderr.write(f"{said.command}: {error}\n")
        return 1


def _up(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    die_with_parent()
    engine.ensure_stack()
    recover(engine, folder.stack)
    if folder.provider() == "nspawn":
        _machines("check-owner", folder, "--token", _owner_token(engine))
    status = engine.run("up", "--yes", "--skip-preview", "--suppress-outputs")
    if status:
        message = (
            f"stack {folder.stack}: the update failed; mend what it says above, run make up again"
        )
        raise CommandError(message)
    verify(engine, folder.stack)
    _print_outputs(engine)
    return 0


def _preview(engine: Engine, _folder: StackFolder, _: argparse.Namespace) -> int:
    engine.ensure_stack()
    return engine.run("preview", "--diff")


def _down(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    die_with_parent()
    status = 0
    known = engine.exists()
    if known:
        recover(engine, folder.stack)
        status = engine.run("destroy", "--yes", "--skip-preview")
    else:
        end_leftovers()
    if folder.provider() == "nspawn":
        # What a killed run made and the state does not know.
        _machines("sweep", folder)
        status = 0
    if status:
        message = (
            f"stack {folder.stack}: the destroy failed; mend what it says above, run it again"
        )
        raise CommandError(message)
    if known:
        engine.remove()
    for path in folder.folder.glob("*"):
        path.unlink()
    sys.stdout.write(f"stack {folder.stack}: nothing left\n")
    return 0


def _verify(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    verify(engine, folder.stack)
    return 0


def _ssh(engine: Engine, folder: StackFolder, said: argparse.Namespace) -> int:
    outputs = engine.outputs()
    logins = read_logins(outputs, folder.stack)
    chosen = [login for login in logins if login.host == said.host]
    if not chosen:
        names = ", ".join(login.host for login in logins)
        message = (
            f"HOST={said.host or ''}: no such host in stack {folder.stack}; there are {names}"
        )
        raise CommandError(message)
    with agent_with(outputs["sshPrivateKey"], logins) as ssh:
        return show([*ssh, *target(chosen[0]), *([said.run] if said.run else [])])


def _machines(verb: str, folder: StackFolder, *words: str) -> None:
    command = [sys.executable, "-m", "machines", verb, "--stack", folder.stack, *words]
    done = ask(command, folder=ROOT)
    sys.stderr.write(done.stderr)
    if done.returncode:
        message = f"stack {folder.stack}: stopped by the line above"
        raise CommandError(message)


def _owner_token(engine: Engine) -> str:
    return fingerprint(str(engine.outputs().get("sshPublicKey", "")))


def _print_outputs(engine: Engine) -> None:
    outputs = engine.outputs()
    for name in ("namesrvAddr", "consoleUrl", "brokers", "hosts", "ssh"):
        value = outputs.get(name)
        if isinstance(value, str):
            sys.stdout.write(f"{name}: {value}\n")
        elif isinstance(value, dict):
            lines = "".join(f"  {key}: {text}\n" for key, text in value.items())
            sys.stdout.write(f"{name}:\n{lines}")
        elif value is not None:
            lines = "".join(f"  {json.dumps(item)}\n" for item in value)
            sys.stdout.write(f"{name}:\n{lines}")


COMMANDS = {"up": _up, "down": _down, "preview": _preview, "verify": _verify, "ssh": _ssh}

if __name__ == "__main__":
    sys.exit(main())
