import pytest


@pytest.mark.parametrize("library", ["pyarrow", "polars", "pandas"])
def test_a_result_becomes_a_frame_of(filled, library):
    pytest.importorskip(library, reason="an extra")
    result = filled.sql("select value, dataset from claims order by value nulls last, dataset")
    expected = [row["dataset"] for row in result.rows()]
    assert expected
    if library == "pyarrow":
        assert result.to_arrow()["dataset"].to_pylist() == expected
    elif library == "polars":
        assert result.to_polars()["dataset"].to_list() == expected
    else:
        frame = result.to_pandas()
        assert frame["dataset"].where(frame["dataset"].notna(), None).tolist() == expected


def test_a_result_is_taken_as_it_is_by_polars(filled):
    polars = pytest.importorskip("polars", reason="an extra")
    assert polars.DataFrame(filled.sql("from records")).height == 4


def test_a_result_is_taken_as_it_is_by_pyarrow(filled):
    pyarrow = pytest.importorskip("pyarrow", reason="an extra")
    assert pyarrow.RecordBatchReader.from_stream(filled.sql("from records")).read_all().num_rows == 4
