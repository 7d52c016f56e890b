from datetime import date

import pytest

from extractor.sources.formats.pubmed_xml import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

HEAD = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN"
  "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">
<PubmedArticleSet>
"""
ARTICLE = """<PubmedArticle>
  <MedlineCitation Status="MEDLINE">
    <PMID Version="1">11110001</PMID>
    <Article>
      <Journal>
        <JournalIssue><PubDate><Year>2018</Year><Month>Feb</Month></PubDate></JournalIssue>
        <Title>Journal of Mud</Title>
      </Journal>
      <ArticleTitle>Salt in <i>Mytilus</i> at 10<sup>3</sup> m.</ArticleTitle>
      <ELocationID EIdType="pii">x-1</ELocationID>
      <ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>
      <ELocationID EIdType="doi" ValidYN="Y">10.1000/MUD.1</ELocationID>
      <Abstract>
        <AbstractText Label="AIM" NlmCategory="OTHER">Salt weighs (p<sub>trend</sub>&lt;0.01).</AbstractText>
        <AbstractText Label="UNLABELLED">It is heavy.</AbstractText>
        <AbstractText Label="RESULTS:">It was 3 &#956;g.</AbstractText>
        <AbstractText Label="FUNDING"/>
        <CopyrightInformation>All rights reserved.</CopyrightInformation>
      </Abstract>
      <AuthorList CompleteYN="Y">
        <Author><LastName>Marsh</LastName><ForeName>Ada B</ForeName><Initials>AB</Initials>
          <Suffix>Jr</Suffix><AffiliationInfo><Affiliation>Mud Lab</Affiliation></AffiliationInfo></Author>
        <Author><LastName>Ebb</LastName><Initials>B</Initials></Author>
        <Author><CollectiveName>Salt Group</CollectiveName></Author>
      </AuthorList>
      <Language>eng</Language>
      <ArticleDate DateType="Electronic"><Year>2017</Year><Month>08</Month><Day>03</Day></ArticleDate>
    </Article>
    <CommentsCorrectionsList><CommentsCorrections><PMID>999</PMID></CommentsCorrections></CommentsCorrectionsList>
  </MedlineCitation>
  <PubmedData>
    <ArticleIdList><ArticleId IdType="pubmed">11110001</ArticleId><ArticleId IdType="pmc">PMC77</ArticleId>
      <ArticleId IdType="doi">10.1000/mud.1</ArticleId></ArticleIdList>
    <ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList>
      </Reference></ReferenceList>
  </PubmedData>
</PubmedArticle>
"""
BOOK = """<PubmedBookArticle><BookDocument>
  <PMID>22220002</PMID>
  <ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId>
    <ArticleId IdType="doi">10.1000/nbk1</ArticleId>
  </ArticleIdList>
  <Book><BookTitle>Handbook of Mud</BookTitle><PubDate><Year>1993</Year></PubDate>
    <AuthorList Type="editors">
      <Author><LastName>Flow</LastName><ForeName>Cy</ForeName></Author></AuthorList></Book>
  <ArticleTitle>Salt Loss</ArticleTitle><Language>eng</Language>
  <AuthorList Type="authors"><Author><LastName>Marsh</LastName><ForeName>Ada</ForeName></Author></AuthorList>
  <Abstract><AbstractText>Salt goes.</AbstractText></Abstract>
  <ContributionDate><Year>2001</Year><Month>Oct</Month><Day>22</Day></ContributionDate>
</BookDocument><PubmedBookData/></PubmedBookArticle>
"""


def read(*articles):
    return list(FORMAT.read([(HEAD + "".join(articles) + "</PubmedArticleSet>").encode()]))


def small(article):
    return f"<PubmedArticle><MedlineCitation><PMID>1</PMID>{article}</MedlineCitation></PubmedArticle>\n"


def only(*articles):
    (found,) = read(*articles)
    assert isinstance(found, Found)
    return found


def test_an_article_is_a_paper_its_parts_joined_with_their_labels():
    assert read(ARTICLE) == [
        Found(
            line=5,
            title="Salt in Mytilus at 103 m.",
            abstract="AIM: Salt weighs (ptrend<0.01). It is heavy. RESULTS: It was 3 μg.",
            ids=("pmid:11110001", "doi:10.1000/mud.1", "pmc:PMC77"),
            authors=("Ada B Marsh Jr", "B Ebb", "Salt Group"),
            published=date(2017, 8, 3),
            venue="Journal of Mud",
            url="https://pubmed.ncbi.nlm.nih.gov/11110001/",
            language="en",
        )
    ]


def test_a_chapter_of_a_book_is_a_paper_of_its_authors():
    assert read(BOOK) == [
        Found(
            line=5,
            title="Salt Loss",
            abstract="Salt goes.",
            ids=("pmid:22220002", "doi:10.1000/nbk1"),
            authors=("Ada Marsh",),
            published=date(2001, 10, 22),
            venue="Handbook of Mud",
            url="https://pubmed.ncbi.nlm.nih.gov/22220002/",
            language="en",
        )
    ]


def test_a_book_that_is_no_chapter_has_its_own_title_and_no_venue():
    found = only(BOOK.replace("<ArticleTitle>Salt Loss</ArticleTitle>", ""))

    assert (found.title, found.venue) == ("Handbook of Mud", None)


def test_several_articles_and_books_stand_in_one_file():
    assert [one.line for one in read(ARTICLE, BOOK, ARTICLE)] == [5, 42, 55]


@pytest.mark.parametrize("title", ["", "<ArticleTitle/>", "<ArticleTitle>[Not Available].</ArticleTitle>"])
def test_the_title_in_its_own_language_stands_in_where_there_is_none_in_english(title):
    found = only(small(f"<Article>{title}<VernacularTitle>Salz im Meer</VernacularTitle></Article>"))

    assert found.title == "Salz im Meer"


def test_an_abstract_that_others_wrote_is_taken_where_the_authors_gave_none():
    found = only(
        small(
            "<Article><ArticleTitle>Salt</ArticleTitle></Article>"
            '<OtherAbstract Type="plain-language-summary"><AbstractText>Fun.</AbstractText></OtherAbstract>'
            '<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Sal.</AbstractText></OtherAbstract>'
        )
    )

    assert (found.abstract, found.language) == ("Sal.", "es")


def test_an_abstract_is_english_whatever_the_paper_is():
    assert only(ARTICLE.replace(">eng<", ">ger<")).language == "en"


@pytest.mark.parametrize(
    ("printed", "published"),
    [
        ("<Year>2018</Year><Month>Feb</Month><Day>3</Day>", date(2018, 2, 3)),
        ("<Year>2018</Year><Season>Spring</Season>", date(2018, 1, 1)),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", date(1998, 12, 1)),
        ("<MedlineDate>Winter</MedlineDate>", None),
    ],
)
def test_a_date_may_be_known_in_part(printed, published):
    date_of = f"<Journal><JournalIssue><PubDate>{printed}</PubDate></JournalIssue></Journal>"

    assert only(small(f"<Article>{date_of}</Article>")).published == published


def test_files_of_citations_alone_are_read():
    whole = ARTICLE[ARTICLE.index("<MedlineCitation") : ARTICLE.index("<PubmedData")]
    (found,) = FORMAT.read([f"<MedlineCitationSet>{whole}</MedlineCitationSet>".encode()])

    assert isinstance(found, Found)
    assert found.ids == ("pmid:11110001", "doi:10.1000/mud.1")


@pytest.mark.parametrize(
    ("part", "kind", "shown"),
    [
        (small(""), "no article", "PMID 1"),
        (
            small("<Article><ArticleTitle>WITHDRAWN: Salt</ArticleTitle></Article>"),
            "withdrawn",
            "WITHDRAWN: Salt",
        ),
        ("<PubmedArticle><MedlineCitation>\n</PubmedArticle>", "malformed XML", ""),
    ],
    ids=["empty", "withdrawn", "malformed"],
)
def test_what_is_no_paper_is_passed_over_and_the_next_one_read(part, kind, shown):
    skipped, found = read(part, ARTICLE)

    assert isinstance(skipped, Skipped)
    assert (skipped.line, skipped.kind, skipped.shown) == (5, kind, shown)
    assert isinstance(found, Found)


def test_each_article_that_an_update_deletes_is_told():
    found = read("<DeleteCitation><PMID>8</PMID>\n<PMID>9</PMID></DeleteCitation>")

    assert found == [Skipped(5, "deleted", "PMID 8"), Skipped(5, "deleted", "PMID 9")]


@pytest.mark.parametrize(
    ("beginning", "fits"),
    [(HEAD, True), ("<pubmedbookarticle>", True), ("<article>", False), ("PMID- 1", False)],
)
def test_pubmed_is_told_by_its_root(beginning, fits):
    assert FORMAT.fits(Beginning(beginning.lower(), "papers.txt")) == fits
