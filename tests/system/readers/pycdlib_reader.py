# SPDX-License-Identifier: GPL-2.0-or-later
"""pycdlib, through tests/support/read_pycdlib.py in a process of its own."""

import importlib.util
import sys

import naming
from entries import Listing
from images import EXTENDED_ENTRIES, Image
from readers.base import Reader, run_records
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

    def limit(self, image: Image, view: str, source: Listing) -> str | None:
        """It begins with the primary volume descriptor of ISO 9660."""
        if view == naming.UDF and image.udf_revision >= EXTENDED_ENTRIES:
            return "knows no extended file entries"
        if view == naming.UDF and image.is_continued:
            return "looks for the file set where that of the first session is"
        if naming.ISO not in image.announced:
            return "reads UDF only beside ISO 9660"
        return None

    def list(self, image: Image, view: str) -> Listing:
        """Let the program read it all; of UDF that it can't read it is not to know."""
        path = image.path
        if image.udf_revision >= EXTENDED_ENTRIES:
            path = image.showing(view)
        return run_records([sys.executable, SUPPORT / "read_pycdlib.py", view, path])
