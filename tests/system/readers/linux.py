# SPDX-License-Identifier: GPL-2.0-or-later
"""The isofs and udf drivers of Linux, in a User-Mode Linux that runs one program."""

import os
import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import naming
from entries import Listing
from images import Image
from readers.base import Reader, ReaderError, parse_records, run, text
from readers.programs import program
from scratch import remove_tree

_MODULES = Path("/usr/lib/uml/modules")
_WANTED = ("isofs", "udf", "nls_utf8")

# Type and options of the mount that shows a view.
_MOUNTS = {
    naming.ISO: "iso9660 norock,nojoliet,map=off,check=strict",
    naming.JOLIET: "iso9660 norock,iocharset=utf8,check=strict",
    naming.UDF: "udf iocharset=utf8",
}

_MESSAGE = re.compile(r"<(?P<level>\d+)>(?P<text>.*)")
_JOLIET = re.compile(r"<\d>ISO 9660 Extensions: Microsoft Joliet Level [123]\n")

# udf tries block sizes from the device's 512 bytes upwards and says so; it is right that
# those below 2048 do not fit.
_GREETINGS = re.compile(
    r"<\d>UDF-fs: INFO Mounting volume '.*', timestamp [0-9/]+ [0-9:]+ \([0-9a-f]+\)\n"
    r"|<\d>UDF-fs: warning \(device ubda\): udf_load_vrs: No anchor found\n"
    r"<\d>UDF-fs: Scanning with blocksize (512|1024) failed\n"
)
# What a busy host makes it say.
_NOISE = re.compile(r"(random|hrtimer|clocksource|rcu|sched|watchdog|workqueue): ")
_NOTICE = 5  # the level of messages about normal but significant things
_CONCERNS_US = re.compile(r"udf|isofs|iso 9660|joliet|ubd|i/o error", re.IGNORECASE)

_MEMORY = 128 << 20
_LONGEST_OF_UDF = 254
_LAST_TIME_OF_ISOFS = 2**31 - 1


class Linux(Reader):
    """The kernel of Debian's user-mode-linux; it needs neither root nor a mount here."""

    name = "linux"
    views = naming.VIEWS
    packages = ("user-mode-linux", "gcc", "libc6-dev", "libssl-dev")
    programs = ("linux.uml", "cc")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Image, dict[str, Listing | ReaderError]] = {}

    def missing(self) -> str | None:
        """The modules belong to it."""
        return super().missing() or (
            None if any(_MODULES.glob("*/modules.dep")) else f"no kernel modules in {_MODULES}")

    def shown(self, view: str, name: str) -> str | None:
        """udf cuts names that take more than 254 bytes of UTF-8."""
        return None if view == naming.UDF and len(name.encode()) > _LONGEST_OF_UDF else name

    def visible_time(self, view: str, seconds: int) -> int | None:
        """isofs keeps a time in 32 bits with a sign."""
        return seconds if view == naming.UDF or seconds <= _LAST_TIME_OF_ISOFS else None

    def list(self, image: Image, view: str) -> Listing:
        """All views are read in one go when the first is asked for."""
        with self._lock:
            if image not in self._seen:
                self._seen[image] = _read_all(image)
        result = self._seen[image][view]
        if isinstance(result, ReaderError):
            raise result
        return result


def _read_all(image: Image) -> dict[str, Listing | ReaderError]:
    try:
        return _boot(image)
    except ReaderError:
        # On a busy machine User-Mode Linux itself aborts once in a while; what an
        # image does to it, it does again.
        return _boot(image)


def _boot(image: Image) -> dict[str, Listing | ReaderError]:
    root = image.scratch / "linux"
    try:
        _furnish(root, image)
        done = run([
            "linux.uml", f"mem={_MEMORY}", "ubd0rd=image",
            "root=none", "rootfstype=hostfs", f"rootflags={root}", "rw", "init=/init",
            f"uml_dir={root}", "con=null", "con0=null,fd:1", "quiet",
        ], cwd=root, environment={"TMPDIR": _place_of_memory(root)})
        console = text(done.stdout + done.stderr)
        return {view: _result(root, view, console) for view in image.views}
    finally:
        remove_tree(root)


def _place_of_memory(root: Path) -> str:
    """Where it keeps the file that is its memory: best in ours."""
    shared = "/dev/shm"
    if os.path.isdir(shared) and shutil.disk_usage(shared).free > 2 * _MEMORY:
        return shared
    return str(root)


def _furnish(root: Path, image: Image) -> None:
    """Put what the program wants to find into the folder that is to be its root."""
    for name in ("dev", "mnt"):
        (root / name).mkdir(parents=True)
    (root / "image").symlink_to(image.path)
    shutil.copy(program("read_linux"), root / "init")
    modules = _modules()
    for module in modules:
        shutil.copy(module, root)
    (root / "modules").write_text("".join(f"/{module.name}\n" for module in modules))
    mounts = [
        f"{view} {','.join(filter(None, (_MOUNTS[view], image.mounts.get(view))))}\n"
        for view in image.views
    ]
    (root / "mounts").write_text("".join(mounts))


def _modules() -> Sequence[Path]:
    """The wanted modules and those that they depend on, in the order to load them."""
    index = max(_MODULES.glob("*/modules.dep"))
    needs = {}
    for line in index.read_text().splitlines():
        module, _, dependencies = line.partition(":")
        needs[Path(module).stem] = [*reversed(dependencies.split()), module]
    ordered: dict[str, None] = {}
    for name in _WANTED:
        ordered.update(dict.fromkeys(needs.get(name, ())))  # else it is built in
    return [index.parent / module for module in ordered]


def _result(root: Path, view: str, console: str) -> Listing | ReaderError:
    records, log = root / f"{view}.records", root / f"{view}.log"
    if not records.exists() or not log.exists():
        return ReaderError(f"the kernel did not get to the view {view}: {console[-1000:]}")
    messages = text(log.read_bytes()).removesuffix("\n") + "\n"
    rest, found = _JOLIET.subn("", messages)
    if complaints := _complaints(_GREETINGS.sub("", rest)):
        return ReaderError(f"the kernel says: {'; '.join(complaints[:5])}")
    if (found > 0) != (view == naming.JOLIET):
        return ReaderError("the kernel chose the other of ISO 9660 and Joliet")
    try:
        return parse_records(records.read_bytes())
    except ReaderError as error:
        return error


def _complaints(messages: str) -> list[str]:
    return [
        found["text"]
        for found in _MESSAGE.finditer(messages)
        if _CONCERNS_US.search(found["text"])
        or int(found["level"]) <= _NOTICE and not _NOISE.match(found["text"])
    ]
