# SPDX-License-Identifier: GPL-2.0-or-later
"""What is to come of each system call that fails, wherever in the write path it is made.

Each row is a function, what it is about, the ways in which it fails, and the codes with
which the command may end then: SURVIVES is that it does its work all the same, BY_ERRNO
the code that stands for that value of errno.
"""

from dataclasses import dataclass

SURVIVES = frozenset({""})
BY_ERRNO: frozenset[str] = frozenset()

# What the values of errno are called that no part of the library gives a meaning.
CODES = {
    "EACCES": "E_ACCESSDENIED", "EPERM": "E_ACCESSDENIED", "EIO": "FSI_E_IO_DEVICE",
    "EMFILE": "FSI_E_TOO_MANY_OPEN_FILES", "ENOENT": "FSI_E_FILE_NOT_FOUND",
    "ENOSPC": "FSI_E_DISK_FULL", "EDQUOT": "FSI_E_DISK_QUOTA_EXCEEDED",
    "EPIPE": "FSI_E_BROKEN_PIPE", "EEXIST": "FSI_E_FILE_EXISTS", "EINVAL": "E_INVALIDARG",
    "ENOMEM": "E_OUTOFMEMORY", "EOPNOTSUPP": "FSI_E_NOT_SUPPORTED",
}

_FOLDER = {"IMAPI_E_DIRECTORY_READ_FAILURE"}
_OPEN = {"IMAPI_E_DATA_STREAM_CREATE_FAILURE"}
_READ = {"IMAPI_E_DATA_STREAM_READ_FAILURE"}
_CUT = {"IMAPI_E_DATA_STREAM_INCONSISTENCY"}
_WORK = {"IMAPI_E_INVALID_WORKING_DIRECTORY"}
_STASH_OPEN = {"IMAPI_E_STASHFILE_OPEN_FAILURE"}
_STASH_READ = {"IMAPI_E_STASHFILE_READ_FAILURE"}
_STASH_WRITE = {"IMAPI_E_STASHFILE_WRITE_FAILURE"}
_DISC = {"FSI_E_IO_DEVICE", "IMAPI_E_IMPORT_READ_FAILURE"}
_BOOT = {"IMAPI_E_BOOT_IMAGE_DATA"}
_MEMORY = {"E_OUTOFMEMORY"}

_OPEN_KINDS = "EACCES EMFILE EIO ENOENT"
_WRITE_KINDS = "ENOSPC EDQUOT EIO"
_NOT_NOW = "EINTR short"

_ROWS: list[tuple[str, str, str, set[str] | frozenset[str]]] = [
    # The sources, when they are added and when they are read.
    ("stat", "source", "EACCES EIO", BY_ERRNO),
    ("stat replace", "source", "EACCES EIO", {"", "E_ACCESSDENIED", "FSI_E_IO_DEVICE"}),
    ("statx", "source", "EACCES", _OPEN | {"E_ACCESSDENIED"}),
    ("statx", "source", "EIO", _OPEN | {"FSI_E_IO_DEVICE"}),
    ("statx", "source", "ENOENT", _OPEN | {"FSI_E_FILE_NOT_FOUND"}),
    ("realpath", "source", "EACCES", SURVIVES),  # the output is looked for in all of it
    ("openat", "source", _OPEN_KINDS, _FOLDER | _OPEN),
    ("openat", "source", "EINTR", SURVIVES),
    ("fcntl", "source", "EMFILE", _FOLDER),
    ("fdopendir", "source", "ENOMEM", _MEMORY),
    ("readdir", "source", "EIO", _FOLDER),
    ("llistxattr", "source", "EIO EACCES", _READ),
    ("llistxattr", "source", "EOPNOTSUPP", SURVIVES),
    ("lgetxattr", "source", "EIO EACCES", _READ),
    ("faccessat", "source", "EACCES", _OPEN),
    ("fstat", "source", "EIO", _READ),
    ("lseek", "source", "EIO EINVAL", SURVIVES),  # where holes can't be told, all is data
    ("preadv", "source", "EIO EIO+", _READ),
    ("preadv", "source", _NOT_NOW, SURVIVES),
    ("preadv", "source", "end", _CUT),
    ("close", "source", "EIO EINTR", SURVIVES),
    ("preadv input", "source", "EIO", _READ),
    ("preadv input", "source", "EIO+", _READ | _STASH_READ),  # whichever comes first
    ("preadv input", "source", _NOT_NOW, SURVIVES),
    ("preadv input", "source", "end", _CUT),
    ("readlink", "source", "EIO EACCES", _OPEN),
    # Where holes are told, not to know of one makes another image.
    ("lseek udf", "source", "EIO", _READ | {""}),
    ("preadv boot", "source", "EIO EIO+", _READ | _BOOT),
    ("preadv boot", "source", _NOT_NOW, SURVIVES),
    ("preadv boot", "source", "end", _CUT | _BOOT),
    # Standard input.
    ("fstat", "input", "EIO", {"FSI_E_IO_DEVICE", ""}),
    ("poll", "input", "EINTR", SURVIVES),
    ("poll", "input", "ENOMEM", _READ),
    ("read", "input", "EIO", _READ),
    ("read", "input", "EINTR EAGAIN short", SURVIVES),
    # The working directory and the stash.
    ("stat", "stash", "EACCES EIO", _WORK),
    ("faccessat", "stash", "EACCES", _WORK),
    ("openat", "stash", _OPEN_KINDS, _STASH_OPEN),
    ("openat", "stash", "EINTR EOPNOTSUPP", SURVIVES),
    ("fstatvfs", "stash", "EIO", SURVIVES),
    ("pwrite", "stash", _WRITE_KINDS, _STASH_WRITE),
    ("pwrite", "stash", _NOT_NOW, SURVIVES),
    ("preadv", "stash", "EIO end", _STASH_READ),
    ("preadv", "stash", _NOT_NOW, SURVIVES),
    ("close", "stash", "EIO", SURVIVES),
    # A file that an image is written to.
    ("stat", "output", "EACCES EIO", BY_ERRNO),
    ("lstat", "output", "EIO", SURVIVES),
    ("faccessat", "output", "EACCES", BY_ERRNO),
    ("realpath", "output", "EACCES EIO", BY_ERRNO),
    ("openat", "output", _OPEN_KINDS, BY_ERRNO),
    ("openat", "output", "EINTR", SURVIVES),
    ("openat", "nameless", "EACCES EMFILE EIO ENOSPC EDQUOT", BY_ERRNO),
    ("openat", "nameless", "EOPNOTSUPP ENOENT EINTR", SURVIVES),
    ("access", "proc", "ENOENT EACCES", SURVIVES),
    ("fchmod", "output", "EPERM EIO", BY_ERRNO),
    ("write", "output", f"{_WRITE_KINDS} ENOSPC+", BY_ERRNO),
    ("write", "output", f"{_NOT_NOW} EAGAIN", SURVIVES),
    ("poll", "output", "EINTR", SURVIVES),
    ("lseek", "output", "EIO", BY_ERRNO),
    ("ftruncate", "output", _WRITE_KINDS, BY_ERRNO),
    ("ftruncate", "output", "EINTR", SURVIVES),
    ("fsync", "output", f"{_WRITE_KINDS} EIO+", BY_ERRNO),
    ("fsync", "output", "EINVAL EINTR", SURVIVES),  # some file systems know no fsync()
    ("sync_file_range", "output", "EIO", SURVIVES),
    ("posix_fadvise", "output", "EIO", SURVIVES),
    ("linkat", "output", f"{_WRITE_KINDS} EACCES", BY_ERRNO),
    ("renameat", "output", f"{_WRITE_KINDS} EACCES", BY_ERRNO),
    ("renameat2", "output", f"{_WRITE_KINDS} EEXIST", BY_ERRNO),
    ("unlinkat", "output", "EIO", BY_ERRNO),
    ("close", "output", "EIO EINTR", SURVIVES),
    ("pthread_create", "nothing", "EAGAIN", SURVIVES),
    # A pipe that it is written to.
    ("fstat", "pipe", "EIO", SURVIVES),
    ("write", "pipe", "EIO EPIPE", BY_ERRNO),
    ("write", "pipe", f"{_NOT_NOW} EAGAIN", SURVIVES),
    # Blocks that are shared.
    ("openat", "proc", _OPEN_KINDS, SURVIVES),
    ("ioctl", "output", "EOPNOTSUPP EINVAL EINTR", SURVIVES),
    ("ioctl", "output", "EIO ENOSPC", {"FSI_E_IO_DEVICE", "FSI_E_DISK_FULL", ""}),
    ("ioctl always", "output", "EOPNOTSUPP EIO ENOSPC", BY_ERRNO),
    ("ioctl always", "output", "EINTR", SURVIVES),
    ("openat always", "proc", _OPEN_KINDS, BY_ERRNO),
    ("openat always", "proc", "EINTR", SURVIVES),
    # An image that is read, and what is taken out of it.
    ("openat", "image", _OPEN_KINDS, BY_ERRNO),
    ("openat", "image", "EINTR", SURVIVES),
    ("fstat", "image", "EIO", BY_ERRNO),
    ("lseek", "image", "EIO EINVAL", SURVIVES),
    ("preadv", "image", "EIO EINTR short end", SURVIVES),  # it is asked again
    ("preadv", "image", "EIO+", _DISC),
    ("close", "image", "EIO", SURVIVES),
    ("mkdir", "target", "EACCES ENOSPC EDQUOT", BY_ERRNO),
    ("mkdirat", "target", "EACCES ENOSPC EDQUOT", BY_ERRNO),
    ("open", "target", _OPEN_KINDS, BY_ERRNO),
    ("openat", "target", "EACCES EMFILE EIO", BY_ERRNO),
    ("openat", "target", "EINTR", SURVIVES),
    ("fstatat", "target", "EIO", SURVIVES),
    ("fcntl", "target", "EMFILE", SURVIVES),
    ("pwrite", "target", f"{_WRITE_KINDS} ENOSPC+", BY_ERRNO),
    ("pwrite", "target", _NOT_NOW, SURVIVES),
    ("ftruncate", "target", _WRITE_KINDS, BY_ERRNO),
    ("fchown", "target", "EPERM", SURVIVES),  # which is counted
    ("fchmod", "target", "EPERM", SURVIVES),
    ("futimens", "target", "EPERM EIO", BY_ERRNO),
    ("linkat", "target", "ENOSPC EIO", BY_ERRNO),
    ("linkat", "target", "EMLINK EPERM", SURVIVES),  # then it is a file of its own
    ("renameat2", "target", f"{_WRITE_KINDS} EEXIST", BY_ERRNO),
    ("renameat2", "target", "EINVAL", SURVIVES),  # some file systems replace, or nothing
    ("renameat", "target", _WRITE_KINDS, BY_ERRNO),
    ("close", "target", "EIO ENOSPC", {"FSI_E_IO_DEVICE", "FSI_E_DISK_FULL", ""}),
]


@dataclass(frozen=True)
class Rule:
    """How a call may fail, and what may come of it."""

    kind: str
    codes: frozenset[str]  # empty text: the command succeeds


def _rule(kind: str, codes: set[str] | frozenset[str]) -> Rule:
    return Rule(kind, frozenset(codes or {CODES[kind.removesuffix("+")]}))


def rules_for(scenario: str, name: str, place: str) -> list[Rule]:
    """The rules of a function; none: nobody thought of it."""
    for wanted in (f"{name} {scenario}", name):
        found = [_rule(kind, codes) for function, where, kinds, codes in _ROWS
                 if (function, where) == (wanted, place) for kind in kinds.split()]
        if found:
            return found
    return []
