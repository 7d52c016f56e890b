"""PubMed's XML, articles and books -> papers."""

from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from extractor.sources.dates import first_day
from extractor.sources.formats.arxiv_texts import is_withdrawal
from extractor.sources.formats.xml_streams import Record, records, root_of
from extractor.sources.formats.xml_texts import every, first, local, text_of
from extractor.sources.identifiers import doi, named, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import Beginning, Format, Found, Skipped, short

_ARTICLES = ("PubmedArticle", "MedlineCitation")
_BOOKS = ("PubmedBookArticle", "BookDocument")
_ROOTS = frozenset(
    {"pubmedarticleset", "pubmedbookarticleset", "medlinecitationset"}
    | {name.lower() for name in (*_ARTICLES, *_BOOKS)}
)
_NO_TITLE = "[not available]"
_NO_LABEL = ("", "UNLABELLED", "UNASSIGNED")
_FOR_LAYMEN = "plain-language-summary"


def _fits(beginning: Beginning) -> bool:
    return root_of(beginning) in _ROOTS


def read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    """Yield the articles and books; what an update says was deleted is passed over."""
    for record in records(blocks, *_ARTICLES, *_BOOKS, "DeleteCitation"):
        if isinstance(record, Skipped):
            yield record
        elif local(record.element) == "DeleteCitation":
            for number in record.element.iterfind("PMID"):
                yield Skipped(record.line, "deleted", f"PMID {text_of(number) or ''}")
        else:
            yield _paper(record)


def _paper(record: Record) -> Found | Skipped:
    whole = record.element
    citation = next(whole.iter("MedlineCitation", "BookDocument"), whole)
    article = citation if local(citation) == "BookDocument" else citation.find("Article")
    number = first(citation, "PMID")
    if article is None:
        return Skipped(record.line, "no article", f"PMID {number or ''}")
    title = _title(article)
    if is_withdrawal(title):
        return Skipped(record.line, "withdrawn", short(title or f"PMID {number}"))
    abstract, language = _abstract(citation, article)
    return Found(
        record.line,
        title,
        abstract,
        ids=_ids(whole, citation, article, number),
        authors=_authors(article),
        published=_published(article),
        venue=first(article, "Journal/Title")
        or (first(article, "Book/BookTitle") if first(article, "ArticleTitle") else None),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{number}/" if number else None,
        language=language,
    )


def _title(article: etree._Element) -> str | None:
    """Return the title in English, or that of its own language, or that of the book that is all there is."""
    titles = (first(article, path) for path in ("ArticleTitle", "VernacularTitle", "Book/BookTitle"))
    return next((title for title in titles if title and not title.lower().startswith(_NO_TITLE)), None)


def _abstract(citation: etree._Element, article: etree._Element) -> tuple[str | None, str | None]:
    """
    Return the abstract and its language.

    By PubMed's rule an abstract is English, whatever the paper is. Where there is none, one that others than
    the authors wrote, or that is a translation, stands in.
    """
    language = language_code(first(article, "Language"))
    for abstract in article.iterfind("Abstract"):
        if text := _joined(abstract):
            return text, "en"
    for other in citation.iterfind("OtherAbstract"):
        if other.get("Type") != _FOR_LAYMEN and (text := _joined(other)):
            return text, language_code(other.get("Language")) or language
    return None, language


def _joined(abstract: etree._Element) -> str:
    """Return the parts of an abstract, each after its label, as PubMed prints them in one text."""
    return " ".join(filter(None, map(_labelled, abstract.iterfind("AbstractText"))))


def _labelled(part: etree._Element) -> str:
    text, label = text_of(part) or "", part.get("Label", "").strip().rstrip(":")
    return f"{label}: {text}" if text and label.upper() not in _NO_LABEL else text


def _ids(
    whole: etree._Element, citation: etree._Element, article: etree._Element, number: str | None
) -> tuple[str, ...]:
    """Return the ids of the article itself, not of those that it cites."""
    lists = (*whole.iterfind("*/ArticleIdList/ArticleId"), *citation.iterfind("ArticleIdList/ArticleId"))
    places = [one for one in article.iterfind("ELocationID") if one.get("ValidYN", "Y") == "Y"]
    dois = [text_of(one) for one in (*places, *lists) if "doi" in {one.get("EIdType"), one.get("IdType")}]
    central = [text_of(one) for one in lists if one.get("IdType") == "pmc"]
    return named(
        *with_kind("pmid", [number]), *(doi(text) for text in dois if text), *with_kind("pmc", central)
    )


def _authors(article: etree._Element) -> tuple[str, ...]:
    lists = article.findall("AuthorList")
    by_type = [one for one in lists if one.get("Type", "authors") == "authors"] or lists
    return tuple(name for one in by_type for author in one.iterfind("Author") if (name := _name(author)))


def _name(author: etree._Element) -> str:
    given = first(author, "ForeName") or first(author, "Initials")
    parts = (given, first(author, "LastName"), first(author, "Suffix"))
    return " ".join(filter(None, parts)) or first(author, "CollectiveName") or ""


def _published(article: etree._Element) -> date | None:
    """Return when it came out, over the net or on paper, whichever is told to the day."""
    places = ("ArticleDate", "Journal/JournalIssue/PubDate", "ContributionDate", "Book/PubDate")
    return first_day(*(" ".join(every(told, "*")) for place in places for told in article.iterfind(place)))


FORMAT = Format("PubMed XML", _fits, read)
