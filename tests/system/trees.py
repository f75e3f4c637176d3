# SPDX-License-Identifier: GPL-2.0-or-later
"""Source trees that are hard to put on a disc, each the same whenever it is made."""

import os
import random
import socket
import stat
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path

BLOCK = 2048

# What fits beside the fixed fields of a UDF File Entry and Extended File Entry
# (ECMA-167 4/14.9, 4/14.17): a writer that embeds small files turns here.
EMBEDDED = (1832, 1872)

SCRIPTS = {
    "latin": ("Ærøskøbing", "naïve façade", "Übergrößenträger", "ÿ", "łódź žluťoučký"),
    "greek": ("Ἑλλάδα", "αρχείο", "ΣΊΣΥΦΟΣ σίσυφος ς"),
    "cyrillic": ("Документы", "ёлка", "Ђурђевдан"),
    "hebrew": ("שלום עולם", "תיקייה"),
    "arabic": ("ملف", "مجلد العربية ١٢٣"),
    "devanagari": ("हिन्दी फ़ाइल", "निर्देशिका"),
    "thai": ("ภาษาไทย", "แฟ้มข้อมูล"),
    "chinese": ("中文文件", "繁體中文資料夾"),
    "japanese": ("日本語ファイル", "ﾊﾝｶｸ ﬀ"),
    "korean": ("한국어 파일", "각하"),
    "georgian": ("ქართული", "სამყარო"),
    "decomposed": ("e\u0301te\u0301", "A\u030angstro\u0308m"),
    "joined": ("zero\u200dwidth\u200bjoiner", "soft\u00adhyphen", "no\u00a0break"),
    "last of the plane": ("\ue000 private", "\ufffd replaced", "\uffee halfwidth"),
}

BEYOND = ("😀.txt", "𐌰𐌱 gothic", "𠀀𠀁", "x\U0010fffd", "mixed é 𝄞 ж")

PUNCTUATION = "!\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~"

RESERVED_BY_WINDOWS = ("CON", "nul", "aux.txt", "COM1", "lpt9.dat", "desktop.ini")

DATES = (
    "1970-01-01 00:00:00",
    "1970-01-01 00:00:01",
    "1979-12-31 23:59:59",
    "1999-12-31 23:59:59",
    "2000-02-29 12:34:56",
    "2024-02-29 23:59:58",
    "2026-03-29 01:30:00",
    "2027-12-31 23:59:59",
    "2028-01-01 00:00:00",
    "2038-01-19 03:14:07",
    "2038-01-19 03:14:08",
    "2060-06-15 06:07:08",
    "2100-02-28 23:59:59",
    "2100-03-01 00:00:00",
)


def content(seed: str, size: int) -> bytes:
    """Bytes that look random and depend on nothing but their arguments."""
    return random.Random(seed).randbytes(size)


def put(path: Path, size: int | None = None) -> None:
    """A file with a content of its own; without a size, a small one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = os.fsdecode(path.name)
    if size is None:
        size = 1 + random.Random("size " + seed).randrange(3000)
    path.write_bytes(content(seed, size))


def stamp(root: Path) -> None:
    """Give everything below root a time and a mode that follow from its name."""
    for folder, folders, files in os.walk(root, topdown=False):
        for name in [*files, *folders]:
            path = Path(folder, name)
            if path.is_symlink():
                continue
            choice = random.Random("stamp " + name)
            modes = (0o755, 0o700, 0o775, 0o555) if name in folders else (
                0o644, 0o600, 0o755, 0o400, 0o664, 0o444)
            path.chmod(choice.choice(modes))
            nanoseconds = choice.randrange(315532800, 1830000000) * 10**9
            nanoseconds += choice.choice((0, 1, 500_000_000, 999_999_999))
            os.utime(path, ns=(nanoseconds, nanoseconds))


def sizes(root: Path) -> None:
    """Sizes from nothing to three blocks, byte by byte around each boundary."""
    boundaries = [*range(0, 3 * BLOCK + 1, BLOCK), *EMBEDDED, 512, 1024]
    wanted = {near for at in boundaries for near in range(at - 3, at + 4) if near >= 0}
    for size in sorted(wanted):
        put(root / f"{size:05d}.bin", size)
    put(root / "sixteen blocks", 16 * BLOCK)
    put(root / "a megabyte and one", 2**20 + 1)
    stamp(root)


def crowd(root: Path, count: int = 5000) -> None:
    """Many files in one folder, so that its directory takes many blocks."""
    for number in range(count):
        put(root / "crowd" / f"File number {number:06d}.txt", number % 97)
    stamp(root)


def levels(root: Path, depth: int) -> None:
    """Folders inside each other with files on each level; the root is the first."""
    folder = root
    for level in range(1, depth + 1):
        if level > 1:
            folder = folder / f"LEVEL{level}"
        put(folder / f"file on level {level}")
        put(folder / f"AT{level}.TXT")
        if level < depth:
            put(folder / "beside" / "leaf.txt")
    stamp(root)


def scripts(root: Path) -> None:
    """Names of files and folders in many scripts."""
    for script, names in SCRIPTS.items():
        for name in names:
            put(root / script / name)
            put(root / script / f"folder {name}" / f"{name} inside")
    stamp(root)


def beyond(root: Path) -> None:
    """Names with characters beyond U+FFFF, that is with pairs of 16-bit units."""
    for name in BEYOND:
        put(root / name)
        put(root / f"folder {name}" / f"{name} inside")
    for length in (31, 32, 33, 63):
        put(root / ("😀" * length))
    stamp(root)


def lookalikes(root: Path, count: int = 1000) -> None:
    """Names that differ only behind the 60th character."""
    stem = "The same sixty characters begin every name in this folder - "
    assert len(stem) == 60
    for number in range(count):
        put(root / "lookalikes" / f"{stem}{number:03d}", 40 + number % 7)
        if number % 50 == 0:
            put(root / "lookalikes" / f"{stem}{number:03d} and more" / "inside.txt")
    stamp(root)


def letter_case(root: Path) -> None:
    """Names that differ only in case, also those of folders and beyond ASCII."""
    for name in ("readme", "README", "Readme", "ReadMe.txt", "README.TXT", "readme.txt",
                 "straße", "STRASSE", "ÄRGER", "ärger", "Σίγμα", "σίγμα", "ЁЛКА", "ёлка"):
        put(root / name)
    for name in ("Include", "include", "INCLUDE", "include/Inner", "include/inner"):
        put(root / "folders" / name / "same.txt")
        put(root / "folders" / name / f"only in {name.replace('/', ' ')}.txt")
    stamp(root)


def punctuation(root: Path) -> None:
    """Every printable ASCII character that a file name can hold, at each place of it."""
    for character in PUNCTUATION:
        code = f"{ord(character):02x}"
        put(root / "inside" / f"{code} a{character}b")
        put(root / "first" / f"{character} {code}")
        put(root / "last" / f"{code} {character}")
        put(root / f"folder {code} {character}x" / "file")
        put(root / "alone" / (character if character != "." else "..."))
    for name in ("Module::Name.3pm", "it's", 'say "yes"', "C:\\path\\file.txt", "*", "?",
                 " leading", "trailing ", "  both  ", ".hidden", "..twice", "dots...",
                 "trailing.", "a.b.c.d", "no extension", ".", "100%", "%41", "a;1", "a;2",
                 "$HOME", "-n", "--help", "@file", "~", "#1", "a,b", "a=b", "a\\=b", "[x]"):
        if name != ".":
            put(root / "whole" / name)
    for name in RESERVED_BY_WINDOWS:
        put(root / "reserved" / name)
    put(root / ".hidden folder" / ".hidden file")
    stamp(root)


def controls(root: Path) -> None:
    """Control characters, which only programs put into names; newlines are apart."""
    for code in (*range(1, 32), 127):
        if chr(code) != "\n":
            put(root / f"{code:02x} {chr(code)} inside")
    put(root / "folder\tof\ttabs" / "file\tof\ttabs")
    stamp(root)


def newlines(root: Path) -> None:
    """Names of several lines."""
    for name in ("two\nlines", "\nbegin", "end\n", "\n", "a\n\nb"):
        put(root / name)
        put(root / f"folder {name}" / f"in {name}")
    stamp(root)


def long_names(root: Path) -> None:
    """Names up to the longest that a Linux folder can hold."""
    for length in (8, 12, 13, 30, 31, 32, 63, 64, 65, 103, 110, 126, 127, 128, 200, 253, 254):
        put(root / "ascii" / ("n" * (length - 4) + ".txt"))
        put(root / "folders" / ("d" * length) / "inside")
    for length in (63, 64, 65, 126, 127):
        put(root / "greek" / ("λ" * length))
    for length in (63, 64, 65, 85):
        put(root / "chinese" / ("文" * length))
    stamp(root)


def empty(root: Path) -> None:
    """Empty folders and empty files, beside each other and alone."""
    for name in ("empty", "chain/of/empty/folders", "pair/one", "pair/two"):
        (root / name).mkdir(parents=True)
    for name in ("nothing", "also nothing.txt", "pair/nothing"):
        put(root / name, 0)
    stamp(root)


def hard_links(root: Path) -> None:
    """Files with several names, in one folder and across folders."""
    put(root / "a" / "first", 5000)
    put(root / "b" / "empty", 0)
    for name in ("a/second", "b/third", "b/c/fourth"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(root / "a" / "first", root / name)
    os.link(root / "b" / "empty", root / "a" / "empty too")
    put(root / "a" / "same content", 3000)
    (root / "b" / "same content").write_bytes((root / "a" / "same content").read_bytes())
    stamp(root)


def links(root: Path) -> None:
    """Symbolic links and a named pipe among plain files."""
    put(root / "target.txt")
    put(root / "folder" / "file")
    (root / "link to file").symlink_to("target.txt")
    (root / "link to folder").symlink_to("folder")
    (root / "folder" / "dangling").symlink_to("nowhere/at all")
    (root / "folder" / "loop").symlink_to("../folder")
    os.mkfifo(root / "pipe")
    stamp(root)


def special(root: Path) -> None:
    """All that only POSIX systems know: links of both kinds, pipes, sockets, devices."""
    links(root)
    for name, target in (
        ("absolute", "/usr/bin/env"),
        ("root", "/"),
        ("up", "../.."),
        ("here", "."),
        ("through folders", "folder/../folder/./file"),
        ("scripts", "Übung/文件/😀"),
        ("long name", "n" * 254),
        ("long", "/".join(["component"] * 130)),
        ("two blocks of names", "/".join(["c" * 200] * 9)),
    ):
        (root / name).symlink_to(target)
    (root / "folder" / "longer").symlink_to("/".join(["x" * 240] * 8))
    folder = os.open(root, os.O_PATH)  # its own path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/socket")
    os.close(folder)
    if os.geteuid() == 0:
        os.mknod(root / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.mknod(root / "disk", stat.S_IFBLK | 0o660, os.makedev(259, 300))
    hard_links(root / "names")
    for name in ("target.txt", "folder"):
        os.setxattr(root / name, "user.note", f"of {name}".encode())
        os.setxattr(root / name, "user.large", bytes(3000))
    stamp(root)


def dates(root: Path) -> None:
    """Times at the edges of what file systems and readers can tell."""
    folders = []
    for text in DATES:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
        name = text.replace(":", "")
        put(root / name)
        put(root / f"folder {name}" / "inside")
        folders.append((name, int(moment.timestamp())))
    stamp(root)
    for name, seconds in folders:
        for path in (root / name, root / f"folder {name}"):
            os.utime(path, (seconds, seconds))


def sparse_file(root: Path, size: int, marks: Iterable[int] = ()) -> None:
    """One big file that takes little room: zeros, with bytes set at both ends and marks."""
    root.mkdir(parents=True, exist_ok=True)
    with open(root / f"sparse of {size}", "wb") as file:
        file.truncate(size)
        for offset in (0, *marks, size - 1):
            file.seek(offset)
            file.write(b"#")
    put(root / "after the big one.txt")
    stamp(root)
