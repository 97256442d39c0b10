"""`make down`: destroy the stack, and what killed runs left of it."""

import os
import shutil
import sys

from blueprint.plan.paths import HOME
from cli.commands.existing import EXISTING, keeps_stores, part_from_gone
from cli.commands.lab import uri_of
from cli.engine.engine import Engine
from cli.engine.recovery import end_leftovers, recover
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.processes import die_with_parent
from cli.tools import run_machines, run_tool
from system.progress import say


def down(engine: Engine, folder: StackFolder) -> None:
    """Destroy the stack and forget it; safe to run again, and for a stack that was never made."""
    die_with_parent()
    failed = False
    gone: tuple[str, ...] = ()
    stays = False
    known = engine.exists()
    if known:
        recover(engine, folder.stack)
        if folder.provider() == EXISTING:
            gone = part_from_gone(engine, folder)
            stays = keeps_stores(engine, folder)
        say(f"stack {folder.stack}: destroy (about half a minute)")
        if folder.provider() == "nspawn":
            # Recording each removed resource takes longer than the rest of the destroy. Here the
            # record is not needed: the next run sees by itself which machines are left.
            os.environ["PULUMI_SKIP_CHECKPOINTS"] = "true"
        failed = engine.run("destroy", "--yes", "--skip-preview") != 0
    else:
        end_leftovers()
    # A sweep also removes what a killed run made and the state does not know.
    if folder.provider() == "nspawn":
        run_machines("sweep", folder.stack)
    elif folder.provider() == "libvirt":
        run_tool("machines.libvirt", "sweep", "--stack", folder.stack, "--uri", uri_of(folder))
    elif failed:
        message = (
            f"stack {folder.stack}: the destroy failed; "
            f"fix the errors above, then run `make down STACK={folder.stack}` again"
        )
        raise CommandError(message)
    if known:
        engine.remove()
    shutil.rmtree(folder.folder, ignore_errors=True)
    stores = f" but message stores in {HOME}/store" if stays else ""
    there = f", except on {' and '.join(gone)}, see above" if gone else ""
    sys.stdout.write(f"stack {folder.stack}: nothing left{stores}{there}\n")
