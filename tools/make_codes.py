#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes doc/codes.md: which call raises which code of imapi2fserror.h, and its test.

    tools/make_codes.py [--check]

The codes come from include/fsimage/codes.def, what raises them from the library's
sources, conditions and tests from tests/unit. With --check nothing is written: it
fails when the page is stale, or when a code is raised that no test makes.
"""
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "doc/codes.md"

# What is a fault of the library itself: nobody can make it happen.
FAULTS = {"IMAPI_E_FSI_INTERNAL_ERROR": "a fault of the library itself"}

# Tested by programs of their own, by many conditions each.
IN_SHORT = {
    "IMAPI_E_FILE_SYSTEM_NOT_FOUND": "a disc is opened by a file system that it does not hold",
    "IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR": "what is read from a disc contradicts itself",
    "IMAPI_E_BOOT_IMAGE_DATA": "what is to be booted is not there, or can't be read or measured",
    "IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH":
        "a floppy is to be emulated, and the boot image has not the size of one",
    "IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED": "the length of an image is no multiple of 2048",
    "IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND": "an image has no descriptor of a file system",
    "IMAPI_E_IMAGEMANAGER_NO_IMAGE": "an image is to be checked, and none was set",
    "IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG": "an image to be checked has over 2,147,483,647 sectors",
    "IMAPI_E_IMPORT_SEEK_FAILURE": "a structure leads to a block that the disc does not have",
    "IMAPI_E_IMPORT_READ_FAILURE": "a block of a disc can't be read",
    "IMAPI_E_STASHFILE_OPEN_FAILURE":
        "the working directory has gone, or can't be written to any more",
    "IMAPI_E_STASHFILE_SEEK_FAILURE": "the stash file is on something without positions",
    "IMAPI_E_STASHFILE_WRITE_FAILURE": "the disk becomes full while data is copied",
    "IMAPI_E_STASHFILE_READ_FAILURE": "the stash file was cut, changed, or given up",
    "IMAPI_E_WORKING_DIRECTORY_SPACE":
        "the disk of the working directory has no room for what is to be copied",
    "IMAPI_E_STASHFILE_MOVE": "a new working directory does not take what was copied",
    "IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED":
        "a success: named streams or real-time files are left out, or a value has no effect yet",
}

HEAD = """# Result codes

The codes of `imapi2fserror.h` that the library raises, when, and the test that makes it
happen through the public API. `tools/make_codes.py` makes this page from
`include/fsimage/codes.def` and the tests; `make check` holds it against them. Messages and
advice are in `codes.def`, and `fsimage errors` prints them.
"""
LATER = """
## Not yet raised

These belong to importing and appending sessions, or no call needs them:
"""


def read(path):
    return path.read_text(encoding="utf-8")


def text_of(literals):
    """The text of adjacent C string literals."""
    parts = re.findall(r'"((?:\\.|[^"\\])*)"', literals)
    return "".join(parts).replace('\\"', '"').replace("\\\\", "\\")


def codes():
    """The codes of the header, in its order: (name, value)."""
    table = read(TOP / "include/fsimage/codes.def")
    rows = re.findall(r'^FSI_CODE\((\w+), (0x\w+)u,\s*"imapi2fserror\.h"', table, re.M)
    return [(name, value) for name, value in rows]


def raised():
    """The codes that the library's sources raise or return."""
    found = set()
    rooms = [*(TOP / "fsimage").rglob("*.c"), *(TOP / "stash").rglob("*.c")]
    for path in sorted(rooms):
        if path.parent.name != "error":
            text = re.sub(r"/\*.*?\*/", " ", read(path), flags=re.S)
            # What is only compared with is not raised.
            text = re.sub(r"[!=]=\s*IMAPI_[ES]_\w+", " ", text)
            found |= set(re.findall(r"\bIMAPI_[ES]_\w+", text))
    return found


def conditions():
    """{code: [(condition, call)]} of the rows of tests/unit/check_codes_*.c."""
    found = {}
    row = re.compile(
        r'^\tRAISED\((\w+),\s*((?:"(?:\\.|[^"\\])*"\s*)+),.*?,\s*(\w+)\),?$', re.M | re.S)
    for path in sorted((TOP / "tests/unit").glob("check_codes_*.c")):
        for code, condition, call in row.findall(read(path)):
            found.setdefault(code, []).append((text_of(condition), f"{path.stem}: {call}"))
    return found


def programs():
    """{code: programs of unit tests that expect it}, for codes without a row."""
    found = {}
    for path in sorted((TOP / "tests/unit").glob("check_*.c")):
        if path.stem.startswith("check_error"):
            continue  # of the errors themselves, whatever raises them
        for code in set(re.findall(r"\bIMAPI_[ES]_\w+", read(path))):
            found.setdefault(code, []).append(path.stem)
    return found


def page():
    """The text of the page, and what is wrong."""
    rows, tests, sources = conditions(), programs(), raised()
    now = [HEAD, "| code | value | when | test |", "|---|---|---|---|"]
    later, wrong = [LATER], []
    for name, value in codes():
        if name not in sources:
            later.append(f"- `{name}` ({value})")
        elif name in rows:
            for condition, call in rows[name]:
                now.append(f"| `{name}` | {value} | {condition} | `{call}` |")
        elif name in FAULTS:
            now.append(f"| `{name}` | {value} | {FAULTS[name]} | none |")
        elif name in tests:
            where = ", ".join(f"`{program}`" for program in tests[name])
            when = IN_SHORT.get(name, "see the tests")
            now.append(f"| `{name}` | {value} | {when} | {where} |")
        else:
            wrong.append(f"{name} is raised, and no unit test expects it")
    return "\n".join(now + later) + "\n", wrong


def main():
    text, wrong = page()
    if sys.argv[1:] == ["--check"]:
        if not PAGE.exists() or read(PAGE) != text:
            wrong.append("doc/codes.md is stale; tools/make_codes.py mends it")
    elif sys.argv[1:]:
        print(__doc__)
        return 2
    else:
        PAGE.write_text(text, encoding="utf-8")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
