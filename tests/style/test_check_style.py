#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does tools/check_style.py find what it is there to find?"""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))
import check_style  # noqa: E402

ROOMS = """
```rooms
include/fsimage:
fsimage/base:   include/fsimage
fsimage/udf:    include/fsimage fsimage/base   # and no more
fsimage/image:  every room above
cli samples:    include/fsimage
```
"""
FILES = {"include/fsimage/types.h", "fsimage/base/bytes.h", "fsimage/udf/writer.h",
         "fsimage/udf/writer.c", "fsimage/image/image.h"}


class Rooms(unittest.TestCase):
    def setUp(self):
        self.rooms = check_style.room_list(ROOMS)

    def strays(self, path, text):
        here = check_style.room_of(path, self.rooms)
        return list(check_style.strays(path, text, here, self.rooms, FILES))

    def test_list_is_read_with_every_room_above_and_two_rooms_in_a_line(self):
        self.assertEqual({"include/fsimage", "fsimage/base", "fsimage/udf"},
                         self.rooms["fsimage/image"])
        self.assertEqual({"include/fsimage"}, self.rooms["samples"])
        self.assertEqual({"include/fsimage", "fsimage/base"}, self.rooms["fsimage/udf"])

    def test_including_downward_is_allowed(self):
        text = '#include "config.h"\n#include "udf/writer.h"\n#include "base/bytes.h"\n' \
               "#include <fsimage/types.h>\n#include <stdio.h>\n"
        self.assertEqual([], self.strays("fsimage/udf/writer.c", text))

    def test_including_upward_is_found(self):
        found = self.strays("fsimage/udf/x.c", '\n#include "image/image.h"\n')
        self.assertEqual(["fsimage/udf/x.c:2: fsimage/udf may not include image/image.h"], found)

    def test_command_may_include_the_public_headers_only(self):
        self.assertEqual([], self.strays("cli/main.c", "#include <fsimage/types.h>\n"))
        self.assertEqual(1, len(self.strays("cli/main.c", '#include "base/bytes.h"\n')))

    def test_header_that_is_not_there_is_found(self):
        self.assertEqual(1, len(self.strays("cli/main.c", '#include "nothing.h"\n')))

    def test_own_header_must_be_first(self):
        text = '#include "base/bytes.h"\n#include "udf/writer.h"\n'
        self.assertEqual(["fsimage/udf/writer.c:1: its own header comes first"],
                         self.strays("fsimage/udf/writer.c", text))


class Functions(unittest.TestCase):
    def found(self, text):
        return list(check_style.functions(text))

    def test_function_is_measured_from_its_head_to_its_brace(self):
        text = "/* { */\nstatic int\nadd(int a, int b)\n{\n\treturn a + b; /* } */\n}\n"
        self.assertEqual([("add", 2, 6, 2, 1)], self.found(text))

    def test_nesting_is_counted(self):
        text = 'void f(void)\n{\n\tif (1) {\n\t\twhile (0) {\n\t\t\tg("}");\n\t\t}\n\t}\n}\n'
        self.assertEqual([("f", 1, 8, 0, 3)], self.found(text))

    def test_callbacks_are_one_parameter(self):
        text = "int f(int (*each)(void *, int), void *context)\n{\n}\n"
        self.assertEqual([("f", 1, 3, 2, 1)], self.found(text))

    def test_objects_types_and_macros_are_no_functions(self):
        text = "struct s {\n\tint a;\n};\nstatic const int t[] = {1, f(2)};\n" \
               "#define M(x) \\\n\tdo { \\\n\t} while (0)\nenum { A = (1) };\n"
        self.assertEqual([], self.found(text))

    def test_function_inside_extern_c_is_found(self):
        text = '#ifdef __cplusplus\nextern "C" {\n#endif\n' \
               "int f(void);\nstatic inline int g(int a)\n{\n\treturn a;\n}\n}\n"
        self.assertEqual([("g", 5, 8, 1, 1)], self.found(text))


def main():
    result = unittest.main(exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
