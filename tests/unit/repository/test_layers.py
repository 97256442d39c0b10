"""Imports only run downwards: every module is in a layer, and imports only lower ones."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from itertools import pairwise, permutations

import pytest

from project import ROOT
from toolchain.sdks.folders import providers, sdk_folder

LAYERS = (
    "project",
    # What the operating system of this computer offers.
    "system",
    # The remoting client and the checks: run on hosts, standard library only.
    "remoting.codes",
    "remoting.errors",
    "remoting.tables",
    "remoting.protocol",
    "remoting.polling",
    "remoting.requests",
    "remoting.plan",
    "remoting.replication",
    "remoting.checks",
    "remoting.verification",
    "remoting.commands",
    "remoting.__main__",
    # The console: runs on a host, with the packages that toolchain/console_archive.py adds.
    "console.configuration",
    "console.schema",
    "console.observe",
    "console.compare",
    "console.api",
    "console.server",
    "console.__main__",
    # Decisions: plain data in, plain data or text out.
    "blueprint.errors",
    "blueprint.rocketmq",
    "blueprint.settings",
    "blueprint.hosts",
    "blueprint.plan",
    "blueprint.validation",
    "blueprint.load",
    "blueprint.rendering",
    "blueprint.overview",
    # Hosts, archives and docs, created on this computer.
    "machines.shared",
    "machines.nspawn",
    "machines.libvirt",
    "machines.__main__",
    "hypervisor",
    "toolchain",
    "preflight",
    # The program, and the commands around the engine.
    "components.deployed_state",
    "components.secrets",
    "components.hosts",
    "components.services",
    "components.cluster",
    "components.exports",
    "__main__",
    "cli.errors",
    "cli.processes",
    "cli.tools",
    "cli.engine",
    "cli.ssh",
    "cli.commands",
    "cli.__main__",
)
"""Lowest first; a layer is a module, or a folder with everything in it."""

FOREIGN_ON_HOSTS = (
    *("pulumi", "yaml", "jinja2", "pydantic"),
    *("blueprint", "toolchain", "project", "system"),
)
SEPARATE = (
    ("blueprint", ("pulumi", "pulumi_command", "components", "cli", "machines", "system", "yaml")),
    ("remoting", FOREIGN_ON_HOSTS),
    ("console", FOREIGN_ON_HOSTS),
    ("components", ("cli",)),
    ("cli", ("components", "pulumi")),
)
"""Folders, and the modules that they must not load, however indirectly."""

SIBLINGS = (("machines.nspawn", "machines.libvirt"),)
"""Folders of one rank, none of which imports another one."""


def _modules():
    """Return the file of each module, by dotted name."""
    folders = sorted({layer.partition(".")[0] for layer in LAYERS})
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    files += [ROOT / f"{folder}.py" for folder in folders if (ROOT / f"{folder}.py").is_file()]
    named = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    return {name.removesuffix(".__init__"): file for name, file in named.items()}


MODULES = _modules()


def _imports_of(name):
    """Iterate over the modules of this project that a module imports, in functions too."""
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            imported = [name if name in MODULES else node.module for name in whole]
        else:
            continue
        yield from (found for found in imported if found in MODULES and found != name)


IMPORTS = {name: set(_imports_of(name)) for name in MODULES}


def _layer(name):
    return next((n for n, layer in enumerate(LAYERS) if f"{name}.".startswith(f"{layer}.")), None)


def test_every_module_is_in_a_layer():
    packages = {name for name, file in MODULES.items() if file.name == "__init__.py"}
    assert len(MODULES) > 150
    assert [name for name in MODULES.keys() - packages if _layer(name) is None] == []
    assert [layer for layer in LAYERS if not any(map(_is_in(layer), MODULES))] == []


def _is_in(layer):
    return lambda name: f"{name}.".startswith(f"{layer}.")


def test_no_import_runs_upwards():
    upwards = [
        f"{importer} imports {imported}"
        for importer, found in IMPORTS.items()
        for imported in found
        if _layer(imported) is not None and (_layer(importer) or 0) < _layer(imported)
    ]
    assert upwards == []


@pytest.mark.parametrize("folders", SIBLINGS)
def test_siblings_do_not_import_each_other(folders):
    sideways = [
        f"{importer} imports {imported}"
        for one, other in permutations(folders, 2)
        for importer in filter(_is_in(one), MODULES)
        for imported in filter(_is_in(other), IMPORTS[importer])
    ]
    assert all(any(map(_is_in(folder), MODULES)) for folder in folders)
    assert sideways == []


def test_no_import_cycle_exists():
    assert len(list(TopologicalSorter(IMPORTS).static_order())) == len(IMPORTS)


def test_a_package_has_a_docstring_and_no_code():
    for name, file in MODULES.items():
        if file.name == "__init__.py":
            tree = ast.parse(file.read_text("utf-8"))
            assert ast.get_docstring(tree), name
            assert len(tree.body) == 1, name


def _import_statements(name):
    """Iterate over a module's imports as lines of code, those in functions too."""
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if isinstance(node, ast.Import | ast.ImportFrom) and not is_future:
            yield ast.unparse(node)


@pytest.mark.parametrize(("folder", "foreign"), SEPARATE)
def test_a_folder_does_not_load_what_it_must_not_depend_on(folder, foreign):
    modules = {name for name in MODULES if _is_in(folder)(name)}
    # A `__main__` module runs when it is loaded, so its imports are loaded in its place.
    mains = {name for name in modules if name.endswith("__main__")}
    lines = [f"import {name}" for name in sorted(modules - mains)]
    assert len(lines) > 10
    lines += [line for name in mains for line in _import_statements(name)]
    if folder == "components":
        lines = [f"import sys; sys.path += {_sdk_folders()}", *lines]
    code = "\n".join([*lines, "import sys", "print(*sys.modules)"])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, check=True
    )
    assert {name.partition(".")[0] for name in done.stdout.split()} & set(foreign) == set()


def _sdk_folders():
    return [str(sdk_folder(ROOT, provider)) for provider in providers(ROOT)]


def test_a_layer_is_listed_once():
    assert len(set(LAYERS)) == len(LAYERS)
    nested = [(a, b) for a, b in pairwise(LAYERS) if _is_in(a)(b) or _is_in(b)(a)]
    assert nested == []
