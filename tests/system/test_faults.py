#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls of the write path that fail: one of each kind. tests/faults/run has all."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))

import calls  # noqa: E402
import scratch  # noqa: E402
from changes import run_changes  # noqa: E402
from scenarios import SCENARIOS, Plan, Room  # noqa: E402

# What is asked of the system about memory, threads, signals and time, which fails
# elsewhere: tests let allocations fail without it.
BESIDE = set("""brk clone3 exit exit_group futex getegid getegid32 geteuid getpid getrandom
    gettid
    madvise mmap mprotect munmap prlimit64 rseq rt_sigaction rt_sigprocmask
    rt_sigreturn sched_getaffinity set_robust_list
    sigaltstack umask""".split())
# By which a call is told of, processors are counted, and terminals are found.
NOT_OURS = r"/proc/self/fd/|/sys/devices/system/cpu|TCGETS"
# Those behind the functions that are made to fail, where they have other names.
BEHIND = {"newfstatat": "stat", "getdents64": "readdir", "preadv2": "preadv",
          "faccessat2": "faccessat", "fadvise64": "posix_fadvise", "fstatfs": "fstatvfs",
          "pread64": "preadv", "pwrite64": "pwrite", "readlinkat": "readlink", "dup3": "fcntl",
          "utimensat": "futimens"}


class FaultTest(unittest.TestCase):
    """A room in which the command is made to fail."""

    def setUp(self) -> None:
        self.room = Room(self.enterContext(scratch.folder()))


class Faults(FaultTest):
    """Each call of each kind, in one way at least, somewhere."""

    def test_failing_calls_are_told_or_survived(self) -> None:
        seen: set[tuple[str, str, str]] = set()
        for scenario in SCENARIOS:
            plan = Plan(self.room, scenario)
            for fault, place, rule in plan.cases():
                case = (fault.name, place, fault.kind)
                if case in seen:
                    continue
                seen.add(case)
                with self.subTest(scenario.name, fault=fault):
                    self.assertIsNotNone(rule, "no rule says what is to come of it")
                    self.assertIsNone(plan.judge(fault))

    def test_source_that_changes_is_told_or_not_yet_read(self) -> None:
        for scenario in SCENARIOS:
            if scenario.name in ("file", "stage"):
                for name, complaint in run_changes(self.room, scenario, every=23):
                    with self.subTest(name):
                        self.assertIsNone(complaint)

    def test_killed_before_a_call_it_leaves_nothing(self) -> None:
        for scenario in SCENARIOS:
            if scenario.name in ("file", "replace", "stage"):
                plan = Plan(self.room, scenario)
                for fault in list(plan.moments())[-8:]:
                    with self.subTest(scenario.name, fault=fault):
                        self.assertIsNone(plan.judge_killing(fault))


class Completeness(FaultTest):
    """That there are no other calls."""

    def traced(self, arguments: list[str], given: bytes) -> set[str]:
        """The system calls that the command makes, from its first own one on."""
        trace = self.room.path / "trace"
        environment = calls.environment(self.room.log)
        environment["ASAN_OPTIONS"] += ":detect_leaks=0"  # which is not done under a tracer
        words = [f"--env={name}={value}" for name, value in environment.items()]
        done = subprocess.run(["strace", "-f", "-y", "-qq", "-o", trace, *words, calls.program()[0],
                               *arguments], input=given, capture_output=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        lines = trace.read_text(errors="replace").splitlines()
        begin = next(number for number, line in enumerate(lines)
                     if f'"{self.room.log}"' in line and "O_APPEND" in line)
        found = set()
        for line in lines[begin + 1:]:
            is_ours = str(self.room.log) not in line and not re.search(NOT_OURS, line)
            if is_ours and (call := re.match(r"\d+ +(\w+)\(", line)):
                found.add(call.group(1))
        return found

    def test_every_system_call_is_one_that_is_made_to_fail(self) -> None:
        for scenario in SCENARIOS:
            plan = Plan(self.room, scenario)
            known = {call.name.removesuffix("64") for call in plan.reference.calls}
            known |= {"readlink"} if "realpath" in known else set()
            self.room.clear(scenario)
            if scenario.clones:
                continue  # which is no system call here
            traced = self.traced(self.room.arguments(scenario), scenario.given)
            with self.subTest(scenario.name):
                names = {BEHIND.get(name, name) for name in traced - BESIDE}
                self.assertEqual(set(), names - known - {"stat"})


if __name__ == "__main__":
    unittest.main()
