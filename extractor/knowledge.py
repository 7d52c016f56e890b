"""
What a run knows beside its papers: answers that are stored, and what other runs ask and have found.

No text is sent twice. An answer is in the database or in a journal; a request is in the journal of the run
that asks it. Which of them was looked at first does not matter: `turns` tells when answers have gone from
a journal to the database meanwhile, and then all is looked up anew.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from extractor.exchange import Response
from extractor.journal import Claim, Entry, Journal
from extractor.outcomes import Failure, Outcome
from extractor.routing import Found, Known
from extractor.store import Snapshot, Store

WAIT = 0.5
"""Seconds between two looks at what another run is asking."""


def what_counts(stored: Known, *, retry_failed: bool, refresh: bool) -> Known:
    """Return what of the stored answers is not asked again."""
    if refresh:
        return {}
    counts = Response if retry_failed else (Response, Failure)
    return {key: value for key, value in stored.items() if isinstance(value, counts)}


class RunKnowledge:
    """
    The knowledge of one run (the protocol is the pipeline's).

    With `retry_failed` unusable answers count for nothing, with `refresh` no stored answer does.
    """

    def __init__(
        self,
        store: Store,
        snapshot: Snapshot,
        journal: Journal,
        read_entry: Callable[[Entry], Outcome],
        *,
        retry_failed: bool = False,
        refresh: bool = False,
    ) -> None:
        self._store = store
        self._snapshot = snapshot
        self._journal = journal
        self._read_entry = read_entry
        self._retry_failed = retry_failed
        self._refresh = refresh
        self._turns = 0

    def look_up(self, fingerprints: Sequence[str]) -> Found:
        """Return the answers that are stored or have landed elsewhere, and what is being asked elsewhere."""
        self._turns = self._journal.turns()
        known = self._stored(fingerprints)
        held = self._journal.elsewhere(f for f in fingerprints if f not in known)
        landed = {key: self._landed(entry) for key, entry in held.items() if entry is not None}
        return Found({**known, **landed}, frozenset(held) - frozenset(landed))

    def claim(self, fingerprints: Sequence[str]) -> Claim:
        """Claim what is to be asked, unless answers have gone to the database since the last look."""
        return self._journal.claim(fingerprints, since=self._turns)

    async def wait(self) -> None:
        """Wait a moment for other runs."""
        await asyncio.sleep(WAIT)

    def _stored(self, fingerprints: Sequence[str]) -> Known:
        stored = self._store.look_up(fingerprints, self._snapshot)
        return what_counts(stored, retry_failed=self._retry_failed, refresh=self._refresh)

    def _landed(self, entry: Entry) -> Response | Failure:
        outcome = self._read_entry(entry)
        if isinstance(outcome, Failure):
            return replace(outcome, from_cache=True)
        return outcome.response
