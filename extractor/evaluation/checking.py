"""Lines of a gold file -> what is wrong with them, all at once."""

from collections.abc import Iterable, Iterator

from extractor.evaluation.forms import Form, GoldLine, PartForm, given_in, is_blank
from extractor.evaluation.lines import Problem, read_lines
from extractor.evaluation.rules import part_rule
from extractor.records import FieldSpec, Record, Role, fields_of


def check_gold(lines: Iterable[str], record_type: type[Record]) -> list[Problem]:
    """
    Return what is wrong with a gold file, in the order of its lines.

    Beside what `read_gold` refuses or passes over these are parts without what they are found by, and
    quotes that do not stand in the title or the abstract, where the line has the abstract.

    Raises:
        SchemaError: the record type has a field that a gold file cannot hold.
    """
    problems: list[Problem] = []
    for read in read_lines(lines, record_type):
        problems += read.problems
        if read.given is not None:
            problems += (Problem(read.number, *doubt) for doubt in _doubts(read.given, record_type))
    return problems


def _doubts(line: GoldLine, record_type: type[Record]) -> Iterator[tuple[str, str]]:
    """Yield what can be read, but is hardly meant: field and doubt."""
    for spec in fields_of(record_type):
        for place, given in enumerate(given_in(spec, line)):
            where = f"{spec.name}[{place}]" if spec.many else spec.name
            if spec.part is None:
                yield from _misquoted(where, spec, given, line)
            elif not is_blank(given, spec.part):
                yield from _part_doubts(where, spec.part, given, line)


def _part_doubts(
    where: str, part_type: type[Record], part: PartForm, line: GoldLine
) -> Iterator[tuple[str, str]]:
    rule = part_rule(part_type)
    known_by = (rule.quote,) if rule.quote else (*rule.numbers[:1], *(spec.name for spec in rule.keys))
    if all(getattr(part, name) is None for name in known_by):
        yield where, f"nothing finds it: give its {' or '.join(known_by)}"
    for spec in fields_of(part_type):
        for given in given_in(spec, part):
            yield from _misquoted(f"{where}.{spec.name}", spec, given, line)


def _misquoted(where: str, spec: FieldSpec, form: Form, line: GoldLine) -> Iterator[tuple[str, str]]:
    if line.abstract is None:
        return
    quotes = list(form.accept) if spec.role is Role.QUOTE else []
    for quote in (*quotes, *([form.quote] if form.quote else [])):
        if quote not in line.abstract and quote not in (line.title or ""):
            yield where, f"{quote!r} is not in the title or abstract"
