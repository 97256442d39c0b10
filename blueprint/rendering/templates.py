"""The jinja environment of the templates under templates/."""

import shlex
from pathlib import PurePosixPath

import jinja2

from blueprint.errors import RenderError
from blueprint.hosts.packages import FAMILIES
from blueprint.plan import paths
from project import ROOT

TEMPLATES = ROOT / "templates"

_ENVIRONMENT = jinja2.Environment(  # noqa: S701 (no autoescape: nothing rendered is HTML)
    loader=jinja2.FileSystemLoader(TEMPLATES),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)

_ENVIRONMENT.filters["quote"] = lambda value: shlex.quote(str(value))
# A template knows each path on a host by its constant's name, in lower case.
_ENVIRONMENT.globals.update(
    {name.lower(): path for name, path in vars(paths).items() if isinstance(path, PurePosixPath)},
    families=FAMILIES,
)


def render(template: str, /, **values: object) -> str:
    """Return the text of a template under templates/.

    Raises:
        RenderError: a value that the template needs is missing.

    """
    try:
        return _ENVIRONMENT.get_template(template).render(**values)
    except jinja2.UndefinedError as missing:
        message = f"templates/{template}: {missing.message}; give it where it is rendered"
        raise RenderError(message) from missing
