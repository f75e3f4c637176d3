#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fsimage info and fsimage ls: what they tell of an image, to people and to programs."""

import os
import pty
import shutil
import socket
import stat
import subprocess
import unittest
from pathlib import Path

import udf_patch
from command_case import CommandTest, Done, start

REVISIONS = ("1.02", "1.50", "2.00", "2.01", "2.50", "2.60")
TIME = "1700000000"  # 2023-11-14 22:13:20 UTC
NANOSECONDS = 1_600_000_000_123_456_000  # 2020-09-13 12:26:40


class ReadTest(CommandTest):
    """A test that looks into an image."""

    command = ""

    def tell(self, *arguments: str | bytes | Path, **options: object) -> Done:
        """Run the command and expect that it succeeds without a word beside."""
        done = self.run_command(self.command, *arguments, **options)
        self.assertEqual((0, ""), (done.status, done.errors))
        return done

    def fail_to_tell(self, code: str, *arguments: str | Path, says: str = "") -> Done:
        """Run the command and expect that it fails with a code."""
        done = self.run_command(self.command, *arguments)
        self.assertEqual(1, done.status, done.errors)
        self.assertRegex(done.errors, rf"(?m)^fsimage: .*: .* \({code} 0x[0-9A-F]{{8}}\)$")
        self.assertIn(says, done.errors)
        return done

    def refuse_here(self, *arguments: str, says: str) -> None:
        """Run the command and expect that its command line is refused."""
        done = self.run_command(self.command, *arguments)
        self.assertEqual((2, ""), (done.status, done.output), done.errors)
        self.assertIn(says, done.errors)
        self.assertIn(f"try 'fsimage {self.command} --help'", done.errors)

    def read_terminal(self, *arguments: str) -> bytes:
        """What the command prints on a terminal."""
        master, slave = pty.openpty()
        process = start(self.command, *arguments, stdout=slave, cwd=self.room)
        os.close(slave)
        seen = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        os.close(master)
        self.assertEqual(0, Done(process).status)
        return seen.replace(b"\r\n", b"\n")


class Info(ReadTest):
    """fsimage info."""

    command = "info"

    def setUp(self) -> None:
        super().setUp()
        self.put("source/a/b/file", b"1")
        self.put("source/file", b"2")

    def image(self, *arguments: str, name: str = "image.iso") -> Path:
        """An image with a name and a time."""
        self.create("-q", "-V", "A Name", "--force", *arguments, "-o", name, "source",
                    env={"SOURCE_DATE_EPOCH": TIME})
        return self.room / name

    def test_each_revision(self) -> None:
        for revision in REVISIONS:
            with self.subTest(revision):
                path = self.image("-f", "udf", "--udf-revision", revision)
                told = self.tell("--json", path).object
                size = path.stat().st_size
                self.assertEqual((size // 2048, 2048, size, None),
                                 tuple(told[key] for key in ("blocks", "block_size", "bytes",
                                                             "bootable")))
                self.assertEqual([{"first_block": 0, "end_block": size // 2048,
                                   "session_block": 0, "anchor_block": 0,
                                   "file_systems": ["udf"], "label": "A Name"}],
                                 told["sessions"])
                (udf,) = told["file_systems"]
                expected = {"name": "UDF", "view": "udf", "readable": True, "revision": revision,
                            "minimum_write_revision": revision, "label": "A Name",
                            "volume": "A Name", "files": 2, "directories": 2,
                            "integrity": "closed", "block_size": 2048,
                            "recorded": "2023-11-14T22:13:20.000000Z",
                            "other_anchors": False, "from_reserve": False}
                self.assertEqual(expected, {key: udf[key] for key in expected})
                kinds = [one["kind"] for one in udf["partitions"]]
                has_metadata = revision >= "2.50"
                self.assertEqual(["physical"] + ["metadata"] * has_metadata, kinds)
                self.assertEqual({"read-only"}, {one["access"] for one in udf["partitions"]})

    def test_lines_for_people(self) -> None:
        path = self.image("-f", "udf", "--udf-revision", "2.50")
        lines = self.tell(path, env={"TZ": "UTC"}).output.splitlines()
        blocks = path.stat().st_size // 2048
        self.assertRegex(lines[0], rf"image\.iso: {blocks} blocks, .*, bootable: unknown$")
        self.assertEqual("UDF 2.50", lines[1])
        for line in ("name            A Name", "content         2 files, 2 directories",
                     "recorded        2023-11-14 22:13:20", "integrity       closed"):
            self.assertIn(f"  {line}", lines)

    def test_bridge_has_all_its_file_systems(self) -> None:
        told = self.tell("--json", self.image()).object
        self.assertEqual(["iso9660", "joliet", "udf"],
                         [one["view"] for one in told["file_systems"]])
        self.assertEqual({"readable": True, "label": "A_NAME", "rock_ridge": False, "files": 2},
                         {key: told["file_systems"][0][key]
                          for key in ("readable", "label", "rock_ridge", "files")})
        self.assertFalse(told["bootable"])
        lines = self.tell("image.iso").output.splitlines()
        self.assertEqual(["ISO 9660", "Joliet level 3", "UDF 1.02", "Disc"],
                         [line for line in lines[1:] if not line.startswith(" ")])

    def test_rock_ridge_and_el_torito(self) -> None:
        self.put("source/boot", bytes(2048))
        subprocess.run(["genisoimage", "-quiet", "-R", "-b", "boot", "-no-emul-boot", "-o",
                        "other.iso", "source"], cwd=self.room, check=True)
        told = self.tell("--json", "other.iso").object
        self.assertEqual((True, True), (told["bootable"], told["file_systems"][0]["rock_ridge"]))
        lines = self.tell("other.iso").output
        self.assertIn("bootable: yes (El Torito)\nISO 9660 with Rock Ridge\n", lines)

    def test_times_are_local(self) -> None:
        path = self.image("-f", "udf")
        self.assertIn("2023-11-15 07:13:20", self.tell(path, env={"TZ": "JST-9"}).output)

    def test_damage_is_told(self) -> None:
        path = self.image("-f", "udf")
        image = bytearray(path.read_bytes())
        # ECMA-167 3/8.4.2: the main and the reserve volume descriptor sequence.
        anchor = 256 * 2048
        for at in (anchor + 16, anchor + 24):
            first = int.from_bytes(image[at + 4:at + 8], "little") * 2048
            image[first:first + 16 * 2048] = b"\x55" * (16 * 2048)
        path.write_bytes(image)
        done = self.fail_to_tell("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", "--json", path)
        self.assertEqual(["error"], list(done.object))

    def test_reserve_is_told(self) -> None:
        path = self.image("-f", "udf")
        image = bytearray(path.read_bytes())
        anchor = 256 * 2048
        first = int.from_bytes(image[anchor + 20:anchor + 24], "little") * 2048
        image[first:first + 16 * 2048] = bytes(16 * 2048)
        path.write_bytes(image)
        self.assertTrue(self.tell("--json", path).object["file_systems"][0]["from_reserve"])
        self.assertIn("their reserve was read", self.tell(path).output)

    def test_what_is_no_image(self) -> None:
        self.put("text", b"text" * 100_000)
        self.assertEqual([], self.tell("--json", "text").object["file_systems"])
        self.fail_to_tell("FSI_E_FILE_NOT_FOUND", "nowhere")
        self.fail_to_tell("FSI_E_DIRECTORY_NOT_SUPPORTED", "source")

    def test_wrong_command_lines(self) -> None:
        self.refuse_here(says="name one IMAGE")
        self.refuse_here("a", "b", says="name one IMAGE")
        self.refuse_here("--brief", "a", says="there is no option '--brief'")


class List(ReadTest):
    """fsimage ls."""

    command = "ls"

    def setUp(self) -> None:
        super().setUp()
        self.put("source/b", b"12345")
        self.put("source/B:c", b"")
        self.put("source/folder/in it/file", b"x" * 3000)
        self.put("source/folder/.hidden", b"h")
        os.mkfifo(self.room / "source/folder/fifo")
        (self.room / "source/a link").symlink_to("folder/in it")
        os.link(self.room / "source/b", self.room / "source/folder/b2")
        for path, folders, files in os.walk(self.room / "source", topdown=False):
            for name in (*folders, *files, "."):
                full = os.path.join(path, name)
                if not os.path.islink(full):
                    os.chmod(full, 0o755 if os.path.isdir(full) else 0o640)
                os.utime(full, ns=(NANOSECONDS, NANOSECONDS), follow_symlinks=False)
        self.create("-q", "-f", "udf", "--posix", "-o", "image.iso", "source")

    TOP = ["B:c", "a link", "b", "folder"]

    def lines(self, *arguments: str, **options: object) -> list[str]:
        """What is listed."""
        return self.tell(*arguments, **options).output.splitlines()

    def test_names_in_byte_order(self) -> None:
        for operand in ("image.iso", "image.iso:", "image.iso:/", "image.iso://"):
            self.assertEqual(self.TOP, self.lines(operand))
        for operand in ("image.iso:folder", "image.iso:/folder/"):
            self.assertEqual([".hidden", "b2", "fifo", "in it"], self.lines(operand))

    def test_file_is_listed_as_it_was_named(self) -> None:
        self.assertEqual(["folder/in it/file"], self.lines("image.iso:folder/in it/file"))
        self.assertEqual(["/b"], self.lines("image.iso:/b"))

    def test_colons(self) -> None:
        self.assertEqual(["B:c"], self.lines("image.iso:B:c"))
        os.rename(self.room / "image.iso", self.room / "image.iso:folder")
        self.assertEqual(self.TOP, self.lines("image.iso:folder"))
        self.assertEqual([".hidden", "b2", "fifo", "in it"], self.lines("image.iso:folder:folder"))
        self.put("image.iso", b"")
        self.assertEqual(self.TOP, self.lines("image.iso:folder"))

    def test_long_lines(self) -> None:
        uid, gid = os.geteuid(), os.getegid()
        time = "2020-09-13 12:26:40"
        lines = self.lines("-l", "image.iso", env={"TZ": "UTC"})
        for line, (mode, links, size, name) in zip(lines, (
                ("-rw-r-----", 1, "0", "B:c"), ("lrwxrwxrwx", 1, r"\d+", "a link -> folder/in it"),
                ("-rw-r-----", 2, "5", "b"), ("drwxr-xr-x", r"\d+", r"\d+", "folder")),
                              strict=True):
            self.assertRegex(line, rf"^{mode} +{links} +{uid} +{gid} +{size} {time} {name}$")
        (line,) = [line for line in self.lines("-l", "image.iso:folder") if "fifo" in line]
        self.assertTrue(line.startswith("prw-r----- "))

    def test_long_lines_of_devices_and_special_bits(self) -> None:
        try:
            os.mknod(self.room / "source/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
            os.mknod(self.room / "source/disk", stat.S_IFBLK | 0o660, os.makedev(259, 70000))
        except PermissionError:
            pass
        for mode in (0o4755, 0o4644, 0o2755, 0o2644, 0o1777, 0o1776):
            os.chmod(self.put(f"source/{mode:o}"), mode)
        self.create("-q", "-f", "udf", "--posix", "--force", "-o", "image.iso", "source")
        shown = {line.rsplit(" ", 1)[1]: line for line in self.lines("-l", "image.iso")}
        for name, mode in (("4755", "-rwsr-xr-x"), ("4644", "-rwSr--r--"), ("2755", "-rwxr-sr-x"),
                           ("2644", "-rw-r-Sr--"), ("1777", "-rwxrwxrwt"), ("1776", "-rwxrwxrwT")):
            self.assertEqual(mode, shown[name].split()[0])
        if (self.room / "source/null").exists():
            self.assertRegex(shown["null"], r"^crw-.* 1, 3 \d{4}-")
            self.assertRegex(shown["disk"], r"^brw-.* 259, 70000 \d{4}-")

    def test_recursion_goes_down_in_order(self) -> None:
        self.assertEqual(
            ["/:", *self.TOP, "", "/folder:", ".hidden", "b2", "fifo", "in it", "",
             "/folder/in it:", "file"], self.lines("-R", "image.iso"))
        self.assertEqual(
            ["/folder:", ".hidden", "b2", "fifo", "in it", "", "/folder/in it:", "file"],
            self.lines("-R", "image.iso:folder"))

    def test_several_operands_have_headings(self) -> None:
        self.assertEqual(
            ["image.iso:/folder/in it:", "file", "", "image.iso:/:", *self.TOP],
            self.lines("image.iso:folder/in it", "image.iso"))
        self.assertEqual(["b", "", "image.iso:/folder/in it:", "file"],
                         self.lines("image.iso:b", "image.iso:folder/in it"))

    def test_json(self) -> None:
        told = self.tell("--json", "-R", "image.iso").object
        (listing,) = told["listings"]
        self.assertEqual(("image.iso", "udf", ""),
                         (listing["image"], listing["view"], listing["path"]))
        entries = {entry["path"]: entry for entry in listing["entries"]}
        self.assertEqual({"/B:c", "/a link", "/b", "/folder", "/folder/.hidden", "/folder/b2",
                          "/folder/fifo", "/folder/in it", "/folder/in it/file"}, set(entries))
        expected = {"name": "b", "type": "file", "size": 5, "links": 2, "mode": "0640",
                    "uid": os.geteuid(), "gid": os.getegid(), "major": None, "minor": None,
                    "hidden": False, "named_streams": False, "target": None,
                    "modified": "2020-09-13T12:26:40.123456Z",
                    "accessed": "2020-09-13T12:26:40.123456Z"}
        self.assertEqual(expected, {key: entries["/b"][key] for key in expected})
        self.assertEqual(entries["/b"]["identity"], entries["/folder/b2"]["identity"])
        self.assertNotEqual(entries["/b"]["identity"], entries["/B:c"]["identity"])
        self.assertEqual(("link", "folder/in it"),
                         (entries["/a link"]["type"], entries["/a link"]["target"]))
        self.assertEqual("fifo", entries["/folder/fifo"]["type"])
        two = self.tell("--json", "image.iso:b", "image.iso:folder").object["listings"]
        self.assertEqual([["b"], [".hidden", "b2", "fifo", "in it"]],
                         [[entry["name"] for entry in one["entries"]] for one in two])

    def test_times_are_local(self) -> None:
        self.assertIn(" 2020-09-13 21:26:40 ", self.lines("-l", "image.iso",
                                                          env={"TZ": "JST-9"})[0])

    def test_control_characters_are_shown_on_a_terminal_alone(self) -> None:
        name = "line\nbreak \x1b[31mred \x7f ünder"
        self.put(f"source/evil/{name}")
        self.create("-q", "-f", "udf", "--force", "-o", "image.iso", "source")
        self.assertEqual(f"{name}\n", self.tell("image.iso:evil").output)
        self.assertEqual("line\\x0Abreak \\x1B[31mred \\x7F ünder\n".encode(),
                         self.read_terminal("image.iso:evil"))
        (entry,) = self.tell("--json", "image.iso:evil").object["listings"][0]["entries"]
        self.assertEqual(name, entry["name"])

    def test_view(self) -> None:
        self.assertEqual(self.TOP, self.lines("--view", "udf", "image.iso"))
        done = self.fail_to_tell("IMAPI_E_FILE_SYSTEM_NOT_FOUND", "--view", "joliet", "image.iso")
        self.assertIn("hint: --view udf", done.errors)

    def test_views_of_a_bridge(self) -> None:
        self.create("-q", "--force", "-o", "image.iso", "source")
        for view, expected in (("udf", ["B:c", "b", "folder"]), ("joliet", ["B_c", "b", "folder"]),
                               ("iso9660", ["B", "B_C", "FOLDER"]), ("iso", ["B", "B_C", "FOLDER"])):
            with self.subTest(view):
                self.assertEqual(expected, self.lines("--view", view, "image.iso"))
        (line,) = self.lines("-l", "--view", "joliet", "image.iso:b")
        self.assertRegex(line, r"^-\?{9} 1 \? \? 5 2020-09-13 \d\d:\d\d:40 b$")

    def test_default_view_keeps_most(self) -> None:
        for options, view in ((("-J",), "joliet"), (("-R", "-J"), "iso9660"), (("-R",), "iso9660"),
                              (("-R", "-J", "-udf"), "udf"), ((), "iso9660")):
            with self.subTest(options):
                subprocess.run(["genisoimage", "-quiet", *options, "-o", "other.iso", "source"],
                               cwd=self.room, check=True, stderr=subprocess.DEVNULL)
                told = self.tell("--json", "other.iso").object
                self.assertEqual(view, told["listings"][0]["view"])

    def test_what_is_not_there(self) -> None:
        self.fail_to_tell("IMAPI_E_ITEM_NOT_FOUND", "image.iso:nothing", says="'fsimage ls -R'")
        self.fail_to_tell("IMAPI_E_NOT_DIR", "image.iso:b/c")
        self.fail_to_tell("FSI_E_FILE_NOT_FOUND", "nowhere.iso:path", says="nowhere.iso:path")
        done = self.run_command("ls", "nowhere.iso", "image.iso")
        self.assertEqual(1, done.status)
        self.assertEqual(["image.iso:/:", *self.TOP], done.output.splitlines())

    def test_damaged_entry_is_told_and_the_rest_listed(self) -> None:
        path = self.room / "image.iso"
        image = bytearray(path.read_bytes())
        entries = self.tell("--json", path).object["listings"][0]["entries"]
        (block,) = [entry["block"] for entry in entries if entry["name"] == "B:c"]
        self.assertTrue(udf_patch.is_tag(image, block * 2048, udf_patch.FILE_ENTRY))
        image[block * 2048 + 40] ^= 0xff
        path.write_bytes(image)
        self.assertEqual(self.TOP, self.lines("image.iso"))  # which needs no entry
        done = self.fail_to_tell("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", "-l", "image.iso",
                                 says="listing image.iso:/B:c")
        self.assertIn(f"block {block}", done.errors)
        self.assertRegex(done.output.splitlines()[0], r"^\?{10} +\? +\? +\? +\? +\? +B:c$")
        self.assertEqual(4, len(done.output.splitlines()))
        done = self.fail_to_tell("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", "--json",
                                 "image.iso")
        self.assertEqual(["error"], list(done.object))

    def test_wrong_command_lines(self) -> None:
        self.refuse_here(says="name at least one IMAGE")
        self.refuse_here("-l", "--json", "image.iso", says="exclude each other")
        self.refuse_here("--view", "", "image.iso", says="must be udf, joliet or iso9660")
        self.refuse_here("-ll", "image.iso", says="option '--long' is given twice")
        self.refuse_here("-a", "image.iso", says="there is no option '-a'")


class Posix(ReadTest):
    """fsimage create --posix: what is kept, and what is told."""

    command = "ls"

    def setUp(self) -> None:
        super().setUp()
        os.setxattr(self.put("source/file"), "user.a", b"1")
        os.setxattr(self.room / "source/file", "user.b", b"2")
        (self.room / "source/link").symlink_to("nowhere")
        os.mkfifo(self.room / "source/fifo")

    def notes(self, *arguments: str) -> list[str]:
        """The notes of an image with --posix, without what they begin with."""
        errors = self.create("--posix", "--force", *arguments, "-o", "out.iso", "source").errors
        return [line.removeprefix("fsimage: note: ") for line in errors.splitlines()]

    def kinds(self) -> dict[str, str]:
        """{name: type} in the root of the image."""
        entries = self.tell("--json", "out.iso").object["listings"][0]["entries"]
        return {entry["name"]: entry["type"] for entry in entries}

    def test_all_is_kept_without_a_note(self) -> None:
        for revision in ("2.00", "2.01", "2.50", "2.60"):
            with self.subTest(revision):
                self.assertEqual([], self.notes("-f", "udf", "--udf-revision", revision))
                self.assertEqual({"file": "file", "link": "link", "fifo": "fifo"}, self.kinds())

    def test_extended_attributes_need_a_revision(self) -> None:
        for revision in ((), ("--udf-revision", "1.02"), ("--udf-revision", "1.50")):
            with self.subTest(revision):
                self.assertEqual(["left out 2 extended attributes (--udf-revision 2.00 or a later "
                                  "one keeps them)"], self.notes("-f", "udf", *revision))
        os.removexattr(self.room / "source/file", "user.a")
        self.assertEqual(["left out 1 extended attribute (--udf-revision 2.00 or a later one "
                          "keeps them)"], self.notes("-f", "udf"))

    def test_other_file_systems_go_without(self) -> None:
        after = ["--udf-revision", "2.01"]
        self.assertEqual(["1 symbolic link and 1 socket, device or FIFO are in UDF alone, as ISO "
                          "9660 and Joliet can't hold them"], self.notes(*after))
        os.unlink(self.room / "source/fifo")
        self.assertEqual(["1 symbolic link is in UDF alone, as ISO 9660 can't hold it"],
                         self.notes("-f", "iso,udf", *after))
        os.unlink(self.room / "source/link")
        self.assertEqual([], self.notes(*after))

    def test_object_counts(self) -> None:
        told = self.create("--posix", "--json", "-o", "1.iso", "source").object
        self.assertEqual({"links": 1, "special": 1, "extended_attributes": 0}, told["kept"])
        self.assertEqual(2, told["skipped"]["extended_attributes"])
        told = self.create("--posix", "--json", "--udf-revision", "2.01", "-o", "2.iso",
                           "source").object
        self.assertEqual({"links": 1, "special": 1, "extended_attributes": 2}, told["kept"])
        self.assertEqual(0, told["skipped"]["extended_attributes"])

    def test_strict_has_nothing_to_refuse(self) -> None:
        self.assertEqual([], self.notes("-f", "udf", "--udf-revision", "2.01", "--strict"))
        done = self.expect_code("IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED", "--strict", "-o",
                                "no.iso", "source", hint="--posix keeps it in UDF")
        self.assertNotIn("no.iso", self.names())
        self.assertIn("--follow-links", done.errors)

    def test_followed_links_are_no_links(self) -> None:
        (self.room / "source/link").unlink()
        (self.room / "source/link").symlink_to("file")
        self.assertEqual([], self.notes("-f", "udf", "--udf-revision", "2.01", "--follow-links"))
        self.assertEqual({"file": "file", "link": "file", "fifo": "fifo"}, self.kinds())

    def test_attributes_of_a_file_with_another_name_are_told(self) -> None:
        done = self.create("--posix", "--udf-revision", "2.01", "-f", "udf", "-o", "out.iso",
                           "other=source/file")
        self.assertIn("left out the extended attributes of 1 file that TARGET=SOURCE gives "
                      "another name", done.errors)

    def test_root_is_as_one_source_alone_is(self) -> None:
        os.chmod(self.room / "source", 0o710)
        for sources, expected in ((("source",), 0o710), (("source", "x=source"), None)):
            self.create("-q", "--posix", "-f", "udf", "--force", "-o", "out.iso", *sources)
            self.assertEqual(0, self.run_command("extract", "-q", "-C", "out",
                                                 "out.iso").status)
            mode = stat.S_IMODE((self.room / "out").stat().st_mode)
            (self.assertEqual if expected else self.assertNotEqual)(0o710, mode)
            shutil.rmtree(self.room / "out")

    def test_imapi_rules_keep_owners_too(self) -> None:
        os.chmod(self.room / "source/file", 0o604)
        self.create("-q", "--rules", "imapi", "--posix", "-f", "udf", "-o", "out.iso", "source")
        entries = self.tell("--json", "out.iso:file").object["listings"][0]["entries"]
        self.assertEqual("0604", entries[0]["mode"])

    def test_socket(self) -> None:
        with socket.socket(socket.AF_UNIX) as made:
            here = os.open(".", os.O_RDONLY)
            os.chdir(self.room / "source")
            made.bind("socket")
            os.fchdir(here)
            os.close(here)
        self.assertEqual([], self.notes("-f", "udf", "--udf-revision", "2.01"))
        self.assertEqual("socket", self.kinds()["socket"])


if __name__ == "__main__":
    unittest.main()
