"""Two runs or models of a database -> how far they agree, and where they differ."""

from pathlib import Path

from extractor.assessing.chosen import of_run_or_model
from extractor.errors import QueryError
from extractor.evaluation import Agreement, agreement_of


def compare_runs(first: str, second: str, db: str | Path | None = None) -> Agreement:
    """
    Return how far two runs agree on the papers that both have, field by field, and where they differ.

    Each is a run's id, the beginning of one, `latest`, or a model's name. Values are matched by the rules by
    which a run is compared with gold.

    Raises:
        QueryError: there is no such run or model, a name fits several runs, or both are the same.
        StoreError: there is no database.
    """
    found = [of_run_or_model(db, name) for name in (first, second)]
    if found[0].label == found[1].label:
        message = f"{first!r} and {second!r} are the same: {found[0].label}; name two"
        raise QueryError(message)
    record_type = found[0].database.schema().record_type
    return agreement_of(record_type, {one.label: one.rows() for one in found})
