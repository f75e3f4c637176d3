#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command takes in: operands, grafts, patterns, links, and what can't be read."""

import os
import socket
import unittest
from pathlib import Path

import iso_tree
from command_case import CommandTest, Done

# Root reads everything, unless it gives that up.
_WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") \
    if os.geteuid() == 0 else ()


class SourceTest(CommandTest):
    """A test that looks at the tree of the image."""

    def tree(self, *arguments: str | bytes | Path, **options: object) -> dict[str, bytes | None]:
        """Make an image: {path in Joliet: content, None for a folder}."""
        self.done = self.create("--force", "-o", self.room / "out.iso", *arguments, **options)
        return self.read()

    def read(self) -> dict[str, bytes | None]:
        """The tree of the image that was made last."""
        image = self.room / "out.iso"
        return {path: None if entry.is_folder else iso_tree.content(image, entry)
                for path, entry in iso_tree.read(image).items()}


class Operands(SourceTest):
    """PATH and TARGET=SOURCE."""

    def setUp(self) -> None:
        super().setUp()
        self.put("folder/a", b"A")
        self.put("folder/sub/b", b"B")
        self.put("file", b"F")
        (self.room / "empty").mkdir()

    FOLDER = {"a": b"A", "sub": None, "sub/b": b"B"}

    def test_folder_adds_its_contents_to_the_root(self) -> None:
        for form in ("folder", "folder/", "folder//", "./folder", "empty/../folder",
                     self.room / "folder", "folder/sub/.."):
            with self.subTest(form):
                self.assertEqual(self.FOLDER, self.tree(form))
        for form in (".", "./", "sub/.."):
            with self.subTest(form, inside=True):
                self.assertEqual(self.FOLDER, self.tree(form, cwd=self.room / "folder"))
        self.assertEqual(self.FOLDER, self.tree("..", cwd=self.room / "folder/sub"))

    def test_file_adds_itself_under_the_last_part_of_its_name(self) -> None:
        for form in ("folder/sub/b", "./folder/sub/b", self.room / "folder/sub/b"):
            with self.subTest(form):
                self.assertEqual({"b": b"B"}, self.tree(form))

    def test_empty_folder_makes_an_empty_image(self) -> None:
        self.assertEqual({}, self.tree("empty"))

    def test_folder_is_grafted(self) -> None:
        expected = {"x": None, "x/y": None}
        expected |= {f"x/y/{path}": what for path, what in self.FOLDER.items()}
        for target in ("x/y", "/x/y", "x/y/", "//x//y//"):
            with self.subTest(target):
                self.assertEqual(expected, self.tree(f"{target}=folder"))
        self.assertEqual({"x": None}, self.tree("x=empty"))
        for target in ("/", "//"):
            with self.subTest(target):
                self.assertEqual(self.FOLDER, self.tree(f"{target}=folder"))

    def test_file_is_grafted(self) -> None:
        for target in ("x/y", "/x/y", "//x//y"):
            with self.subTest(target):
                self.assertEqual({"x": None, "x/y": b"F"}, self.tree(f"{target}=file"))
        for target in ("x/", "/x/", "x//"):
            with self.subTest(target):
                self.assertEqual({"x": None, "x/file": b"F"}, self.tree(f"{target}=file"))
        self.assertEqual({"file": b"F"}, self.tree("/=file"))
        self.assertEqual({"z": b"F"}, self.tree("z=file"))

    def test_graft_uses_folders_that_are_there(self) -> None:
        tree = self.tree("folder", "sub/c=file", "sub/d/e=file", "sub=empty")
        self.assertEqual(self.FOLDER | {"sub/c": b"F", "sub/d": None, "sub/d/e": b"F"}, tree)

    def test_backslash_protects_an_equals_sign_and_itself(self) -> None:
        names = {"a=b": b"1", "a\\": b"2", "\\x": b"3", "=": b"4", "a\\=b": b"5"}
        for name, content in names.items():
            self.put(name, content)
        for operand, expected in (
                (r"a\=b", {"a=b": b"1"}),
                (r"\=", {"=": b"4"}),
                ("a\\\\", {"a_": b"2"}),        # Joliet has no backslash
                ("\\x", {"_x": b"3"}),
                ("\\\\x", {"_x": b"3"}),
                (r"a\\\=b", {"a_=b": b"5"}),
                (r"c\=d=file", {"c=d": b"F"}),
                (r"c\=d=a\=b", {"c=d": b"1"}),
                ("c=a=b", {"c": b"1"}),          # only the first one separates
                (r"c==", {"c": b"4"}),
                (r"c\\=file", {"c_": b"F"})):
            with self.subTest(operand):
                self.assertEqual(expected, self.tree(operand))

    def test_target_has_no_dots(self) -> None:
        for target in (".", "..", "./x", "x/../y", "x/.", "x/./"):
            with self.subTest(target):
                self.expect_code("IMAPI_E_INVALID_PATH", "-o", "no.iso", f"{target}=file",
                                 hint="TARGET=SOURCE")

    def test_name_with_an_equals_sign_is_explained(self) -> None:
        self.put("a=b")
        self.expect_code("FSI_E_FILE_NOT_FOUND", "-o", "no.iso", "a=b",
                         hint="write a backslash before")
        self.expect_code("FSI_E_FILE_NOT_FOUND", "-o", "no.iso", "c=d")
        self.assertNotIn("no.iso", self.names())

    def test_later_file_replaces_an_earlier_one(self) -> None:
        self.put("other/a", b"other")
        self.put("other/c", b"C")
        self.assertEqual(self.FOLDER | {"a": b"other", "c": b"C"}, self.tree("folder", "other"))
        self.assertEqual(self.FOLDER | {"c": b"C"}, self.tree("other", "folder"))
        self.assertEqual(self.FOLDER | {"a": b"F"}, self.tree("folder", "a=file"))
        self.assertEqual(self.FOLDER | {"a": b"other"}, self.tree("folder", "other/a"))
        self.assertEqual(self.FOLDER | {"sub/b": b"F"}, self.tree("folder", "sub/b=file"))
        self.assertIn("2 files, 1 directory", self.done.output)

    def test_file_and_folder_do_not_replace_each_other(self) -> None:
        for operands in (("folder", "sub=file"), ("sub=file", "folder"), ("file", "file/x=file"),
                         ("file", "file=folder")):
            with self.subTest(operands):
                self.expect_code("IMAPI_E_DUP_NAME", "-o", "no.iso", *operands,
                                 hint="TARGET=SOURCE")

    def test_both_slashes_separate_under_imapi_rules(self) -> None:
        self.assertEqual({"x": None, "x/y": None, "x/y/z": b"F"},
                         self.tree("--rules", "imapi", "x\\y/z=file"))
        self.assertEqual({"x_y": None, "x_y/z": b"F"}, self.tree("x\\y/z=file"))
        self.put("odd\\name")
        self.expect_code("IMAPI_E_INVALID_PATH", "--rules", "imapi", "-o", "no.iso", "odd\\name",
                         hint="--rules linux")

    def test_source_that_is_not_there_is_told_before_anything_is_read(self) -> None:
        os.mkfifo(self.room / "fifo")
        for operand, code in (("nothing", "FSI_E_FILE_NOT_FOUND"),
                              ("x=nothing", "FSI_E_FILE_NOT_FOUND"),
                              ("file/x", "FSI_E_DIRECTORY"), ("file/", "FSI_E_DIRECTORY"),
                              ("n" * 300, "FSI_E_FILENAME_EXCED_RANGE"),
                              ("fifo", "IMAPI_E_NOT_FILE"), ("x=fifo", "IMAPI_E_NOT_FILE"),
                              ("/dev/null", "IMAPI_E_NOT_FILE")):
            with self.subTest(operand):
                # The first source would be refused too, if it were looked at.
                self.put(b"bad/\xff")
                self.expect_code(code, "-o", "no.iso", "bad", operand)
                self.assertNotIn("no.iso", self.names())


class Excluded(SourceTest):
    """--exclude"""

    def setUp(self) -> None:
        super().setUp()
        for name in ("a.o", "a.c", ".hidden.o", "src/b.o", "src/b.c", "src/deep/c.o", "obj/keep",
                     "src/obj/d", "é.txt"):
            self.put(f"source/{name}")

    def left(self, *patterns: str, operands: tuple[str, ...] = ("source",)) -> set[str]:
        options = [word for pattern in patterns for word in ("--exclude", pattern)]
        return {path for path, what in self.tree(*options, *operands).items() if what is not None}

    ALL = {"a.o", "a.c", ".hidden.o", "src/b.o", "src/b.c", "src/deep/c.o", "obj/keep", "src/obj/d",
           "é.txt"}

    def test_patterns(self) -> None:
        for pattern, gone in (
                ("*.o", {"a.o", ".hidden.o", "src/b.o", "src/deep/c.o"}),
                ("a.o", {"a.o"}),
                ("A.O", set()),
                ("[ab].[oc]", {"a.o", "a.c", "src/b.o", "src/b.c"}),
                ("?.txt", {"é.txt"}),             # a character, not a byte
                ("obj", {"obj/keep", "src/obj/d"}),
                ("obj/", {"obj/keep", "src/obj/d"}),
                ("a.o/", set()),                  # it is no folder
                ("/obj", {"obj/keep"}),
                ("/obj/", {"obj/keep"}),
                ("src/*.o", {"src/b.o"}),         # "*" matches no "/"
                ("src/*/*.o", {"src/deep/c.o"}),
                ("/src/b.?", {"src/b.o", "src/b.c"}),
                ("src/obj", {"src/obj/d"}),
                ("deep/c.o", set()),              # a path begins at the source folder
                ("source/a.o", set()),
                ("*", self.ALL)):
            for language in ("C", "C.UTF-8"):
                with self.subTest(pattern, language=language):
                    tree = self.tree("--exclude", pattern, "source", env={"LC_ALL": language})
                    self.assertEqual(self.ALL - gone,
                                     {path for path, what in tree.items() if what is not None})

    def test_several_patterns(self) -> None:
        self.assertEqual({"obj/keep", "é.txt"}, self.left("*.[oc]", "/src"))

    def test_pattern_is_compared_with_the_path_in_its_own_source(self) -> None:
        rest = self.ALL - {"a.o"}
        self.assertEqual(rest | {f"x/{name}" for name in rest},
                         self.left("/a.o", operands=("source", "x=source")))

    def test_what_the_command_line_names_is_taken(self) -> None:
        self.assertEqual({"a.o", "b.o"},
                         self.left("*.o", operands=("source/a.o", "b.o=source/src/b.o")))

    def test_excluded_is_counted(self) -> None:
        done = self.create("--json", "--exclude", "*.o", "--exclude", "/obj", "-o", "out.iso",
                           "source")
        self.assertEqual(5, done.object["skipped"]["excluded"])

    def test_what_is_excluded_is_not_looked_at(self) -> None:
        self.put(b"source/\xff\xfe")
        self.expect_code("IMAPI_E_INVALID_PATH", "-o", "out.iso", "source", hint="--exclude")
        self.assertEqual(self.ALL, self.left("[!.a-zé]*"))


class Links(SourceTest):
    """Symbolic links, sockets, devices, FIFOs."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/file", b"F")
        self.put("source/folder/inner", b"I")

    def link(self, name: str, target: str) -> None:
        (self.room / name).symlink_to(target)

    def notes(self, done: Done) -> list[str]:
        return [line for line in done.errors.splitlines() if "left out" in line]

    def test_nothing_left_out_is_not_told(self) -> None:
        self.assertEqual([], self.notes(self.create("-o", "out.iso", "source")))

    def test_what_is_left_out_is_counted_in_one_line(self) -> None:
        self.link("source/link", "file")
        self.tree("source")
        self.assertEqual(
            ["fsimage: note: left out 1 symbolic link (--posix keeps such in UDF; --follow-links "
             "takes what links lead to; --strict makes this an error)"], self.notes(self.done))
        self.link("source/folder/other", "..")
        os.mkfifo(self.room / "source/fifo")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(self.room / "source/socket"))
        self.assertEqual({"file", "folder", "folder/inner"}, set(self.tree("source")))
        self.assertEqual(
            ["fsimage: note: left out 2 symbolic links and 2 sockets, devices or FIFOs "
             "(--posix keeps such in UDF; --follow-links takes what links lead to; --strict "
             "makes this an error)"],
            self.notes(self.done))
        done = self.create("--json", "-q", "-o", "2.iso", "source")
        self.assertEqual({"links": 2, "special": 2, "loops": 0, "excluded": 0},
                         done.object["skipped"])
        self.assertEqual("", done.errors)

    def test_special_file_alone(self) -> None:
        os.mkfifo(self.room / "source/fifo")
        self.tree("source")
        self.assertEqual(
            ["fsimage: note: left out 1 socket, device or FIFO (--posix keeps such in UDF; "
             "--strict makes this an error)"],
            self.notes(self.done))

    def test_strict_refuses_each_kind(self) -> None:
        self.create("--strict", "-o", "out.iso", "source")
        code = "IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED"
        self.link("source/link", "file")
        done = self.expect_code(code, "--strict", "-o", "no.iso", "source", hint="--follow-links")
        self.assertIn("source/link", done.errors)
        (self.room / "source/link").unlink()
        os.mkfifo(self.room / "source/folder/fifo")
        done = self.expect_code(code, "--strict", "-o", "no.iso", "source", hint="without --strict")
        self.assertIn("source/folder/fifo", done.errors)
        self.create("--strict", "--exclude", "fifo", "-o", "2.iso", "source")
        self.assertNotIn("no.iso", self.names())

    def test_followed_links(self) -> None:
        self.put("outside/far", b"O")
        self.link("source/to file", "folder/inner")
        self.link("source/to folder", "../outside")
        self.link("source/to link", "to file")
        self.assertEqual({"file": b"F", "folder": None, "folder/inner": b"I", "to file": b"I",
                          "to link": b"I", "to folder": None, "to folder/far": b"O"},
                         self.tree("--follow-links", "source"))
        self.assertEqual([], self.notes(self.done))
        self.create("--follow-links", "--strict", "-o", "strict.iso", "source")

    def test_followed_loops_are_left_out(self) -> None:
        self.link("source/folder/up", "..")
        self.link("source/self", "self")
        tree = self.tree("--follow-links", "source")
        self.assertEqual({"file", "folder", "folder/inner"}, set(tree))
        self.assertEqual(
            ["fsimage: note: left out 2 symbolic links that lead back into their own path"],
            self.notes(self.done))
        self.expect_code("IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED", "--follow-links", "--strict",
                         "-o", "no.iso", "source", hint="without --strict")

    def test_followed_links_across_each_other_end(self) -> None:
        self.link("source/folder/to other", "../other")
        self.put("source/other/file")
        self.link("source/other/to folder", "../folder")
        tree = self.tree("--follow-links", "source")
        self.assertIn("folder/to other/file", tree)
        self.assertIn("other/to folder/inner", tree)
        self.assertNotIn("folder/to other/to folder", tree)

    def test_followed_link_that_leads_nowhere(self) -> None:
        self.link("source/lost", "nowhere")
        self.tree("--follow-links", "source")
        self.assertEqual(["fsimage: note: left out 1 symbolic link that leads nowhere"],
                         self.notes(self.done))
        self.expect_code("IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED", "--follow-links", "--strict",
                         "-o", "no.iso", "source", hint="without --strict")

    def test_operand_that_is_a_link_is_followed(self) -> None:
        self.link("to folder", "source/folder")
        self.link("to file", "source/file")
        self.link("lost", "nowhere")
        self.assertEqual({"inner": b"I"}, self.tree("to folder"))
        self.assertEqual({"inner": b"I"}, self.tree("--strict", "to folder/"))
        self.assertEqual({"to file": b"F"}, self.tree("--strict", "to file"))
        self.assertEqual({"x": None, "x/inner": b"I"}, self.tree("x=to folder"))
        self.assertEqual({"x": b"F"}, self.tree("x=to file"))
        self.expect_code("FSI_E_FILE_NOT_FOUND", "-o", "no.iso", "lost")


class Unreadable(SourceTest):
    """Names that are no text, and what may not be read."""

    def test_name_that_is_not_utf8_is_shown_with_its_bytes(self) -> None:
        hint = "--exclude"
        for operand, path, wanted in (
                (b"source", b"source/caf\xe9 \xf0\x9f", hint), (b"caf\xe9", b"caf\xe9", hint),
                (b"t=folder", b"folder/caf\xe9/x", hint), (b"caf\xe9=folder", b"folder/x", None),
                (b"caf\xe9/=caf\xe9", b"source/x", None)):
            self.put(path)
            with self.subTest(operand):
                done = self.expect_code("IMAPI_E_INVALID_PATH", "--json", "-o", "no.iso", operand,
                                        hint=wanted)
                self.assertIn(r"caf\xE9", done.errors)
                self.assertIn(r"caf\xE9", json_text(done))
                self.assertNotIn("no.iso", self.names())

    def test_target_gives_a_file_a_name_that_is_text(self) -> None:
        self.put(b"caf\xe9", b"C")
        self.assertEqual({"café": b"C"}, self.tree("café=".encode() + b"caf\xe9"))

    def run_without_privileges(self, code: str, *arguments: str, name: str) -> None:
        self.room.chmod(0o755)
        done = self.expect_code(code, "-o", "no.iso", *arguments, hint="--exclude",
                                before=_WITHOUT_PRIVILEGES)
        self.assertIn(name, done.errors)
        self.assertIn("Permission denied", done.errors)
        self.assertNotIn("no.iso", self.names())

    def test_file_that_may_not_be_read(self) -> None:
        self.put("source/secret").chmod(0)
        for operands in (("source",), ("source/secret",), ("x=source/secret",)):
            with self.subTest(operands):
                self.run_without_privileges("IMAPI_E_DATA_STREAM_CREATE_FAILURE", *operands,
                                            name="source/secret")
        self.create("--exclude", "secret", "-o", "yes.iso", "source", before=_WITHOUT_PRIVILEGES)

    def test_folder_that_may_not_be_read(self) -> None:
        self.put("source/secret/file")
        (self.room / "source/secret").chmod(0)
        for operands in (("source",), ("source/secret",), ("x=source/secret",)):
            with self.subTest(operands):
                self.run_without_privileges("IMAPI_E_DIRECTORY_READ_FAILURE", *operands,
                                            name="source/secret")
        self.create("--exclude", "/secret/", "-o", "yes.iso", "source", before=_WITHOUT_PRIVILEGES)


def json_text(done: Done) -> str:
    """All texts of an error that was told as JSON."""
    error = done.object["error"]
    return error["doing"] + error["message"]


class Shared(SourceTest):
    """Files that are the same take their room once."""

    CONTENT = bytes(range(256)) * 4096

    def blocks(self, *operands: str) -> int:
        done = self.create("--force", "--json", "-o", "out.iso", *operands)
        return int(done.object["blocks"])

    def places(self) -> set[int]:
        tree = iso_tree.read(self.room / "out.iso")
        return {entry.block for entry in tree.values() if entry.size == len(self.CONTENT)}

    def test_same_source_twice(self) -> None:
        self.put("one/file", self.CONTENT)
        once = self.blocks("one")
        twice = self.blocks("one", "other=one", "third=one/file")
        self.assertEqual(1, len(self.places()))
        self.assertLess(twice - once, len(self.CONTENT) // 2048)

    def test_hard_links(self) -> None:
        first = self.put("source/a/first", self.CONTENT)
        self.put("source/b/x")
        once = self.blocks("source")
        os.link(first, self.room / "source/b/second")
        os.link(first, self.room / "third")
        twice = self.blocks("source", "third")
        self.assertEqual(1, len(self.places()))
        self.assertLess(twice - once, len(self.CONTENT) // 2048)

    def test_copies_are_not_shared(self) -> None:
        self.put("source/first", self.CONTENT)
        self.put("source/second", self.CONTENT)
        self.blocks("source")
        self.assertEqual(2, len(self.places()))


class OutputInside(SourceTest):
    """The image is not taken into itself."""

    ENV = {"SOURCE_DATE_EPOCH": "1700000000"}

    def setUp(self) -> None:
        super().setUp()
        self.put("source/file", b"F")

    def test_existing_output_is_left_out(self) -> None:
        for operand, output in (("source", "source/out.iso"), (".", "source/out.iso"),
                                ("source", self.room / "source/out.iso")):
            with self.subTest(operand, output=output):
                self.create("--force", "-o", output, operand, env=self.ENV)
                first = (self.room / "source/out.iso").read_bytes()
                done = self.create("--force", "-o", output, operand, env=self.ENV)
                self.assertIn(f"note: left out {output}, the output itself\n", done.errors)
                self.assertEqual(first, (self.room / "source/out.iso").read_bytes())

    def test_it_is_found_behind_links_and_is_not_counted_as_excluded(self) -> None:
        self.create("-o", "source/real.iso", "source")
        (self.room / "link.iso").symlink_to("source/real.iso")
        done = self.create("--force", "--json", "-o", "link.iso", "source")
        self.assertEqual((1, 0), (done.object["files"], done.object["skipped"]["excluded"]))
        (self.room / "source/inside").symlink_to("real.iso")
        done = self.create("--force", "--json", "--follow-links", "-o", "link.iso", "source")
        self.assertEqual(1, done.object["files"])
        self.assertTrue((self.room / "link.iso").is_symlink())

    def test_file_that_is_only_called_so_is_taken(self) -> None:
        self.put("source/sub/out.iso", b"another")
        self.create("-o", "source/out.iso", "source")
        self.create("--force", "-o", "source/out.iso", "source")
        tree = iso_tree.read(self.room / "source/out.iso")
        self.assertEqual({"file", "sub", "sub/out.iso"}, set(tree))

    def test_standard_output_that_is_a_file_is_left_out(self) -> None:
        path = self.room / "source/out.iso"
        with open(path, "wb") as file:
            done = self.create("-o", "-", "source", stdout=file)
        self.assertIn("note: left out standard output, the output itself", done.errors)
        self.assertEqual({"file"}, set(iso_tree.read(path)))

    def test_output_as_its_own_source_is_refused(self) -> None:
        self.put("out.iso", b"old")
        for operand in ("out.iso", "x=out.iso"):
            self.expect_code("FSI_E_SHARING_VIOLATION", "--force", "-o", "out.iso", operand)
        self.assertEqual("old", (self.room / "out.iso").read_text())


if __name__ == "__main__":
    unittest.main()
