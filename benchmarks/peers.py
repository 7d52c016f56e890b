"""
One of our peers, used as its documentation says, over a file of papers.

    python benchmarks/peers.py NAME --papers FILE --base-url URL

Prints how many papers it finished; `--output` appends its records to a file when all are there, as its
documentation does. It needs nothing of ours, so that a peer can run in an environment of its own.
"""

import argparse
import asyncio
import importlib
import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

JSON = dict[str, Any]
Found = list[tuple[str, JSON]]
"""The id and the record of each paper that is finished."""

MODEL = "gpt-4.1-mini"
ASKED = "List what this abstract says and claims: tasks, method, datasets, metrics, code URL, claims."


class Claim(BaseModel):
    """One result that the authors claim for their own work."""

    quote: str
    task: str | None
    dataset: str | None
    metric: str | None
    method: str | None
    baseline: str | None
    value: float | None
    value_high: float | None
    baseline_value: float | None
    unit: str | None
    kind: Literal["absolute", "relative_change", "difference", "ratio", "qualitative"] | None
    direction: Literal["increase", "decrease"] | None


class PaperRecord(BaseModel):
    """What one abstract says: the fields of our schema, as a user of these libraries writes them."""

    tasks: list[str]
    method: str | None
    datasets: list[str]
    metrics: list[str]
    code_url: str | None
    claims: list[Claim]


class Task(NamedTuple):
    """What a peer is given; a time-out of None leaves it at its own."""

    papers: list[JSON]
    base_url: str
    concurrency: int
    timeout: float | None

    @property
    def client_options(self) -> dict[str, Any]:
        """Return the options of an OpenAI client."""
        timeout = {} if self.timeout is None else {"timeout": self.timeout}
        return {"base_url": self.base_url, **timeout}


def raw_aiohttp(task: Task) -> Found:
    """Ask by aiohttp alone and read the JSON, neither checked nor kept: what no client can go below."""
    return asyncio.run(_raw_aiohttp(task))


async def _raw_aiohttp(task: Task) -> Found:
    import aiohttp  # noqa: PLC0415 - each peer imports its own, that its CPU be its own.

    found: Found = []
    waiting = iter(task.papers)
    common = {"model": MODEL, "response_format": _form()}

    async def work(session: aiohttp.ClientSession) -> None:
        for paper in waiting:
            body = {**common, "messages": _messages(paper)}
            async with session.post(f"{task.base_url}/chat/completions", json=body) as answer:
                told = json.loads(await answer.read())
            found.append((paper["id"], json.loads(told["choices"][0]["message"]["content"])))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=task.concurrency)) as session:
        await asyncio.gather(*(work(session) for _ in range(task.concurrency)))
    return found


def openai_alone(task: Task) -> Found:
    """Ask by OpenAI's client and validate the answer by Pydantic."""
    return asyncio.run(_openai_alone(task))


async def _openai_alone(task: Task) -> Found:
    import openai  # noqa: PLC0415

    client: Any = openai.AsyncOpenAI(**task.client_options)

    async def read(paper: JSON) -> PaperRecord:
        answer = await client.chat.completions.create(
            model=MODEL, messages=_messages(paper), response_format=_form()
        )
        return PaperRecord.model_validate_json(answer.choices[0].message.content)

    return await _gathered(task, read)


def instructor_documented(task: Task) -> Found:
    """Ask by instructor as its documentation does: in mode TOOLS, with three tries."""
    return asyncio.run(_instructor_documented(task))


async def _instructor_documented(task: Task) -> Found:
    import instructor  # noqa: PLC0415
    import openai  # noqa: PLC0415

    client: Any = instructor.from_openai(openai.AsyncOpenAI(**task.client_options))

    async def read(paper: JSON) -> PaperRecord:
        record: PaperRecord = await client.chat.completions.create(
            model=MODEL, response_model=PaperRecord, messages=_messages(paper), max_retries=3
        )
        return record

    return await _gathered(task, read)


async def _gathered(task: Task, read: Callable[[JSON], Any]) -> Found:
    """Read all papers at once, so many in flight; what failed is left out."""
    gate = asyncio.Semaphore(task.concurrency)

    async def held(paper: JSON) -> PaperRecord:
        async with gate:
            record: PaperRecord = await read(paper)
            return record

    answers = await asyncio.gather(*map(held, task.papers), return_exceptions=True)
    pairs = zip(task.papers, answers, strict=True)
    return [(paper["id"], answer.model_dump()) for paper, answer in pairs if isinstance(answer, PaperRecord)]


def langextract(task: Task) -> Found:
    """Ask by langextract, a whole abstract at a time (its own default cuts it in two)."""
    lx = importlib.import_module("langextract")
    extraction = lx.data.Extraction
    text = "We present Tideline. It reaches 61.4 F1 on NovelQuest."
    example = [
        extraction("method", "Tideline"),
        extraction(
            "claim",
            "reaches 61.4 F1 on NovelQuest",
            attributes={"dataset": "NovelQuest", "metric": "F1", "value": "61.4"},
        ),
    ]
    documents = [
        lx.data.Document(f"{paper['title']}\n\n{paper['abstract']}", document_id=paper["id"])
        for paper in task.papers
    ]
    annotated = lx.extract(
        documents,
        prompt_description=ASKED,
        examples=[lx.data.ExampleData(text, extractions=example)],
        config=lx.factory.ModelConfig(
            model_id=MODEL,
            provider="OpenAILanguageModel",
            provider_kwargs={"base_url": task.base_url, "api_key": "none", "max_workers": task.concurrency},
        ),
        max_char_buffer=4000,
        batch_length=task.concurrency,
        max_workers=task.concurrency,
        fence_output=False,
        show_progress=False,
    )
    return [
        (done.document_id, {"claims": [part.extraction_text for part in done.extractions]})
        for done in annotated
        if done.extractions
    ]


def lotus(task: Task) -> Found:
    """Ask by lotus, for flat columns: it knows no others."""
    _stay_offline()
    module = importlib.import_module("lotus")
    pandas = importlib.import_module("pandas")
    model = module.models.LM(
        model=f"openai/{MODEL}", api_base=task.base_url, api_key="none", max_batch_size=task.concurrency
    )
    module.settings.configure(lm=model)
    table = pandas.DataFrame(task.papers)
    columns = dict.fromkeys(PaperRecord.model_fields)
    rows = table.sem_extract(["title", "abstract"], columns).to_dict("records")
    return [(row["id"], {name: row[name] for name in columns}) for row in rows if row["method"]]


def curator(task: Task) -> Found:
    """Ask by curator, with no limit of requests a minute."""
    _stay_offline()
    module = importlib.import_module("bespokelabs.curator")
    parts = {
        "response_format": PaperRecord,
        "prompt": lambda _, paper: _messages(paper),
        "parse": lambda _, paper, record: {"id": paper["id"], "record": record.model_dump_json()},
    }
    reader = type("Reader", (module.LLM,), parts)(
        model_name=MODEL,
        backend="openai",
        backend_params={
            "base_url": task.base_url,
            "max_concurrent_requests": task.concurrency,
            "max_requests_per_minute": 10**6,
            "max_tokens_per_minute": 10**9,
        },
    )
    rows = reader(task.papers, working_dir=str(Path.cwd() / "curator")).dataset
    return [(row["id"], json.loads(row["record"])) for row in rows]


def _stay_offline() -> None:
    """Have litellm and tiktoken read what litellm ships instead of fetching it, and curator tell nobody."""
    spec = importlib.util.find_spec("litellm")
    for folder in spec.submodule_search_locations or () if spec else ():
        os.environ["TIKTOKEN_CACHE_DIR"] = f"{folder}/litellm_core_utils/tokenizers"
    os.environ.update(
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        TELEMETRY_ENABLED="false",
        CURATOR_DISABLE_RICH_DISPLAY="1",
        HF_HUB_OFFLINE="1",
    )


def _messages(paper: JSON) -> list[dict[str, str]]:
    text = f"{paper['title']}\n\n{paper['abstract']}"
    return [{"role": "system", "content": ASKED}, {"role": "user", "content": text}]


def _form() -> JSON:
    schema = {"name": "PaperRecord", "schema": PaperRecord.model_json_schema()}
    return {"type": "json_schema", "json_schema": schema}


class Peer(NamedTuple):
    """A peer: the module without which it cannot run, and what runs it."""

    module: str
    run: Callable[[Task], Found]


PEERS = {
    "raw aiohttp": Peer("aiohttp", raw_aiohttp),
    "openai alone": Peer("openai", openai_alone),
    "instructor": Peer("instructor", instructor_documented),
    "langextract": Peer("langextract", langextract),
    "lotus": Peer("lotus", lotus),
    "curator": Peer("bespokelabs.curator", curator),
}


def main() -> None:
    """Run the peer that the options name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--papers", type=Path, required=True, help="JSON lines with id, title, abstract")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--timeout", type=float, help="seconds for a try [default: the peer's own]")
    parser.add_argument("--output", type=Path, help="a file to which records are appended at the end")
    options = parser.parse_args()
    papers = [json.loads(line) for line in options.papers.read_text("utf-8").splitlines()]
    found = PEERS[options.peer].run(Task(papers, options.base_url, options.concurrency, options.timeout))
    if options.output:
        with options.output.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps({"id": paper_id, **record}) + "\n" for paper_id, record in found)
    print(json.dumps({"finished": len(found)}))


if __name__ == "__main__":
    main()
