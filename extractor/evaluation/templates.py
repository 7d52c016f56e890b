"""Papers, and what a run found in them if any did -> lines of a gold file, to be filled in or corrected."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from extractor.evaluation.forms import line_type
from extractor.evaluation.reading import Row, parts_of, values_of
from extractor.papers import Paper
from extractor.records import FieldSpec, Record, Role, fields_of


def gold_template(
    record_type: type[Record], papers: Iterable[Paper], predicted: Iterable[Row] = ()
) -> Iterator[str]:
    """
    Yield a line of JSON a paper, its title and abstract there to be read.

    What a run found stands as what should be found, to be corrected. A list of parts of which nothing was
    found holds one blank part, to show its form; blank parts count as none.

    Raises:
        SchemaError: the record type has a field that a gold file cannot hold.
    """
    line_type(record_type)  # Refuses what could not be read again.
    found = {row.get("id"): row for row in predicted}
    for paper in papers:
        row = found.get(paper.paper_id, {})
        head = {"id": paper.paper_id, "title": paper.text.title, "abstract": paper.text.abstract}
        fields = {spec.name: _filled(spec, row.get(spec.name)) for spec in fields_of(record_type)}
        yield json.dumps(head | fields, ensure_ascii=False)


def _filled(spec: FieldSpec, given: Any) -> Any:  # noqa: ANN401 - JSON.
    if spec.part is not None:
        parts = [_part(spec.part, part) for part in parts_of(spec, given) or [{}]]
        return parts if spec.many else parts[0]
    items = [_item(spec, value) for value in _values(spec, given)]
    return items if spec.many else next(iter(items), None)


def _item(spec: FieldSpec, value: object) -> object:
    """Return a value in the form of a gold file: a name with room for its other forms."""
    return {"accept": [value], "optional": False} if spec.role is Role.NAME else value


def _values(spec: FieldSpec, given: Any) -> list[Any]:  # noqa: ANN401
    values = values_of(spec, given)
    return [int(value) for value in values] if spec.kind is int else values


def _part(part_type: type[Record], part: Mapping[str, Any]) -> dict[str, Any]:
    fields = {spec.name: _part_field(spec, part.get(spec.name)) for spec in fields_of(part_type)}
    return {**fields, "optional": False}


def _part_field(spec: FieldSpec, given: Any) -> Any:  # noqa: ANN401
    values = _values(spec, given)
    return values if spec.many or (values and spec.role is Role.NAME) else next(iter(values), None)
