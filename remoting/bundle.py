"""Pack this package into one file that `python3` runs, with the same bytes on every machine."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_ENTRY_POINT = b"import sys\n\nfrom remoting.commands import main\n\nsys.exit(main())\n"


def bundle_bytes() -> bytes:
    """Return the zipapp: every module of the package, sorted, uncompressed, with a fixed time."""
    sources = {f"remoting/{path.name}": path for path in Path(__file__).parent.glob("*.py")}
    entries = {name: path.read_bytes() for name, path in sources.items()}
    entries["__main__.py"] = _ENTRY_POINT
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            archive.writestr(zipfile.ZipInfo(name, _FIXED_TIME), entries[name])
    return buffer.getvalue()
