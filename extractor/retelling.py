"""Outcomes <-> entries of the journal: all that is needed to make their rows again."""

from dataclasses import replace

from extractor.catalog import Schema
from extractor.errors import PaperError
from extractor.exchange import Response, Usage
from extractor.journal import Entry
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper
from extractor.pipeline import extraction_of, failure_of


def entry_of(outcome: Outcome) -> Entry:
    """Return the journal's line for an outcome: all that is needed to make its rows again."""
    entry: Entry = {
        "fingerprint": outcome.fingerprint,
        "paper": outcome.paper.model_dump(mode="json"),
        "from_cache": outcome.from_cache,
    }
    if isinstance(outcome, Extraction):
        told = {**_fields_of(outcome.response), "usage": _fields_of(outcome.response.usage)}
        return {**entry, "provider": outcome.provider, "response": told}
    told = {name: getattr(outcome, name) for name in _FAILURE_FIELDS}
    failure = {**told, "usage": _fields_of(outcome.usage)}
    return {**entry, "failure": failure, "is_answer": outcome.paid}


def _fields_of(value: Response | Usage) -> Entry:
    """Return the fields of a value as they are; `asdict` would copy each deeply."""
    return {name: getattr(value, name) for name in value.__slots__}


_FAILURE_FIELDS = ("reason", "message", "paid", "raw_text", "model", "attempts")


def outcome_of(entry: Entry, schema: Schema) -> Outcome:
    """Return the outcome that a journal's line tells of."""
    paper = Paper.model_validate(entry["paper"])
    fingerprint, from_cache = entry["fingerprint"], entry["from_cache"]
    if "failure" in entry:
        told = {**entry["failure"], "usage": Usage(**entry["failure"]["usage"])}
        return Failure(paper=paper, fingerprint=fingerprint, from_cache=from_cache, **told)
    said = entry["response"]
    response = Response(**{**said, "usage": Usage(**said["usage"]), "leads": tuple(said.get("leads", ()))})
    try:
        made = extraction_of(paper, fingerprint, response, schema, entry["provider"])
    except PaperError as error:
        return failure_of(paper, fingerprint, error, response, response.model)
    return replace(made, from_cache=True) if from_cache else made
