#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: options, what is refused, and what is said in which form."""

import json
import re
import unittest

import iso_tree
from command_case import TOP, CommandTest, start

GIB = 2**30
WITH_OPTIONS = ("create", "append", "revert", "serve", "info", "ls", "extract", "check", "map")
COMMANDS = (*WITH_OPTIONS, "errors")
SCREEN = (24, 80)


class Help(CommandTest):
    """What the command tells of itself."""

    def screen(self, *arguments: str) -> str:
        done = self.run_command(*arguments)
        self.assertEqual((0, ""), (done.status, done.errors))
        lines = done.output.splitlines()
        self.assertLess(len(lines), SCREEN[0])
        self.assertLessEqual(max(map(len, lines)), SCREEN[1])
        return done.output

    def test_each_help_fits_a_screen(self) -> None:
        for arguments in (("--help",), ("help",), *((name, "--help") for name in COMMANDS)):
            with self.subTest(arguments):
                self.assertIn("Usage: fsimage", self.screen(*arguments))

    def test_help_of_a_command_is_what_its_option_shows(self) -> None:
        for command in COMMANDS:
            self.assertEqual(self.screen(command, "--help"), self.screen("help", command))

    def test_help_of_an_unknown_command_is_refused(self) -> None:
        done = self.run_command("help", "bake")
        self.assertEqual((2, ""), (done.status, done.output))
        self.assertIn("there is no command 'bake'", done.errors)

    def test_each_version_is_the_same(self) -> None:
        version = self.screen("--version")
        self.assertRegex(version, r"^fsimage \d+\.\d+\.\d+\n$")
        for command in COMMANDS:
            self.assertEqual(version, self.screen(command, "--version"))

    def test_help_and_manual_and_completion_know_the_same_options(self) -> None:
        manual = (TOP / "doc/fsimage.1").read_text()
        completion = (TOP / "cli/completion/fsimage.bash").read_text()
        for command in WITH_OPTIONS:
            shown = set(re.findall(r"--([a-z0-9-]+)", self.screen(command, "--help")))
            section = re.search(rf"(?s)\.Ss fsimage {command}\n.*?\n\.S[sh]", manual)
            function = re.search(rf"(?s)_fsimage_{command}\(\) \{{.*?\n\}}", completion)
            assert section is not None and function is not None
            with self.subTest(command):
                self.assertEqual(shown, set(re.findall(r"(?m)^\.It .*Fl -([a-z0-9-]+)",
                                                       section[0])))
                self.assertEqual(shown, set(re.findall(r"--([a-z][a-z0-9-]*)", function[0])))

    def test_help_and_manual_and_completion_know_the_same_commands(self) -> None:
        manual = (TOP / "doc/fsimage.1").read_text()
        completion = (TOP / "cli/completion/fsimage.bash").read_text()
        listed = re.findall(r"(?m)^  ([a-z]+) ", self.screen("--help"))
        self.assertEqual([*COMMANDS, "help"], listed)
        self.assertEqual(list(COMMANDS), re.findall(r"(?m)^\.Ss fsimage (\w+)$", manual))
        for command in COMMANDS:
            self.assertRegex(completion, rf"(?m)^\t{command}\) _fsimage_{command} ;;$")

    def test_no_command_and_an_unknown_one_are_refused(self) -> None:
        for arguments in ((), ("bake",), ("--bake",), ("-o",)):
            with self.subTest(arguments):
                done = self.run_command(*arguments)
                self.assertEqual((2, ""), (done.status, done.output))
                self.assertIn("try 'fsimage --help'", done.errors)

    def test_output_that_can_not_be_written_is_an_error(self) -> None:
        for arguments in (("--help",), ("errors",), ("create", "--version")):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                done = self.run_command(*arguments, stdout=full)
                self.assertEqual(1, done.status)
                self.assertIn("standard output: No space left on device", done.errors)


class Usage(CommandTest):
    """Command lines that are refused, before anything is done."""

    VALUES = {
        "--output": ("a.iso", "b.iso"),
        "--volume": ("A", "B"),
        "--file-systems": ("udf", "iso"),
        "--iso-level": ("1", "2"),
        "--iso-names": ("long", "relaxed"),
        "--udf-revision": ("1.02", "1.02"),
        "--capacity": ("700M", "25G"),
        "--working-directory": ("/tmp", "/tmp"),
        "--rules": ("linux", "imapi"),
        "--reflink": ("auto", "never"),
    }
    FLAGS = ("--redundant-metadata", "--posix", "--udf-holes", "--restricted-names",
             "--joliet-long", "--omit-large-files", "--align-large-files", "--deduplicate",
             "--follow-links", "--strict", "--force", "--quiet", "--verbose", "--json")
    WRONG = (
        ("--reflink", "yes", "must be auto, always or never"),
        ("--output", "", "must name a file"),
        ("--volume", "", "must not be empty"),
        ("--file-systems", "", "must be a list of iso9660, joliet and udf"),
        ("--file-systems", "iso9660,", "must be a list"),
        ("--file-systems", ",udf", "must be a list"),
        ("--file-systems", "iso9660,hfs", "must be a list"),
        ("--file-systems", "ISO", "must be a list"),
        ("--file-systems", "udf,udf", "must name each file system once"),
        ("--file-systems", "iso,iso9660", "must name each file system once"),
        ("--file-systems", "joliet", "must have iso9660"),
        ("--file-systems", "joliet,udf", "must have iso9660"),
        ("--iso-level", "0", "must be 1, 2, 3 or 4"),
        ("--iso-level", "5", "must be 1, 2, 3 or 4"),
        ("--iso-level", "two", "must be 1, 2, 3 or 4"),
        ("--iso-names", "", "must be a list of long, lowercase, relaxed, multidot and no-version"),
        ("--iso-names", "long,", "must be a list"),
        ("--iso-names", "short", "must be a list"),
        ("--iso-names", "long,multidot,long", "must name each rule once"),
        ("--udf-revision", "2.51", "must be one of: 1.02, 1.50, 2.00, 2.01, 2.50, 2.60"),
        ("--udf-revision", "1.03", "must be one of: 1.02"),
        ("--udf-revision", "102", "must be a revision such as 1.02"),
        ("--udf-revision", "0.00", "must be a revision such as 1.02"),
        ("--udf-revision", "1.0.", "must be a revision such as 1.02"),
        ("--capacity", "", "must be a number of blocks"),
        ("--capacity", "0", "must be a number of blocks"),
        ("--capacity", "-1", "must be a number of blocks"),
        ("--capacity", "1.5", "must be a number of blocks"),
        ("--capacity", "2147483648", "must be a number of blocks"),
        ("--capacity", "700 M", "must be a number of blocks"),
        ("--capacity", "4,7G", "must be a number of blocks"),
        ("--capacity", "4.7.0G", "must be a number of blocks"),
        ("--capacity", ".5G", "must be a number of blocks"),
        ("--capacity", "5.G", "must be a number of blocks"),
        ("--capacity", "1KiB", "must be a number of blocks"),
        ("--capacity", "12T", "must be a number of blocks"),
        ("--capacity", "4399G", "must be a number of blocks"),
        ("--capacity", "99999999999999999999", "must be a number of blocks"),
        ("--capacity", "999999999999999999GiB", "must be a number of blocks"),
        # What would be left of it in 64 bits is a gigabyte.
        ("--capacity", "17179869185GiB", "must be a number of blocks"),
        ("--capacity", "0x100", "must be a number of blocks"),
        ("--working-directory", "", "must name a folder"),
        ("--rules", "Linux", "must be linux or imapi"),
        ("--exclude", "", "a pattern has to name something"),
        ("--exclude", "/", "a pattern has to name something"),
    )

    def setUp(self) -> None:
        super().setUp()
        self.put("source/file")

    def refuse_here(self, *arguments: str, says: str, **options: object) -> None:
        self.refuse(*arguments, says=says, **options)
        self.assertEqual({"source"}, self.names())

    def test_option_is_given_twice(self) -> None:
        for option, (first, second) in self.VALUES.items():
            base = () if option == "--output" else ("-o", "out.iso")
            with self.subTest(option):
                self.refuse_here(*base, option, first, f"{option}={second}", "source",
                                 says=f"option '{option}' is given twice")
        for option in self.FLAGS:
            with self.subTest(option):
                self.refuse_here("-o", "out.iso", option, option, "source",
                                 says=f"option '{option}' is given twice")

    def test_short_and_long_form_are_one_option(self) -> None:
        for short, long, *value in (
                ("-o", "--output", "a"), ("-V", "--volume", "a"), ("-q", "--quiet"),
                ("-f", "--file-systems", "udf"), ("-v", "--verbose")):
            base = () if short == "-o" else ("-o", "out.iso")
            with self.subTest(short):
                self.refuse_here(*base, short, *value, long, *value, "source",
                                 says=f"option '{long}' is given twice")

    def test_value_is_missing(self) -> None:
        for option in (*self.VALUES, "--exclude"):
            base = () if option == "--output" else ("-o", "out.iso")
            with self.subTest(option):
                self.refuse_here(*base, "source", option, says=f"option '{option}' needs a value")
        self.refuse_here("source", "-qo", says="option '--output' needs a value")

    def test_flag_has_a_value(self) -> None:
        for option in (*self.FLAGS, "--help", "--version"):
            with self.subTest(option):
                self.refuse_here("-o", "out.iso", "source", f"{option}=yes",
                                 says=f"option '{option}' takes no value")

    def test_value_is_wrong(self) -> None:
        for option, value, says in self.WRONG:
            base = () if option == "--output" else ("-o", "out.iso")
            with self.subTest(option, value=value):
                self.refuse_here(*base, option, value, "source", says=says)

    def test_option_is_unknown(self) -> None:
        self.refuse_here("-o", "out.iso", "source", "--burn", says="there is no option '--burn'")
        self.refuse_here("-o", "out.iso", "source", "-x", says="there is no option '-x'")
        self.refuse_here("-qxo", "out.iso", "source", says="there is no option '-x'")
        # force, follow-links, file-systems
        self.refuse_here("-o", "out.iso", "source", "--fo", says="more than one begins so")

    def test_output_or_source_is_missing(self) -> None:
        self.refuse_here("source", says="option '--output' is missing")
        self.refuse_here("-o", "out.iso", says="name at least one PATH")

    def test_options_contradict_each_other(self) -> None:
        self.refuse_here("-qv", "-o", "out.iso", "source", says="exclude each other")
        self.refuse_here("-f", "udf", "--iso-level", "1", "-o", "out.iso", "source",
                         says="'--iso-level' needs iso9660")
        for option in (("--iso-names", "long"), ("--omit-large-files",)):
            self.refuse_here("-f", "udf", *option, "-o", "out.iso", "source",
                             says=f"'{option[0]}' needs iso9660 among the file systems")
        self.refuse_here("-f", "iso,udf", "--joliet-long", "-o", "out.iso", "source",
                         says="'--joliet-long' needs joliet")
        self.refuse_here("--iso-level", "1", "--iso-names", "long", "-o", "out.iso", "source",
                         says="'--iso-names long' needs '--iso-level 2'")
        for option in (("--udf-revision", "1.02"), ("--posix",), ("--redundant-metadata",),
                       ("--omit-large-files",)):
            self.refuse_here("-f", "iso,joliet", *option, "-o", "out.iso", "source",
                             says=f"'{option[0]}' needs udf among the file systems")
        for revision in ((), ("--udf-revision", "2.01")):
            self.refuse_here("--redundant-metadata", *revision, "-o", "out.iso", "source",
                             says="needs '--udf-revision 2.50' or later")

    def test_graft_is_incomplete(self) -> None:
        self.refuse_here("-o", "out.iso", "=source", says="names no TARGET: the root is '/=source'")
        self.refuse_here("-o", "out.iso", "target=", says="names no source")
        self.refuse_here("-o", "out.iso", "", says="names no source")

    def test_source_date_epoch_is_no_number(self) -> None:
        for value in ("", " ", "tomorrow", "1.5", "-1", "+1", " 1", "0x10", "1e9",
                      "5869584000", "99999999999999999999999"):
            with self.subTest(value):
                self.refuse_here("-o", "out.iso", "source", says="SOURCE_DATE_EPOCH",
                                 env={"SOURCE_DATE_EPOCH": value})

    def test_source_date_epoch_has_its_first_and_last_second(self) -> None:
        for value in ("0", "5869583999", "0000000000000000000000001"):
            with self.subTest(value):
                self.create("--force", "-o", "out.iso", "source", env={"SOURCE_DATE_EPOCH": value})


class Order(CommandTest):
    """Options and operands in any order."""

    def test_options_may_stand_behind_operands(self) -> None:
        self.put("a/one")
        self.put("b/two")
        for environment in ({}, {"POSIXLY_CORRECT": "1"}):
            with self.subTest(environment):
                done = self.create("a", "-o", "out.iso", "b", "--force", "-V", "NAME",
                                   env=environment)
                self.assertIn("2 files", done.output)
                name = iso_tree.volume_name(self.room / "out.iso", iso_tree.ISO)
                self.assertEqual("NAME", name)

    def test_two_hyphens_end_the_options(self) -> None:
        self.put("-q/file")
        self.put("--json", b"2")
        done = self.create("-o", "out.iso", "--", "-q", "--json")
        self.assertIn("2 files", done.output)
        self.assertEqual({"file", "--json"}, set(iso_tree.read(self.room / "out.iso")))

    def test_values_may_be_joined_and_options_shortened(self) -> None:
        self.put("a/one")
        self.create("-qoout.iso", "-Vname", "--rest", "--capacity=700M", "a")
        self.assertEqual({"one"}, set(iso_tree.read(self.room / "out.iso")))


class Choices(CommandTest):
    """What the options choose is in the image."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/A long name of a file.text")

    def test_file_systems(self) -> None:
        for chosen, expected in (
                (None, [iso_tree.ISO, iso_tree.JOLIET, "UDF"]),
                ("iso9660", [iso_tree.ISO]),
                ("iso", [iso_tree.ISO]),
                ("udf", ["UDF"]),
                ("joliet,iso", [iso_tree.ISO, iso_tree.JOLIET]),
                ("udf,iso9660", [iso_tree.ISO, "UDF"]),
                ("udf,joliet,iso9660", [iso_tree.ISO, iso_tree.JOLIET, "UDF"])):
            with self.subTest(chosen):
                options = ("-f", chosen) if chosen else ()
                done = self.create("--force", "--json", *options, "-o", "out.iso", "source")
                self.assertEqual(expected, iso_tree.file_systems(self.room / "out.iso"))
                self.assertEqual(expected, [one["name"] for one in done.object["file_systems"]])

    def test_iso_level(self) -> None:
        for level, longest in (("1", 12), ("2", 31)):
            self.create("--force", "--iso-level", level, "-o", "out.iso", "source")
            (name,) = iso_tree.read(self.room / "out.iso", iso_tree.ISO)
            with self.subTest(level=level, name=name):
                self.assertLessEqual(len(name), longest)
                is_short = bool(re.fullmatch(r"[A-Z0-9_]{1,8}\.[A-Z0-9_]{0,3}", name))
                self.assertEqual(level == "1", is_short)

    def test_volume_name_is_that_of_each_file_system(self) -> None:
        done = self.create("-V", "Backup 2026-11 of all", "--json", "-o", "out.iso", "source")
        volume = done.object["volume"]
        self.assertEqual({"given": "Backup 2026-11 of all", "iso9660": "BACKUP_2026_11_OF_ALL",
                          "joliet": "Backup 2026-11 o", "udf": "Backup 2026-11 of all"}, volume)
        for dialect, key in ((iso_tree.ISO, "iso9660"), (iso_tree.JOLIET, "joliet")):
            self.assertEqual(volume[key], iso_tree.volume_name(self.room / "out.iso", dialect))
        self.assertIn("note: the volume is called 'Backup 2026-11 o' in Joliet", done.errors)

    def test_volume_name_has_a_limit_of_32_characters(self) -> None:
        self.create("-V", "n" * 32, "-o", "32.iso", "source")
        self.expect_code("IMAPI_E_INVALID_VOLUME_NAME", "-V", "n" * 33, "-o", "33.iso", "source",
                         hint="--volume")
        self.expect_code("IMAPI_E_INVALID_VOLUME_NAME", "-V", "a\nb", "-o", "33.iso", "source",
                         hint="--volume")
        self.assertNotIn("33.iso", self.names())

    def test_udf_revision(self) -> None:
        done = self.create("--udf-revision", "1.02", "--json", "-o", "out.iso", "source")
        self.assertEqual("1.02", done.object["file_systems"][2]["revision"])

    def test_working_directory(self) -> None:
        (self.room / "work").mkdir()
        self.create("--working-directory", "work", "-o", "1.iso", "source")
        self.create("--working-directory", self.room / "work", "-o", "2.iso", "source")
        for wrong in ("nowhere", "1.iso", self.room / "nowhere"):
            with self.subTest(wrong):
                self.expect_code("IMAPI_E_INVALID_WORKING_DIRECTORY", "--working-directory", wrong,
                                 "-o", "3.iso", "source", hint="--working-directory")
        self.assertNotIn("3.iso", self.names())

    def test_restricted_names(self) -> None:
        self.create("--restricted-names", "-o", "1.iso", "source")
        self.put("source/grün")
        self.create("-o", "2.iso", "source")
        self.expect_code("IMAPI_E_RESTRICTED_NAME_VIOLATION", "--restricted-names", "-o", "3.iso",
                         "source", hint="without --restricted-names")


class Capacity(CommandTest):
    """The size that an image must not pass."""

    def limit_of(self, capacity: str) -> int:
        """The limit in blocks, as the message about a file that is too large tells it."""
        done = self.expect_code("IMAPI_E_IMAGE_SIZE_LIMIT", "--capacity", capacity, "-f", "udf",
                                "-o", "out.iso", "huge", hint="--capacity")
        limit = re.search(r"limit is (\d+)\b", done.errors)
        assert limit is not None, done.errors
        return int(limit[1])

    def test_units(self) -> None:
        for number in range(45):
            self.put_sparse(f"huge/{number}", 200 * GIB)
        for capacity, blocks in (
                ("1000", 1000), ("1000000000", 10**9), ("650M", 332800), ("700M", 358400),
                ("700mb", 358400), ("4.7G", 2294921), ("4.70GB", 2294921), ("8.5g", 4150390),
                ("25G", 12207031), ("25GiB", 13107200), ("1.5MiB", 768), ("2047KiB", 1023),
                ("2048KiB", 1024), ("0.5GiB", 262144)):
            with self.subTest(capacity):
                self.assertEqual(blocks, self.limit_of(capacity))

    def test_image_may_have_the_capacity_and_not_a_block_more(self) -> None:
        self.put("source/file", bytes(100000))
        blocks = self.create("-o", "1.iso", "--json", "source").object["blocks"]
        for capacity in (blocks, blocks + 1):
            self.create("--force", "-o", "1.iso", "--capacity", str(capacity), "source")
        done = self.run_command("create", "-o", "2.iso", "--capacity", str(blocks - 1), "source")
        self.assertEqual(1, done.status)
        self.assertRegex(done.errors, r"\(IMAPI_E_IMAGE_(SIZE_LIMIT|TOO_BIG) 0x")
        self.assertIn("hint: a larger --capacity", done.errors)
        self.assertNotIn("2.iso", self.names())

    def test_largest_capacity(self) -> None:
        self.put("source/file")
        for capacity in ("2147483647", "4398G"):
            with self.subTest(capacity):
                self.create("--force", "-o", "out.iso", "--capacity", capacity, "source")

    def test_imapi_has_a_limit_of_its_own(self) -> None:
        self.put_sparse("cd", 650 * 2**20)
        done = self.expect_code("IMAPI_E_IMAGE_SIZE_LIMIT", "--rules", "imapi", "-o", "out.iso",
                                "cd", hint="--capacity sets the limit")
        self.assertIn("332800", done.errors)


class Rules(CommandTest):
    """What Linux's rules allow and IMAPI's refuse."""

    def test_names_that_differ_in_case(self) -> None:
        self.put("source/readme")
        self.put("source/README")
        self.expect_code("IMAPI_E_DUP_NAME", "--rules", "imapi", "-o", "out.iso", "source",
                         hint="--rules linux")
        self.assertEqual({"source"}, self.names())
        done = self.create("-o", "out.iso", "source")
        self.assertIn("note: 1 name is changed in Joliet", done.errors)
        self.assertEqual(2, len(iso_tree.read(self.room / "out.iso")))

    def test_characters(self) -> None:
        self.put("source/Module::Name.3pm")
        self.expect_code("IMAPI_E_INVALID_PATH", "--rules", "imapi", "-o", "out.iso", "source",
                         hint="--rules linux")
        self.create("--rules", "linux", "-o", "out.iso", "source")
        self.assertEqual(1, len(iso_tree.read(self.room / "out.iso")))

    def test_levels(self) -> None:
        for levels in (7, 8, 9):
            folder = f"source{levels}"
            # The root is the first level.
            self.put("/".join([folder, *map(str, range(2, levels + 1)), "file"]))
            linux = self.create("-o", f"{levels}.iso", folder)
            note = f"note: folders nest {levels} levels deep; ISO 9660 allows 8"
            with self.subTest(levels):
                self.assertEqual(levels > 8, note in linux.errors)
                if levels <= 8:
                    self.create("--rules", "imapi", "-o", f"imapi{levels}.iso", folder)
                    continue
                self.expect_code("IMAPI_E_ISO9660_LEVELS", "--rules", "imapi", "-o", "no.iso",
                                 folder, hint="--rules linux")
                self.create("--rules", "imapi", "-f", "udf", "-o", "udf.iso", folder)
                self.assertEqual("", self.create("-f", "udf", "-o", "udf2.iso", folder).errors)

    def test_sizes_of_files(self) -> None:
        # The second source is refused, so that nothing needs to be written.
        self.put(b"wrong\xff")
        too_big, invalid = "IMAPI_E_DATA_TOO_BIG", "IMAPI_E_INVALID_PATH"
        hint = "--exclude"
        for rules, size, code, wanted in (
                ("imapi", 2 * GIB - 1, invalid, None), ("imapi", 2 * GIB, invalid, None),
                ("imapi", 2 * GIB + 1, too_big, "--rules linux"),
                ("linux", 4 * GIB - 2, invalid, hint), ("linux", 4 * GIB - 1, invalid, hint),
                ("linux", 4 * GIB, too_big, "--omit-large-files")):
            self.put_sparse("big", size)
            with self.subTest(rules=rules, size=size):
                self.expect_code(code, "--rules", rules, "--capacity", "25G", "-o", "out.iso",
                                 "big", b"wrong\xff", hint=wanted or "--rules linux")
        self.expect_code(invalid, "-f", "udf", "-o", "out.iso", "big", b"wrong\xff", hint=hint)

    def test_large_file_is_noted(self) -> None:
        for size, noted in ((2 * GIB, False), (2 * GIB + 1, True)):
            self.put_sparse("big", size)
            with self.subTest(size):
                # Notes come before the writing, which this does not want.
                process = start("create", "-o", "-", "big", cwd=self.room)
                assert process.stdout is not None and process.stderr is not None
                process.stdout.close()
                errors = process.stderr.read().decode()
                process.stderr.close()
                self.assertEqual(1, process.wait(30))
                self.assertIn("FSI_E_BROKEN_PIPE", errors)
                self.assertEqual(noted, "note: the largest file has 2.0 GiB" in errors)


class Said(CommandTest):
    """What is printed where."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/" + "long " * 14 + "name", b"123")
        self.put("source/folder/other", b"4567")
        (self.room / "source/link").symlink_to("nowhere")

    def test_line_at_the_end(self) -> None:
        done = self.create("-o", "out.iso", "source")
        size = (self.room / "out.iso").stat().st_size
        self.assertRegex(
            done.output,
            rf"^out\.iso: {size // 2048} blocks, {size / 2**20:.1f} MiB, 2 files, 1 directory, "
            r"\d+\.\d\d s: ISO 9660 level 2, Joliet level 3, UDF 1\.02\n$")
        line = self.create("-o", "2.iso", "-f", "udf", "source").output
        self.assertRegex(line, r" s: UDF 1\.02\n$")
        line = self.create("-o", "3.iso", "-f", "iso", "--iso-level", "1", "source").output
        self.assertRegex(line, r" s: ISO 9660 level 1\n$")

    def test_quiet_says_nothing_but_errors(self) -> None:
        for option in ("-q", "--quiet"):
            done = self.create("--force", option, "-o", "out.iso", "source")
            self.assertEqual(("", ""), (done.output, done.errors))
        self.expect_code("FSI_E_FILE_EXISTS", "-q", "-o", "out.iso", "source", hint="--force")

    def test_verbose_lists_changed_names(self) -> None:
        few = self.create("-o", "1.iso", "source").errors
        self.assertIn("note: 1 name is changed in Joliet (-v lists them)\n", few)
        all_ = self.create("-v", "-o", "2.iso", "source").errors
        (name,) = [name for name in iso_tree.read(self.room / "2.iso") if name.startswith("long")]
        self.assertIn(f"note: /{'long ' * 14}name -> {name} in Joliet\n", all_)
        self.assertEqual(len(few.splitlines()) + 1, len(all_.splitlines()))

    def test_iso_names_are_told_only_where_no_others_are(self) -> None:
        self.assertNotIn("in ISO 9660", self.create("-o", "1.iso", "source").errors)
        done = self.create("-o", "2.iso", "-f", "iso", "source")
        self.assertIn("changed in ISO 9660", done.errors)

    def test_json_describes_the_image(self) -> None:
        done = self.create("--json", "--exclude", "other", "-o", 'a "b"\\c\n.iso', "source")
        told = done.object
        size = (self.room / 'a "b"\\c\n.iso').stat().st_size
        self.assertEqual(
            {"output", "blocks", "block_size", "bytes", "files", "directories", "source_bytes",
             "seconds", "volume", "file_systems", "duplicates", "kept", "skipped", "session"},
            set(told))
        self.assertEqual({"first_block": 0, "blocks": size // 2048}, told["session"])
        self.assertEqual({"count": 0, "bytes": 0}, told["duplicates"])
        self.assertEqual(
            ('a "b"\\c\n.iso', size // 2048, 2048, size, 1, 1, 3),
            tuple(told[key] for key in ("output", "blocks", "block_size", "bytes", "files",
                                        "directories", "source_bytes")))
        self.assertEqual({"links": 1, "special": 0, "loops": 0, "excluded": 1,
                          "extended_attributes": 0}, told["skipped"])
        self.assertEqual({"links": 0, "special": 0, "extended_attributes": 0}, told["kept"])
        iso, joliet, udf = told["file_systems"]
        self.assertEqual(("ISO 9660", 2), (iso["name"], iso["level"]))
        self.assertEqual({"name": "Joliet", "level": 3, "renamed": 1, "omitted_files": 0}, joliet)
        self.assertEqual({"name": "UDF", "revision": "1.02", "renamed": 0, "omitted_files": 0}, udf)
        self.assertEqual(1, len(done.output.splitlines()))
        self.assertIn("note: ", done.errors)

    def test_json_goes_where_the_line_would(self) -> None:
        done = self.create("--json", "-q", "-o", "-", "source")
        self.assertEqual("-", json.loads(done.errors)["output"])
        self.assertEqual(b"CD001", done.bytes[32769:32774])

    def test_json_describes_a_failure(self) -> None:
        self.put("source/a\tb\x01\"c")
        done = self.expect_code("IMAPI_E_INVALID_PATH", "--json", "--rules", "imapi", "-o",
                                "out.iso", "source", hint="--rules linux")
        error = done.object["error"]
        self.assertEqual({"code", "value", "name", "doing", "message", "inserts", "hint"},
                         set(error))
        self.assertEqual(
            (0xC0AAB110 - 2**32, "0xC0AAB110", "IMAPI_E_INVALID_PATH", "adding source"),
            tuple(error[key] for key in ("code", "value", "name", "doing")))
        self.assertIn(error["message"], done.errors)
        self.assertIn(error["hint"], done.errors)
        (path,) = error["inserts"]
        self.assertIn(path, error["message"])

    def test_json_describes_a_failure_of_the_command_itself(self) -> None:
        done = self.expect_code("FSI_E_FILE_NOT_FOUND", "--json", "-o", b"out\xff.iso", "nothing")
        error = done.object["error"]
        self.assertEqual(("0x80070002", [], None),
                         (error["value"], error["inserts"], error["hint"]))
        done = self.expect_code("FSI_E_FILE_NOT_FOUND", "--json", "-o", b"no\xff/o", "source")
        self.assertEqual(r"writing no\xFF/o into no\xFF", done.object["error"]["doing"])

    def test_control_characters_do_not_reach_a_terminal(self) -> None:
        name = "a\x1b[31mb\nc\x7f\u009b"
        self.put(f"odd/{name}")
        done = self.create("-v", "-o", "out.iso", "odd")
        self.assertIn(r"/a\x1B[31mb\x0Ac\x7F\xC2\x9B -> ", done.errors)
        self.assertNotRegex(done.errors + done.output, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class Errors(CommandTest):
    """fsimage errors"""

    def explain(self, *codes: str) -> str:
        done = self.run_command("errors", *codes)
        self.assertEqual((0, ""), (done.status, done.errors))
        return done.output

    def test_code_in_each_form(self) -> None:
        forms = ("0xC0AAB131", "0Xc0aab131", "C0AAB131", "c0aab131", "3232411953", "-1062555343",
                 "IMAPI_E_ISO9660_LEVELS", "imapi_e_iso9660_levels")
        for form in forms:
            with self.subTest(form):
                said = self.explain(form)
                self.assertEqual("IMAPI_E_ISO9660_LEVELS", said.splitlines()[0])
                self.assertIn("0xC0AAB131 (-1062555343)", said)
        for form in ("0", "00000000", "0x0"):
            self.assertEqual("S_OK", self.explain(form).splitlines()[0])
        for form in ("80004005", "2147500037", "-2147467259"):
            self.assertEqual("E_FAIL", self.explain(form).splitlines()[0])

    def test_all_that_is_known_is_told(self) -> None:
        said = self.explain("IMAPI_E_DATA_STREAM_INCONSISTENCY")
        for pattern in (r"value    0xC0AAB128 \(-\d+\)", "header   imapi2fserror.h",
                        "text     .+%1.+", "%1       string", "%2       int64",
                        "%3       int64", "advice   .+"):
            self.assertRegex(said, rf"(?m)^  {pattern}$")
        self.assertRegex(self.explain("IMAPI_E_IMPORT_READ_FAILURE"), "%1 +uint32")

    def test_several_codes(self) -> None:
        said = self.explain("S_OK", "S_FALSE")
        self.assertEqual(["S_OK", "S_FALSE"], re.findall(r"(?m)^\S+$", said))

    def test_without_a_code_all_are_listed(self) -> None:
        lines = self.explain().splitlines()
        table = (TOP / "include/fsimage/codes.def").read_text()
        rows = re.findall(r"FSI_CODE\((\w+),\s*0x([0-9A-Fa-f]{8})u", table)
        self.assertGreater(len(rows), 150)
        self.assertEqual([(name, value.upper()) for name, value in rows],
                         [(line.split()[1], line[2:10]) for line in lines])
        for line in lines:
            self.assertRegex(line, r"^0x[0-9A-F]{8}  \w+  \S")

    def test_json(self) -> None:
        every = self.run_command("errors", "--json")
        self.assertEqual(len(self.explain().splitlines()), len(every.object))
        one = self.run_command("errors", "IMAPI_E_DATA_STREAM_INCONSISTENCY", "--json")
        (code,) = one.object
        self.assertEqual(["string", "int64", "int64"], code["inserts"])
        self.assertEqual((0xC0AAB128 - 2**32, "0xC0AAB128"), (code["code"], code["value"]))
        self.assertIn(code, every.object)

    def test_unknown_code_is_a_failure(self) -> None:
        for code in ("0x12345678", "IMAPI_E_NOTHING", "", "4294967296", "-2147483649", "0x", "12G",
                     "0x0xC0AAB131"):
            with self.subTest(code):
                done = self.run_command("errors", code)
                self.assertEqual((1, ""), (done.status, done.output))
                self.assertIn(f"there is no result code '{code}'", done.errors)

    def test_unknown_code_among_known_ones(self) -> None:
        done = self.run_command("errors", "--json", "S_OK", "nothing", "E_FAIL")
        self.assertEqual(1, done.status)
        self.assertEqual(["S_OK", "E_FAIL"], [code["name"] for code in done.object])

    def test_unknown_option_is_refused(self) -> None:
        done = self.run_command("errors", "--all")
        self.assertEqual((2, ""), (done.status, done.output))
        self.assertIn("try 'fsimage errors --help'", done.errors)


if __name__ == "__main__":
    unittest.main()
