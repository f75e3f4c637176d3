# SPDX-License-Identifier: GPL-2.0-or-later
"""What was put into an image against what a reader sees of it in a view."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import naming
from entries import FILE, OTHER, SPECIAL, Listing, Node, grow
from readers.base import Reader

# How alike two entries must be to be paired by what they hold. The last two are for
# files that a reader has only listed.
_SAME_CONTENT_AND_TIME, _SAME_CONTENT, _SAME_SIZE_AND_TIME, _SAME_SIZE = range(4)

_Pairs = list[tuple[Node, Node]]


@dataclass
class Comparison:
    """The differences, and how much was compared."""

    differences: list[str] = field(default_factory=list)
    entries: int = 0
    files: int = 0
    unread: int = 0
    by_content: int = 0


def compare(
    source: Listing, seen: Listing, view: str, reader: Reader, judge_names: bool = True,
) -> Comparison:
    """Compare a source with what a reader saw; judge_names: also the names made up for it."""
    comparer = _Comparer(view, reader, judge_names)
    try:
        image = grow(seen)
    except ValueError as error:
        comparer.result.differences.append(str(error))
        return comparer.result
    comparer.sampled = any(entry.kind == FILE and not entry.sha256 for entry in seen.values())
    comparer.compare_folders(grow(source), image)
    return comparer.result


class _Comparer:
    def __init__(self, view: str, reader: Reader, judge_names: bool) -> None:
        self.view = view
        self.reader = reader
        self.judge_names = judge_names
        self.sampled = False
        self.result = Comparison()
        self.signatures: dict[tuple[int, int], Hashable] = {}

    def differ(self, node: Node, what: str) -> None:
        """Note a difference."""
        self.result.differences.append(f"{node.path!r} {what}")

    def compare_folders(self, source: Node, seen: Node) -> None:
        """Compare everything in a folder, and below it."""
        pairs, missing, surplus = self.pair(source, seen)
        for wanted, found in pairs:
            self.compare_entries(wanted, found)
        for wanted in missing:
            alike = [found for found in surplus if self.are_alike(wanted, found, _SAME_CONTENT)]
            note = f"; {alike[0].name!r} holds the same" if alike else ""
            self.differ(wanted, f"is missing{note}")
        for found in surplus:
            self.differ(found, "should not be there")
        if self.judge_names:
            self.check_names(seen.children.values())

    def compare_entries(self, wanted: Node, found: Node) -> None:
        """Compare two entries that stand for the same thing."""
        self.result.entries += 1
        want, see = wanted.entry, found.entry
        if want.kind == SPECIAL and see.kind == OTHER:
            if see.what not in (None, want.what):
                self.differ(wanted, f"is a {want.what}, the reader sees a {see.what}")
        elif want.kind != see.kind:
            self.differ(wanted, f"is a {want.kind}, the reader sees a {see.kind}")
            return
        if want.kind == FILE:
            self.result.files += 1
            self.result.unread += see.sha256 is None
            if want.size != see.size:
                self.differ(wanted, f"has {want.size} bytes, the reader sees {see.size}")
            elif see.sha256 not in (None, want.sha256):
                self.differ(wanted, "has other contents")
        if None not in (want.links, see.links) and want.links != see.links:
            self.differ(wanted, f"has {want.links} names, the reader sees {see.links}")
        time = self.time(wanted)
        if time is not None and see.mtime is not None and time != see.mtime:
            self.differ(wanted, f"is of time {time}, the reader sees {see.mtime}")
        if self.view == naming.UDF and want.mode is not None and see.mode is not None:
            if (want.mode ^ see.mode) & 0o777:
                self.differ(wanted, f"has mode {want.mode:o}, the reader sees {see.mode:o}")
        if wanted.is_folder:
            self.compare_folders(wanted, found)

    def time(self, wanted: Node) -> int | None:
        """What the reader can show of the time of a source's entry."""
        if wanted.entry.mtime is None:
            return None
        return self.reader.visible_time(self.view, wanted.entry.mtime)

    def pair(self, source: Node, seen: Node) -> tuple[_Pairs, list[Node], list[Node]]:
        """Pairs, source's entries without one, and the reader's entries without one."""
        wanted = [node for node in source.children.values() if node.entry.kind != OTHER]
        found = list(seen.children.values())
        pairs, missing, free = self.pair_by_name(wanted, found)
        _drop(found, pairs)
        if self.view == naming.ISO:
            pairs += _pair_by_guess(free, found)
            _drop(found, pairs)
        _drop(free, pairs)
        by_content = self.pair_by_content(free, found)
        pairs += by_content
        self.result.by_content += len(by_content)
        if len(free) == len(found):
            pairs += zip(free, found, strict=True)
            free, found = [], []
        links = len(source.children) - len(wanted)
        others = [node for node in found if node.entry.kind == OTHER][:links]
        found = [node for node in found if node not in others]
        return pairs, missing + free, found

    def pair_by_name(
        self, wanted: Sequence[Node], found: Sequence[Node],
    ) -> tuple[_Pairs, list[Node], list[Node]]:
        """Pairs, those that should have been shown and are not, and those free to change."""
        held = naming.must_hold(self.view, {node.name: node.is_folder for node in wanted})
        free: list[Node] = []
        sought: dict[str, list[Node]] = defaultdict(list)
        shown: dict[str, list[Node]] = defaultdict(list)
        for node in wanted:
            name = self.reader.shown(self.view, node.name) if node.name in held else None
            if name is None:
                free.append(node)
            else:
                sought[self.reader.key(self.view, name)].append(node)
        for node in found:
            shown[self.reader.key(self.view, node.name)].append(node)
        pairs: _Pairs = []
        missing: list[Node] = []
        for key, nodes in sought.items():
            if len(nodes) > 1 or len(shown[key]) > 1:
                free += nodes
            elif shown[key]:
                pairs.append((nodes[0], shown[key][0]))
            else:
                missing += nodes
        return pairs, missing, free

    def pair_by_content(self, free: list[Node], found: list[Node]) -> _Pairs:
        """Pair what holds the same, the most alike first, and take it out of both lists."""
        pairs: _Pairs = []
        if self.sampled:  # those of which the least is known take what is left
            found.sort(key=lambda node: -_digests(node).total())
        for likeness in range(1 + (_SAME_SIZE if self.sampled else _SAME_CONTENT)):
            groups: dict[Hashable, list[Node]] = defaultdict(list)
            for node in reversed(free):
                groups[self.signature(node, likeness, True)].append(node)
            for node in found:
                group = groups.get(self.signature(node, likeness, False), [])
                for wanted in reversed(group):
                    if likeness <= _SAME_CONTENT or _digests(node) <= _digests(wanted):
                        group.remove(wanted)
                        pairs.append((wanted, node))
                        break
            _drop(free, pairs)
            _drop(found, pairs)
        return pairs

    def are_alike(self, wanted: Node, found: Node, likeness: int) -> bool:
        """Whether both hold the same."""
        return self.signature(wanted, likeness, True) == self.signature(found, likeness, False)

    def signature(self, node: Node, likeness: int, is_source: bool) -> Hashable:
        """Equal for nodes that are alike, whatever they and theirs are called."""
        if (id(node), likeness) in self.signatures:
            return self.signatures[id(node), likeness]
        entry = node.entry
        parts: list[Hashable] = [entry.kind, entry.size]
        if likeness in (_SAME_CONTENT_AND_TIME, _SAME_CONTENT):
            parts.append(entry.sha256)
        if likeness in (_SAME_CONTENT_AND_TIME, _SAME_SIZE_AND_TIME):
            parts.append(self.time(node) if is_source else entry.mtime)
        inner = [
            hash(self.signature(child, likeness, is_source))
            for child in node.children.values()
            if child.entry.kind != OTHER
        ]
        result = (*parts, *sorted(inner))
        self.signatures[id(node), likeness] = result
        return result

    def check_names(self, found: Iterable[Node]) -> None:
        """Judge the names in a folder by the rules of the view."""
        alike: dict[str, str] = {}
        for node in found:
            name = self.reader.key(self.view, node.name)
            if fault := naming.fault(self.view, name, node.is_folder):
                self.differ(node, fault)
            if self.view != naming.UDF:
                twin = alike.setdefault(naming.fold(node.name), node.name)
                if twin != node.name:
                    self.differ(node, f"differs from {twin!r} only in case")


def _digests(node: Node) -> Counter[str]:
    """The digests of all files in a folder, or of one, as far as they are known."""
    digests = Counter([node.entry.sha256] if node.entry.sha256 else [])
    for child in node.children.values():
        digests += _digests(child)
    return digests


def _drop(nodes: list[Node], pairs: _Pairs) -> None:
    """Take the paired ones out of a list."""
    taken = {id(node) for pair in pairs for node in pair}
    nodes[:] = [node for node in nodes if id(node) not in taken]


def _pair_by_guess(free: Sequence[Node], found: Sequence[Node]) -> _Pairs:
    """Pair those whose ISO 9660 name is legal as it is and can come from no sibling."""
    sources: dict[str, list[Node]] = defaultdict(list)
    for node in free:
        for guess in naming.iso_guesses(node.name, node.is_folder):
            sources[guess].append(node)
    pairs: _Pairs = []
    for node in found:
        key = naming.iso_key(node.name)
        likely = sources.get(key, [])
        if len(likely) == 1 and naming.iso_key(likely[0].name) == key:
            pairs.append((likely[0], node))
    return pairs
