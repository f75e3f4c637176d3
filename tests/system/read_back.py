# SPDX-License-Identifier: GPL-2.0-or-later
"""Read an image with many readers and compare what they see with its source."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import readers
from compare import Comparison, compare
from entries import Listing
from images import Image, ImageError
from readers.base import Reader, ReaderError

OK, FAIL, LIMIT = "ok", "FAIL", "limit"


@dataclass
class Verdict:
    """What one reader says of one view."""

    view: str
    reader: str
    status: str
    summary: str
    differences: Sequence[str] = ()
    seconds: float = 0.0

    def line(self) -> str:
        """The verdict in one line."""
        who = f"{self.status:5} {self.view:6} {self.reader:10}"
        return f"{who} {self.seconds:5.1f} s  {self.summary}"


def choose(names: Sequence[str] | None = None) -> list[Reader]:
    """The readers of these names, or all of them."""
    known = {reader.name: reader for reader in readers.ALL}
    return [known[name]() for name in (names or known)]


def read_back(
    image: Image, source: Listing, chosen: Sequence[Reader], judge_names: bool = True,
) -> Iterator[Verdict]:
    """Verdicts of all chosen readers on all views that they know, as they come."""
    stopped = threading.Event()

    def judge_views(reader: Reader) -> list[Verdict]:
        return [
            _judge(image, source, reader, view, judge_names)
            for view in image.views
            if view in reader.views and not stopped.is_set()
        ]

    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        for job in [pool.submit(judge_views, reader) for reader in chosen]:
            yield from job.result()
    finally:
        stopped.set()  # matters after an interrupt only
        pool.shutdown(cancel_futures=True)


def _judge(
    image: Image, source: Listing, reader: Reader, view: str, judge_names: bool,
) -> Verdict:
    verdict = Verdict(view, reader.name, FAIL, "")
    if lacking := reader.missing():
        verdict.summary = lacking
        return verdict
    if reason := reader.limit(image, view, source):
        verdict.status, verdict.summary = LIMIT, reason
        return verdict
    begin = time.monotonic()
    try:
        result = compare(source, reader.list(image, view), view, reader, judge_names)
    except (ReaderError, ImageError) as error:
        verdict.summary = str(error)
    except Exception as error:  # whatever is wrong, the other readers must be heard
        verdict.summary = f"{type(error).__name__}: {error}"
    else:
        verdict.differences = result.differences
        verdict.summary = _summary(result)
        if not result.differences:
            verdict.status = OK
    verdict.seconds = time.monotonic() - begin
    return verdict


def _summary(result: Comparison) -> str:
    summary = f"{result.entries} entries"
    if result.by_content:
        summary += f", {result.by_content} found by what they hold"
    if result.unread:
        summary += f", {result.files - result.unread} of {result.files} files read"
    if result.differences:
        summary += f", {len(result.differences)} differences"
    return summary
