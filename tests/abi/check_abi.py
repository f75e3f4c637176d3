#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the library as a program that uses it sees it, and what its objects hold.

    tests/abi/check_abi.py [BUILD]

BUILD is a build folder, by default the current one. The exported symbols are those
that the headers declare, the headers stand alone in C and C++, an installed library
is found with pkg-config; the objects keep no state, print nothing and ask nothing.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path.cwd()
SKIPPED = 77  # what make check takes for "not run"

# The only objects that change: one of each thread. See doc/architecture.md.
THREAD_OBJECTS = {"current", "message", "remaining_allocations"}

# libisofs and libburn are initialised once for the process, and one call of libburn is made
# at a time: see fsimage/import/iso_reader.h and fsimage/media/burn.h.
PROCESS_OBJECTS = {
    "libcore_la-iso_reader.o: init_once", "libcore_la-iso_reader.o: init_result",
    "libcore_la-burn.o: burn_once", "libcore_la-burn.o: burn_result",
    "libcore_la-burn.o: burn_lock"}

# What the library leaves to its caller.
FORBIDDEN = {
    "prints": "printf fprintf vprintf vfprintf puts fputs putchar fputc putc fwrite perror"
              " __printf_chk __fprintf_chk __vprintf_chk __vfprintf_chk stdout stderr stdin",
    "ends the process": "exit _exit _Exit quick_exit abort err errx",
    "reads the environment": "getenv secure_getenv environ setenv putenv",
    "asks the clock": "time clock gettimeofday clock_gettime timespec_get ftime",
    "knows the locale": "setlocale newlocale uselocale nl_langinfo strcoll strxfrm strerror"
                        " strerror_r __xpg_strerror_r localtime localtime_r mktime strftime"
                        " towupper towlower iswalpha mbstowcs mbrtowc wcrtomb iconv_open",
    "starts threads or processes": "pthread_create thrd_create fork vfork execve system popen"
                                   " signal sigaction",
}
# Readers ahead, where the caller of a write asks for them, and how long it waits for one;
# what fills the descriptor that a stream is handed on as; how often who watches is told.
ALLOWED = {"libcore_la-thread.o": {"pthread_create"},
           "libcore_la-pieces.o": {"clock_gettime"},
           "libcore_la-pace.o": {"clock_gettime"}}
ALLOCATING = "malloc calloc realloc free strdup strndup posix_memalign aligned_alloc"
LENDING = ("realpath", "iso_file_source_get_name")


def run(*command, **options):
    """The output of a command; what it wrote is in the exception when it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def declared():
    """The functions that the public headers declare."""
    names = set()
    for header in sorted((TOP / "include/fsimage").glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.S)
        for prototype in re.findall(r"^FSI_API ([^;]*);", text, re.M | re.S):
            names.add(re.search(r"(\w+)\s*\(", prototype).group(1))
    return names


def objects():
    """The library's objects, without those whose source has gone."""
    found = []
    rooms = ("fsimage", "stash")
    for path in sorted(path for room in rooms for path in BUILD.glob(f"{room}/**/libcore_la-*.o")):
        folder = path.parent.parent if path.parent.name == ".libs" else path.parent
        name = path.name[len("libcore_la-"):-len(".o")] + ".c"
        # With a shared library there may be a second object beside .libs.
        if (TOP / folder.relative_to(BUILD) / name).exists():
            found.append(path)
    return found


def undefined(path):
    return {line.split()[-1].split("@")[0] for line in run("nm", "-u", path).splitlines()}


class Interface(unittest.TestCase):
    def test_exports_are_the_declared_functions(self):
        lines = run("nm", "-D", "--defined-only", BUILD / ".libs/libfsimage.so").splitlines()
        exported = {line.split()[-1].split("@")[0] for line in lines}
        self.assertEqual(exported, declared())

    def test_exports_begin_with_fsi(self):
        self.assertTrue(declared(), "no declaration found")
        self.assertEqual([], [name for name in declared() if not name.startswith("fsi_")])

    def test_all_that_is_not_static_begins_with_fsi(self):
        strays = []
        for path in objects():
            for line in run("nm", "-g", "--defined-only", path).splitlines():
                name = line.split()[-1]
                if not name.startswith("fsi_") and not name.startswith("__"):
                    strays.append(f"{path.name}: {name}")
        self.assertEqual([], strays)

    def test_headers_compile_alone_as_c11(self):
        self.compile_headers(os.environ.get("CC", "cc").split() + ["-x", "c", "-std=c11"])

    def test_headers_compile_alone_as_cpp17(self):
        compilers = [os.environ.get("CXX", ""), "c++", "g++", "clang++"]
        found = [name for name in compilers if name and shutil.which(name)]
        self.assertTrue(found, "there is no C++ compiler")
        self.compile_headers([found[0], "-x", "c++", "-std=c++17"])

    def compile_headers(self, compiler):
        headers = sorted((TOP / "include/fsimage").glob("*.h"))
        self.assertTrue(headers)
        for header in headers:
            with self.subTest(header=header.name):
                run(*compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                    "-I", TOP / "include", "-", input=f"#include <fsimage/{header.name}>\n")

    def test_installed_library_is_found_with_pkg_config(self):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        clean.pop("MFLAGS", None)
        with tempfile.TemporaryDirectory() as folder:
            run("make", "-s", "-C", BUILD, "install", f"DESTDIR={folder}/root", env=clean)
            prefix = next(Path(folder, "root").rglob("fsimage.pc")).parent
            clean["PKG_CONFIG_PATH"] = str(prefix)
            clean["PKG_CONFIG_SYSROOT_DIR"] = f"{folder}/root"
            flags = run("pkg-config", "--cflags", "--libs", "fsimage", env=clean).split()
            self.assertIn("-lfsimage", flags)
            program = Path(folder, "memory_to_image")
            run(*os.environ.get("CC", "cc").split(), *sanitizers(), "-o", program,
                TOP / "samples/memory_to_image.c", *flags)
            clean["LD_LIBRARY_PATH"] = str(prefix.parent)
            run(program, Path(folder, "out.iso"), env=clean)
            self.assertGreater(Path(folder, "out.iso").stat().st_size, 100000 * 16)


def sanitizers():
    makefile = (BUILD / "Makefile").read_text(encoding="utf-8")
    return re.search(r"^SANITIZE_FLAGS = *(.*)$", makefile, re.M).group(1).split()


class Objects(unittest.TestCase):
    def setUp(self):
        self.assertGreater(len(objects()), 20, "the objects of the library are not there")

    def test_no_object_changes_but_those_of_a_thread(self):
        changing, of_thread = set(), set()
        for path in objects():
            for line in run("objdump", "-t", path).splitlines():
                found = re.search(r"\s(\S+)\t[0-9a-f]+ +(?:\.hidden )?(\S+)$", line)
                if not found or found.group(1) == found.group(2):
                    continue
                section, name = found.groups()
                name = re.sub(r"\.\d+$", "", name)
                if "asan" in name.lower():  # the sanitizer's own
                    continue
                if re.match(r"\.t(bss|data)", section):
                    of_thread.add(name)
                elif re.match(r"(\.data(?!\.rel\.ro)|\.bss|\*COM\*)", section):
                    changing.add(f"{path.name}: {name}")
        self.assertEqual(PROCESS_OBJECTS, changing)
        self.assertEqual(THREAD_OBJECTS, of_thread)

    def test_library_leaves_the_world_to_its_caller(self):
        for what, forbidden in FORBIDDEN.items():
            for path in objects():
                with self.subTest(what=what, object=path.name):
                    names = undefined(path) - ALLOWED.get(path.name, set())
                    self.assertEqual(set(), names & set(forbidden.split()))

    def test_memory_comes_from_base(self):
        for path in objects():
            if "/base/" not in path.as_posix() or not path.name.endswith("-memory.o"):
                with self.subTest(object=path.name):
                    names = undefined(path)
                    # What these allocate can only be given back so.
                    allowed = {"free"} if names & set(LENDING) else set()
                    self.assertEqual(set(), names & set(ALLOCATING.split()) - allowed)


def main():
    global BUILD
    if len(sys.argv) > 1:
        BUILD = Path(sys.argv.pop(1)).resolve()
    if not (BUILD / ".libs/libfsimage.so").exists():
        print("this build has no shared library: configure it with --enable-shared")
        return SKIPPED
    result = unittest.main(exit=False, verbosity=2).result
    failed = len({str(test).split(" (")[0] for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
