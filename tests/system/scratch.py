# SPDX-License-Identifier: GPL-2.0-or-later
"""Folders for the time of a test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def remove_tree(root: Path) -> None:
    """Remove a folder, also one with folders that may not be written to."""
    for path, _, _ in os.walk(root):
        os.chmod(path, 0o700)
    shutil.rmtree(root)


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder below $TMPDIR that is removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="fsimage-system-"))
    try:
        yield path
    finally:
        remove_tree(path)
