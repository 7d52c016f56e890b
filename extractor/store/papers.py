"""
Papers as sources give them -> rows of papers, their names, texts and sources: each paper once.

Two are one where they have a text or an id in common, or a title and no ids that contradict each other. What
is stored keeps its id and its texts; what it lacks is filled from the other; where both were read is kept.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

import duckdb

from extractor.papers import OWN, TITLE, Paper, title_alias
from extractor.rows import Row

Rows = dict[str, list[Row]]
Ids = dict[str, str]

_KINDS = ("arxiv:", "doi:", "pmid:", "openreview:")
_FILLED = ("published", "venue", "url", "language", "source", "line")
_COMMON = frozenset(
    map(
        title_alias,
        (
            *("editorial", "introduction", "preface", "foreword", "erratum", "corrigendum", "correction"),
            *("reply", "comment", "letter to the editor", "abstract", "untitled", "book review", "contents"),
        ),
    )
)
"""Titles that many papers have: they say nothing of which it is."""


def key_of(paper: Paper) -> str:
    """Return what tells a paper from the others of a batch."""
    return paper.ids[0]


def stored_ids(connection: duckdb.DuckDBPyConnection, papers: Sequence[Paper]) -> Ids:
    """Return for each paper's key the id that it is stored under, known or new."""
    known = _known(connection, papers)
    return {key_of(paper): known.id_of(paper) for paper in papers}


def known_papers(connection: duckdb.DuckDBPyConnection, papers: Sequence[Paper]) -> list[Paper]:
    """Return those of the papers that are stored, under whatever name, also one that another of them adds."""
    known = _known(connection, papers)
    found: list[Paper] = []
    for paper in papers:
        if known.found(paper) is not None:
            known.id_of(paper)
            found.append(paper)
    return found


def paper_rows(papers: Iterable[Paper], ids: Mapping[str, str]) -> Rows:
    """Return the rows of all papers; of one that comes several times they are several."""
    rows: Rows = {"papers": [], "paper_ids": [], "texts": [], "paper_sources": []}
    for paper in papers:
        stored = ids[key_of(paper)]
        rows["papers"].append(_paper_row(stored, paper))
        names = {stored: None, paper.paper_id: None} | dict.fromkeys(paper.aliases)
        rows["paper_ids"].extend({"alias": alias, "paper_id": stored} for alias in names)
        text = paper.text
        rows["texts"].append(
            {"text_id": text.text_id, "paper_id": stored, "title": text.title, "abstract": text.abstract}
        )
        if paper.source is not None:
            rows["paper_sources"].append({"paper_id": stored, "source": paper.source, "line": paper.line})
    return rows


def enriched(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> list[Row]:
    """Fill what is stored of papers by what these rows tell more; return rows for those that are new."""
    merged: dict[str, Row] = {}
    for row in rows:
        before = merged.get(row["paper_id"])
        merged[row["paper_id"]] = _richer(before, row) if before else row
    stored = {row["paper_id"]: row for row in _stored(connection, merged)}
    richer = {key: _richer(row, merged[key]) for key, row in stored.items()}
    changed = [row for key, row in richer.items() if row != stored[key]]
    if changed:
        connection.execute(_UPDATE, [json.dumps(changed)])
    return [row for key, row in merged.items() if key not in stored]


def new_sources(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> list[Row]:
    """Return the rows of papers in files that are not stored yet, of each paper and file the first."""
    single = {(row["paper_id"], row["source"]): row for row in reversed(rows)}
    asked = [[paper_id for paper_id, _ in single]]
    found = set(connection.execute(_SOURCES, asked).fetchall())
    return [row for key, row in single.items() if key not in found]


_SOURCES = "select paper_id, source from paper_sources where paper_id in (select unnest(?))"
_STORED = """
    select paper_id, title, authors, published::varchar, venue, url, language, source, line
    from papers where paper_id in (select unnest(?))
"""
_COLUMNS = ("paper_id", "title", "authors", *_FILLED)
_UPDATE = """
    update papers set
        title = r.title, authors = r.authors, published = r.published, venue = r.venue, url = r.url,
        language = r.language, source = r.source, line = r.line
    from (
        select unnest(from_json(?, '[{
            "paper_id": "varchar", "title": "varchar", "authors": ["varchar"], "published": "date",
            "venue": "varchar", "url": "varchar", "language": "varchar", "source": "varchar",
            "line": "integer"
        }]'), recursive := true)
    ) r
    where papers.paper_id = r.paper_id
"""


def _stored(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> list[Row]:
    found = connection.execute(_STORED, [list(ids)]).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in found]


def _richer(row: Row, other: Row) -> Row:
    """Return a row with what it lacks from another; a year alone gives way to a day of that year."""
    filled = {name: other[name] if row[name] is None else row[name] for name in _FILLED}
    if row["source"] is not None:
        filled["line"] = row["line"]
    day, other_day = row["published"], other["published"]
    if day and other_day and day.endswith("-01-01") and other_day[:4] == day[:4]:
        filled["published"] = other_day
    title, authors = row["title"] or other["title"], row["authors"] or other["authors"]
    return {**row, **filled, "title": title, "authors": authors}


def _paper_row(stored: str, paper: Paper) -> Row:
    return {
        "paper_id": stored,
        "title": paper.text.title,
        "authors": list(paper.authors),
        "published": paper.published.isoformat() if paper.published else None,
        "venue": paper.venue,
        "url": paper.url,
        "language": paper.language,
        "source": paper.source,
        "line": paper.line,
        "added_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
    }


@dataclass(slots=True)
class _Known:
    """What is stored, and what a batch adds: papers by text and by name, and all names of a paper."""

    by_text: dict[str, str]
    by_name: dict[str, str]
    names: dict[str, set[str]] = field(default_factory=dict)

    def found(self, paper: Paper) -> str | None:
        """Return the id under which a paper is stored."""
        if paper.text.text_id in self.by_text:
            return self.by_text[paper.text.text_id]
        by_id = next((self.by_name[name] for name in paper.ids if name in self.by_name), None)
        return by_id or self._by_title(paper)

    def id_of(self, paper: Paper) -> str:
        """Return the id under which a paper is stored, or is to be from now on."""
        stored = self.found(paper) or self._free(paper)
        self.by_text.setdefault(paper.text.text_id, stored)
        for name in (stored, *paper.ids, *_titles(paper)):
            self.by_name.setdefault(name, stored)
        self.names.setdefault(stored, set()).update(paper.ids)
        return stored

    def _by_title(self, paper: Paper) -> str | None:
        for title in _titles(paper):
            stored = self.by_name.get(title)
            if stored is not None and not _contradict(paper.ids, self.names.get(stored, set())):
                return stored
        return None

    def _free(self, paper: Paper) -> str:
        """Return a paper's own id; with a mark, where another paper of another file has it."""
        if paper.paper_id not in self.by_name:
            return paper.paper_id
        return f"{paper.paper_id}-{sha256(key_of(paper).encode()).hexdigest()[:6]}"


def _known(connection: duckdb.DuckDBPyConnection, papers: Sequence[Paper]) -> _Known:
    names = {name for paper in papers for name in (paper.paper_id, *paper.ids, *_titles(paper))}
    texts = {paper.text.text_id for paper in papers}
    by_name = dict(connection.execute(_BY_NAME, [list(names)]).fetchall())
    by_text = dict(connection.execute(_BY_TEXT, [list(texts)]).fetchall())
    titled = {stored for name, stored in by_name.items() if name.startswith(TITLE)}
    known = _Known(by_text, by_name)
    for alias, stored in connection.execute(_NAMES, [list(titled)]).fetchall():
        known.names.setdefault(stored, set()).add(alias)
    return known


_BY_NAME = "select alias, paper_id from paper_ids where alias in (select unnest(?))"
_BY_TEXT = "select text_id, paper_id from texts where text_id in (select unnest(?))"
_NAMES = "select alias, paper_id from paper_ids where paper_id in (select unnest(?))"


def _titles(paper: Paper) -> list[str]:
    return [name for name in paper.aliases if name.startswith(TITLE) and name not in _COMMON]


def _contradict(ids: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether two papers have ids of one kind, and none of it in common: they are two."""
    mine, theirs = _by_kind(ids), _by_kind(others)
    return any(kind in theirs and not mine[kind] & theirs[kind] for kind in mine)


def _by_kind(ids: Iterable[str]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for one in ids:
        of_file = one.partition("#")[0] if one.startswith(OWN) else None
        kind = of_file or next((kind for kind in _KINDS if one.startswith(kind)), None)
        if kind:
            kinds.setdefault(kind, set()).add(one)
    return kinds
