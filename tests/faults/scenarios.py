# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs of the command that are made to fail: each way that an image can be written."""

import hashlib
import os
import random
import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from calls import Call, Fault, Outcome, run
from rules import Rule, rules_for

OLD = b"an older file"
INPUT = random.Random(2).randbytes(300_000)

State = dict[str, str]  # of each path below a folder, what is there


@dataclass(frozen=True)
class Scenario:
    """A command line, in which {room} is the folder of the test."""

    name: str
    arguments: str
    older: bool = False  # whether there is a file of the output's name
    clones: bool = False
    given: bytes = b""


SCENARIOS = [
    Scenario("file", "create -q -o {out} {source}"),
    Scenario("replace", "create -q --force -o {out} {source}", older=True),
    Scenario("pipe", "create -q -o - {source}"),
    Scenario("stage", "create -q --stage --working-directory {work} -o {out} {source}"),
    Scenario("input", "create -q --working-directory {work} -o {out} {source} x=-", given=INPUT),
    Scenario("deduplicate", "create -q --deduplicate -o {out} {source}"),
    Scenario("reflink", "create -q --reflink auto --align-large-files -o {out} {source}",
             clones=True),
    Scenario("always", "create -q --reflink always -o {out} {source}", clones=True),
    Scenario("udf", "create -q -f udf --udf-holes --posix -o {out} {source}"),
    Scenario("boot", "create -q --boot bios:sub/small,info-table --hybrid -o {out} {source}"),
    Scenario("extract", "extract -q -C {room}/out/target {room}/image.iso"),
]


def make_source(folder: Path) -> None:
    """One of everything, and as little of it as it takes."""
    numbers = random.Random(1)
    (folder / "sub").mkdir(parents=True)
    (folder / "large").write_bytes(numbers.randbytes(1_300_000))
    shutil.copy(folder / "large", folder / "sub/same")
    (folder / "sub/small").write_bytes(numbers.randbytes(3000))
    (folder / "empty").touch()
    os.link(folder / "sub/small", folder / "link")
    (folder / "symbolic").symlink_to("sub")
    with (folder / "sparse").open("wb") as file:
        file.seek(1_200_000)
        file.write(b"end")


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    return "folder" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()


class Room:
    """The folder of the tests, and how to find it as it was before each run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.out, self.work = path / "out", path / "work"
        self.log = path / "log"
        make_source(path / "source")
        made = run(["create", "-q", "-o", str(path / "image.iso"), str(path / "source")], self.log)
        if made.status != 0:
            raise SystemExit(f"no image can be made: {made.errors}")

    def clear(self, scenario: Scenario) -> None:
        """Make it as it was."""
        for folder in (self.out, self.work):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        if scenario.older:
            (self.out / "out.iso").write_bytes(OLD)

    def state(self) -> State:
        """What is in the folders that the command may write to."""
        return {str(path.relative_to(self.path)): _digest(path)
                for folder in (self.out, self.work) for path in folder.rglob("*")}

    def arguments(self, scenario: Scenario) -> list[str]:
        """The words of the command."""
        names = {"room": self.path, "source": self.path / "source", "work": self.work,
                 "out": self.out / "out.iso"}
        return [word.format(**names) for word in scenario.arguments.split()]

    def run(self, scenario: Scenario, fault: Fault | None = None) -> Outcome:
        """Run it in a clear room."""
        self.clear(scenario)
        return run(self.arguments(scenario), self.log, fault, clones=scenario.clones,
                   given=scenario.given)


def place_of(call: Call, scenario: Scenario, room: Room) -> str:
    """What a call is about."""
    if call.path == f"{room.out}/.":
        return "nameless"
    output = "target" if scenario.name == "extract" else "output"
    for folder, place in (("source", "source"), ("out", output), ("work", "stash"),
                          ("image.iso", "image")):
        if call.path.startswith(str(room.path / folder)):
            return place
    if call.path.startswith("/proc/self/fd/"):
        return "proc"
    if call.path.startswith("pipe:"):
        return "input" if scenario.given else "pipe"
    return call.path or "nothing"


@dataclass
class Plan:
    """A scenario, how it ends when nothing fails, and what may fail in it."""

    room: Room
    scenario: Scenario
    reference: Outcome = field(init=False)
    before: State = field(init=False)
    after: State = field(init=False)

    def __post_init__(self) -> None:
        self.room.clear(self.scenario)
        self.before = self.room.state()
        self.reference = self.room.run(self.scenario)
        self.after = self.room.state()
        if self.reference.status != 0:
            raise SystemExit(f"{self.scenario.name}: {self.reference.errors}")

    def cases(self) -> Iterator[tuple[Fault, str, Rule | None]]:
        """Each call, what it is about, and each way in which it may fail; None: no rule."""
        numbers: Counter[str] = Counter()
        for call in self.reference.calls:
            if call.name == "left":
                continue
            numbers[call.name] += 1
            name = call.name.removesuffix("64")
            place = place_of(call, self.scenario, self.room)
            for rule in rules_for(self.scenario.name, name, place) or [None]:
                kind = rule.kind if rule else "EIO"
                yield Fault(call.name, numbers[call.name], kind), place, rule

    def moments(self) -> Iterator[Fault]:
        """Before each call, a kill."""
        numbers: Counter[str] = Counter()
        for call in self.reference.calls:
            numbers[call.name] += 1
            if call.name != "left":
                yield Fault(call.name, numbers[call.name], "kill")

    def judge(self, fault: Fault) -> str | None:
        """Run it with a fault: what is wrong with what came of it; None: nothing."""
        outcome = self.room.run(self.scenario, fault)
        state = self.room.state()
        failed = outcome.fault
        if outcome.left_open:
            return f"these are still open: {outcome.left_open}"
        if failed is None:  # threads may have less to do this time
            codes = frozenset({""})
        else:
            name = failed.name.removesuffix("64")
            place = place_of(failed, self.scenario, self.room)
            rules = rules_for(self.scenario.name, name, place)
            codes = frozenset().union(*(rule.codes for rule in rules if rule.kind == fault.kind))
            if not codes:
                return None if rules else f"{name} of {place} has no rule"
        return self._judge_end(outcome, codes) or self._judge_state(outcome, state)

    def judge_failure(self, outcome: Outcome, codes: frozenset[str], state: State) -> str | None:
        """What is wrong with how a run failed; None: nothing."""
        if outcome.left_open:
            return f"these are still open: {outcome.left_open}"
        return self._judge_end(outcome, codes) or self._judge_state(outcome, state)

    def judge_killing(self, fault: Fault) -> str | None:
        """Kill it before a call: what is wrong with what it left; None: nothing."""
        outcome = self.room.run(self.scenario, fault)
        state = self.room.state()
        if outcome.fault is None:  # threads had less to do this time
            return None if outcome.status == 0 else outcome.errors
        if outcome.status != -signal.SIGKILL:
            return f"it ended with {outcome.status}"
        if fault.name == "renameat":  # the one moment in which the image has a name for a while
            name = "out/.out.iso.0.part"
            state = {path: what for path, what in state.items()
                     if (path, what) != (name, self.after["out/out.iso"])}
        if state in (self.before, self.after):
            return None
        return f"it left {dict(state.items() ^ self.before.items())}"

    @staticmethod
    def _judge_end(outcome: Outcome, codes: frozenset[str]) -> str | None:
        wanted = " or ".join(code or "success" for code in sorted(codes))
        if outcome.status not in (0, 1):
            return f"it ended with {outcome.status} and not with {wanted}: {outcome.errors[-3000:]}"
        found = re.findall(r"^fsimage: .* \((\w+) 0x[0-9A-F]{8}\)$", outcome.errors, re.M)
        if outcome.status == 0:
            return None if "" in codes else f"it succeeded, and did not tell {wanted}"
        if not found or not set(found) <= codes:
            return f"it did not end with {wanted}: {outcome.errors.strip()}"
        return None

    def _judge_state(self, outcome: Outcome, state: State) -> str | None:
        if outcome.status == 0:
            if state != self.after or outcome.digest != self.reference.digest:
                return f"it succeeded, and made {sorted(state.items() ^ self.after.items())}"
            return None
        if self.scenario.name == "extract":  # what is there is complete
            left = {path: what for path, what in state.items() if self.after.get(path) != what}
        elif "The file has been replaced all the same." in outcome.errors:
            left = dict(state.items() ^ self.after.items())
        else:
            left = dict(state.items() ^ self.before.items())
        return f"it failed, and left {left}" if left else None
