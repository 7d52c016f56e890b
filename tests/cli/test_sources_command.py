"""`extractor run` over files of all kinds: what is read, what is not, and what becomes one paper."""

import fcntl
import gzip
import json
import signal
import subprocess
import sys
import termios
from array import array
from pathlib import Path

import duckdb
import pytest

import extractor
from extractor.sources.unpacking import zstd

REEDS = "We count the reeds of one bed in the wind, and reach 93.1% accuracy on ReedBench, 2.0 points more."
HERONS = "Herons stand still for long. We present StillNet, which tells them from sticks in 8 of 9 cases."
GULLS = "Gulls are loud, and few have asked why. We listen to nine of them for a year and sort what they say."
BIB = f"""@article{{reeds,
  title = {{{{R}}eeds in the Wind}},
  author = {{Ada Reed}},
  doi = {{10.1000/reeds}},
  abstract = {{{REEDS}}},
}}
@article{{mud, title = {{Mud, a Survey}}}}
"""
RIS = f"""TY  - JOUR
TI  - Herons at Rest
DO  - 10.1000/herons
PY  - 2021
AB  - {HERONS}
ER  -
"""
CSV = f'Name,What it says,Year\nGulls Speak,"{GULLS}",2023\n'
PLUGIN = """
from extractor.sources.shapes import Format, Found

def read(blocks):
    for number, line in enumerate(b"".join(blocks).decode().splitlines()[1:], start=2):
        title, abstract = line.split(" :: ")
        yield Found(number, title, abstract)

FORMAT = Format("reed notes", lambda beginning: beginning.text.startswith("reed notes"), read)
"""


def lines(*papers):
    return "".join(json.dumps(paper) + "\n" for paper in papers)


def rows(sql):
    return extractor.Database().sql(sql).rows()


@pytest.fixture
def folder(own_surroundings):
    folder = own_surroundings / "library"
    folder.mkdir()
    (folder / "a.bib").write_text(BIB)
    (folder / "b.ris.gz").write_bytes(gzip.compress(RIS.encode()))
    papers = lines(
        {"title": "Reeds in the wind", "abstract": REEDS, "doi": "10.1000/REEDS", "venue": "Beds"},
        {"id": "g1", "title": "Gulls Speak", "abstract": GULLS, "year": 2023},
    )
    (folder / "c.jsonl.zst").write_bytes(zstd.compress(papers.encode()))
    (folder / "notes.md").write_text(f"# Reeds\n\n{REEDS} {REEDS} {REEDS}\n")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / ".hidden").write_text("reeds")
    return folder


@pytest.fixture
def piped():
    """Return a function that runs the command in a process of its own, with something on standard input."""

    def run(content, *more):
        command = [sys.executable, "-m", "extractor", "run", "-", "--model", "rules", *more]
        return subprocess.run(command, input=content, capture_output=True, check=True).stderr.decode()

    return run


def test_a_folder_of_all_kinds_is_read_and_what_is_not_is_named(extract, folder):
    done = extract("run", folder, "--model", "rules", "--dry-run")

    assert done.code == 0
    assert "3 papers: " in done.err
    assert "; 5 skipped" in done.err
    assert f"skipped, {folder}/.hidden: hidden" in done.err
    assert f"skipped, {folder}/a.bib, line 7: no abstract: Mud, a Survey" in done.err
    assert f"skipped, {folder}/c.jsonl.zst, line 1: the same paper as in line 1 of {folder}/a.bib" in done.err
    assert f"skipped, {folder}/notes.md: not read: is nothing known" in done.err
    assert f"skipped, {folder}/scan.pdf: not read: is a PDF" in done.err
    assert f"file {folder}/b.ris.gz (RIS): 1 papers, 0 skipped" in done.err
    assert f"paper, {folder}/b.ris.gz, line 1: Herons at Rest" in done.err
    assert not Path("outputs").exists()


def test_verbose_names_every_paper_and_every_record_that_is_skipped(piped):
    many = lines(
        *({"title": f"Reeds of Bed {bed}", "abstract": f"{REEDS} This was bed {bed}."} for bed in range(40)),
        *({"title": f"Mud\x1b[31m {bed}"} for bed in range(40)),
    )
    told = piped(many.encode(), "--dry-run", "--verbose")

    assert all(f"paper, standard input, line {n}: Reeds of Bed {n - 1}\n" in told for n in range(1, 41))
    assert all(f"skipped, standard input, line {n}: no abstract: Mud" in told for n in range(41, 81))
    assert "\x1b[31m" not in told
    assert "and 20 papers more (--verbose names all)" in piped(many.encode(), "--dry-run")


def test_a_paper_of_two_files_is_one_with_what_both_tell_of_it_and_both_places(extract, folder):
    assert "3 papers: 3 extracted" in extract("run", folder, "--model", "rules").err

    assert rows("select paper_id, authors, venue, language from papers where title like 'Reeds%'") == [
        {"paper_id": "10.1000/reeds", "authors": ["Ada Reed"], "venue": "Beds", "language": "en"}
    ]
    assert rows(
        "select source, line from paper_sources where paper_id = '10.1000/reeds' order by source"
    ) == [
        {"source": f"{folder}/a.bib", "line": 1},
        {"source": f"{folder}/c.jsonl.zst", "line": 1},
    ]


def test_several_files_are_read_one_after_the_other_and_all_are_looked_at_first(extract, folder):
    assert "2 papers" in extract("run", folder / "b.ris.gz", f"{folder}/*.bib", "--model", "rules").err
    done = extract("run", folder / "b.ris.gz", folder / "scan.pdf", "--model", "rules")
    assert (done.code, "scan.pdf is a PDF" in done.err) == (2, True)
    assert rows("select count(*) n from runs") == [{"n": 1}]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress], ids=["plain", "gzip", "zstd"])
def test_standard_input_is_read(piped, pack):
    assert "1 papers: 1 extracted" in piped(pack(RIS.encode()))
    assert rows("select source, line from papers") == [{"source": "standard input", "line": 1}]


def test_parquet_is_read_from_standard_input_too(piped):
    Path("papers.csv").write_text(CSV.replace("Name", "title").replace("What it says", "abstract"))
    duckdb.sql("copy (from 'papers.csv') to 'papers.parquet'")

    told = piped(Path("papers.parquet").read_bytes(), "--dry-run")

    assert "file standard input (Parquet): 1 papers, 0 skipped" in told


def test_columns_are_named_by_map(extract):
    Path("gulls.csv").write_text(CSV)

    done = extract("run", "gulls.csv", "--model", "rules", "--map", "title=Name,abstract=What it says")

    assert done.code == 0
    assert rows("select title, published::varchar as day from papers") == [
        {"title": "Gulls Speak", "day": "2023-01-01"}
    ]
    wrong = extract("run", "gulls.csv", "--model", "rules", "--map", "title=Nam")
    assert (wrong.code, "gulls.csv: there is no column 'Nam'" in wrong.err) == (2, True)
    assert "PART=COLUMN is needed" in extract("run", "gulls.csv", "--map", "Name").err


@pytest.fixture
def snapshot():
    def paper(number):
        year = 2018 if number > 5 else 2007
        return {
            "id": f"0704.{number:04}",
            "title": f"Reeds {number}",
            "abstract": f"  {REEDS}\n  Of {number} beds.\n",
            "categories": "cs.CL cs.LG" if number % 2 else "math.CO",
            "journal-ref": None,
            "versions": [{"version": "v1", "created": f"Mon, 2 Apr {year} 19:18:42 GMT"}],
            "update_date": "2020-01-01",
            "authors_parsed": [["Reed", "Ada", ""]],
        }

    path = Path("snapshot.json")
    path.write_text(lines(*map(paper, range(1, 11))))
    return path


@pytest.mark.parametrize(
    ("options", "papers", "left_out"),
    [
        (("--where", "categories like '%cs.CL%'"), 5, "left out: 5 by --where"),
        (("--since", "2018-01-01"), 5, "left out: 5 by --since"),
        (("--where", "categories = 'math.CO'", "--since", "2018-01-01"), 3, "5 by --where"),
        (("--where", "published < '2018-01-01' and title <> 'Reeds 1'"), 4, "left out: 6 by --where"),
        (("--limit", "3"), 3, ""),
    ],
)
def test_papers_are_left_out_before_anything_is_asked(extract, snapshot, options, papers, left_out):
    told = extract("run", snapshot, "--model", "rules", "--dry-run", *options).err

    assert f"{papers} papers: " in told
    assert left_out in told


def test_where_no_record_has_a_name_of_the_condition_it_is_told(extract, snapshot):
    done = extract("run", snapshot, "--model", "rules", "--where", "categorie like '%cs%'")

    assert (done.code, "0 papers: 0 extracted" in done.err) == (0, True)
    assert "left out: 10 by --where" in done.err
    assert "no record of snapshot.json has categorie" in done.err


def test_a_condition_that_cannot_be_asked_of_a_format_says_what_can(extract, folder):
    done = extract("run", folder / "a.bib", "--model", "rules", "--where", "categories like '%cs%'")

    assert done.code == 2
    assert "a.bib (BibTeX) has no categories that --where could ask for; it has: title, abstract" in done.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--where", "drop table"), "--where 'drop table'"),
        (("--since", "yesterday"), "since"),
        (("--limit", "0"), "limit"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(extract, snapshot, options, told):
    done = extract("run", snapshot, "--model", "rules", *options)

    assert (done.code, told in done.err) == (2, True)


def test_an_empty_feed_is_no_error(extract):
    Path("feed.xml").write_text('<feed xmlns="http://www.w3.org/2005/Atom"><title>None</title></feed>')

    done = extract("run", "feed.xml", "--model", "rules")

    assert (done.code, "0 papers: 0 extracted" in done.err) == (0, True)


def test_a_plugin_adds_a_format_and_a_broken_one_is_named_and_passed_over(own_surroundings, monkeypatch):
    (own_surroundings / "reed_notes.py").write_text(PLUGIN)
    told = own_surroundings / "reed_notes-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: reed-notes\nVersion: 1\n")
    points = ("broken = no_such_module:FORMAT", "odd = reed_notes:read", "reeds = reed_notes:FORMAT")
    (told / "entry_points.txt").write_text("\n".join(("[extractor.sources]", *points, "")))
    monkeypatch.setenv("PYTHONPATH", str(own_surroundings))
    Path("a.notes").write_text(f"Reed notes\nHerons at Rest :: {HERONS}\n")
    Path("b.notes").write_text("Reed notes\nReeds :: in the wind :: again\n")

    command = [
        sys.executable,
        "-m",
        "extractor",
        "run",
        "b.notes",
        "a.notes",
        "--model",
        "rules",
        "--dry-run",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "file a.notes (reed notes): 1 papers, 0 skipped" in done.stderr
    assert "paper, a.notes, line 2: Herons at Rest" in done.stderr
    assert "the rest of the file cannot be read: format reed notes failed: ValueError(" in done.stderr
    assert "format broken of no_such_module:FORMAT cannot be loaded" in done.stderr
    assert "format odd of reed_notes:read is no Format, but 'function'" in done.stderr


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["run", "dry run"])
@pytest.mark.parametrize("came", [b"", f'{{"title": "Reeds", "abstract": "{REEDS}"}}\n'.encode()])
def test_an_interrupt_while_standard_input_is_waited_for_ends_it(eventually, options, came):
    command = [sys.executable, "-m", "extractor", "run", "-", "--model", "rules", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(came or b" ")
        process.stdin.flush()
        eventually(lambda: unread(process.stdin) == 0)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read().decode()

    assert process.returncode == 130
    assert "Traceback" not in told


def unread(pipe):
    """Return how many bytes of a pipe nobody has read."""
    count = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]
