# SPDX-License-Identifier: GPL-2.0-or-later
"""What a PC can be started with: boot sectors of our own, and the boot loaders of the system."""

import os
import shutil
import subprocess
from pathlib import Path

ISOLINUX = Path("/usr/lib/ISOLINUX")
ISOLINUX_MBR = ISOLINUX / "isohdpfx.bin"
GRUB_MBR = Path("/usr/lib/grub/i386-pc/boot_hybrid.img")
_SYSLINUX_MODULES = Path("/usr/lib/syslinux/modules/bios")

SECTOR = 512

# File systems are made by programs that are not on the path of every user.
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

# Says a text on the first serial line and stops. A BIOS loads its sector to 0x7C00; with
# an emulated disk the text is in the next sector, which it has to fetch first.
_SECTOR_SOURCE = """
    .code16
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7C00, %sp
    cld
    ljmp $0, $begin             # some begin at 07C0:0000
begin:
    movw $text, %si
    .if READS
    movw $0x7E00, %bx
    movw %bx, %si
    movw $0x0201, %ax           # read one sector
    movw $0x0002, %cx           # the second one of the first track
    movb $0, %dh                # from the drive that DL was set to
    int $0x13
    jc stop
    .endif
next:
    lodsb
    testb %al, %al
    jz stop
    movb %al, %ah
ready:
    movw $0x3FD, %dx            # line status: may a byte be sent?
    inb %dx, %al
    testb $0x20, %al
    jz ready
    movw $0x3F8, %dx
    movb %ah, %al
    outb %al, %dx
    jmp next
stop:
    cli
    hlt
    jmp stop
text:
    .if !READS
    .asciz "TEXT"
    .endif
"""

_GRUB_SCRIPT = """
serial --unit=0 --speed=115200
terminal_output serial
search --no-floppy --set=root --file {path}
cat {path}
"""
_GRUB_MODULES = ("serial", "terminal", "search", "search_fs_file", "cat", "iso9660",
                 "part_gpt", "part_msdos")


def run(*command: str | Path) -> bytes:
    """The output of a program, which must succeed."""
    done = subprocess.run(command, env=os.environ | {"PATH": _PATH}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout!r}")
    return done.stdout


def code(room: Path, text: str, reads: bool = False) -> bytes:
    """The code of a boot sector that says a text; reads: the text is in the next sector."""
    source, object_file, binary = (room / f"sector.{kind}" for kind in ("s", "o", "bin"))
    source.write_text(_SECTOR_SOURCE.replace("TEXT", text))
    run("as", "--32", "--defsym", f"READS={int(reads)}", "-o", object_file, source)
    run("ld", "-m", "elf_i386", "-Ttext", "0x7C00", "-e", "0x7C00", "--oformat", "binary",
        "-o", binary, object_file)
    return binary.read_bytes()


def sector(room: Path, text: str, reads: bool = False) -> bytes:
    """A boot sector."""
    return code(room, text, reads).ljust(SECTOR - 2, b"\0") + b"\x55\xAA"


def disk(room: Path, text: str, size: int) -> bytes:
    """A disk to be emulated, which says a text that is in its second sector."""
    return (sector(room, text, reads=True) + text.encode() + b"\0").ljust(size, b"\0")


def partitioned_disk(room: Path, text: str) -> bytes:
    """The same with one partition, as El Torito wants it of a hard disk.

    It has 1 cylinder of 64 heads of 32 sectors: the partition ends with head 63, sector 32.
    """
    heads, sectors = 64, 32
    content = bytearray(disk(room, text, heads * sectors * SECTOR))
    content[446:462] = (bytes((0x80, 1, 1, 0, 0x0C, heads - 1, sectors, 0))
                        + sectors.to_bytes(4, "little")
                        + ((heads - 1) * sectors).to_bytes(4, "little"))
    return bytes(content)


def put_isolinux(folder: Path, room: Path, text: str) -> None:
    """ISOLINUX in a folder to become an image, which starts a sector that says a text."""
    loader = folder / "isolinux"
    loader.mkdir()
    shutil.copy(ISOLINUX / "isolinux.bin", loader)
    shutil.copy(_SYSLINUX_MODULES / "ldlinux.c32", loader)
    (loader / "probe.bin").write_bytes(sector(room, text))
    (loader / "isolinux.cfg").write_text("default probe\nprompt 0\nlabel probe\n"
                                         "  kernel probe.bin\n")


def _make_grub(room: Path, target: str, output: Path, text_path: str, *modules: str) -> None:
    script = room / "grub.cfg"
    script.write_text(_GRUB_SCRIPT.format(path=text_path))
    run("grub-mkimage", "-O", target, "-p", "/boot/grub", "-c", script, "-o", output,
        *_GRUB_MODULES, *modules)


def make_grub_bios(room: Path, output: Path, text_path: str) -> None:
    """GRUB's image for a BIOS, which shows a file of the image that it started from."""
    _make_grub(room, "i386-pc-eltorito", output, text_path, "biosdisk")


def make_grub_efi(room: Path, output: Path, text_path: str) -> None:
    """A FAT file system with the same for UEFI."""
    program = room / "BOOTX64.EFI"
    _make_grub(room, "x86_64-efi", program, text_path)
    output.unlink(missing_ok=True)
    run("mkfs.vfat", "-C", output, "2048")
    run("mmd", "-i", output, "::EFI", "::EFI/BOOT")
    run("mcopy", "-i", output, program, "::EFI/BOOT/")
