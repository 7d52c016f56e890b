"""Other runs' segments -> what they hold: who has claimed a request, and where its answer is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from filelock import Timeout

from extractor.journal.entries import Entry, claims_in, fingerprint_in, is_answer, outlined, said_in
from extractor.journal.folder import SegmentName, lock_of, names_in


@dataclass(slots=True)
class _Segment:
    """One file of another run, as far as it was read; an outcome is remembered by its place alone."""

    path: Path
    run_id: str
    number: int
    end: int = 0
    claimed: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    landed: dict[str, tuple[int, int]] = field(default_factory=dict)

    def read_on(self) -> None:
        """Take in what was appended since."""
        with self.path.open("rb") as lines:
            lines.seek(self.end)
            for line in lines:
                if not line.endswith(b"\n"):
                    return  # It is being written, or torn.
                self._take(line)

    def entry(self, fingerprint: str) -> Entry | None:
        """Return an outcome, None where it was deleted meanwhile or cannot be read."""
        start, length = self.landed[fingerprint]
        try:
            with self.path.open("rb") as lines:
                lines.seek(start)
                entry = said_in(lines.read(length))
        except FileNotFoundError:
            return None
        if entry is None:
            del self.landed[fingerprint]
        return entry

    def _take(self, line: bytes) -> None:
        start, self.end = self.end, self.end + len(line)
        said = outlined(line)
        if said is None:
            return
        fingerprint = fingerprint_in(said)
        if fingerprint is None:
            self.claimed.update(claims_in(said))
        elif is_answer(said):
            self.landed[fingerprint] = (start, len(line))
            self.claimed.discard(fingerprint)
        else:
            self.released.add(fingerprint)


class Others:
    """
    What the other runs in a journal's folder hold.

    Each file is read once: what was appended since is all that the next reading reads. What is
    remembered of a file is dropped with it: its answers are in the database.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self._folder = folder
        self._run_id = run_id
        self._names: set[str] = set()
        self._segments: dict[str, _Segment] = {}
        self._growing: list[_Segment] = []
        self._gone: set[str] = set()

    def read(self) -> None:
        """Read the others' segments to their present end."""
        newest = self._list()
        for segment in self._growing:
            try:
                segment.read_on()
            except FileNotFoundError:
                self._segments.pop(segment.path.name, None)
        # A run begins a segment when it is done with the one before: that has been read to its end.
        self._growing = [
            segment
            for segment in self._growing
            if segment.path.name in self._segments and segment.number == newest[segment.run_id]
        ]

    def holders(self, fingerprints: Iterable[str]) -> "dict[str, _Segment | None]":
        """Return the segments where answers have landed, None for what a living run has claimed."""
        wanted = set(fingerprints)
        landed = self._landed(wanted)
        claimers = self._claimers(wanted - landed.keys())
        gone = {run_id for run_id in claimers if not self._lives(run_id)}
        if gone:
            self._gone |= gone
            self.read()  # What they wrote last may have come after the reading and before their end.
            landed = self._landed(wanted)
        claimed = set[str]().union(*(claimers[run_id] for run_id in claimers.keys() - gone))
        return {**dict.fromkeys(claimed), **landed}

    def entries(self, fingerprints: Iterable[str]) -> dict[str, Entry | None]:
        """Return the answers that have landed, None for what a living run has claimed."""
        found: dict[str, Entry | None] = {}
        for fingerprint, segment in self.holders(fingerprints).items():
            if segment is None:
                found[fingerprint] = None
            elif entry := segment.entry(fingerprint):
                found[fingerprint] = entry
        return found

    def _list(self) -> dict[str, int]:
        """Note which segments are new and which are no more; return the number of each run's newest."""
        names = names_in(self._folder)
        if names != self._names:
            for name in self._names - names:
                self._segments.pop(name, None)
            new = filter(None, map(SegmentName.of, names - self._names))
            for one in sorted(one for one in new if one.run_id != self._run_id):
                segment = _Segment(self._folder / str(one), *one)
                self._segments[str(one)] = segment
                self._growing.append(segment)
            self._names = names
        newest: dict[str, int] = {}
        for segment in self._growing:
            newest[segment.run_id] = max(segment.number, newest.get(segment.run_id, 0))
        return newest

    def _landed(self, wanted: set[str]) -> dict[str, _Segment]:
        segments = self._segments.values()
        return {found: segment for segment in segments for found in segment.landed.keys() & wanted}

    def _claimers(self, wanted: set[str]) -> dict[str, set[str]]:
        """Return which of these each run has claimed, but for runs that are known to be gone."""
        claimers: dict[str, set[str]] = {}
        for segment in self._segments.values():
            if segment.run_id not in self._gone:
                claimers.setdefault(segment.run_id, set()).update(segment.claimed & wanted)
        for segment in self._segments.values():
            claimers.get(segment.run_id, set()).difference_update(segment.released)
        return {run_id: claims for run_id, claims in claimers.items() if claims}

    def _lives(self, run_id: str) -> bool:
        try:
            with lock_of(self._folder, run_id).acquire(timeout=0):
                return False
        except Timeout:
            return True
