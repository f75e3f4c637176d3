#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the volumes of other writers that the tests of the UDF reader read.

    tests/data/udf/make_fixtures.py [NAME...]

Needs the Debian packages udftools, genisoimage, python3-pycdlib, user-mode-linux and
gcc. Each fixture is a text file beside this one:

    # the commands that made it
    size BYTES
    volume KEY=VALUE                   what udfinfo says of it
    entry MODE UID GID ... /PATH       what is in it, by what put it there
    @OFFSET BYTES                      what is not zero, in hexadecimal; HH*N is N of HH
"""
import io
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = Path("/usr/lib/uml/modules")
INFO = ("lvid vid fsid fullvsid owner organization contact appid impid blocksize blocks "
        "numfiles numdirs udfrev integrity accesstype").split()
os.environ["PATH"] += ":/usr/sbin"
ZEROS_APART = 24  # so many zeros between two runs are left out


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


# ---- how volumes are made ---------------------------------------------------


class Fixture:
    def __init__(self, folder):
        self.folder = folder
        self.image = folder / "image"
        self.recipe = []
        self.entries = []

    def mkudffs(self, megabytes, *options):
        """An empty volume; one with a virtual allocation table ends with it."""
        self.recipe.append(f"truncate -s {megabytes}M image")
        self.recipe.append("mkudffs " + " ".join(options) + " image")
        with open(self.image, "wb") as image:
            image.truncate(megabytes << 20)
        said = run("mkudffs", *options, self.image)
        found = re.search(r"^vatblock=(\d+)$", said, re.M)
        if found:
            size = (int(found[1]) + 1) * 2048
            self.recipe.append(f"truncate -s {size} image")
            os.truncate(self.image, size)
        return self

    def populate(self, tree):
        """Let Linux fill the volume and list it: see populate.c."""
        self.recipe.append(f"populate.c in linux.uml: {tree}")
        root = self.folder / "root"
        for name in ("dev", "mnt"):
            (root / name).mkdir(parents=True)
        run("gcc", "-static", "-O1", "-D_GNU_SOURCE", "-o", root / "init",
            HERE / "populate.c")
        (root / "tree").write_text(tree)
        (root / "image").symlink_to(self.image)
        names = []
        for module in modules():
            shutil.copy(module, root)
            names.append(f"/{module.name}\n")
        (root / "modules").write_text("".join(names))
        said = run("linux.uml", "mem=128M", "ubd0=image", "root=none", "rootfstype=hostfs",
                   f"rootflags={root}", "rw", "init=/init", f"uml_dir={root}", "con=null",
                   "con0=null,fd:1", "quiet", cwd=root, stdin=subprocess.DEVNULL)
        if not (root / "listing").exists():
            raise SystemExit(said)
        self.entries = (root / "listing").read_text().splitlines()
        return self

    def genisoimage(self, ids, *options):
        """A folder of files; genisoimage gives all of them modes of its own."""
        tree = self.folder / "tree"
        write_tree(tree)
        self.recipe.append("genisoimage -udf " + " ".join(options) + " -o image tree")
        run("genisoimage", "-quiet", "-udf", *options, "-o", self.image, tree)
        self.entries = [
            describe(path, path.relative_to(tree), ids=ids,
                     mode=0o40555 if path.is_dir() else 0o100444)
            for path in sorted_tree(tree)]
        return self

    def pycdlib(self):
        import pycdlib  # pylint: disable=import-error,import-outside-toplevel

        self.recipe.append("pycdlib: see make_fixtures.py")
        time.time = lambda: 1233617490.0  # it takes the month for the day: 02-02
        disc = pycdlib.PyCdlib()
        disc.new(interchange_level=3, udf="2.60", vol_ident="PYCDLIB")
        disc.add_directory("/DIR", udf_path="/dir")
        for path, name, size in (("/A.;1", "/a file", 5000), ("/DIR/B.;1", "/dir/b", 0),
                                 ("/DIR/C.;1", "/dir/日本語", 3)):
            disc.add_fp(io.BytesIO(content(size)), size, path, udf_path=name)
        disc.add_symlink(udf_symlink_path="/link", udf_target="dir/b")
        disc.add_hard_link(iso_old_path="/A.;1", udf_new_path="/hard link")
        disc.write(str(self.image))
        disc.close()
        file = "entry 100444 - - links=1"
        other = "time=1233617490.000000"
        self.entries = [
            f"{file} size=5000 {other} sum={sum_of(content(5000)):08x} /a file",
            f"entry 040555 - - {other} /dir",
            f"{file} size=0 {other} sum=00000000 /dir/b",
            f"{file} size=3 {other} sum={sum_of(content(3)):08x} /dir/日本語",
            f"{file} size=5000 {other} sum={sum_of(content(5000)):08x} /hard link",
            f"entry 120444 - - {other} /link -> dir/b"]
        return self


def modules():
    index = max(MODULES.glob("*/modules.dep"))
    needs = {}
    for line in index.read_text().splitlines():
        module, _, dependencies = line.partition(":")
        needs[Path(module).stem] = [*reversed(dependencies.split()), module]
    ordered = {}
    for name in ("udf", "nls_utf8"):
        ordered.update(dict.fromkeys(needs.get(name, ())))
    return [index.parent / module for module in ordered]


def content(size):
    """As populate.c writes."""
    return bytes((n // 256 + 1) % 256 if n % 256 == 0 else 0 for n in range(size))


def write_tree(tree):
    (tree / "folder" / "deep").mkdir(parents=True)
    for name, size in (("empty", 0), ("one", 1), ("blocks", 5000), ("grün", 7),
                       ("folder/deep/日本語", 2048), ("folder/long " + 40 * "n", 2049)):
        (tree / name).write_bytes(content(size))
        os.utime(tree / name, (1234567890, 1234567890))
    for n in range(25):
        (tree / "folder" / f"file number {n} of many").write_bytes(b"")
    os.link(tree / "one", tree / "hard link")
    for path in sorted_tree(tree):
        os.utime(path, (1234567890, 1234567890))


def sorted_tree(folder):
    for path in sorted(folder.iterdir(), key=lambda path: path.name.encode()):
        yield path
        if path.is_dir():
            yield from sorted_tree(path)


def describe(path, shown, ids, mode):
    status = path.stat()
    words = [f"entry {mode:06o} {ids}"]
    if stat.S_ISREG(mode):
        words.append(f"links=1 size={status.st_size}")
    words.append(f"time={int(status.st_mtime)}.000000")
    if stat.S_ISREG(mode):
        words.append(f"sum={sum_of(path.read_bytes()):08x}")
    return " ".join([*words, f"/{shown}"])


def sum_of(data):
    value = 0
    for byte in data:
        value = (value * 31 + byte) & 0xFFFFFFFF
    return value


# ---- the fixtures -----------------------------------------------------------

FIXTURES = {
    "mkudffs-hd-1.02": lambda f: f.mkudffs(1, "--media-type=hd", "--udfrev=1.02"),
    "mkudffs-hd-4096-2.01": lambda f: f.mkudffs(
        2, "--media-type=hd", "--udfrev=2.01", "--blocksize=4096", "--lvid=Grün", "--vid=日本",
        "--fsid=files", "--fullvsid=0123456789abcdefset", "--owner=owner",
        "--organization=organisation", "--contact=contact"),
    "mkudffs-hd-1024-strategy-4096": lambda f: f.mkudffs(
        1, "--media-type=hd", "--udfrev=1.50", "--blocksize=1024", "--strategy=4096"),
    "mkudffs-dvd-1.02": lambda f: f.mkudffs(2, "--media-type=dvd", "--udfrev=1.02"),
    "mkudffs-dvdram-2.00": lambda f: f.mkudffs(2, "--media-type=dvdram", "--udfrev=2.00"),
    "mkudffs-dvdrw-1.50": lambda f: f.mkudffs(4, "--media-type=dvdrw", "--udfrev=1.50"),
    "mkudffs-cdrw-2.01": lambda f: f.mkudffs(4, "--media-type=cdrw", "--udfrev=2.01"),
    "mkudffs-cdr-1.50": lambda f: f.mkudffs(4, "--media-type=cdr", "--udfrev=1.50"),
    "mkudffs-cdr-2.01": lambda f: f.mkudffs(4, "--media-type=cdr", "--udfrev=2.01"),
    "mkudffs-dvdr-2.00": lambda f: f.mkudffs(4, "--media-type=dvdr", "--udfrev=2.00"),
    "mkudffs-bdr-2.50": lambda f: f.mkudffs(4, "--media-type=bdr", "--udfrev=2.50"),
    "mkudffs-bdr-2.60": lambda f: f.mkudffs(4, "--media-type=bdr", "--udfrev=2.60"),
    "linux-hd-1.02": lambda f: f.mkudffs(
        1, "--media-type=hd", "--udfrev=1.02").populate("small"),
    "linux-hd-2048-2.01": lambda f: f.mkudffs(
        2, "--media-type=hd", "--udfrev=2.01", "--blocksize=2048").populate("small"),
    "linux-cdrw-1.50": lambda f: f.mkudffs(
        4, "--media-type=cdrw", "--udfrev=1.50").populate("small"),
    "linux-hd-short-2.00": lambda f: f.mkudffs(
        1, "--media-type=hd", "--udfrev=2.00", "--ad=short").populate("large"),
    "linux-dvdrw-long-2.01": lambda f: f.mkudffs(
        4, "--media-type=dvdrw", "--udfrev=2.01", "--ad=long").populate("large"),
    "genisoimage": lambda f: f.genisoimage("0 0", "-J", "-r", "-V", "BRIDGE"),
    "genisoimage-no-joliet": lambda f: f.genisoimage("- -", "-V", "Volume"),
    "pycdlib": lambda f: f.pycdlib(),
}


# ---- writing them down ------------------------------------------------------


def information(image):
    """What udfinfo says; it is silent of what it does not know."""
    found = dict(line.partition("=")[::2] for line in
                 run("udfinfo", image).splitlines() if "," not in line)
    return [f"volume {key}={found[key]}" for key in INFO]


def tokens(data):
    """Hexadecimal, where a byte that comes often in a row is HH*N."""
    out = []
    for match in re.finditer(rb"(.)\1{7,}|.", data, re.S):
        piece = match.group(0)
        if len(piece) > 1:
            out.append(f" {piece[:1].hex()}*{len(piece)} ")
        else:
            out.append(piece.hex())
    return re.sub(r" +", " ", "".join(out)).strip()


def runs(data):
    for match in re.finditer(rb"[^\0](?:\0{0,%d}[^\0])*" % (ZEROS_APART - 1), data, re.S):
        yield f"@{match.start():x} {tokens(match.group(0))}"


def make(name):
    with tempfile.TemporaryDirectory() as folder:
        fixture = Fixture(Path(folder))
        FIXTURES[name](fixture)
        data = fixture.image.read_bytes()
        lines = [f"# {line}" for line in fixture.recipe]
        lines += [f"size {len(data)}", *information(fixture.image), *fixture.entries,
                  *runs(data)]
        (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(name, sum(len(line) + 1 for line in lines))


for wanted in sys.argv[1:] or FIXTURES:
    make(wanted)
