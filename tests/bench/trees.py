# SPDX-License-Identifier: GPL-2.0-or-later
"""The trees that are measured with: the same whenever and wherever they are made."""
import json
import math
import os
import random
import shutil

SEED = 20261102
MEDIAN_SIZE = 4096
DEPTH = 7  # folders below the root: what ISO 9660 allows with the root itself
BASE_TIME = 1700000000
SUFFIXES = (".c", ".c", ".c", ".h", ".h", ".txt", ".dts", ".rst", ".S", "")
SYLLABLES = ("ab ac ad al an ar as at ba be bo bu ca ce co cu da de di do dr en er ex fa fe "
             "fo fs ga ge go ha he hi id in io ir ka ke ki la le li lo ma me mi mo na ne no "
             "pa pe pi po qu ra re ri ro sa se si so sy ta te ti to tr ub un us va ve vi xa "
             "ze").split()


# ---- as sources are ----------------------------------------------------------


def make_sizes(files, total, chance):
    """A log-normal distribution with the median of sources and the wanted sum."""
    mean = total / files
    sigma = math.sqrt(2 * math.log(max(mean / MEDIAN_SIZE, 1.01)))
    median = min(MEDIAN_SIZE, mean)
    sizes = [int(median * math.exp(chance.gauss(0, sigma))) for _ in range(files)]
    # Large files are rare, so their sum is a matter of luck: it is made up for by
    # the upper tenth, which leaves the median where it is.
    order = sorted(range(files), key=sizes.__getitem__)
    upper = order[-max(files // 10, 1):]
    lower_sum = sum(sizes) - sum(sizes[at] for at in upper)
    factor = max(total - lower_sum, 0) / max(sum(sizes[at] for at in upper), 1)
    for at in upper:
        sizes[at] = int(sizes[at] * factor)
    return sizes


def make_name(chance, taken):
    while True:
        word = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 6)))
        name = word[: len(word) // 2] + chance.choice(("", "", "_", "-")) + word[len(word) // 2:]
        if name not in taken:
            taken.add(name)
            return name


def make_folders(count, chance):
    """[(path, names taken)]: most folders are two to four levels deep."""
    folders = [("", 0, set())]
    while len(folders) <= count:
        path, depth, taken = chance.choice(folders)
        if depth < DEPTH:
            folders.append((os.path.join(path, make_name(chance, taken)), depth + 1, set()))
    return [(path, taken) for path, _, taken in folders]


def write_sources(root, files, total, folder_count):
    """As many files, bytes and folders as the sources of Linux have."""
    chance = random.Random(SEED)
    pool = chance.randbytes(1 << 22)
    folders = make_folders(folder_count, chance)
    for path, _ in folders:
        (root / path).mkdir()
    for number, size in enumerate(make_sizes(files, total, chance)):
        path, taken = chance.choice(folders)
        target = root / path / (make_name(chance, taken) + chance.choice(SUFFIXES))
        with open(target, "xb") as file:
            # No two files are the same: each begins with its number.
            file.write((b"%d\n" % number)[:size])
            while file.tell() < size:
                start = chance.randrange(len(pool) // 2)
                file.write(pool[start:start + min(size - file.tell(), len(pool) // 2)])
        os.utime(target, (BASE_TIME + number, BASE_TIME + number))
    for path, _ in reversed(folders):
        os.utime(root / path, (BASE_TIME, BASE_TIME))


# ---- very many, very large ---------------------------------------------------


def write_small_files(root, folders, files_each, most_bytes):
    """Folders of small files."""
    chance = random.Random(SEED)
    pool = chance.randbytes(1 << 16)
    root.mkdir()
    for folder in range(folders):
        path = root / f"folder_{folder:04}"
        path.mkdir()
        for file in range(files_each):
            size = chance.randrange(most_bytes + 1)
            start = chance.randrange(len(pool) - most_bytes)
            with open(path / f"file_{file:04}.txt", "xb", buffering=0) as out:
                out.write(pool[start:start + size])


def write_large_file(path, size, chance):
    piece = chance.randbytes(1 << 20)
    with open(path, "xb", buffering=0) as file:
        while size > 0:
            size -= file.write(piece[:size])


def write_large_files(root, largest, count, each):
    """One very large file, and many large ones."""
    chance = random.Random(SEED)
    root.mkdir()
    write_large_file(root / "a_largest.bin", largest, chance)
    for number in range(count):
        write_large_file(root / f"large_{number:03}.bin", each, chance)


# ---- once --------------------------------------------------------------------


def prepare(folder, name, write, *numbers):
    """The tree folder/name, made by write(tree, *numbers) unless it is there."""
    wanted = {"seed": SEED, "write": write.__name__, "numbers": numbers}
    marker = folder / f"{name}.json"
    tree = folder / name
    if marker.exists() and json.loads(marker.read_text()) == json.loads(json.dumps(wanted)):
        return tree
    if tree.exists():
        if not marker.exists():
            raise SystemExit(f"{tree} is not one of our trees: name another folder")
        shutil.rmtree(tree)
    print(f"Making {tree} ...", flush=True)
    marker.write_text("{}")  # ours, and not complete
    write(tree, *numbers)
    marker.write_text(json.dumps(wanted))
    return tree
