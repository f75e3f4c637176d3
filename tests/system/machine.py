# SPDX-License-Identifier: GPL-2.0-or-later
"""A PC without a screen that is started from an image, and what it says on its serial line.

QEMU plays it, without KVM: a BIOS is there in less than a second, UEFI in ten.
"""

import os
import select
import subprocess
import time
from pathlib import Path

BIOS = "BIOS"
UEFI = "UEFI"
_FIRMWARE = {BIOS: (), UEFI: ("-bios", "/usr/share/ovmf/OVMF.fd")}

# When all cores are taken by other tests it may last many times longer than usual.
_SECONDS = {BIOS: 60, UEFI: 150}

CD = "CD"
STICK = "stick"
_DRIVES = {
    CD: ("-device", "ide-cd,drive=medium,bootindex=0"),
    STICK: ("-device", "qemu-xhci", "-device", "usb-storage,drive=medium,bootindex=0"),
}


def _read_until(process: subprocess.Popen[bytes], marker: bytes, seconds: float) -> bytes:
    """What comes until the marker does, the machine ends, or the time is over."""
    assert process.stdout is not None
    said = b""
    end = time.monotonic() + seconds
    while marker not in said and (left := end - time.monotonic()) > 0:
        if not select.select([process.stdout], [], [], left)[0]:
            break
        piece = os.read(process.stdout.fileno(), 65536)
        if not piece:
            break
        said += piece
    return said


def start(firmware: str, drive: str, image: Path | str, marker: str) -> str:
    """Start a machine from an image, and stop it as soon as it has said the marker.

    What it has said is returned; the image is not changed. It may also be at a place
    that QEMU knows, such as "nbd:unix:SOCKET".
    """
    command = [
        "qemu-system-x86_64", "-accel", "tcg", "-m", "96", "-nodefaults", "-display", "none",
        "-no-reboot", "-serial", "stdio", *_FIRMWARE[firmware],
        "-drive", f"if=none,id=medium,format=raw,snapshot=on,file={image}", *_DRIVES[drive],
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, bufsize=0) as process:
        try:
            said = _read_until(process, marker.encode(), _SECONDS[firmware])
            return said.decode("ascii", "backslashreplace")
        finally:
            process.kill()
