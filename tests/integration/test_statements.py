"""Statements of somebody who means ill: what is read, what is refused, and that nothing else comes of it."""

import contextlib
import hashlib
import re
import shutil
import sys
import threading
from pathlib import Path

import pytest

from extractor import Limits
from extractor.errors import QueryError
from extractor.rendering import FORMATS

SECRET = "marmalade"
SOON = Limits(seconds=0.2, megabytes=200)


@pytest.fixture
def files(filled, own_surroundings):
    """Return a function: every file here with a hash of what is in it; a secret and a database among them."""
    Path("secret.csv").write_text(f"word\n{SECRET}\n")
    shutil.copy(filled.path, "other.duckdb")

    def listed():
        return {
            path: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in own_surroundings.rglob("*")
            if path.is_file()
        }

    assert filled.path.resolve() in listed()
    return listed


# ---------------------------------------------------------------- what reaches out

DB = "outputs/extractor.duckdb"
OUT = "copy (select 1 as x) to"

HOSTILE = {
    # Files, by each way of reading them.
    "read_csv": "from read_csv('secret.csv')",
    "read_csv_auto": "from read_csv_auto('secret.csv')",
    "read_text": "from read_text('secret.csv')",
    "read_blob": "from read_blob('secret.csv')",
    "read_json": "from read_json('secret.csv')",
    "read_ndjson": "from read_ndjson_objects('secret.csv')",
    "read_parquet": "from read_parquet('secret.csv')",
    "parquet_metadata": "from parquet_metadata('secret.csv')",
    "read_duckdb": "from read_duckdb('other.duckdb', table_name := 'papers')",
    "the database as a file": f"from read_blob('{DB}')",
    "sniff_csv": "from sniff_csv('secret.csv')",
    "glob": "from glob('*')",
    "a password file": "from read_text('/etc/passwd')",
    "standard input": "from read_csv('/dev/stdin')",
    "a file's name as a table": "from 'secret.csv'",
    "a file's name in quotes": 'from "secret.csv"',
    "a pattern as a table": "from '*.csv'",
    "another database as a table": "from 'other.duckdb'",
    "in any letters": "from system.main.Read_Text('secret.csv')",
    "in quotes": "from \"read_text\"('secret.csv')",
    "in a with": "with a as (from read_text('secret.csv')) from a",
    "in a subquery": "select (select content from read_text('secret.csv'))",
    "in a lateral join": "from range(1) r, lateral (from read_text('secret.csv'))",
    "in a condition": "from papers where title in (select content from read_text('secret.csv'))",
    "in a describe": "describe from read_csv('secret.csv')",
    "in a summarize": "summarize from read_csv('secret.csv')",
    "in a pivot": "pivot (from read_csv('secret.csv')) on word in ('x') using count(*)",
    "in an explain": "explain from read_csv('secret.csv')",
    "in an explain that runs": "explain analyze from read_csv('secret.csv')",
    "in a query of a query": "from query('from read_text(''secret.csv'')')",
    "in a query table": "from query_table('secret.csv')",
    "in JSON": "from json_execute_serialized_sql(json_serialize_sql('from read_text(''secret.csv'')'))",
    # The network.
    "http": "from 'http://127.0.0.1:9/x.csv'",
    "https": "from read_csv('https://127.0.0.1:9/x.csv')",
    "s3": "from read_parquet('s3://bucket/x.parquet')",
    # Writing of files.
    "copy": "copy papers to 'out.csv'",
    "copy from": "copy papers from 'secret.csv'",
    "export": "export database 'out'",
    "import": "import database 'out'",
    "copy of a database": "copy from database extractor to memory",
    "copy in a with": f"with a as ({OUT} 'out.csv') from a",
    "copy in an explain": "explain analyze copy papers to 'out.csv'",
    "copy in a with in an explain": f"explain analyze with a as ({OUT} 'out.csv') from a",
    "copy over the database": f"explain analyze with a as ({OUT} '{DB}' (use_tmp_file false)) from a",
    "copy beside the database": f"explain analyze with a as ({OUT} '{DB}.wal') from a",
    "copy behind a remark": f"/* explain */ explain -- ?\n analyze with a as ({OUT} '{DB}.wal') from a",
    "copy behind a bracket": f"explain analyze (with a as ({OUT} '{DB}.wal') from a)",
    "copy in JSON": (
        "from json_execute_serialized_sql(json_serialize_sql("
        f"'with a as (copy (select 1 as x) to ''{DB}.wal'') from a'))"
    ),
    "copy in a query of a query": f"from query('with a as (copy (select 1) to ''{DB}.wal'') from a')",
    "a log": "call enable_logging(storage := 'file', storage_path := 'out')",
    "a log as a table": "from enable_logging(storage := 'file', storage_path := 'out')",
    "a profile": "pragma profiling_output = 'out.json'",
    "an early bracket": f"select 1); {OUT} 'out.csv'; --",
    # Other databases, extensions, secrets.
    "attach": "attach 'new.duckdb'",
    "attach for writing": f"attach '{DB}' as again (read_write)",
    "detach": "detach extractor",
    "install": "install httpfs",
    "load": "load httpfs",
    "force install": "force install httpfs from community",
    "create secret": "create secret (type s3, key_id 'x', secret 'y')",
    "secrets": "from duckdb_secrets()",
    "which secret": "from which_secret('s3://x', 's3')",
    "an external resource": "from create_external_resource('x')",
    "the environment": "select getenv('HOME')",
    # Settings.
    "set": "set memory_limit = '64GB'",
    "set of files": "set enable_external_access = true",
    "reset": "reset memory_limit",
    "pragma": "pragma memory_limit = '64GB'",
    "call": "call pragma_version()",
    "set in an explain": "explain analyze set memory_limit = '64GB'",
    "set variable": "set variable run_id = 'x'",
    "use": "use memory",
    # Writing in the database.
    "insert": "insert into papers (paper_id) values ('x')",
    "insert in a with": "with a as (insert into papers (paper_id) values ('x') returning *) from a",
    "update in a with": "with a as (update papers set title = 'x' returning *) from a",
    "delete in a with": "with a as (delete from papers returning *) from a",
    "delete in a with in an explain": "explain analyze with a as (delete from papers returning *) from a",
    "merge": "merge into papers using (select 1) on false when not matched then insert values ('x')",
    "create": "create table t as select 1",
    "create in memory": "create table memory.main.t as select 1",
    "create in an explain": "explain analyze create table memory.main.result as select 1",
    "create a view": "create or replace view claims as select 1",
    "create a macro": "create macro f(x) as x",
    "alter": "alter table papers rename to p",
    "comment": "comment on table papers is 'x'",
    "drop": "drop table papers",
    "checkpoint": "checkpoint",
    "checkpoint as a table": "from force_checkpoint('extractor')",
    "vacuum": "vacuum",
    "begin": "begin",
    "prepare": "prepare p as select 1",
    "execute": "execute p",
    "nextval": "select nextval('s')",
    # The surroundings in Python.
    "a variable of Python": "from sys",
    "a pointer": "from pandas_scan(1234567)",
    "an arrow pointer": "from arrow_scan(1, 2, 3)",
    "our own rows before they are there": "from memory.main.result",
    # What is no statement.
    "two statements": "select 1; select 2",
    "an explain and another": "explain select 1; drop table papers",
    "an explain of nothing": "explain",
    "an open remark": "select 1 /* ",
    "an open bracket": "select (",
    "deep brackets": "select " + "(" * 3000 + "1" + ")" * 3000,
    "a long statement": "select 1" + " + 1" * 30_000,
    "waiting": "select sleep_ms(100000)",
}  # fmt: skip


@pytest.mark.parametrize("statement", HOSTILE.values(), ids=HOSTILE)
def test_what_reaches_out_is_refused_and_leaves_everything_as_it_was(filled, files, statement):
    before = files()
    with pytest.raises(QueryError) as raised:
        filled.sql(statement)
    assert SECRET not in str(raised.value)
    assert files() == before
    assert len(filled.sql("from papers")) == 4


def test_a_statement_reads_no_variable_of_python(filled):
    reeds = pytest.importorskip("pandas").DataFrame({"a": [1]})
    with pytest.raises(QueryError, match="reeds"):
        filled.sql("from reeds")
    assert len(reeds) == 1


# ---------------------------------------------------------------- what takes too much

RECURSION = "with recursive t(i) as (select 1 union all select i + 1 from t)"
ENDLESS = {
    "a recursion": f"{RECURSION} select count(*) from t",
    "a recursion that is kept": f"{RECURSION} from t",
    "a recursion in an explain": f"explain analyze {RECURSION} select count(*) from t",
    "a product": "select sum(a.range * b.range) from range(1000000000) a, range(1000000000) b",
    "a product that is kept": "from range(1000000000) a, range(1000000000) b",
    "a sort": "from range(1000000000) order by random()",
    "a list": "select list(range) from range(1000000000)",
    "a long text": "select string_agg(range::varchar, ',') from range(1000000000)",
    "groups": "select range, count(*) from range(1000000000) group by all",
    "texts": "select repeat('x', 1000) || range from range(10000000)",
    "distinct rows": "select distinct hash(range) from range(1000000000)",
    "windows": "select sum(range) over (order by hash(range)) from range(1000000000)",
}


@pytest.mark.parametrize("statement", ENDLESS.values(), ids=ENDLESS)
def test_what_takes_too_much_is_ended_and_leaves_everything_as_it_was(filled, files, statement):
    before = files()
    with pytest.raises(QueryError, match=r"ended after 0\.2 seconds|more than the 200 MB"):
        filled.sql(statement, SOON)
    assert files() == before
    assert len(filled.sql("from papers")) == 4


def test_where_a_statement_does_not_end_when_told_it_is_said_so(filled):
    # Given a function of two long texts, which DuckDB does not leave before it is done,
    overrun = threading.Event()
    limits = Limits(seconds=0.1, grace=0.01, overrun=overrun.set)
    # when it takes longer than it may, then somebody is told, who may end the process,
    with contextlib.suppress(QueryError):  # whether DuckDB still looks at the clock afterwards or not.
        filled.sql("select levenshtein(repeat('ab', 20000), repeat('c', 40000))", limits)
    assert overrun.is_set()


def test_nobody_is_told_of_a_statement_that_ends_in_time(filled):
    overrun = threading.Event()
    filled.sql("from claims", Limits(overrun=overrun.set))
    assert not overrun.is_set()


@pytest.mark.parametrize(
    "statement", ["from claims", "from nowhere"], ids=["one that ends well", "one that fails"]
)
def test_a_statement_leaves_no_thread_behind(filled, statement):
    before = set(threading.enumerate())
    with contextlib.suppress(QueryError):
        filled.sql(statement)
    assert set(threading.enumerate()) <= before


@pytest.mark.skipif(sys.platform != "linux", reason="bounded on Linux")
@pytest.mark.parametrize("value", ["range(1000000000)", "repeat('x', 4000000000)"], ids=["a list", "a text"])
def test_a_single_value_of_the_command_line_takes_no_more_memory_than_it_may(filled, shell, value):
    assert filled.path.is_file()
    done = shell("sql", f"select {value}")
    assert done.code == 2
    assert done.err == "error: the statement needs more than the 2,000 MB of memory that it may take\n"


@pytest.mark.skipif(sys.platform != "linux", reason="bounded on Linux")
def test_the_rows_of_the_command_line_take_no_more_memory_than_they_may_while_they_are_printed(filled, shell):
    assert filled.path.is_file()
    # Given rows that DuckDB has room for, and Python, which holds each for a table, has not,
    done = shell("sql", "select repeat('x', 1200000) from range(1500)", "--format", "md")
    # then the command ends, and says why.
    assert done.code == 2
    assert re.search("^error: the rows need more .*memory.*; ask for fewer", done.err)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
        ("memory_limit", "190.7 MiB"),
        ("max_execution_time", "60000"),
        ("temp_directory", ""),
        ("autoload_known_extensions", "false"),
        ("python_enable_replacements", "false"),
    ],
)
def test_a_statement_sees_its_limits_and_cannot_lift_them(filled, setting, value):
    rows = filled.sql(
        f"select value from duckdb_settings() where name = '{setting}'", Limits(megabytes=200)
    ).rows()
    assert rows == [{"value": value}]


# ---------------------------------------------------------------- rows, plans, pivots


def test_so_many_rows_are_kept_and_it_is_known_that_there_are_more(filled):
    asked = "select range as n from range(10) order by n desc"
    for rows, is_cut in ((3, True), (9, True), (10, False), (11, False), (None, False)):
        result = filled.sql(asked, Limits(rows=rows))
        kept = min(rows or 10, 10)
        assert (result.is_cut, [row[0] for row in result]) == (is_cut, list(range(9, 9 - kept, -1)))


def test_no_rows_can_be_asked_for(filled):
    result = filled.sql("from papers", Limits(rows=0))
    assert (len(result), result.is_cut) == (0, True)


@pytest.mark.parametrize(
    "statement",
    [
        "explain from claims",
        "explain analyze from claims",
        "EXPLAIN ANALYSE select count(*) from claims",
        "explain (format json) select 1",
        "explain (select 1)",
        "-- a remark\n/* and * another */ explain /**/ analyze from claims -- and a third",
        "explain with a as (select 1) from a;",
    ],
)
def test_a_plan_is_told_a_line_a_row(filled, statement):
    plan = filled.sql(statement)
    assert plan.columns == ("kind", "plan")
    assert len(plan) > 2


def test_a_pivot_that_names_its_values_is_taken(filled):
    pivot = "pivot (from claims where value is not null) on metric in ('accuracy', 'WER') using max(value)"
    assert filled.sql(f"select accuracy from ({pivot}) where accuracy is not null order by 1 desc").rows()[
        0
    ] == {"accuracy": 83.4}


@pytest.mark.parametrize(
    "statement", ["pivot claims on metric using max(value)", "from (pivot claims on metric)"]
)
def test_a_pivot_that_does_not_is_told_what_to_do(filled, statement):
    with pytest.raises(QueryError, match=r"must name its values: .*compare --pivot"):
        filled.sql(statement)


# ---------------------------------------------------------------- what comes out


@pytest.mark.parametrize("name", FORMATS)
def test_values_of_every_type_can_be_written_in_every_format(filled, name):
    rows = filled.sql("from test_all_types()")
    assert len("".join(FORMATS[name].lines(rows))) > 1000


def test_the_name_of_a_column_is_as_harmless_as_a_value(filled):
    rows = filled.sql('select 1 as "=cmd()", 2 as "<b>|\x1b[31m", 3 as "\\input{x}"')
    made = {name: "".join(form.lines(rows)) for name, form in FORMATS.items()}
    assert made["csv"].startswith("'=cmd(),<b>|[31m,")
    assert made["md"].startswith("| =cmd() | &lt;b&gt;\\|\\[31m | \\\\input\\{x\\} |")
    assert "\\textbackslash{}input\\{x\\}" in made["latex"]
    assert "<b>" not in made["html"]
    assert all("\x1b" not in text for text in made.values())
