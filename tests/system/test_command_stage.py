#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are copied when they are added, and standard input as one of them."""

import os
import pty
import signal
import subprocess
import time
import unittest
from pathlib import Path

import iso_tree
from command_case import CommandTest, start

MIB = 1 << 20


class StageTest(CommandTest):
    """A test that looks at files of the image."""

    def content(self, image: str, path: str) -> bytes:
        """What a file of an image holds."""
        return iso_tree.content(self.room / image, iso_tree.read(self.room / image)[path])


class StandardInput(StageTest):
    """TARGET=-"""

    def setUp(self) -> None:
        super().setUp()
        self.put("folder/a", b"A")
        self.data = os.urandom(3 * MIB + 77)

    def create_from(self, data: bytes, *arguments: str, **options: object) -> bytes:
        """Run "create" with that on a pipe as its input; its standard output."""
        process = start("create", *arguments, stdin=subprocess.PIPE, cwd=self.room, **options)
        output, errors = process.communicate(data, timeout=120)
        self.assertEqual(0, process.returncode, errors)
        return output

    def test_pipe_becomes_a_file(self) -> None:
        self.create_from(self.data, "-o", "a.iso", "sub/stream.bin=-", "folder")
        self.assertEqual(self.data, self.content("a.iso", "sub/stream.bin"))
        self.assertEqual(b"A", self.content("a.iso", "a"))

    def test_empty_pipe_becomes_an_empty_file(self) -> None:
        self.create_from(b"", "-o", "a.iso", "nothing=-")
        self.assertEqual(b"", self.content("a.iso", "nothing"))

    def test_input_and_output_may_both_be_pipes(self) -> None:
        (self.room / "a.iso").write_bytes(self.create_from(self.data, "-o", "-", "x=-"))
        self.assertEqual(self.data, self.content("a.iso", "x"))

    def test_file_on_standard_input_is_that_file(self) -> None:
        path = self.put("file", self.data)
        with path.open("rb") as file:
            self.create("-o", "a.iso", "x=-", stdin=file)
        self.assertEqual(self.data, self.content("a.iso", "x"))

    def test_later_source_replaces_it(self) -> None:
        self.create_from(b"piped", "-o", "a.iso", "a=-", "folder")
        self.assertEqual(b"A", self.content("a.iso", "a"))
        self.create_from(b"piped", "-o", "b.iso", "folder", "a=-")
        self.assertEqual(b"piped", self.content("b.iso", "a"))

    def test_same_bytes_make_the_same_image(self) -> None:
        env = {"SOURCE_DATE_EPOCH": "1700000000"}
        for name in ("a.iso", "b.iso"):
            self.create_from(self.data, "-o", name, "x=-", env=env)
        self.assertEqual((self.room / "a.iso").read_bytes(), (self.room / "b.iso").read_bytes())

    def test_it_needs_a_name_and_can_be_read_once(self) -> None:
        self.refuse("-o", "a.iso", "-", says="write TARGET=-, or ./- for a file called so")
        self.refuse("-o", "a.iso", "dir/=-", says="has no name of its own")
        self.refuse("-o", "a.iso", "a=-", "b=-", says="can be read only once")
        self.put("-", b"dash")
        self.create("-o", "a.iso", "./-")
        self.assertEqual(b"dash", self.content("a.iso", "-"))

    def test_terminal_is_refused(self) -> None:
        ours, theirs = pty.openpty()
        try:
            self.refuse("-o", "a.iso", "a=-", says="not typed at a terminal", stdin=theirs)
        finally:
            os.close(ours)
            os.close(theirs)

    def test_folder_and_the_output_itself_are_refused(self) -> None:
        folder = os.open(self.room / "folder", os.O_RDONLY)
        self.expect_code("FSI_E_DIRECTORY_NOT_SUPPORTED", "-o", "a.iso", "a=-", stdin=folder)
        os.close(folder)
        with self.put("a.iso", b"old").open("rb") as file:
            self.expect_code("FSI_E_SHARING_VIOLATION", "--force", "-o", "a.iso", "a=-", stdin=file)

    def test_full_disk_is_told(self) -> None:
        script = 'ulimit -f 100; exec "$@"'
        done = self.run_command("create", "-o", "a.iso", "--working-directory", self.room, "x=-",
                                before=("sh", "-c", script, "sh"), stdin=self.endless())
        self.assertEqual(1, done.status)
        self.assertIn("IMAPI_E_STASHFILE_WRITE_FAILURE", done.errors)
        self.assertIn("hint: --working-directory", done.errors)
        self.assertEqual({"folder"}, self.names())

    def endless(self) -> int:
        """A pipe that never ends."""
        source = subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE)
        assert source.stdout is not None
        self.addCleanup(source.wait)
        self.addCleanup(source.kill)
        self.addCleanup(source.stdout.close)
        return source.stdout.fileno()

    def wait_for_stash(self, process: subprocess.Popen[bytes], work: Path) -> None:
        """Until the command has a file in a folder, and waits for more of its input."""
        for _ in range(6000):
            for link in Path(f"/proc/{process.pid}/fd").iterdir():
                try:
                    if os.readlink(link).startswith(str(work)) and link.stat().st_size >= MIB:
                        return
                except OSError:
                    continue
            time.sleep(0.01)
        self.fail("nothing is staged")

    def start_and_stop(self, number: signal.Signals) -> tuple[int, str]:
        """Signal a command in the midst of its input: how it ended."""
        work = self.room / "work"
        work.mkdir(exist_ok=True)
        process = start("create", "-o", "a.iso", "--working-directory", "work", "x=-",
                        stdin=subprocess.PIPE, cwd=self.room)
        assert process.stdin is not None
        process.stdin.write(bytes(MIB + 100))
        process.stdin.flush()
        self.wait_for_stash(process, work)
        self.assertEqual([], os.listdir(work))
        process.send_signal(number)
        process.wait(30)
        _, errors = process.communicate()
        self.assertEqual([], os.listdir(work))
        self.assertEqual({"folder", "work"}, self.names())
        return process.returncode, errors.decode()

    def test_killed_command_leaves_nothing(self) -> None:
        self.assertEqual(-signal.SIGKILL, self.start_and_stop(signal.SIGKILL)[0])

    def test_interrupted_command_leaves_nothing(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                status, errors = self.start_and_stop(number)
                self.assertEqual(-number, status)
                self.assertIn("adding x=-: ", errors)
                self.assertIn("E_IMAPI_REQUEST_CANCELLED", errors)


class Stage(StageTest):
    """--stage"""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/a", b"A")
        self.put("source/sub/b", b"B" * 100000)
        self.put_sparse("source/sparse", 20 * MIB)
        with (self.room / "source/sparse").open("r+b") as file:
            file.seek(7 * MIB + 5)
            file.write(b"data")
        os.link(self.room / "source/a", self.room / "source/link")
        (self.room / "work").mkdir()

    def test_image_is_the_same(self) -> None:
        env = {"SOURCE_DATE_EPOCH": "1700000000"}
        for number, options in enumerate(([], ["-f", "udf", "--udf-holes"], ["-f", "iso9660"])):
            for stage in ([], ["--stage"]):
                self.create(*options, *stage, "-o", f"{number}{len(stage)}.iso", "source", env=env)
            with self.subTest(options):
                self.assertEqual((self.room / f"{number}0.iso").read_bytes(),
                                 (self.room / f"{number}1.iso").read_bytes())

    def test_working_directory_is_that_of_the_environment(self) -> None:
        env = {"TMPDIR": str(self.room / "nowhere")}
        self.create("-o", "1.iso", "source", env=env)
        self.expect_code("IMAPI_E_INVALID_WORKING_DIRECTORY", "--stage", "-o", "2.iso", "source",
                         env=env, hint="--working-directory")
        self.create("--stage", "--working-directory", "work", "-o", "2.iso", "source", env=env)
        self.create("--stage", "-o", "3.iso", "source", env={"TMPDIR": "work"})
        self.create("--stage", "-o", "4.iso", "source", env={"TMPDIR": ""})

    def test_changed_source_is_as_it_was(self) -> None:
        """A file that changes behind its addition, when the input that follows comes."""
        for options, expected in (([], 1), (["--stage"], 0)):
            with self.subTest(options):
                self.put("source/a", b"A")
                process = start("create", "--force", *options, "-o", "a.iso",
                                "--working-directory", "work", "source", "x=-",
                                stdin=subprocess.PIPE, cwd=self.room)
                assert process.stdin is not None
                # What is written is read when all sources before it were added.
                process.stdin.write(bytes(MIB))
                process.stdin.flush()
                self.put("source/a", b"longer than it was")
                _, errors = process.communicate(timeout=60)
                self.assertEqual(expected, process.returncode, errors)
                if expected == 0:
                    self.assertEqual(b"A", self.content("a.iso", "a"))

    def test_nothing_is_left(self) -> None:
        self.create("--stage", "--working-directory", "work", "-o", "1.iso", "source")
        self.assertEqual([], os.listdir(self.room / "work"))


if __name__ == "__main__":
    unittest.main()
