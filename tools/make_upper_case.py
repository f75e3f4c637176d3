#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints fsimage/base/upper_case.inc: the one-to-one upper-case letters of Unicode.

The table is part of the sources and is not made anew by the build: the names in
an image must not change with the version of Python or Unicode on the machine.
"""
import unicodedata


def pairs():
    for code in range(0x110000):
        upper = chr(code).upper() if not 0xD800 <= code < 0xE000 else chr(code)
        if len(upper) > 1:
            # Two letters in full; if there is a simple form, it is the title one.
            upper = chr(code).title()
        if len(upper) == 1 and ord(upper) != code:
            yield code, ord(upper) - code


def runs():
    """(first, last, step, delta): every step-th letter of a run moves by delta."""
    found = []
    for code, delta in pairs():
        if found and found[-1][3] == delta:
            first, last, step, _ = found[-1]
            if code - last == step or (step == 0 and code - last in (1, 2)):
                found[-1] = (first, code, code - last, delta)
                continue
        found.append((code, code, 0, delta))
    return found


print("/* SPDX-License-Identifier: GPL-2.0-or-later */")
print("/* Made by tools/make_upper_case.py from Unicode %s. */" % unicodedata.unidata_version)
for first, last, step, delta in runs():
    print("\t{0x%05X, 0x%05X, %d, %d}," % (first, last, max(step, 1), delta))
