# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources that change while the command works: at each of its calls that is about one."""

import os
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from calls import TIMEOUT, Fault, environment, finished, program
from scenarios import Plan, Room, Scenario


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _replace(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"another file")


def _put_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _put_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


CHANGES: list[tuple[Callable[[Path], None], str]] = [
    (_cut, "IMAPI_E_DATA_STREAM_INCONSISTENCY"),
    (_grow, "IMAPI_E_DATA_STREAM_INCONSISTENCY"),
    (_replace, "IMAPI_E_DATA_STREAM_INCONSISTENCY"),
    (Path.unlink, "IMAPI_E_DATA_STREAM_CREATE_FAILURE"),
    (_put_fifo, "IMAPI_E_DATA_STREAM_INCONSISTENCY IMAPI_E_NOT_FILE"),
    (_put_folder, "IMAPI_E_DATA_STREAM_INCONSISTENCY IMAPI_E_NOT_FILE"),
    (_put_link, "IMAPI_E_DATA_STREAM_CREATE_FAILURE"),
]
NAMES = ("file", "stage", "deduplicate")


class Changing:
    """A scenario in which one of its files changes at a moment."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.room = plan, plan.room
        self.file = self.room.path / "source/large"
        self.content = self.file.read_bytes()
        whole = self.plan.after.get("out/out.iso", "")
        self.results = {change: {whole} | self._result_of(change) for change, _ in CHANGES}

    def _result(self) -> str:
        """The image that the last run made; none: empty."""
        return self.room.state().get("out/out.iso", "")

    def _restore(self) -> None:
        if self.file.is_dir() and not self.file.is_symlink():
            shutil.rmtree(self.file)
        else:
            self.file.unlink(missing_ok=True)
        self.file.write_bytes(self.content)

    def _result_of(self, change: Callable[[Path], None]) -> set[str]:
        """What is made of the folder when it has changed before."""
        change(self.file)
        outcome = self.room.run(self.plan.scenario)
        self._restore()
        return {self._result()} if outcome.status == 0 else set()

    def moments(self) -> Iterator[Fault]:
        """Before each call that is about the file."""
        numbers: Counter[str] = Counter()
        for call in self.plan.reference.calls:
            numbers[call.name] += 1
            if call.path == str(self.file):
                yield Fault(call.name, numbers[call.name], "stop")

    def judge(self, fault: Fault, change: Callable[[Path], None], codes: str) -> str | None:
        """Change it then: what is wrong with what came of it; None: nothing."""
        scenario = self.plan.scenario
        self.room.clear(scenario)
        self.room.log.unlink(missing_ok=True)
        process = subprocess.Popen(
            [program()[0], *self.room.arguments(scenario)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=environment(self.room.log, fault),
        )
        try:
            # It stops, or ends: threads may have less to do this time.
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            change(self.file)
            process.send_signal(signal.SIGCONT)
            _, errors = process.communicate(timeout=TIMEOUT)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
            self._restore()
        outcome = finished(process.returncode, errors, "", self.room.log)
        if outcome.status == 0:
            return None if self._result() in self.results[change] else "the image has neither"
        return self.plan.judge_failure(outcome, frozenset(codes.split()), self.room.state())


def run_changes(room: Room, scenario: Scenario, every: int = 1) -> Iterator[tuple[str, str | None]]:
    """Each change at each moment, or at every n-th: what it was, and what is wrong."""
    changing = Changing(Plan(room, scenario))
    cases = [(fault, change, codes) for fault in changing.moments() for change, codes in CHANGES]
    for fault, change, codes in cases[::every]:
        name = change.__name__.removeprefix("_")
        yield (f"{scenario.name}: {name} before call {fault.number} of {fault.name}",
               changing.judge(fault, change, codes))
