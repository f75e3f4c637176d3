# SPDX-License-Identifier: GPL-2.0-or-later
"""xorriso: libisofs, which restores the tree of an image into a folder."""

import naming
from entries import Listing, scan
from images import Image
from readers.base import Reader, ReaderError, run, text
from scratch import remove_tree

_TREES = {naming.ISO: "ecma119", naming.JOLIET: "norock"}


class Xorriso(Reader):
    """libisofs reading through osirrox."""

    name = "xorriso"
    views = (naming.ISO, naming.JOLIET)
    packages = ("xorriso",)
    programs = ("xorriso",)

    def list(self, image: Image, view: str) -> Listing:
        """Restore everything and look at what came out."""
        target = image.scratch / f"xorriso-{view}"
        target.mkdir()
        try:
            done = run([
                "xorriso", "-abort_on", "WARNING", "-report_about", "WARNING",
                "-read_fs", _TREES[view], "-osirrox", "on:auto_chmod_on:sparse=1m",
                "-indev", image.path, "-extract", "/", target,
            ])
            _, _, complaint = text(done.stderr).partition("libburnia project.\n")
            if complaint.strip():
                raise ReaderError(f"xorriso: {complaint.strip()[:1000]}")
            # Modes come from the umask, and the root is where we made it.
            return {path: entry._replace(mode=None) for path, entry in scan(target).items()}
        finally:
            remove_tree(target)
