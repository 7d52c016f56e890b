"""A file to be read -> the records in it, by the format that its beginning fits."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from extractor.errors import ExtractorError, SourceError
from extractor.sources.advancing import Advancing
from extractor.sources.choosing import AnyFormat, choose, known_formats, that_take, tried
from extractor.sources.formats.json_streams import is_json, is_lines
from extractor.sources.formats.page import FORMAT as PAGE
from extractor.sources.opening import Opened
from extractor.sources.places import Place
from extractor.sources.shapes import FileFormat, Found, Keep, Skipped

REST = "the rest of the file cannot be read"
_PAGES = (".txt", ".text")
_BLOCKS_OF_A_PAGE = 16


class Content:
    """
    A file that is open, and the `format` it is read by.

    `at_most` is how many records it has, where that is known once the first is found; `notes` are what is to
    be told of the file.
    """

    def __init__(self, place: Place, names: Mapping[str, str], advancing: Advancing) -> None:
        """
        Open it; `names` say which column or key holds which part of a paper, `advancing` how far reading is.

        Raises:
            SourceError: it cannot be read, is empty or nothing known.
        """
        self.name = place.name
        self.at_most: int | None = None
        self._names = names
        self._advancing = advancing
        self._opened = Opened(place, advancing.check)
        self.notes, self.is_fruitful, self.close = (
            self._opened.notes,
            self._opened.is_fruitful,
            self._opened.close,
        )
        try:
            self.format = self._chosen()
        except BaseException:
            self.close()
            raise

    def _chosen(self) -> AnyFormat:
        name, formats = self.name, known_formats()
        if self._opened.is_empty:
            message = f"{name} is empty"
            raise SourceError(message)
        if self._names and is_json(self._opened.beginning):
            formats = that_take(formats, "given")
        try:
            chosen = choose(self._opened.beginning, formats)
        except SourceError as error:
            message = f"{name} {error}"
            raise SourceError(message) from error
        if chosen is PAGE and self._opened.place.is_walked and not _is_named_as_page(name):
            ends = ", ".join(_PAGES)
            message = f"{name} is nothing known, and by its name no page ({ends}); tried: {tried(formats)}"
            raise SourceError(message)
        return chosen

    def records(self, keep: Keep, *, is_counted: bool) -> Iterator[Found | Skipped]:
        """Yield its records but for those that `keep` declines; `is_counted` asks for `at_most`."""
        try:
            for found in self._records(keep, is_counted=is_counted):
                self.is_fruitful()
                yield found
        except ExtractorError:
            raise
        except Exception as error:  # noqa: BLE001 - A plugin's flaw costs the file that shows it, not the others.
            yield Skipped(0, REST, "", f": format {self.format.name} failed: {error!r}", source=self.name)
        if self._opened.flaw:
            yield Skipped(0, REST, "", f": {self._opened.flaw}", source=self.name)

    def _records(self, keep: Keep, *, is_counted: bool) -> Iterator[Found | Skipped]:
        opened, chosen = self._opened, self.format
        options = {"given": self._names, "keep": keep}
        told: dict[str, Any] = {name: options[name] for name in chosen.takes}
        if isinstance(chosen, FileFormat):
            with opened.as_file() as path:
                yield from chosen.read(path, **told)
        elif chosen is PAGE:
            yield from self._of_page()
        else:
            if is_counted and is_json(opened.beginning) and is_lines(opened.head):
                self.at_most = opened.count_lines()
            yield from chosen.read(self._blocks(), **told)

    def _of_page(self) -> Iterator[Found | Skipped]:
        """Yield what a page holds; of one that is not large it is known then how many papers there are."""
        blocks = self._blocks()
        first = list(itertools.islice(blocks, _BLOCKS_OF_A_PAGE))
        found = PAGE.read(itertools.chain(first, blocks))
        if len(first) < _BLOCKS_OF_A_PAGE:
            whole = list(found)
            self.at_most = sum(isinstance(one, Found) for one in whole)
            found = iter(whole)
        yield from found

    def _blocks(self) -> Iterator[bytes]:
        opened = self._opened
        return self._advancing.of(opened.blocks(), self.name, lambda: opened.progress)


def _is_named_as_page(name: str) -> bool:
    return name.lower().removesuffix(".gz").removesuffix(".zst").endswith(_PAGES)
