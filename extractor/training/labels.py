"""
Files of labelled papers -> papers with their texts and what should be found in them, each string in its text.

The form is that of a gold file: JSON lines with `id`, `title`, `abstract` and a key a field. A value may
stand by itself or as a list of accepted forms, of which the first that stands in the text is learned; what is
`optional` is not learned. Title and abstract may stand in files of their own, under the same ids.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from extractor.errors import GoldError
from extractor.evaluation.forms import Form, GoldLine, PartForm, given_in, is_blank
from extractor.evaluation.lines import read_lines
from extractor.papers import Text
from extractor.providers.embedded.spans import look_alike
from extractor.records import FieldSpec, Record, Role, fields_of

TOLD = 10
_COPIED = (Role.NAME, Role.QUOTE, Role.URL)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One paper, and what should be found in it as JSON values; `place` is its file and line."""

    place: str
    paper_id: str
    text: Text
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file as it was read, with its hash."""

    path: Path
    sha256: str
    lines: tuple[str, ...]


class _TextLine(BaseModel):
    id: str
    title: str = ""
    abstract: str


def read_file(path: Path) -> LabelFile:
    """
    Return a file's lines.

    Raises:
        GoldError: it cannot be read as UTF-8.
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        message = f"{path} is no UTF-8 text: byte {error.start} cannot be read"
        raise GoldError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise GoldError(message) from error
    return LabelFile(path, hashlib.sha256(content).hexdigest(), tuple(lines))


def read_texts(files: Iterable[LabelFile]) -> dict[str, Text]:
    """
    Return the texts of files of JSON lines with `id`, `title` and `abstract`, by id.

    Raises:
        GoldError: a line is none; the message names file and line.
    """
    texts: dict[str, Text] = {}
    for file in files:
        for number, line in enumerate(file.lines, start=1):
            if line.strip():
                read = _text_line(line, f"{file.path}, line {number}")
                texts[read.id] = Text(title=read.title, abstract=read.abstract)
    return texts


def _text_line(line: str, place: str) -> _TextLine:
    try:
        return _TextLine.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{place}: {'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}"
        raise GoldError(message) from error


def read_labelled(
    files: Sequence[LabelFile], texts: Mapping[str, Text], record_type: type[Record]
) -> list[Labelled]:
    """
    Return the labelled papers of files, in their order.

    Raises:
        GoldError: a line does not fit the schema, has no abstract, or says what is not in its text; the
            message names file, line and field of each, the first ten.
    """
    problems: list[str] = []
    read: dict[str, Labelled] = {}
    for file in files:
        for labelled in _of_file(file, texts, record_type, problems):
            if labelled.paper_id in read:
                first = read[labelled.paper_id].place
                problems.append(f"{labelled.place}: {labelled.paper_id!r} stands in {first} too")
            read.setdefault(labelled.paper_id, labelled)
    if problems:
        more = f"\n(and {len(problems) - TOLD} more)" if len(problems) > TOLD else ""
        message = "the labels cannot be learned from:\n" + "\n".join(problems[:TOLD]) + more
        raise GoldError(message)
    return list(read.values())


def _of_file(
    file: LabelFile, texts: Mapping[str, Text], record_type: type[Record], problems: list[str]
) -> Iterator[Labelled]:
    for read in read_lines(file.lines, record_type):
        problems += (f"{file.path}, {problem}" for problem in read.problems)
        if read.given is None:
            continue
        place = f"{file.path}, line {read.number}"
        text = _text_of(read.given, texts)
        if text is None:
            problems.append(f"{place}: no abstract for {read.given.id!r}; give it here, or by --texts FILE")
            continue
        reader = _Reader(text)
        record = dict(reader.fields(read.given, record_type))
        problems += (f"{place}, {problem}" for problem in reader.problems)
        yield Labelled(place, read.given.id, text, record)


def _text_of(line: GoldLine, texts: Mapping[str, Text]) -> Text | None:
    if line.abstract is not None:
        return Text(title=line.title or "", abstract=line.abstract)
    return texts.get(line.id)


class _Reader:
    """Takes from forms what one text bears out, and collects what it does not."""

    def __init__(self, text: Text) -> None:
        self.problems: list[str] = []
        self._shown = (look_alike(text.title), look_alike(text.abstract))

    def fields(
        self, holder: BaseModel, record_type: type[Record], place: str = ""
    ) -> Iterator[tuple[str, Any]]:
        """Yield the name and value of each field that says something."""
        for spec in fields_of(record_type):
            where = f"{place}{spec.name}"
            values = [
                value
                for item, given in enumerate(given_in(spec, holder))
                if not given.optional
                and (value := self._value(spec, given, f"{where}[{item}]" if spec.many else where))
                is not None
            ]
            if values:
                yield spec.name, values if spec.many else values[0]

    def _value(self, spec: FieldSpec, given: Form | PartForm, where: str) -> Any:  # noqa: ANN401 - JSON.
        if isinstance(given, PartForm):
            assert spec.part is not None  # noqa: S101 - a part's form; this tells the type checker.
            return None if is_blank(given, spec.part) else dict(self.fields(given, spec.part, f"{where}."))
        if spec.role not in _COPIED:
            return given.accept[0]
        for form in given.accept:
            if any(look_alike(form) in shown for shown in self._shown):
                return look_alike(form)
        self.problems.append(f"{where}: {given.accept[0]!r} is not in the title or abstract")
        return None


def gold_lines(labelled: Iterable[Labelled], files: Iterable[LabelFile]) -> list[str]:
    """Return the lines of files that are about these papers, as a gold file to score by."""
    wanted = {one.paper_id for one in labelled}
    lines = (line for file in files for line in file.lines if line.strip())
    return [line for line in lines if str(json.loads(line)["id"]) in wanted]
