"""
What does the grammar cost the embedded model, and does it hold?

Asks about each abstract of a page under the grammar, then lets the model write as many tokens without it,
from the same prompt; prints the time a token of both and their ratio, the share of valid answers, values
that do not stand in the text, and the memory of the process.

    python benchmarks/embedded.py [PAGE] [--limit N]
"""

import argparse
import itertools
import json
import resource
import statistics
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractor.catalog import load_schema
from extractor.grounding import ground
from extractor.papers import Paper
from extractor.pipeline import validate
from extractor.prompting import Prompt
from extractor.providers.embedded.grammar import grammar_for
from extractor.providers.embedded.server import LocalServer, start_server
from extractor.providers.embedded.spans import Spans, restored
from extractor.providers.embedded.weights import SMOLLM2, pull
from extractor.settings import Settings
from extractor.sources import read_file

PAGE = Path(__file__).parents[1] / "examples" / "daily_papers.txt"
MOST_TOKENS = 1024

Answer = dict[str, Any]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("page", type=Path, nargs="?", default=PAGE)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    server = start_server(pull(SMOLLM2, Settings.load().cache_dir, print))
    schema = load_schema("papers")
    prompt = Prompt(schema.prompt, schema.record_type, brief=True)
    papers = tuple(itertools.islice(read_file(options.page), options.limit))
    pairs = list(_pairs(server, prompt, papers))
    _print_figures(papers, pairs)


def _pairs(server: LocalServer, prompt: Prompt, papers: tuple[Paper, ...]) -> Iterator[tuple[Answer, Answer]]:
    """Yield for each paper the answer under the grammar and one as long without it."""
    for paper in papers:
        messages = [{"role": m.role, "content": m.content} for m in prompt.messages_for(paper.text)]
        grammar = grammar_for(prompt.record_type, Spans(paper.text))
        held = _ask(server, {"messages": messages, "grammar": grammar, "max_tokens": MOST_TOKENS})
        count = held["usage"]["completion_tokens"]
        bare = _ask(server, {"messages": messages, "max_tokens": count, "ignore_eos": True})
        yield held, bare


def _ask(server: LocalServer, body: dict[str, Any]) -> Answer:
    request = urllib.request.Request(  # noqa: S310 - our own server on loopback.
        f"{server.base_url}/chat/completions",
        json.dumps({"model": SMOLLM2.name, "temperature": 0, **body}).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {server.key}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        read: Answer = json.load(answer)
    return read


def _print_figures(papers: tuple[Paper, ...], pairs: list[tuple[Answer, Answer]]) -> None:
    per_token = [[_milliseconds_a_token(answer) for answer in pair] for pair in pairs]
    held, bare = (statistics.median(times) for times in zip(*per_token, strict=True))
    doubts = [_doubts(paper, pair[0]) for paper, pair in zip(papers, pairs, strict=True)]
    valid = sum(found is not None for found in doubts)
    outside = sum(found or 0 for found in doubts)
    print(f"{len(papers)} abstracts, one thread; medians")
    print(f"{'without the grammar':26}{bare:8.2f} ms a token (1.00)")
    print(f"{'with the grammar':26}{held:8.2f} ms a token ({held / bare:.2f})")
    print(f"{'valid answers':26}{valid:8} of {len(papers)}")
    print(f"{'values not in the text':26}{outside:8}")
    print(f"{'memory, at most':26}{_megabytes():8.0f} MB")


def _milliseconds_a_token(answer: Answer) -> float:
    timings = answer["timings"]
    count: int = timings["predicted_n"]
    return float(timings["predicted_ms"]) / max(count, 1)


def _doubts(paper: Paper, answer: Answer) -> int | None:
    """Return the count of values that the text does not bear out; None where the answer is not valid."""
    choice = answer["choices"][0]
    if choice["finish_reason"] != "stop":
        return None
    record_type = load_schema("papers").record_type
    said = restored(json.loads(choice["message"]["content"]), record_type, Spans(paper.text))
    grounded = ground(validate(json.dumps(said), record_type), paper.text)
    return sum(len(part.unverified_because) for part in grounded.parts)


def _megabytes() -> float:
    used = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return used / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
