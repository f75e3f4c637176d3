# SPDX-License-Identifier: GPL-2.0-or-later
"""Software that we did not write and that reads images, one class for each."""

from readers.base import Reader, ReaderError
from readers.bsdtar import Bsdtar
from readers.grub import Grub
from readers.isoinfo import Isoinfo
from readers.libcdio import Libcdio
from readers.libudfread import Libudfread
from readers.linux import Linux
from readers.pycdlib_reader import Pycdlib
from readers.seven_zip import SevenZip
from readers.xorriso import Xorriso

__all__ = ["ALL", "Reader", "ReaderError"]

# The slow ones first, so that nothing long is left at the end.
ALL: tuple[type[Reader], ...] = (
    Linux, Grub, Pycdlib, SevenZip, Xorriso, Isoinfo, Libcdio, Libudfread, Bsdtar,
)
