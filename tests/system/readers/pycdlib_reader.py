# SPDX-License-Identifier: GPL-2.0-or-later
"""pycdlib, through tests/support/read_pycdlib.py in a process of its own."""

import importlib.util
import sys

import naming
from entries import Listing
from images import Image
from readers.base import Reader, ReaderError, parse_records, run, text
from readers.programs import SUPPORT


class Pycdlib(Reader):
    """The most exacting reader of ISO 9660; it knows UDF only on a bridge."""

    name = "pycdlib"
    views = naming.VIEWS
    packages = ("python3-pycdlib",)

    def missing(self) -> str | None:
        """It is a module of Python."""
        if importlib.util.find_spec("pycdlib"):
            return None
        return f"pycdlib not found: install {' '.join(self.packages)}, run with /usr/bin/python3"

    def list(self, image: Image, view: str) -> Listing:
        """Let the program read it all."""
        done = run([sys.executable, SUPPORT / "read_pycdlib.py", view, image.path])
        if complaint := text(done.stderr).strip():
            raise ReaderError(f"pycdlib: {complaint[-1000:]}")
        return parse_records(done.stdout)
