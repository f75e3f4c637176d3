#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks what the sources look like: rooms, limits, format, licence lines.

    tools/check_style.py [CHECK...]

Prints a line for every breach and, at the end, how many checks passed and failed.
What the library's objects and its interface look like is checked by tests/abi.
"""
import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
FOLDERS = ("include", "fsimage", "stash", "burn", "cli", "samples", "tests", "tools", ".ci")
LIBRARY = ("include/", "fsimage/", "stash/", "burn/")

FUNCTION_LINES = 100
FUNCTION_LINES_MOSTLY = 60  # for 95 % of them
FILE_LINES = 600
COLUMNS = 90
DEPTH = 5
PARAMETERS = 6


def sources(*suffixes):
    """The files of the project that end so, as paths from its top."""
    found = []
    for folder in FOLDERS:
        for path in sorted((TOP / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                found.append(path.relative_to(TOP).as_posix())
    inputs = ("samples/tree/", "tests/fuzz/corpus/")
    return [path for path in found if not path.startswith(inputs)]


def read(path):
    return (TOP / path).read_text(encoding="utf-8")


# ---- who includes whom ------------------------------------------------------


def room_list(text=None):
    """{room: rooms it may include} from the block in doc/architecture.md."""
    text = read("doc/architecture.md") if text is None else text
    block = re.search(r"^```\s*rooms\n(.*?)^```", text, re.M | re.S)
    if block is None:
        raise SystemExit("doc/architecture.md has no block ```rooms")
    rooms = {}
    for line in block.group(1).splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        names, _, allowed = line.partition(":")
        allowed = set(rooms) if allowed.strip() == "every room above" else set(allowed.split())
        for name in names.split():
            rooms[name] = allowed
    return rooms


def room_of(path, rooms):
    inside = [room for room in rooms if path.startswith(room + "/")]
    return max(inside, key=len, default=None)


def included_path(path, quote, name, files):
    """The file of the project that an include means; None for a system header."""
    places = [Path("include"), Path("fsimage"), Path(".")]
    if quote == '"':
        places.insert(0, Path(path).parent)
    for place in places:
        candidate = (place / name).as_posix()
        if candidate in files:
            return candidate
    return None


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1), found.group(2)


def check_rooms():
    """Includes go only where doc/architecture.md says."""
    rooms = room_list()
    files = set(sources(".c", ".h", ".inc", ".def"))
    for room in rooms:
        if not (TOP / room).is_dir():
            yield f"doc/architecture.md: there is no room {room}"
    for path in sorted(files):
        here = room_of(path, rooms)
        if here is None:
            if path.startswith(LIBRARY):
                yield f"{path}: its room is not in doc/architecture.md"
            continue
        yield from strays(path, read(path), here, rooms, files)


def strays(path, text, here, rooms, files):
    own_header = Path(path).with_suffix(".h").as_posix()
    first = True
    for number, quote, name in includes(text):
        if name == "config.h":
            continue
        target = included_path(path, quote, name, files)
        if first and path.endswith(".c") and own_header in files and target != own_header:
            yield f"{path}:{number}: its own header comes first"
        first = False
        if target is None:
            if quote == '"':
                yield f"{path}:{number}: there is no {name}"
            continue
        there = room_of(target, rooms)
        if there not in rooms[here] | {here}:
            yield f"{path}:{number}: {here} may not include {name}"


# ---- limits -----------------------------------------------------------------

TOKEN = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M)


def code_only(text):
    """The text with comments, literals and directives blanked, line by line."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    # The brace of extern "C" is no nesting; its end is then one "}" too many.
    return re.sub(r"\bextern\s*\{", blank, DIRECTIVE.sub(blank, TOKEN.sub(blank, text)))


def functions(text):
    """(name, first line, last line, parameters, depth) of each definition."""
    code = code_only(text)
    head_from = depth = deepest = 0
    current = None
    for at, char in enumerate(code):
        if char == ";" and depth == 0:
            head_from = at + 1
        elif char == "{":
            depth += 1
            deepest = max(deepest, depth)
            if depth == 1:
                current = head(code, head_from, at)
                deepest = 1
        elif char == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if current:
                    name, first, parameters = current
                    yield name, first, code.count("\n", 0, at) + 1, parameters, deepest
                current = None
                head_from = at + 1


def head(code, start, end):
    """What stands before a "{": (name, line, parameters) if it is a function."""
    text = code[start:end]
    found = re.search(r"\b(\w+)\s*\(((?:[^()]|\([^()]*\))*)\)\s*$", text)
    if found is None or "=" in text[: found.start()]:
        return None
    line = code.count("\n", 0, start + len(text) - len(text.lstrip())) + 1
    inner = re.sub(r"\([^()]*\)", "", found.group(2)).strip()
    return found.group(1), line, 0 if inner in ("", "void") else inner.count(",") + 1


def check_functions():
    """Functions fit a screen, are not nested deeply and take few parameters."""
    lengths = []
    for path in sources(".c", ".h"):
        for name, first, last, parameters, depth in functions(read(path)):
            lengths.append(last - first + 1)
            for value, limit, what in (
                (last - first + 1, FUNCTION_LINES, "lines"),
                (parameters, PARAMETERS, "parameters"),
                (depth, DEPTH, "levels of nesting"),
            ):
                if value > limit:
                    yield f"{path}:{first}: {name} has {value} {what}, over {limit}"
    long = sum(length > FUNCTION_LINES_MOSTLY for length in lengths)
    if long > 0.05 * len(lengths):
        yield f"{long} of {len(lengths)} functions have over {FUNCTION_LINES_MOSTLY} lines"
    if not lengths:
        yield "no function found"


def check_files():
    """Files are short and no line is wide; tables (.inc, .def) may be long."""
    for path in sources(".c", ".h"):
        lines = read(path).splitlines()
        if len(lines) > FILE_LINES:
            yield f"{path}: {len(lines)} lines, over {FILE_LINES}"
        for number, line in enumerate(lines, 1):
            if len(line.expandtabs(8)) > COLUMNS:
                yield f"{path}:{number}: over {COLUMNS} columns"


# ---- the rest ---------------------------------------------------------------


def check_licence():
    """Every source begins with its licence, every C file then says what it is for."""
    for path in sources(".c", ".h", ".inc", ".def", ".py", ".sh", ""):
        lines = read(path).splitlines() + ["", "", ""]
        if not any("SPDX-License-Identifier: GPL-2.0-or-later" in line for line in lines[:3]):
            yield f"{path}:1: no SPDX-License-Identifier"
        elif path.endswith((".c", ".h")) and not lines[1].startswith("/*"):
            yield f"{path}:2: no comment that says what the file is for"


def check_comments():
    """C comments are /* */, and nothing is left to be done."""
    for path in sources(".c", ".h"):
        text = read(path)
        for match in TOKEN.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if match.group(0).startswith("//"):
                yield f"{path}:{line}: a // comment"
            elif re.search(r"\b(TODO|FIXME|XXX)\b", match.group(0)):
                yield f"{path}:{line}: something is left to be done"


def check_documented():
    """Every public prototype has a comment; neighbours may share one."""
    for path in sources(".h"):
        if not path.startswith("include/"):
            continue
        text = read(path)
        # A prototype, with those that follow it directly.
        for match in re.finditer(r"^(?:FSI_API [^;]*;\n)+", text, re.M):
            if not re.search(r"/\*\*(?:[^*]|\*(?!/))*\*/\n$", text[: match.start()]):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: no comment above this prototype"


def check_format():
    """clang-format has nothing to change."""
    if shutil.which("clang-format") is None:
        yield "clang-format is not installed"
        return
    done = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", "--style=file", *sources(".c", ".h")],
        cwd=TOP, capture_output=True, text=True, check=False)
    places = re.findall(r"^([^:\n]+):\d+:\d+: error:", done.stderr, re.M)
    for path in sorted(set(places)):
        yield f"{path}: {places.count(path)} places; clang-format -i mends them"
    if done.returncode != 0 and not places:
        yield done.stderr.strip()


CHECKS = {
    "rooms": check_rooms,
    "functions": check_functions,
    "files": check_files,
    "licence": check_licence,
    "comments": check_comments,
    "documented": check_documented,
    "format": check_format,
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="Checks: " + ", ".join(CHECKS) + ". Without an argument: all.")
    parser.add_argument("check", nargs="*", metavar="CHECK")
    wanted = parser.parse_args().check or list(CHECKS)
    if set(wanted) - set(CHECKS):
        parser.error("no such check: " + ", ".join(sorted(set(wanted) - set(CHECKS))))
    failed = 0
    for name in wanted:
        breaches = list(CHECKS[name]())
        failed += bool(breaches)
        print("%-6s %-10s %s" % ("FAILED" if breaches else "ok", name, CHECKS[name].__doc__))
        for breach in breaches:
            print("  " + breach)
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
