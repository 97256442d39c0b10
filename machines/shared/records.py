"""Small JSON files that outlive a run: read strictly, replaced atomically."""

import json
import os
from pathlib import Path
from typing import Any

from system.errors import LocalError


def read_object(file: Path) -> dict[str, Any] | None:
    """Return the object in a JSON file, or None where there is no file.

    Raises:
        LocalError: the file is not a JSON object.

    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        msg = f"{file}: not JSON ({error}); remove this file, then run again"
        raise LocalError(msg) from error
    if not isinstance(value, dict):
        msg = f"{file}: a JSON object is expected; remove this file, then run again"
        raise LocalError(msg)
    return value


def write_object(file: Path, value: dict[str, Any]) -> None:
    """Replace a JSON file atomically."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as sink:
        sink.write(json.dumps(value, sort_keys=True) + "\n")
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(file)
