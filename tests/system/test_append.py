# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands "append" and "revert", and sessions for a disc elsewhere."""

import fcntl
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "append"), str(HERE.parent / "faults")]

from calls import Fault  # noqa: E402
from command_case import CommandTest, Done  # noqa: E402
from states import Disc  # noqa: E402

import scratch  # noqa: E402

TIME = "1700000000"
_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class SessionTest(CommandTest):
    """A test with an image of one file, and a folder with another."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/one", "one")
        self.put("more/two", "two")
        self.image = self.room / "disc.iso"
        self.create("-q", "-V", "A Name", "-o", self.image, "source")

    def do(self, *arguments: str | Path, **options: object) -> Done:
        """Run the command, which must succeed."""
        done = self.run_command(*arguments, **options)
        self.assertEqual(0, done.status, done.errors)
        return done

    def fail_with(self, code: str, *arguments: str | Path, hint: str | None = None) -> str:
        """Run it; it must fail with a code and leave the image as it was."""
        old = self.image.read_bytes()
        done = self.run_command(*arguments)
        self.assertEqual(1, done.status, done.errors)
        self.assertRegex(done.errors, rf"(?m)^fsimage: .*: .* \({code} 0x[0-9A-F]{{8}}\)$")
        self.assertEqual(hint is not None, "fsimage: hint: " in done.errors, done.errors)
        self.assertIn(hint or "", done.errors)
        self.assertEqual(old, self.image.read_bytes())
        return done.errors

    def refuse_words(self, *arguments: str | Path, says: str) -> None:
        """Run it; the command line is wrong."""
        done = self.run_command(*arguments)
        self.assertEqual((2, ""), (done.status, done.output), done.errors)
        self.assertIn(says, done.errors)
        self.assertIn(f"try 'fsimage {arguments[0]} --help'", done.errors)

    def names(self, *options: str) -> list[str]:
        """All names of the image, without those of its folders."""
        lines = self.do("ls", "-R", *options, self.image).output.splitlines()
        return [line for line in lines if line and not line.endswith(":")]


class Append(SessionTest):
    """One more session."""

    def test_new_files_join_those_that_are_there(self) -> None:
        done = self.do("append", self.image, "more", "x/three=more/two")
        self.assertRegex(done.output, r"session from block 576, \d+ blocks, .*, 3 files, 1 dir")
        self.assertEqual(["one", "two", "x", "three"], self.names())
        self.assertEqual(["one"], self.names("--session", "1"))

    def test_a_file_takes_the_place_of_one_of_the_same_path(self) -> None:
        self.do("append", "-q", self.image, "one=more/two")
        self.do("extract", "-q", "-C", "out", self.image)
        self.assertEqual("two", (self.room / "out/one").read_text())
        self.do("extract", "-q", "-C", "old", "--session", "1", self.image)
        self.assertEqual("one", (self.room / "old/one").read_text())

    def test_items_are_removed_and_moved_in_order(self) -> None:
        self.do("append", "-q", self.image, "a/b=more/two", "a/c=more/two")
        self.do("append", "-q", "--move", "a/b=b", "--remove", "/a", "--move", "one=a", self.image)
        self.assertEqual(["a", "b"], self.names())

    def test_the_name_of_the_volume_goes_on_unless_another_is_given(self) -> None:
        self.do("append", "-q", self.image, "more")
        self.do("append", "-q", "-V", "Another", self.image, "more")
        told = self.do("info", "--json", self.image).object
        self.assertEqual(["A Name", "A Name", "Another"],
                         [session["label"] for session in told["sessions"]])

    def test_a_disc_is_known_again_until_a_session_is_added(self) -> None:
        identifiers = []
        for _ in range(2):
            (self.room / "copy.iso").write_bytes(self.image.read_bytes())
            told = [self.do("info", "--json", path).object["disc_identifier"]
                    for path in (self.image, self.room / "copy.iso")]
            self.assertEqual(told[0], told[1])
            self.assertIn(f"  identifier      {told[0]}\n", self.do("info", self.image).output)
            identifiers.append(told[0])
            self.do("append", "-q", self.image, "more")
        self.assertNotEqual(identifiers[0], identifiers[1])

    def test_names_that_rock_ridge_has_kept_are_in_joliet_then(self) -> None:
        name = "A long name, kept by Rock Ridge alone.text"
        (self.room / "source" / name).write_text("text")
        subprocess.run(["genisoimage", "-quiet", "-R", "-o", self.image, "source"],
                       cwd=self.room, check=True)
        done = self.do("append", self.image, "more")
        self.assertIn("Joliet is added", done.errors)
        self.assertEqual([name, "one", "two"], self.names())
        told = self.do("info", "--json", self.image).object
        self.assertEqual(["iso9660", "joliet"], told["sessions"][-1]["file_systems"])

    def test_without_room_for_joliet_iso9660_keeps_what_it_can(self) -> None:
        self.put("source/Some.Name of 32 characters.text", "text")
        subprocess.run(["xorrisofs", "-quiet", "-o", self.image, "source"], cwd=self.room,
                       check=True)
        done = self.do("append", self.image, "more")
        self.assertIn("no room for Joliet", done.errors)
        self.assertEqual(["Some.Name of 32 characters.text", "one", "two"], self.names())

    def test_file_systems_are_those_of_before(self) -> None:
        for systems in ("iso9660", "iso9660,joliet", "udf"):
            with self.subTest(systems):
                self.create("-q", "--force", "-f", systems, "-o", self.image, "source")
                self.do("append", "-q", self.image, "more")
                told = self.do("info", "--json", self.image).object
                self.assertEqual(systems.split(","), told["sessions"][1]["file_systems"])

    def test_names_of_capitals_are_found_in_any_case(self) -> None:
        self.create("-q", "--force", "-f", "iso9660", "-o", self.image, "source", "x=more/two")
        self.do("append", "-q", "--move", "X=y", self.image, "ONE=more/two")
        self.assertEqual(["ONE", "Y"], self.names())
        self.do("extract", "-q", "-C", "out", self.image)
        self.assertEqual("two", (self.room / "out/ONE").read_text())

    def test_the_object_tells_the_session(self) -> None:
        told = self.do("append", "--json", self.image, "more").object
        self.assertEqual({"first_block": 576, "blocks": self.image.stat().st_size // 2048 - 576},
                         told["session"])
        self.assertEqual(2, told["files"])

    def test_the_same_command_makes_the_same_bytes(self) -> None:
        old = self.image.read_bytes()
        images = []
        for _ in range(2):
            self.image.write_bytes(old)
            self.do("append", "-q", self.image, "more", env={"SOURCE_DATE_EPOCH": TIME})
            images.append(self.image.read_bytes())
        self.assertEqual(*images)

    def test_a_drive_that_is_a_file_gets_the_same_session(self) -> None:
        copy = self.room / "copy.iso"
        copy.write_bytes(self.image.read_bytes())
        for disc in ((self.image,), ("--drive", f"stdio:{copy}")):
            self.do("append", "-q", *disc, "more", env={"SOURCE_DATE_EPOCH": TIME})
        self.assertEqual(self.image.read_bytes(), copy.read_bytes())

    def test_the_image_is_not_taken_into_itself(self) -> None:
        self.do("append", "-q", self.image, self.room)
        self.assertNotIn("disc.iso", self.names())

    def test_a_file_that_stands_for_a_drive_is_not_taken_into_itself(self) -> None:
        done = self.do("append", "--drive", f"stdio:{self.image}", self.room)
        self.assertIn("the output itself", done.errors)
        self.assertNotIn("disc.iso", self.names())

    def test_the_capacity_is_that_of_the_image_with_all_its_sessions(self) -> None:
        old = self.image.read_bytes()
        self.do("append", "-q", self.image, "more")
        blocks = self.image.stat().st_size // 2048
        for capacity in (blocks, blocks + 1):
            self.image.write_bytes(old)
            self.do("append", "-q", "--capacity", str(capacity), self.image, "more")
        self.image.write_bytes(old)
        for capacity in (1, len(old) // 2048, blocks - 1):
            with self.subTest(capacity):
                self.fail_with("IMAPI_E_IMAGE_(TOO_BIG|SIZE_LIMIT)", "append", "--capacity",
                               str(capacity), self.image, "more", hint="a larger --capacity")

    def test_options_of_file_systems_that_the_disc_has_are_taken(self) -> None:
        for option in (["--iso-level", "3"], ["--iso-names", "lowercase"], ["--joliet-long"],
                       ["--omit-large-files"], ["--posix"]):
            with self.subTest(option):
                self.do("append", "-q", *option, self.image, "more")

    def test_options_of_file_systems_that_the_disc_has_not_are_refused(self) -> None:
        self.create("-q", "--force", "-f", "iso9660", "-o", self.image, "source")
        old = self.image.read_bytes()
        for option, needed in (("--posix", "udf"), ("--joliet-long", "joliet"),
                               ("--omit-large-files", "udf"), ("--udf-holes", "udf alone"),
                               ("--redundant-metadata", "udf")):
            with self.subTest(option):
                self.refuse_words("append", option, self.image, "more",
                                  says=f"'{option}' needs {needed}")
        self.assertEqual(old, self.image.read_bytes())

    def test_a_copy_of_the_metadata_needs_a_disc_that_has_it_in_a_file(self) -> None:
        for revision in ("1.02", "2.01"):
            self.create("-q", "--force", "--udf-revision", revision, "-o", self.image, "source")
            for words in (["append", self.image, "more"],
                          ["revert", self.image, "--session", "1"]):
                with self.subTest(words, revision=revision):
                    self.refuse_words(*words, "--redundant-metadata",
                                      says=f"needs UDF 2.50 or later, and the disc has {revision}")
        self.create("-q", "--force", "--udf-revision", "2.50", "-o", self.image, "source")
        self.do("append", "-q", "--redundant-metadata", self.image, "more")

    def test_a_folder_that_may_not_be_written_keeps_nobody_from_its_images(self) -> None:
        folder = self.room / "images"
        folder.mkdir()
        self.image.rename(folder / "disc.iso")
        self.image = folder / "disc.iso"
        self.room.chmod(0o755)
        self.image.chmod(0o666)
        folder.chmod(0o555)
        done = self.run_command("append", "-q", self.image, "more", before=_NOBODY)
        self.assertEqual(0, done.status, done.errors)
        self.assertEqual(["one", "two"], self.names())

    def test_links_of_a_session_stay_links(self) -> None:
        os.symlink("two", self.room / "more/link")
        self.do("append", "-q", "--posix", self.image, "more")
        self.do("append", "-q", self.image, "x=more/two")
        self.assertIn("link", self.names())

    def test_a_running_append_keeps_others_out(self) -> None:
        with self.image.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.fail_with("FSI_E_SHARING_VIOLATION", "append", self.image, "more",
                           hint="try again")

    def test_what_cannot_be_continued_is_told(self) -> None:
        for code, hint, arguments in (
            ("FSI_E_FILE_NOT_FOUND", None, ["append", "nothing.iso", "more"]),
            ("FSI_E_FILE_NOT_FOUND", None, ["append", self.image, "nothing"]),
            ("IMAPI_E_ITEM_NOT_FOUND", "lists all names",
             ["append", "--remove", "x", self.image]),
            ("IMAPI_E_ITEM_NOT_FOUND", "lists all names",
             ["append", "--move", "x=y", self.image]),
            ("IMAPI_E_DUP_NAME", "make way", ["append", "--move", "one=two", self.image, "more"]),
            ("IMAPI_E_INVALID_PARAM", None, ["append", "--remove", "/", self.image]),
            ("IMAPI_E_INVALID_PATH", None, ["append", "--remove", "../x", self.image]),
            ("IMAPI_E_INVALID_PARAM", "lists the sessions",
             ["revert", "--session", "9", self.image]),
        ):
            with self.subTest(arguments):
                if code == "IMAPI_E_DUP_NAME":
                    self.do("append", "-q", self.image, "more")
                self.fail_with(code, *arguments, hint=hint)

    def test_a_disc_that_is_none_is_told(self) -> None:
        self.image.write_bytes(b"")
        self.fail_with("IMAPI_E_EMPTY_DISC", "append", self.image, "more", hint="create")
        self.image.write_bytes(b"x" * 1_000_000)
        self.fail_with("IMAPI_E_NO_SUPPORTED_FILE_SYSTEM", "append", self.image, "more",
                       hint="create")

    def test_a_file_system_that_is_not_there_is_told(self) -> None:
        self.create("-q", "--force", "-f", "iso9660", "-o", self.image, "source")
        self.fail_with("IMAPI_E_FILE_SYSTEM_NOT_FOUND", "append", "--import", "udf", self.image,
                       "more", hint="lists what")

    def test_wrong_words_are_refused(self) -> None:
        self.refuse_words("append", says="name an IMAGE")
        self.refuse_words("append", self.image, says="name at least one PATH")
        self.refuse_words("append", "-", "more", says="changed where it is")
        self.refuse_words("revert", "--session", "1", "-", says="changed where it is")
        self.refuse_words("append", "--move", "one", self.image, says="FROM=TO")
        self.refuse_words("append", "--remove", "", self.image, says="a path in the image")
        self.refuse_words("append", "--import", "fat", self.image, says="udf, joliet or iso9660")
        self.refuse_words("append", "--boot", "efi:x", self.image, says="no option '--boot'")
        self.refuse_words("revert", self.image, says="'--session' is missing")
        self.refuse_words("revert", "--session", "0", self.image, says="from 1 on")
        self.refuse_words("revert", "--session", "1", self.image, "more", says="name one IMAGE")
        self.refuse_words("revert", "--session", "1", "--drive", "stdio:x", self.image,
                          says="'--drive' takes the place of IMAGE")
        self.refuse_words("create", "-o", "x", "--previous", self.image, "more",
                          says="needs '--session-start'")
        self.refuse_words("create", "-o", "x", "--import", "udf", "more", says="'--previous'")
        self.refuse_words("create", "-o", "x", "--session-start", "2147483648", "more",
                          says="up to 2147483647")

    def test_a_signal_leaves_the_image_as_it_was(self) -> None:
        old = self.image.read_bytes()
        os.mkfifo(self.room / "fifo")
        process = subprocess.Popen(
            [self.command(), "append", "-q", str(self.image), "x=-"], cwd=self.room,
            stdin=subprocess.PIPE)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertNotEqual(0, process.returncode)
        self.assertEqual(old, self.image.read_bytes())

    @staticmethod
    def command() -> str:
        """The command under test."""
        import fsimage_command
        return str(fsimage_command.find())


class Sessions(SessionTest):
    """Going back, and sessions that are written elsewhere."""

    def test_an_earlier_session_is_shown_again_and_nothing_is_lost(self) -> None:
        self.do("append", "-q", self.image, "more")
        self.do("revert", "-q", "--session", "1", self.image)
        self.assertEqual(["one"], self.names())
        self.do("revert", "-q", "--session", "2", self.image)
        self.assertEqual(["one", "two"], self.names())
        for number, names in enumerate((["one"], ["one", "two"]) * 2, 1):
            self.assertEqual(names, self.names("--session", str(number)))
        self.assertEqual(0, self.run_command("check", self.image).status)

    def test_a_session_for_a_disc_elsewhere_is_read_on_it(self) -> None:
        blocks = self.image.stat().st_size // 2048
        for start in (blocks, blocks + 11400):
            with self.subTest(start):
                self.do("create", "-q", "--force", "-o", "second.iso", "--previous", self.image,
                        "--session-start", str(start), "more")
                disc = self.room / "both.iso"
                disc.write_bytes(self.image.read_bytes())
                os.truncate(disc, start * 2048)
                disc.write_bytes(disc.read_bytes() + (self.room / "second.iso").read_bytes())
                told = self.do("info", "--json", disc).object["sessions"]
                self.assertEqual([0, start], [session["first_block"] for session in told])
                shown = self.do("ls", "--session", "2", disc).output.split()
                self.assertEqual(["one", "two"], shown)
                checked = self.run_command("check", "--session", "2", disc)
                self.assertEqual(0, checked.status, checked.output)

    def test_each_command_reads_a_session(self) -> None:
        self.do("append", "-q", self.image, "more")
        for number in ("1", "2"):
            for words in (["ls"], ["info"], ["check"], ["extract", "-q", "-C", f"out{number}"],
                          ["map", "-o", "-"]):
                with self.subTest(words, session=number):
                    self.do(*words, "--session", number, self.image)
        for words in (["ls"], ["info"], ["check"], ["extract"], ["map", "-o", "-"]):
            with self.subTest(words):
                self.fail_with("E_INVALIDARG", *words, "--session", "3", self.image,
                               hint="lists the sessions")


    def test_the_revision_of_udf_is_that_of_the_disc(self) -> None:
        words = ["create", "-q", "--force", "-o", "second.iso", "--previous", self.image,
                 "--session-start", "576", "more", "--udf-revision"]
        self.do(*words, "1.02")
        self.refuse_words(*words, "2.01", says="'--udf-revision': the disc has 1.02")

    def test_the_limit_of_imapi_is_no_hint_for_a_disc(self) -> None:
        with (self.room / "more/large").open("wb") as file:
            file.truncate(700 * 2**20)
        done = self.run_command("create", "-o", "second.iso", "--rules", "imapi", "--previous",
                                self.image, "--session-start", "2147200000", "more")
        self.assertIn("IMAPI_E_IMAGE_SIZE_LIMIT", done.errors)
        self.assertNotIn("650 MiB", done.errors)

    def test_what_helps_is_an_option_that_the_command_has(self) -> None:
        self.put("source/one.d/x", "x")
        done = self.run_command("create", "-o", "second.iso", "--previous", self.image,
                                "--session-start", "576", "one=source/one.d")
        self.assertIn("IMAPI_E_DUP_NAME", done.errors)
        self.assertNotIn("--remove", done.errors)
        subprocess.run(["genisoimage", "-quiet", "-R", "-o", self.image, "source"],
                       cwd=self.room, check=True)
        done = self.do("revert", "--session", "1", self.image)
        self.assertIn("Joliet is added", done.errors)
        self.assertNotIn("--file-systems", done.errors)


class OtherWriters(SessionTest):
    """Sessions of those who keep no records of them."""

    def add_by_xorriso(self, image: Path, name: str) -> None:
        """Let xorriso put a folder there, in a session of its own."""
        self.put(f"{name}/file", name)
        subprocess.run(["xorriso", "-dev", f"stdio:{image}", "-joliet", "on", "-map",
                        self.room / name, f"/{name}", "-commit"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def sessions(self, image: Path) -> list[dict[str, Any]]:
        """What is told of them."""
        found: list[dict[str, Any]] = self.do("info", "--json", image).object["sessions"]
        return found

    def test_sessions_of_xorriso_are_found(self) -> None:
        image = self.room / "x.img"
        for number, name in enumerate(("a", "b", "c"), 1):
            self.add_by_xorriso(image, name)
            sessions = self.sessions(image)
            self.assertEqual(number, len(sessions))
            self.assertEqual(32, sessions[0]["first_block"])
        for number in range(1, 4):
            shown = self.do("ls", "--session", str(number), image).output.split()
            self.assertEqual(["a", "b", "c"][:number], shown)
        self.do("append", "-q", "-f", "iso9660,joliet", image, "more")
        self.assertEqual(4, len(self.sessions(image)))
        self.assertEqual(["a", "b", "c", "two"], self.do("ls", image).output.split())
        self.assertEqual(["a"], self.do("ls", "--session", "1", image).output.split())

    def test_what_xorriso_adds_to_an_image_of_ours_is_found(self) -> None:
        self.do("append", "-q", self.image, "more")
        self.add_by_xorriso(self.image, "c")
        sessions = self.sessions(self.image)
        self.assertEqual([["iso9660", "joliet", "udf"]] * 2 + [["iso9660", "joliet"]],
                         [session["file_systems"] for session in sessions])
        shown = ["ls", "--view", "joliet", "--session"]
        for number, names in enumerate((["one"], ["one", "two"], ["c", "one", "two"]), 1):
            self.assertEqual(names, self.do(*shown, str(number), self.image).output.split())
        self.do("append", "-q", self.image, "n=more/two")
        self.assertEqual(["c", "n", "one", "two"], self.do("ls", self.image).output.split())
        self.assertEqual(4, len(self.sessions(self.image)))
        self.assertEqual(0, self.run_command("check", self.image).status)

    def test_the_first_session_of_growisofs_is_told_to_be_overwritten(self) -> None:
        make = ["genisoimage", "-quiet", "-J", "-r", "-input-charset", "utf-8"]
        first, second = self.room / "first.iso", self.room / "second.iso"
        subprocess.run([*make, "-o", first, "source"], check=True, cwd=self.room)
        start = -(-first.stat().st_size // 2048 // 16) * 16
        subprocess.run([*make, "-C", f"0,{start}", "-M", first, "-o", second, "more"],
                       check=True, cwd=self.room, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        disc = bytearray(first.read_bytes().ljust(start * 2048, b"\0") + second.read_bytes())
        # It copies the new descriptors to the start, with the size of all.
        disc[16 * 2048:32 * 2048] = disc[(start + 16) * 2048:(start + 32) * 2048]
        size = len(disc) // 2048
        disc[16 * 2048 + 80:16 * 2048 + 88] = size.to_bytes(4, "little") + size.to_bytes(4, "big")
        first.write_bytes(disc)
        told = self.sessions(first)
        self.assertEqual([(0, []), (start, ["iso9660", "joliet"])],
                         [(one["first_block"], one["file_systems"]) for one in told])
        self.assertEqual(["one", "two"], self.do("ls", first).output.split())
        self.do("append", "-q", first, "x=more/two")
        self.assertEqual(3, len(self.sessions(first)))
        self.assertEqual(["one", "two"], self.do("ls", "--session", "2", first).output.split())


class Safety(unittest.TestCase):
    """One of what tests/append/run does many times."""

    def test_killed_before_each_call_that_writes(self) -> None:
        with scratch.folder() as folder:
            disc = Disc(folder, "iso9660,joliet,udf")
            numbers: dict[str, int] = {}
            for call in disc.reference.calls:
                numbers[call.name] = numbers.get(call.name, 0) + 1
                if call.path != str(disc.image) or "pwrite" not in call.name:
                    continue
                fault = Fault(call.name, numbers[call.name], "kill")
                with self.subTest(fault=fault):
                    self.assertEqual(-signal.SIGKILL, disc.add(fault).status)
                    self.assertIsNone(disc.judge()[1])

    def test_a_full_disk_leaves_the_image_as_it_was(self) -> None:
        with scratch.folder() as folder:
            disc = Disc(folder, "iso9660,joliet,udf")
            name = next(call.name for call in disc.reference.calls if "pwrite" in call.name)
            outcome = disc.add(Fault(name, 1, "ENOSPC+"))
            self.assertIn("FSI_E_DISK_FULL", outcome.errors)
            self.assertEqual("before, to the byte", disc.judge()[0])
