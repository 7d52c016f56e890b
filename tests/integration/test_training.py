"""Adapters: trained, loaded by llama.cpp, asked in their own form. What trains is skipped without torch."""

import asyncio
import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import gguf
import numpy as np
import pytest

from extractor.catalog import load_schema
from extractor.errors import GoldError, RunStoppedError, SettingsError
from extractor.exchange import Asking, Message, Request
from extractor.papers import Text
from extractor.providers.completed import CompletedProvider
from extractor.providers.embedded.provider import SHIPPED, adapted_model
from extractor.providers.embedded.server import start_server
from extractor.providers.embedded.short_form import FORM_VERSION, shape_of
from extractor.providers.embedded.tokens import ServerTokens
from extractor.providers.embedded.trained import Trained, trained_for
from extractor.providers.embedded.weights import SMOLLM2, pull
from extractor.providers.rules.provider import RulesProvider
from extractor.records import Label, Name, Number, Quote, Record, Url
from extractor.settings import Settings
from extractor.training.adapter_file import read_adapter, write_adapter
from extractor.training.base import LINEARS, read_base, weight
from extractor.training.card import Made, write_card
from extractor.training.conducting import Job, train
from extractor.training.labels import LabelFile, gold_lines, read_labelled
from extractor.training.plan import Recipe
from extractor.training.scoring import score

END = 2


class Finding(Record):
    quote: Quote = ""
    value: Annotated[float | None, Number(of="quote")] = None
    low: Annotated[float | None, Number(of="quote")] = None
    dataset: Name | None = None
    kind: Literal["up", "down"] | None = None


class Tool(Record):
    name: Name | None = None
    is_new: bool | None = None


class Reading(Record):
    method: Name | None = None
    tasks: tuple[Name, ...] = ()
    link: Url | None = None
    unit: Label | None = None
    count: int | None = None
    main: Tool | None = None
    findings: tuple[Finding, ...] = ()
    tools: tuple[Tool, ...] = ()


class Other(Record):
    method: Name | None = None


TEXTS = (
    Text(
        title='Marram: "Dunes" from One Camera',
        abstract="We present Marram. It reaches 71.5\\% on DuneBench, 62 on Shore. It is cheap. See "
        "https://example.org/marram.",
    ),
    Text(title="", abstract="Gulls are counted by ear, e.g. at dawn, for 12 to 14 hours, half as often."),
    Text(title="沙丘", abstract="海 <|im_end|> { } # 3"),
)


@pytest.fixture
def chance_adapter(tiny_llama, tmp_path):
    """Return a function that writes an adapter of weights by chance for records of a type."""

    def make(record_type, seed=0, size=0.3, **said):
        base, chance = read_base(tiny_llama), np.random.default_rng(seed)
        names = [weight(block, linear) for block in range(base.shape.blocks) for linear in LINEARS]
        shapes = {name: base.tensors[name].shape for name in names}
        arrays = {
            name: (chance.normal(size=(4, columns)) * size, chance.normal(size=(rows, 4)) * size)
            for name, (rows, columns) in shapes.items()
        }
        path = tmp_path / f"chance{seed}.adapter.gguf"
        trained = Trained(shape_of(record_type), FORM_VERSION, END, **said)
        write_adapter(path, arrays, alpha=8.0, name="chance", trained=trained)
        return path

    return make


def answer_of(adapter, base, record_type, texts, found=None):
    """Return the responses of a base with an adapter on top; `found` is what a partner answered."""

    async def ask():
        model = adapted_model(adapter, lambda: base, "0" * 64, {"max_tokens": 2000})
        asking = Asking("own", record_type, model.model, model.identity)
        messages = (Message("system", "Say what is found."), Message("user", "The text."))
        try:
            return [await model.complete(Request(text, messages, asking, found=found)) for text in texts]
        finally:
            await model.aclose()

    return asyncio.run(ask())


# ---------------------------------------------------------------- asked


@pytest.mark.parametrize("seed", range(4))
def test_whatever_an_adapter_has_learned_its_answers_are_records_of_the_text(
    tiny_llama, chance_adapter, seed
):
    responses = answer_of(chance_adapter(Reading, seed), tiny_llama, Reading, TEXTS)

    finished = [
        (text, Reading.model_validate_json(response.text))
        for text, response in zip(TEXTS, responses, strict=True)
        if response.finish_reason == "stop"
    ]
    for text, record in finished:
        printed = f"{text.title} \u2029 {text.abstract}"
        parts = [record.main, *record.tools, *record.findings]
        names = [record.method, *record.tasks, *(getattr(part, "name", None) for part in parts)]
        quotes = [finding.quote for finding in record.findings]
        assert all(said in printed for said in (*names, *quotes) if said)
        assert len({*record.findings}) == len(record.findings)
        claimed = [(f.quote, f.value) for f in record.findings if f.value is not None]
        assert all(claimed.count(one) <= 2 for one in claimed)


def test_an_adapter_is_put_aside_for_records_that_it_was_not_trained_for(tiny_llama, chance_adapter):
    # Given two adapters that have nothing in common,
    first, second = (chance_adapter(Reading, seed, size=1.0) for seed in (1, 2))
    # when they are asked for other records,
    said = [answer_of(adapter, tiny_llama, Other, TEXTS[:1])[0].text for adapter in (first, second)]
    # then it is the base that answers, in the form that every model answers in.
    assert said[0] == said[1]
    assert json.loads(said[0]).keys() == {"method"}


def test_an_adapter_is_told_what_its_partner_found_where_it_was_trained_so(tiny_llama, chance_adapter):
    found = json.dumps({"method": "Marram", "findings": [{"quote": "It is cheap", "value": 62}]})

    def tokens_asked(adapter, found):
        return answer_of(adapter, tiny_llama, Reading, TEXTS[:1], found)[0].usage.input_tokens

    alone, beside = chance_adapter(Reading, 1), chance_adapter(Reading, 2, partner="rules")
    assert tokens_asked(alone, found) == tokens_asked(alone, None) == tokens_asked(beside, None)
    assert tokens_asked(beside, found) > tokens_asked(beside, None) + len("method: Marram\n") / 4


def test_an_adapter_says_in_which_fields_its_answer_stands(tiny_llama, chance_adapter):
    adapter = chance_adapter(Reading, leads=("method", "tasks"))

    assert answer_of(adapter, tiny_llama, Reading, TEXTS[:1])[0].leads == ("method", "tasks")
    assert answer_of(adapter, tiny_llama, Other, TEXTS[:1])[0].leads == ()


def test_an_adapter_answers_with_no_more_than_it_was_trained_to_say(tiny_llama, chance_adapter):
    says = ("method", "findings.quote", "findings.value")
    adapter = chance_adapter(Reading, 3, partner="rules", leads=("method",), says=says)

    responses = answer_of(adapter, tiny_llama, Reading, TEXTS)

    finished = [json.loads(one.text) for one in responses if one.finish_reason == "stop"]
    assert finished
    for said in finished:
        assert said.keys() <= {"method", "findings"}
        assert all(one.keys() == {"quote", "value"} for one in said.get("findings", ()))


# ---------------------------------------------------------------- scored


def test_an_adapter_is_scored_beside_the_rules_and_a_card_tells_both(
    tiny_llama, chance_adapter, own_surroundings
):
    # Given labels, a schema, and an adapter that knows nothing,
    (own_surroundings / "own.py").write_text(SCHEMA)
    schema = load_schema("own.py")
    lines = [json.dumps(one) for one in LABELS]
    files = [LabelFile(own_surroundings / "labels.jsonl", "0" * 64, tuple(lines))]
    papers = read_labelled(files, {}, schema.record_type)
    path = chance_adapter(schema.record_type)
    # when it is scored,
    model = adapted_model(path, lambda: tiny_llama, "0" * 64, {"max_tokens": 300})
    scored = score(model, papers, gold_lines(papers, files), schema, lambda _: None)
    # then each paper counts, answered or not,
    rules, adapter = scored.evaluation.runs
    assert (scored.papers, rules.run, adapter.run) == (5, "rules", "adapter")
    assert len(adapter.missing) == len(scored.failed)
    assert adapter.absent_in_all.count == 0
    # and the card says so, for programs and for readers.
    write_card(made(scored), own_surroundings / "own.card.md")
    card = json.loads((own_surroundings / "own.card.json").read_text("utf-8"))
    assert card["scores"]["valid_answers"] == 5 - len(scored.failed)
    assert card["recipe"]["rank"] == Recipe().rank
    shown = (own_surroundings / "own.card.md").read_text("utf-8")
    assert "| papers | 4 learned, 1 watched, 5 held out |" in shown
    assert "| steps | 3 of 4 papers (3 epochs); best after 2 |" in shown
    assert "## Scores: 5 papers, held out" in shown
    assert "| method | " in shown


def test_what_the_rules_know_counts_with_an_adapter_that_leaves_it_to_them(
    tiny_llama, chance_adapter, own_surroundings
):
    # Given an adapter that says the method alone, and labels of links,
    (own_surroundings / "own.py").write_text(LINKED_SCHEMA)
    schema = load_schema("own.py")
    lines = [json.dumps(one) for one in (*LABELS, {**LINKED, "link0": CODE})]
    files = [LabelFile(own_surroundings / "labels.jsonl", "0" * 64, tuple(lines))]
    papers = read_labelled(files, {}, schema.record_type)
    path = chance_adapter(schema.record_type, partner="rules", leads=("method",), says=("method",))
    # when it is scored beside the rules,
    model = adapted_model(path, lambda: tiny_llama, "0" * 64, {"max_tokens": 300})
    beside = CompletedProvider(model, RulesProvider())
    scored = score(beside, papers, gold_lines(papers, files), schema, lambda _: None)
    # then theirs counts as in a run.
    rules, adapter = scored.evaluation.runs
    assert rules.scores["link0"].f1 == 1
    assert adapter.scores["link0"] == rules.scores["link0"]


def made(scored):
    """Return what there is to say of an adapter."""
    return Made(
        file="own.adapter.gguf",
        sha256="1" * 64,
        megabytes=9.8,
        schema="own",
        record_shape="2" * 16,
        answer_form=FORM_VERSION,
        base="Tiny llama",
        started_from=None,
        base_sha256="3" * 64,
        labels={"labels.jsonl": "4" * 64},
        examples={"learned": 4, "watched": 1, "held out": 5},
        recipe=Recipe(),
        steps=3,
        best_step=2,
        losses=((1, 0.75), (2, 0.5), (3, 0.625)),
        seconds=90.0,
        machine="cpu, bfloat16",
        scored_papers="held out",
        scored=scored,
    )


# ---------------------------------------------------------------- trained

LABELS = (
    {
        "id": "marram",
        "title": "Marram: Dunes from One Camera",
        "abstract": "We present Marram. It reaches 71.5 on DuneBench.",
        "method": "Marram",
        "tasks": ["Dunes"],
        "findings": [{"quote": "reaches 71.5 on DuneBench", "value": 71.5, "dataset": "DuneBench"}],
    },
    {"id": "gull", "title": "GullEar", "abstract": "GullEar counts gulls.", "method": "GullEar"},
    {"id": "tide", "title": "Tide", "abstract": "Tide is 2x faster on Shore.", "method": "Tide"},
    {"id": "reed", "title": "Reed", "abstract": "Reed parses.", "method": "Reed"},
    {"id": "salt", "title": "Salt", "abstract": "Salt sorts.", "method": "Salt"},
)
SCHEMA = """
from typing import Annotated
from extractor.records import Name, Number, Quote, Record

class Finding(Record):
    quote: Quote = ""
    value: Annotated[float | None, Number(of="quote")] = None
    dataset: Name | None = None

class Reading(Record):
    method: Name | None = None
    tasks: tuple[Name, ...] = ()
    findings: tuple[Finding, ...] = ()
"""
LINKED_SCHEMA = f"from extractor.records import Url\n{SCHEMA}    link0: Url | None = None\n"
LINKED = {
    "id": "dulse",
    "title": "Dulse",
    "abstract": "Code is at https://github.com/dulse/dulse. The tide table is at https://tides.example/dulse.",
    "method": "Dulse",
}
CODE, TABLE = "https://github.com/dulse/dulse", "https://tides.example/dulse"


@pytest.fixture
def job(own_surroundings, tiny_llama):
    """Return a function that makes a small job in a folder of its own."""

    def make(labels=LABELS, out="own.adapter.gguf", **recipe):
        (own_surroundings / "own.py").write_text(SCHEMA)
        (own_surroundings / "labels.jsonl").write_text("".join(json.dumps(one) + "\n" for one in labels))
        return Job(
            labels=(own_surroundings / "labels.jsonl",),
            out=own_surroundings / out,
            schema="own.py",
            base=tiny_llama,
            recipe=Recipe(**{"epochs": 2, "threads": 1, "device": "cpu", "precision": "f32", **recipe}),
        )

    return make


@pytest.fixture
def torch():
    """Return torch, where it is installed."""
    return pytest.importorskip("torch")


@pytest.mark.usefixtures("torch")
def test_a_training_leaves_an_adapter_that_answers_and_a_card(job, own_surroundings):
    told: list[str] = []
    made = train(job(), told.append)

    assert (made.examples, made.steps) == ({"learned": 4, "watched": 1, "held out": 0}, 2)
    assert made.losses[-1][1] < made.losses[0][1]
    assert made.scored is not None
    assert made.scored.papers == 1
    card = json.loads((own_surroundings / "own.card.json").read_text("utf-8"))
    assert card["sha256"] == made.sha256
    assert card["scores"]["runs"].keys() == {"rules", "adapter"}
    assert "| base, SHA-256 | `" in (own_surroundings / "own.card.md").read_text("utf-8")
    assert any("s a step" in line for line in told)
    record_type = load_schema("own.py").record_type
    (response,) = answer_of(own_surroundings / "own.adapter.gguf", job().base, record_type, TEXTS[:1])
    assert response.finish_reason in {"stop", "length"}


@pytest.mark.usefixtures("torch")
def test_a_training_that_was_stopped_goes_on_and_ends_the_same(job):
    class StopError(Exception):
        pass

    def stop(line):
        if line.startswith("step"):
            raise StopError

    # Given a training that went through, and one that is stopped when its last step is done,
    through = train(job(out="through.adapter.gguf"))
    with pytest.raises(StopError):
        train(job(out="stopped.adapter.gguf"), stop)
    # when the stopped one is called again,
    told: list[str] = []
    again = train(job(out="stopped.adapter.gguf"), told.append)
    # then it goes on from where it was, and its weights are those of the first.
    assert "goes on from step 2 of 2" in told
    assert again.losses == through.losses
    # And other options do not go on from it.
    with pytest.raises(SettingsError, match="is of a training with other labels, base or options"):
        train(job(out="stopped.adapter.gguf", rate=1e-4))


@pytest.mark.usefixtures("torch")
def test_an_adapter_leads_in_all_fields_where_none_is_named(job, own_surroundings):
    train(job())
    assert trained_for(own_surroundings / "own.adapter.gguf").leads == ("method", "tasks", "findings")
    train(replace(job(out="some.adapter.gguf"), leads=("tasks", "findings.value")))
    assert trained_for(own_surroundings / "some.adapter.gguf").leads == ("tasks", "findings.value")
    assert "| leads in | tasks, findings.value |" in (own_surroundings / "some.card.md").read_text("utf-8")
    with pytest.raises(SettingsError, match=r"--leads: schema .*own has no field colour, mood"):
        train(replace(job(), leads=("mood", "tasks", "colour")))


@pytest.mark.parametrize(
    ("said", "begins_with"),
    [
        ({}, SHIPPED),
        ({"afresh": True}, None),
        ({"start": Path("mine.adapter.gguf")}, Path("mine.adapter.gguf")),
        ({"base": Path("other.gguf")}, None),
        ({"recipe": Recipe(rank=8)}, None),
        ({"recipe": Recipe(linears=("attn_q",))}, None),
        ({"recipe": Recipe(blocks=2)}, None),
        ({"recipe": Recipe(rate=1e-4, epochs=1)}, SHIPPED),
    ],
)
def test_a_training_goes_on_from_the_models_own_adapter_where_that_fits(said, begins_with):
    assert Job((Path("labels.jsonl"),), Path("own.adapter.gguf"), **said).begins_with == begins_with


def test_the_models_own_adapter_is_one_that_a_training_can_go_on_from():
    recipe = Recipe()
    weights = [weight(block, linear) for block in range(30) for linear in recipe.linears]

    arrays = read_adapter(SHIPPED, weights, rank=recipe.rank, alpha=recipe.alpha)

    assert all(a.shape[0] == b.shape[1] == recipe.rank for a, b in arrays.values())


def test_two_ways_to_begin_are_refused(job):
    with pytest.raises(SettingsError, match=r"--start mine\.gguf and --afresh are two ways to begin"):
        train(replace(job(), start=Path("mine.gguf"), afresh=True))


@pytest.mark.usefixtures("torch")
def test_a_training_can_go_on_from_an_adapter(job, own_surroundings):
    first = train(job(out="first.adapter.gguf"))
    asked = job(out="second.adapter.gguf", rate=1e-9)

    second = train(replace(asked, start=own_surroundings / "first.adapter.gguf"))

    assert second.losses[0][1] == pytest.approx(first.losses[-1][1], rel=1e-3)
    assert second.started_from == first.sha256
    card = (own_surroundings / "second.card.md").read_text("utf-8")
    assert f"| went on from an adapter, SHA-256 | `{first.sha256}` |" in card


@pytest.mark.usefixtures("torch")
def test_a_training_goes_on_from_no_adapter_of_another_make(job, own_surroundings, chance_adapter):
    start = chance_adapter(Reading)
    with pytest.raises(SettingsError, match=r"chance0.adapter.gguf is no adapter of rank 16 and alpha 32"):
        train(replace(job(), start=start))
    with pytest.raises(SettingsError, match="is no adapter of rank 4 and alpha 2 for these layers"):
        train(replace(job(rank=4, alpha=2.0), start=start))
    with pytest.raises(SettingsError, match=r"--start .*gone\.gguf: there is no such file"):
        train(replace(job(), start=own_surroundings / "gone.gguf"))
    (own_surroundings / "no.gguf").write_bytes(b"GGUF nothing")
    with pytest.raises(RunStoppedError, match=r"no\.gguf cannot be read"):
        train(replace(job(), start=own_surroundings / "no.gguf"))


@pytest.mark.usefixtures("torch")
def test_a_model_that_was_trained_with_the_rules_findings_is_told_them(job, own_surroundings):
    made = train(job())
    adapter = own_surroundings / "own.adapter.gguf"

    assert trained_for(adapter).partner == "rules"
    assert trained_for(adapter).says == ("method", "tasks", "findings")
    assert made.scored is not None
    assert "| the question tells | what the rules find |" in (own_surroundings / "own.card.md").read_text(
        "utf-8"
    )


@pytest.mark.usefixtures("torch")
def test_a_model_that_was_trained_for_the_text_alone_is_asked_so(job, own_surroundings):
    train(job(with_rules=False))
    trained = trained_for(own_surroundings / "own.adapter.gguf")

    assert (trained.partner, trained.says) == (None, ())
    assert "| the question tells | the text alone |" in (own_surroundings / "own.card.md").read_text("utf-8")


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize(
    ("links", "with_rules", "labels", "leads"),
    [
        (1, True, [CODE], ()),
        (1, False, [CODE], ("link0",)),
        (1, True, [CODE, TABLE, CODE], ()),
        (1, True, [CODE, TABLE], ("link0",)),
        # The link that is labelled is none that the rules look for.
        (1, True, [TABLE], ("link0",)),
        (1, True, [None], ("link0",)),
        # Which link is which, the rules do not know.
        (2, True, [CODE], ("link0", "link1")),
    ],
)
def test_the_rules_keep_the_one_link_of_a_record_where_they_are_mostly_right(
    job, own_surroundings, links, with_rules, labels, leads
):
    linked = [{**LINKED, "id": f"dulse{place}", "link0": label} for place, label in enumerate(labels)]
    asked = job((*LABELS, *linked), with_rules=with_rules, epochs=0.1)
    fields = "".join(f"    link{place}: Url | None = None\n" for place in range(links))
    (own_surroundings / "own.py").write_text(f"from extractor.records import Url\n{SCHEMA}{fields}")

    train(replace(asked, scored=0))

    adapter = trained_for(own_surroundings / "own.adapter.gguf")
    assert adapter.leads == ("method", "tasks", "findings", *leads)


@pytest.mark.usefixtures("torch")
def test_papers_that_are_held_out_are_scored_and_not_learned(job, own_surroundings):
    ids = own_surroundings / "ids.txt"
    ids.write_text("gull\n")
    labels = (*LABELS, {"id": "more", "title": "More", "abstract": "More of it.", "method": "More"})
    asked = job(labels)

    made = train(
        Job(asked.labels, asked.out, asked.schema, held_out=ids, base=asked.base, recipe=asked.recipe)
    )

    assert made.examples == {"learned": 4, "watched": 1, "held out": 1}
    assert made.scored_papers == "held out"


@pytest.mark.usefixtures("torch")
def test_what_cannot_be_trained_is_said_before_anything_is_loaded(job, own_surroundings):
    with pytest.raises(SettingsError, match="3 labelled papers are too few to learn from; 4 are the least"):
        train(job(LABELS[:3]))
    with pytest.raises(SettingsError, match=r"must end with \.adapter\.gguf"):
        train(job(out="own.gguf"))
    ids = own_surroundings / "ids.txt"
    ids.write_text("nobody\n")
    asked = job()
    with pytest.raises(GoldError, match="names none of the labelled papers"):
        train(Job(asked.labels, asked.out, asked.schema, held_out=ids, base=asked.base))


# ---------------------------------------------------------------- parity with llama.cpp

TOLD, SAID = 20, 12
SCALE = 8.0 / 4


def said_by(server, tokens, **options):
    """Return what llama.cpp says after tokens, each with its likeliest alternatives."""
    sent = {"prompt": tokens, "n_probs": TOLD, "temperature": 0, "cache_prompt": False, **options}
    with contextlib.closing(ServerTokens(server, END)) as asker:
        return asker.asked("/completion", **sent)["completion_probabilities"]


def next_of(torch, model, tokens, pairs):
    """Return the log-probability of each token that may come next."""
    with torch.no_grad():
        hidden = model.hidden(torch.tensor([tokens]), pairs, SCALE)
        return model.logits(hidden[0, -1]).log_softmax(-1)


def pairs_of(torch, adapter):
    """Return an adapter's file as what is trained."""
    arrays = {one.name: torch.tensor(one.data).float() for one in gguf.GGUFReader(adapter).tensors}
    names = {name.removesuffix(".lora_a") for name in arrays if name.endswith(".lora_a")}
    return {name: (arrays[f"{name}.lora_a"], arrays[f"{name}.lora_b"]) for name in names}


@pytest.mark.parametrize("has_adapter", [False, True])
def test_the_model_that_is_trained_computes_what_llama_cpp_computes(
    torch, tiny_llama, chance_adapter, has_adapter
):
    from extractor.training.model import Model  # noqa: PLC0415 - it needs torch.

    # Given a model, with an adapter and without, that has said a few tokens,
    adapter = chance_adapter(Reading, size=0.1) if has_adapter else None
    tokens = [1, *range(40, 140, 3), 2]
    said = said_by(start_server(tiny_llama, adapter), tokens, n_predict=SAID, ignore_eos=True)
    # when each is computed here, by what came before,
    model = Model.of(read_base(tiny_llama), torch.device("cpu"), torch.float32)
    pairs = pairs_of(torch, adapter) if adapter else {}
    for step in said:
        found = next_of(torch, model, tokens, pairs)
        # then it is the likeliest here too, and its alternatives are as likely.
        expected = {one["id"]: one["logprob"] for one in step["top_logprobs"] if one["id"] > END}
        assert [float(found[token]) for token in expected] == pytest.approx([*expected.values()], abs=0.05)
        tokens.append(step["id"])
    assert len(said) == SAID


@pytest.mark.model
def test_of_the_real_model_the_likeliest_tokens_are_those_of_llama_cpp(torch):
    from extractor.training.model import Model  # noqa: PLC0415 - it needs torch.

    path = pull(SMOLLM2, Settings().cache_dir, lambda _: None)
    server = start_server(path)
    with contextlib.closing(ServerTokens(server, END)) as asker:
        tokens = asker.question((Message("user", "Name the capital of France."),))
    (said,) = said_by(server, tokens, n_predict=1)

    model = Model.of(read_base(path), torch.device("cpu"), torch.float32)
    found = next_of(torch, model, tokens, {})

    # llama.cpp rounds what it multiplies to 8 bits.
    first, *others = said["top_logprobs"][:5]
    assert int(found.argmax()) == first["id"]
    assert all(float(found[one["id"]]) == pytest.approx(one["logprob"], abs=0.5) for one in (first, *others))
