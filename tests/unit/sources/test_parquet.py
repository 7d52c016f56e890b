from datetime import date

import duckdb
import pytest

from extractor.errors import SourceError
from extractor.sources.formats.parquet import FORMAT, read
from extractor.sources.shapes import Beginning, Found, Skipped


def written(path, query):
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to 'made.parquet' (format parquet)")
    made = path.parent / "here" / "made.parquet"
    made.rename(path)
    return path


def papers(path, **told):
    return list(read(path, told))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "papers.parquet"


def test_rows_are_papers_whatever_the_types_of_their_columns(path):
    query = """
        select 17 as id, 'Tide' as "Title", 'We read.' as abstract,
            [{'name': 'Ada Marsh'}, {'name': 'Bo Ebb'}] as authors, date '2026-01-02' as published,
            'x'::blob as journal, {'a': 1} as other
        union all select null, 'Ebb', null, null, null, null, null"""
    assert papers(written(path, query)) == [
        Found(1, "Tide", "We read.", ("17",), ("Ada Marsh", "Bo Ebb"), date(2026, 1, 2), "x"),
        Found(2, "Ebb", None),
    ]


def test_columns_that_are_named_go_before_what_is_guessed(path):
    written(path, """select 'Tide' as "Na'me", 'We read.' as "te""xt", 'no' as title""")
    (found,) = papers(path, title="na'me", abstract='te"xt')
    assert (found.title, found.abstract) == ("Tide", "We read.")


def test_a_column_that_is_not_there_is_refused(path):
    with pytest.raises(SourceError, match="there is no column 'x'; the columns are: title"):
        papers(written(path, "select 'a' as title"), abstract="x")


def test_a_file_without_titles_and_abstracts_is_told_once(path):
    (skipped,) = papers(written(path, "select 1 as a, 2 as b from range(5)"))
    assert (skipped.kind, skipped.shown) == ("no column of titles or abstracts", "a, b")


def test_a_name_is_no_pattern_and_tells_no_columns(tmp_path):
    folder = tmp_path / "title=No"
    folder.mkdir()
    written(folder.parent / "p1.parquet", "select 'other' as title").rename(folder / "p1.parquet")
    made = written(tmp_path / "made", "select 'own' as abstract").rename(folder / "p[1-9]*?.parquet")
    assert papers(made) == [Found(1, None, "own")]


def test_what_is_no_parquet_is_refused(path):
    path.write_bytes(b"PAR1 but then no more")
    with pytest.raises(SourceError, match=r"papers.parquet cannot be read as Parquet"):
        papers(path)


def test_what_comes_before_a_broken_part_is_kept(path):
    written(path, "select md5(i::varchar) as title from range(300_000) as t(i)")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 100_000] = b"\xff" * 100_000
    path.write_bytes(data)
    *found, last = papers(path)
    assert (last.line, last.kind) == (len(found) + 1, "the rest of the file cannot be read")
    assert len(found) > 1000
    assert not any(isinstance(one, Skipped) for one in found)


def test_it_is_told_by_its_first_bytes():
    assert FORMAT.fits(Beginning("par1\x15", "x"))
    assert not FORMAT.fits(Beginning("title,abstract", "x.parquet"))


def test_long_texts_that_a_small_file_unpacks_to_cost_their_rows_only(path):
    query = """
        select 'Tide ' || i as title, if(i = 5, 'We read.', repeat('reeds ', 30000)) as abstract
        from range(50) t(i)"""
    *long, last = sorted(papers(written(path, query)), key=lambda one: isinstance(one, Found))

    assert last == Found(6, "Tide 5", "We read.")
    assert {one.kind for one in long} == {"over 128 Ki characters in one cell"}
    assert long[0].line == 1
    assert long[0].shown.startswith("reeds reeds")
