#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the image goes: complete or not at all, whatever happens while it is written."""

import calendar
import fcntl
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import iso_tree
from command_case import CommandTest, Done, start

MIB = 2**20
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}


class Refused(CommandTest):
    """Outputs that are refused before anything is read."""

    def setUp(self) -> None:
        super().setUp()
        # It would be an error if it were looked at.
        self.put(b"source/\xff")

    def expect(self, code: str, output: str | Path, *options: str, hint: str | None = None) -> Done:
        before = self.names()
        done = self.expect_code(code, "-o", output, *options, "source", hint=hint)
        self.assertEqual(before, self.names())
        return done

    def test_output_exists(self) -> None:
        old = self.put("old.iso", b"old")
        self.expect("FSI_E_FILE_EXISTS", "old.iso", hint="--force")
        (self.room / "link.iso").symlink_to("old.iso")
        self.expect("FSI_E_FILE_EXISTS", "link.iso", hint="--force")
        (self.room / "lost.iso").symlink_to("nowhere")
        self.expect("FSI_E_FILE_EXISTS", "lost.iso", hint="--force")
        self.assertEqual(b"old", old.read_bytes())

    def test_output_is_a_folder(self) -> None:
        for output in ("source", "source/", ".", "/", "new/"):
            with self.subTest(output):
                code = "FSI_E_DIRECTORY_NOT_SUPPORTED"
                if output == "new/":
                    code = "FSI_E_FILE_NOT_FOUND"
                self.expect(code, output)
                self.expect(code, output, "--force")

    def test_folder_of_the_output_is_not_there(self) -> None:
        self.put("file")
        self.expect("FSI_E_FILE_NOT_FOUND", "nowhere/out.iso")
        self.expect("FSI_E_DIRECTORY", "file/out.iso")
        self.expect("FSI_E_FILENAME_EXCED_RANGE", "n" * 256)

    def test_folder_of_the_output_may_not_be_written_to(self) -> None:
        before = ("setpriv", "--bounding-set=-all") if os.geteuid() == 0 else ()
        (self.room / "closed").mkdir(mode=0o555)
        self.expect_code("E_ACCESSDENIED", "-o", "closed/out.iso", "source", before=before)
        self.assertEqual([], os.listdir(self.room / "closed"))

    def test_terminal_is_no_place_for_an_image(self) -> None:
        terminal, other_end = pty.openpty()
        try:
            done = self.run_command("create", "-o", "-", "source", stdout=other_end)
        finally:
            os.close(other_end)
            os.close(terminal)
        self.assertEqual(2, done.status)
        self.assertIn("an image is not for a terminal", done.errors)


class Written(CommandTest):
    """An image that was written."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/file", bytes(range(256)) * 1000)
        self.put("source/zeros", bytes(3 * MIB))
        self.put("source/end", b"end")

    def test_pipe_gets_the_bytes_of_a_file(self) -> None:
        self.create("-o", "out.iso", "source", env=EPOCH)
        piped = self.create("-o", "-", "source", env=EPOCH)
        self.assertEqual((self.room / "out.iso").read_bytes(), piped.bytes)
        self.assertRegex(piped.errors, r"^standard output: \d+ blocks, ")

    def test_standard_output_is_written_from_where_it_stands(self) -> None:
        self.create("-o", "out.iso", "source", env=EPOCH)
        with open(self.room / "appended", "wb") as file:
            file.write(b"header")
            file.flush()
            self.create("-o", "-", "source", stdout=file, env=EPOCH)
        self.assertEqual(b"header" + (self.room / "out.iso").read_bytes(),
                         (self.room / "appended").read_bytes())

    def test_fifo_and_device_are_written_to_and_stay(self) -> None:
        fifo = self.room / "fifo"
        os.mkfifo(fifo)
        process = start("create", "-o", "fifo", "source", cwd=self.room, env=EPOCH)
        content = fifo.read_bytes()
        self.assertEqual(0, Done(process).status)
        self.create("-o", "out.iso", "source", env=EPOCH)
        self.assertEqual((self.room / "out.iso").read_bytes(), content)
        self.assertTrue(fifo.is_fifo())
        self.create("-o", "/dev/null", "source")
        self.assertTrue(Path("/dev/null").is_char_device())

    def test_mode_follows_the_umask_and_the_old_file(self) -> None:
        self.create("-o", "new.iso", "source", umask=0o027)
        self.assertEqual(0o640, (self.room / "new.iso").stat().st_mode & 0o777)
        (self.room / "new.iso").chmod(0o604)
        self.create("--force", "-o", "new.iso", "source", umask=0o027)
        self.assertEqual(0o604, (self.room / "new.iso").stat().st_mode & 0o777)

    def test_force_replaces(self) -> None:
        old = self.put("out.iso", b"old")
        (self.room / "link").symlink_to("out.iso")
        with open(old, "rb") as held:
            self.create("--force", "-o", "link", "source")
            self.assertEqual(b"old", held.read())
        self.assertTrue((self.room / "link").is_symlink())
        self.assertEqual({"file", "zeros", "end"}, set(iso_tree.read(old)))
        self.assertEqual({"source", "out.iso", "link"}, self.names())

    def test_force_makes_what_is_not_there(self) -> None:
        self.create("--force", "-o", "out.iso", "source")
        self.assertEqual({"source", "out.iso"}, self.names())

    def test_closed_standard_output_does_not_become_the_image(self) -> None:
        self.create("-o", "good.iso", "source", env=EPOCH)
        done = self.run_command("create", "-o", "out.iso", "source", env=EPOCH, stdout=None,
                                before=("sh", "-c", 'exec "$@" >&-', "sh"))
        self.assertEqual(1, done.status)
        self.assertIn("standard output: ", done.errors)
        self.assertEqual((self.room / "good.iso").read_bytes(),
                         (self.room / "out.iso").read_bytes())
        done = self.run_command("create", "-o", "-", "source", stdout=None,
                                before=("sh", "-c", 'exec "$@" >&-', "sh"))
        self.assertEqual(1, done.status)


class Reproducible(CommandTest):
    """SOURCE_DATE_EPOCH"""

    FILES = ("a", "b", "sub/c", "sub/d", "sub/deeper/e", "ä", "Z", "sub/A", "link to a")
    OLD, NEW = 1600000000, 1800000000

    def make(self, name: str, files: tuple[str, ...], pause: bool = False) -> None:
        for file in files:
            if file == "link to a":
                os.link(self.room / name / "a", self.room / name / file)
            else:
                self.put(f"{name}/{file}", file * 1000)
        if pause:
            # Another time of attribute change, access and creation.
            time.sleep(0.05)
        for folder, folders, names in os.walk(self.room / name, topdown=False):
            for entry in [*names, *folders]:
                # "b" is younger than the image will be.
                seconds = self.NEW if entry == "b" else self.OLD
                os.utime(Path(folder, entry), ns=(time.time_ns(), seconds * 10**9))

    def image(self, *arguments: str | Path, **options: object) -> bytes:
        options.setdefault("env", EPOCH)
        self.create("--force", "-q", "-o", self.room / "out.iso", *arguments, **options)
        return (self.room / "out.iso").read_bytes()

    def test_same_input_gives_the_same_bytes(self) -> None:
        self.make("one", self.FILES)
        self.make("two", ("a", *reversed(self.FILES[1:])), pause=True)
        expected = self.image("one")
        self.assertEqual(expected, self.image("two"))
        self.assertEqual(expected, self.image(self.room / "one"))
        for changes in (
                {"TZ": "Asia/Kathmandu"}, {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
                {"LANG": "C", "LC_ALL": "C"}, {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
                {"USER": "nobody", "LOGNAME": "nobody", "HOME": "/", "HOSTNAME": "elsewhere"}):
            with self.subTest(changes):
                self.assertEqual(expected, self.image("one", env=EPOCH | changes))
        self.assertEqual(expected, self.image("one", umask=0o077))
        self.assertEqual(expected, self.image(".", cwd=self.room / "one"))

    def test_order_and_user_do_not_matter(self) -> None:
        self.make("one", self.FILES)
        grafts = ("x/one=one", "y=one/a", "x/two=one/sub")
        self.assertEqual(self.image(*grafts), self.image(*reversed(grafts)))
        if os.geteuid() == 0:
            self.room.chmod(0o755)
            expected = self.image("one")
            as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
            done = self.create("-o", "-", "one", env=EPOCH, before=as_nobody)
            self.assertEqual(expected, done.bytes)

    def test_time_is_that_of_the_variable(self) -> None:
        self.make("one", self.FILES)
        first = self.image("one")
        self.assertIn(b"2023111422132000\0", first)  # ECMA-119 8.4.26.1
        self.assertNotEqual(first, self.image("one", env={"SOURCE_DATE_EPOCH": "1700000001"}))

    def test_without_the_variable_it_is_the_clock(self) -> None:
        self.make("one", self.FILES)
        before = int(time.time())
        image = self.image("one", env={})
        digits = image[16 * 2048 + 813:16 * 2048 + 827].decode()
        moment = time.strptime(digits + " UTC", "%Y%m%d%H%M%S %Z")
        offset = struct.unpack("b", image[16 * 2048 + 829:16 * 2048 + 830])[0] * 15 * 60
        self.assertIn(calendar.timegm(moment) - offset, range(before, int(time.time()) + 1))


class Interrupted(CommandTest):
    """Signals in the middle of a build."""

    big: Any  # what takes a while to copy: no hole in it

    @classmethod
    def setUpClass(cls) -> None:
        cls.big = tempfile.NamedTemporaryFile(prefix="fsimage-system-")
        piece = os.urandom(16 * MIB)
        for _ in range(128):
            cls.big.write(piece)
        cls.big.flush()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.big.close()

    def setUp(self) -> None:
        super().setUp()
        (self.room / "source").mkdir()
        os.link(self.big.name, self.room / "source/big")
        self.put("old.iso", b"old")

    @contextmanager
    def writing(self, output: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """The command, in the middle of writing a file that takes long."""
        process = start("create", "-f", "udf", "--force", *options, "-o", output, "source",
                        cwd=self.room)
        try:
            self.wait_until(lambda: self.bytes_written(process.pid) > 0)
            yield process
        finally:
            process.kill()
            process.communicate()

    def bytes_written(self, pid: int) -> int:
        """How far the file is that the process writes, with a name or without."""
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(descriptor)
                flags = int(Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text().split()[3], 8)
                if target.startswith(str(self.room)) and flags & os.O_ACCMODE == os.O_WRONLY:
                    return int(Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text().split()[1])
            except OSError:
                pass
        return 0

    def wait_until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.002)

    def assert_untouched(self, names: set[str]) -> None:
        self.assertEqual(names, self.names())
        self.assertEqual("old", (self.room / "old.iso").read_text())

    def test_signals_leave_nothing_and_are_seen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for output in ("old.iso", "new.iso"):
                with self.subTest(number, output=output), self.writing(output) as process:
                    process.send_signal(number)
                    done = Done(process, timeout=30)
                    self.assertEqual(-number, done.status)
                    self.assertIn("E_IMAPI_REQUEST_CANCELLED", done.errors)
                    self.assertEqual("", done.output)
                    self.assert_untouched({"source", "old.iso"})

    def test_killed_build_leaves_nothing_under_the_name(self) -> None:
        for output in ("old.iso", "new.iso"):
            with self.subTest(output), self.writing(output) as process:
                process.kill()
                process.wait(30)
                self.assertEqual("old", (self.room / "old.iso").read_text())
                self.assertFalse((self.room / "new.iso").exists())
                self.assertEqual({"source", "old.iso"},
                                 {name for name in self.names() if not name.endswith(".part")})

    def test_interrupted_build_tells_json(self) -> None:
        with self.writing("new.iso", "--json") as process:
            process.terminate()
            done = Done(process, timeout=30)
            self.assertEqual("E_IMAPI_REQUEST_CANCELLED", done.object["error"]["name"])

    def test_blocked_pipe_is_interrupted(self) -> None:
        process = start("create", "-f", "udf", "-o", "-", "source", cwd=self.room)
        assert process.stdout is not None
        process.stdout.read(1)
        time.sleep(0.2)  # until the pipe is full
        process.terminate()
        try:
            self.assertEqual(-signal.SIGTERM, process.wait(10))
        finally:
            process.kill()
            process.communicate()

    @staticmethod
    def wait_until_caught(pid: int, number: signal.Signals) -> None:
        """Until the command has a handler for a signal, however busy the machine is."""
        for _ in range(3000):
            if "fsimage" not in os.path.basename(os.readlink(f"/proc/{pid}/exe")):
                time.sleep(0.01)  # not the command yet, but Python or a shell before it
                continue
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                caught = next(line for line in status if line.startswith("SigCgt:"))
            if int(caught.split()[1], 16) >> (number - 1) & 1:
                return
            time.sleep(0.01)

    def test_scan_is_interrupted(self) -> None:
        for number in range(1000):
            self.put(f"many/{number}", b"")
        grafts = [f"t{number}=many" for number in range(400)]
        process = start("create", "-o", "new.iso", *grafts, cwd=self.room)
        self.wait_until_caught(process.pid, signal.SIGINT)
        process.send_signal(signal.SIGINT)
        done = Done(process, timeout=30)
        self.assertEqual(-signal.SIGINT, done.status)
        self.assertRegex(done.errors, r"fsimage: adding t\d+=many: .*E_IMAPI_REQUEST_CANCELLED")
        self.assert_untouched({"source", "old.iso", "many"})

    def test_ignored_hangup_stays_ignored(self) -> None:
        self.put("small/file", bytes(MIB))
        process = start("create", "-o", "-", "small", cwd=self.room, before=("nohup",))
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.send_signal(signal.SIGHUP)
        done = Done(process)
        self.assertEqual(0, done.status)
        self.assertEqual(0, len(first + done.bytes) % 2048)


class Failing(CommandTest):
    """Outputs that fail in the middle."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/file", os.urandom(4 * MIB))
        self.put("old.iso", b"old")

    def test_file_size_limit(self) -> None:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MIB, 2 * MIB))

        for output in ("new.iso", "old.iso"):
            self.expect_code("FSI_E_FILE_TOO_LARGE", "--force", "-o", output, "source",
                             preexec_fn=limit)
            self.assertEqual({"source", "old.iso"}, self.names())
        self.assertEqual("old", (self.room / "old.iso").read_text())

    def test_full_disk(self) -> None:
        done = self.expect_code("FSI_E_DISK_FULL", "--force", "--json", "-o", "/dev/full", "source")
        self.assertEqual("writing /dev/full", done.object["error"]["doing"])
        with open("/dev/full", "wb") as full:
            done = self.run_command("create", "-o", "-", "source", stdout=full)
        self.assertEqual(1, done.status)
        self.assertIn("FSI_E_DISK_FULL", done.errors)

    def test_pipe_without_a_reader(self) -> None:
        process = start("create", "-o", "-", "source", cwd=self.room)
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        errors = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual(1, process.wait(30))
        self.assertRegex(
            errors, r"fsimage: writing standard output: .*\(FSI_E_BROKEN_PIPE 0x8007006D\)")


class Changing(CommandTest):
    """Sources that change while the image is written into a pipe that is read slowly."""

    SIZE = 16 * MIB

    def build_while(self, change: Callable[[], None]) -> str:
        """The messages of a build, during which something happens to its sources."""
        process = start("create", "-o", "-", "source", cwd=self.room)
        assert process.stdout is not None
        # The first byte comes when all sources have been looked at.
        process.stdout.read(1)
        change()
        done = Done(process)
        self.assertEqual(1, done.status, done.errors)
        return done.errors

    def test_file_shrinks(self) -> None:
        path = self.put("source/file", os.urandom(self.SIZE))
        errors = self.build_while(lambda: os.truncate(path, self.SIZE // 2))
        self.assertRegex(errors, r"source/file.*\(IMAPI_E_DATA_STREAM_INCONSISTENCY 0xC0AAB128\)")
        self.assertIn(str(self.SIZE), errors)
        self.assertIn(str(self.SIZE // 2), errors)

    def test_file_grows(self) -> None:
        path = self.put("source/file", os.urandom(self.SIZE))
        errors = self.build_while(lambda: os.truncate(path, self.SIZE + 1))
        self.assertRegex(errors, r"source/file.*\(IMAPI_E_DATA_STREAM_INCONSISTENCY 0xC0AAB128\)")
        self.assertIn(str(self.SIZE + 1), errors)

    def put_many(self) -> list[Path]:
        """More than fits the pipe and one piece, in many files."""
        return [self.put(f"source/{number:02}", os.urandom(MIB)) for number in range(16)]

    def test_files_vanish(self) -> None:
        paths = self.put_many()

        def change() -> None:
            for path in paths:
                path.unlink()

        errors = self.build_while(change)
        self.assertRegex(errors, r"source/\d\d.*\(IMAPI_E_DATA_STREAM_CREATE_FAILURE 0xC0AAB12A\)")

    def test_files_become_folders(self) -> None:
        paths = self.put_many()

        def change() -> None:
            for path in paths:
                path.unlink()
                path.mkdir()

        errors = self.build_while(change)
        self.assertRegex(errors, r"source/\d\d.*\(IMAPI_E_DATA_STREAM_\w+ 0x")

    def test_file_output_is_not_made_of_changed_sources(self) -> None:
        self.put("source/a", os.urandom(self.SIZE))
        last = self.put("source/z", b"z" * 3000)
        os.mkfifo(self.room / "fifo")
        # Opening the pipe is where the command waits for us.
        process = start("create", "--force", "-o", "fifo", "source", cwd=self.room)
        with open(self.room / "fifo", "rb") as fifo:
            fifo.read(1)
            os.truncate(last, 2999)
            fifo.read()
        done = Done(process)
        self.assertEqual(1, done.status)
        self.assertRegex(done.errors, r"source/z.*3000.*2999.*IMAPI_E_DATA_STREAM_INCONSISTENCY")


class Terminal(CommandTest):
    """The line that shows how far a build is."""

    def watch(self, *arguments: str, columns: int = 80, pause: float = 0) -> str:
        """What a run says on a terminal; standard output is a pipe, read with pauses."""
        terminal, other_end = pty.openpty()
        fcntl.ioctl(other_end, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        process = start("create", *arguments, cwd=self.room, stderr=other_end)
        os.close(other_end)
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, MIB)
        said = bytearray()
        with open(terminal, "rb", buffering=0) as file:
            os.set_blocking(process.stdout.fileno(), False)
            while select.select([file], [], [], pause or 30)[0] or process.poll() is None:
                try:
                    process.stdout.read(256 * 1024)
                    if select.select([file], [], [], 0)[0]:
                        said += file.read(4096)
                except OSError:  # the other end is closed
                    break
        process.stdout.close()
        self.assertEqual(0, process.wait(30), said)
        return said.decode()

    def screen(self, said: str, columns: int) -> list[str]:
        """The lines of a terminal after all of that, and a check that none was too long."""
        lines, line, at = [], "", 0
        for character in said:
            if character == "\n":
                lines.append(line.rstrip())
                line, at = "", 0
            elif character == "\r":
                at = 0
            elif character == "\b":
                at -= 1
            else:
                self.assertLess(at, columns)
                line, at = line[:at] + character + line[at + 1:], at + 1
        return [*lines, line.rstrip()]

    def test_line_appears_and_goes(self) -> None:
        for number in range(20):
            self.put(f"source/{number}", os.urandom(MIB // 4))
        said = self.watch("-o", "out.iso", "source")
        self.assertRegex(said, r"\rscanning: \d+ files?")
        self.assertRegex(said, r"\rwriting: \[[# ]+\] \d+ %  [\d.]+ \w+ of [\d.]+ MiB")
        self.assertRegex(said, r"\[#+\] 100 %")
        self.assertEqual([""], self.screen(said, 80))

    def test_line_fits_narrow_terminals(self) -> None:
        self.put("source/file", os.urandom(MIB))
        for columns in (120, 60, 40, 20, 10, 1):
            with self.subTest(columns):
                said = self.watch("--force", "-o", "out.iso", "source", columns=columns)
                self.assertEqual([""], self.screen(said, max(columns, 2)))
                self.assertIn("\rwriting"[:max(columns - 1, 1)], said)

    def test_notes_stay(self) -> None:
        self.put("source/file")
        (self.room / "source/link").symlink_to("file")
        lines = self.screen(self.watch("-o", "out.iso", "source", columns=200), 200)
        self.assertEqual(
            ["fsimage: note: left out 1 symbolic link (--posix keeps such in UDF; --follow-links "
             "takes what links lead to; --strict makes this an error)", ""], lines)

    def test_rate_and_time_left_come_at_most_ten_times_a_second(self) -> None:
        self.put("source/file", os.urandom(40 * MIB))
        begin = time.monotonic()
        said = self.watch("-o", "-", "source", pause=0.005)
        seconds = time.monotonic() - begin
        self.assertRegex(said, r"\d+ %  [\d.]+ MiB of [\d.]+ MiB  [\d.]+ \w+/s  \d+:\d\d left")
        self.assertGreater(seconds, 0.5)
        # Besides, the first and the last are drawn at once.
        self.assertLessEqual(len(re.findall("\rwriting", said)), seconds * 10 + 2)

    def test_no_line_where_none_is_wanted(self) -> None:
        self.put("source/file", os.urandom(MIB))
        for option in ("-q", "--json"):
            with self.subTest(option):
                self.assertEqual("", self.watch("--force", option, "-o", "out.iso", "source"))
        done = self.create("--force", "-o", "out.iso", "source")
        self.assertEqual("", done.errors)


if __name__ == "__main__":
    unittest.main()
