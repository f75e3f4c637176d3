# SPDX-License-Identifier: GPL-2.0-or-later
"""Which names a view of an image can hold, and which it must hold as they are."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

ISO = "iso"
JOLIET = "joliet"
UDF = "udf"
VIEWS = (ISO, JOLIET, UDF)

JOLIET_UNITS = 64
UDF_BYTES = 254  # a file identifier is 255 bytes with its compression ID, OSTA UDF 2.3.4.6

_JOLIET_FORBIDDEN = re.compile(r'[\x00-\x1f*/:;?\\"<>|]')
_ISO_VERSION = re.compile(r";[0-9]+$")
_ISO_FORBIDDEN = re.compile(r"[^A-Z0-9_]")


def units(name: str) -> int:
    """Length in 16-bit units."""
    return len(name.encode("utf-16-be", "surrogatepass")) // 2


def fold(name: str) -> str:
    """A name as systems see it that look names up without regard to case.

    They agree on the letters before Hebrew; what came later, or is more than one
    letter in upper case, some of them tell apart.
    """
    return "".join(
        upper if letter < "\u0590" and len(upper := letter.upper()) == 1 else letter
        for letter in name
    )


def iso_key(name: str) -> str:
    """An ISO 9660 name as every reader can show it: upper case, no version, no last dot."""
    return _ISO_VERSION.sub("", name).removesuffix(".").upper()


def iso_guesses(name: str, is_folder: bool) -> set[str]:
    """What a name is likely to become at the levels 1 and 2, without regard to siblings."""
    stem, extension = name, ""
    if not is_folder and "." in name:
        stem, _, extension = name.rpartition(".")
    stem = _ISO_FORBIDDEN.sub("_", stem.upper())
    extension = _ISO_FORBIDDEN.sub("_", extension.upper())
    short = f"{stem[:8]}.{extension[:3]}"
    long = f"{stem[:30 - len(extension[:29])]}.{extension[:29]}"
    return {short.removesuffix("."), long.removesuffix(".")}


def _iso_fault(name: str, is_folder: bool) -> str | None:
    stem, extension = name, ""
    if not is_folder:
        stem, _, extension = name.partition(".")
    if _ISO_FORBIDDEN.search(stem) or _ISO_FORBIDDEN.search(extension):
        return "has a character that ISO 9660 forbids"
    if not stem and not extension:
        return "is empty"
    if len(stem) + len(extension) > (31 if is_folder else 30):
        return "is too long for ISO 9660"
    return None


def _joliet_fault(name: str) -> str | None:
    if _JOLIET_FORBIDDEN.search(name):
        return "has a character that Joliet forbids"
    if units(name) > JOLIET_UNITS:
        return f"is longer than {JOLIET_UNITS} units"
    if name.endswith((".", " ")):
        return "ends with a dot or a space"
    return None


def fault(view: str, name: str, is_folder: bool) -> str | None:
    """What is wrong with a name, or the key of one, in an image; None if nothing is."""
    if view == ISO:
        return _iso_fault(name, is_folder)  # ECMA-119 7.5 and 7.6, levels 1 and 2
    if view == JOLIET:
        return _joliet_fault(name)
    return None


def _udf_can_hold(name: str) -> bool:
    if "\ufeff" in name or "\ufffe" in name:  # OSTA UDF 2.1.1
        return False
    if max(name) <= "\xff":
        return len(name) <= UDF_BYTES
    return 2 * units(name) <= UDF_BYTES


def _held_by_iso(siblings: Mapping[str, bool]) -> set[str]:
    """Legal at all levels when in upper case, and not what another may have become."""
    guesses = Counter(
        guess for name, is_folder in siblings.items() for guess in iso_guesses(name, is_folder)
    )
    return {
        name
        for name, is_folder in siblings.items()
        if iso_guesses(name, is_folder) == {iso_key(name)} and guesses[iso_key(name)] == 1
    }


def _held_by_joliet(siblings: Iterable[str]) -> set[str]:
    names = list(siblings)
    forms = Counter(form for name in names for form in {fold(name), name.casefold()})
    return {
        name
        for name in names
        if _joliet_fault(name) is None
        and max(name) <= "\uffff"
        and forms[fold(name)] == 1
        and forms[name.casefold()] == 1
    }


def must_hold(view: str, siblings: Mapping[str, bool]) -> set[str]:
    """Those of the names in a folder, True for folders, that a view must show unchanged."""
    if view == ISO:
        return _held_by_iso(siblings)
    if view == JOLIET:
        return _held_by_joliet(siblings)
    return {name for name in siblings if _udf_can_hold(name)}
