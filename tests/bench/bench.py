# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmarks share: running programs in turn, medians, the table, the TSV.

A program is a name and a command, in which OUTPUT stands for the file that it writes.
All of a benchmark run in one go and in turn, since a machine is not the same an hour
later; a ratio is the median of those of single rounds.
"""
import argparse
import math
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
MEASURES = ("wall", "synced", "user", "sys", "peak_kib")


# ---- what is measured with ---------------------------------------------------


def arguments(description, runs=5, **numbers):
    """A parser with the arguments of all benchmarks; numbers are those of the tree."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?",
                        help="where trees and images are made; default: a temporary one")
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--fsimage", metavar="PATH", help="default: what tools/run builds")
    parser.add_argument("--tsv", type=Path, help="default: in FOLDER, by the benchmark's name")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser


def begin(parser):
    """(the options, with the folder and the path of the command put in)."""
    options = parser.parse_args()
    if options.folder is None:
        options.folder = Path(tempfile.mkdtemp(prefix="fsimage-bench-"))
        print(f"The folder is {options.folder}; it stays.")
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.fsimage = str(Path(options.fsimage or ask_for_fsimage()).resolve())
    return options


def ask_for_fsimage():
    return subprocess.run([TOP / "tools/run", "--which"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()


def build_meter(folder):
    """tests/bench/measure.c, compiled."""
    meter = Path(folder, "measure")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", meter, HERE / "measure.c"],
                   check=True)
    return meter


def build_api(fsimage):
    """tests/bench/api.c, built where the command was."""
    build = Path(fsimage).parent.parent
    subprocess.run(["make", "-s", "-C", build, "tests/bench/api"], check=True)
    return build / "tests/bench/api"


def require(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise SystemExit(f"there is no program {program} here")


def warm(*trees):
    """Read all files, so that they are in the cache.

    It is done before each run, as some systems forget within a minute what nobody uses.
    """
    for tree in trees:
        with subprocess.Popen(["tar", "-c", "-f", "-", "-C", tree, "."],
                              stdout=subprocess.PIPE) as reader:
            while os.read(reader.stdout.fileno(), 1 << 16):
                pass


def drop_caches():
    """Forget all files; only the superuser can."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3\n", encoding="ascii")
    except OSError as error:
        raise SystemExit(f"the cache can't be dropped: {error}") from error


# ---- running -----------------------------------------------------------------


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def measure(meter, command, output, prepare):
    """One run: {measure: number}. output, a file or folder, is not there afterwards."""
    remove(output)
    os.sync()
    prepare()
    done = subprocess.run([meter, output, *[output if word == "OUTPUT" else word
                                            for word in command]],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    row = dict(zip(MEASURES, map(float, done.stdout.split())))
    row["image_bytes"] = output.stat().st_size if output.is_file() else 0
    remove(output)
    return row


def alternate(programs, runs, run_one):
    """[(program, run, row)]: each program in turn, and nobody always first."""
    rows = []
    names = list(programs)
    for run in range(runs):
        first = run % len(names)
        for name in names[first:] + names[:first]:
            rows.append((name, run + 1, run_one(programs[name])))
            print(f"run {run + 1} of {runs}: {name} {rows[-1][2]['wall']:.2f} s", flush=True)
    return rows


def run_commands(programs, output, runs, prepare=lambda: None):
    """[(program, run, row)] of commands."""
    with tempfile.TemporaryDirectory() as scratch:
        meter = build_meter(scratch)
        return alternate(programs, runs,
                         lambda command: measure(meter, command, output, prepare))


# ---- what came out -----------------------------------------------------------


def values_of(rows, program, measure_of):
    """{run: number}"""
    return {run: measure_of(row) for name, run, row in rows if name == program}


def ratio(rows, program, reference, measure_of):
    """The median of how many times as much program takes as reference, run by run."""
    ours = values_of(rows, program, measure_of)
    theirs = values_of(rows, reference, measure_of)
    return statistics.median(ours[run] / theirs[run] if theirs[run] else math.nan
                             for run in ours)


def names_of(rows):
    return list(dict.fromkeys(name for name, _, _ in rows))


COLUMNS = (
    ("wall s", "wall", lambda row: row["wall"], 2),
    ("synced s", "synced", lambda row: row["synced"], 2),
    ("user s", "", lambda row: row["user"], 2),
    ("sys s", "", lambda row: row["sys"], 2),
    ("cpu s", "cpu", lambda row: row["user"] + row["sys"], 2),
    ("peak MiB", "", lambda row: row["peak_kib"] / 1024, 1),
    ("image MiB", "", lambda row: row["image_bytes"] / 2**20, 1),
)


def show(rows):
    """The table of medians, with ratios to the program that came first."""
    first = names_of(rows)[0]
    print("\n" + " " * 14 + "".join(
        f"{title:>10}" + (f"{'ratio':>7}" if with_ratio else "")
        for title, with_ratio, _, _ in COLUMNS))
    for name in names_of(rows):
        line = f"{name:14}"
        for _, with_ratio, value, digits in COLUMNS:
            line += f"{statistics.median(values_of(rows, name, value).values()):10.{digits}f}"
            if with_ratio:
                line += f"{ratio(rows, name, first, value):7.2f}"
        print(line)
    print(f"\nMedians; ratios to {first}, of single rounds.\n")


def judge(rows, ours, theirs, target, key="wall"):
    """A line of how ours is to theirs, where target is the most that it should be."""
    found = ratio(rows, ours, theirs, lambda row: row[key])
    verdict = "met" if found <= target else "missed"
    print(f"{ours} / {theirs}, {key}: {found:.2f}; target {target:.2f}: {verdict}")


def write_tsv(rows, path):
    columns = list(rows[0][2])
    with open(path, "w", encoding="utf-8") as file:
        print("program", "run", *columns, sep="\t", file=file)
        for name, run, row in rows:
            print(name, run, *(row[key] for key in columns), sep="\t", file=file)
    print(f"Each run is in {path}")
