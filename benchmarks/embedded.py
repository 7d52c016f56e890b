"""
How fast is the embedded model beside the runtime's own limit, and what brings what?

Asks about each abstract of a page as a run does (adapter, grammar, what the rules found), then has the
runtime write as many tokens from the same prompts with neither grammar nor adapter. Then as a run does
again, with one thing changed: no prefix kept, other weights, several papers at once. One thread. Prints
times, ratios to the runtime's limit, the share of valid answers, values that do not stand in the text,
and the memory of the process.

    python benchmarks/embedded.py [PAGE] [--limit N] [--weights OTHER.gguf] [--at-once N]
"""

import argparse
import itertools
import json
import resource
import statistics
import sys
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from extractor.catalog import load_schema
from extractor.grounding import ground
from extractor.papers import Paper
from extractor.pipeline import validate
from extractor.providers.embedded.provider import SHIPPED
from extractor.providers.embedded.server import LocalServer, start_server
from extractor.providers.embedded.short_form import read_short_form, said_once, short_form, short_messages
from extractor.providers.embedded.short_grammar import short_grammar_for
from extractor.providers.embedded.spans import Spans, restored
from extractor.providers.embedded.trained import trained_for
from extractor.providers.embedded.weights import SMOLLM2, pull
from extractor.providers.rules.provider import answer_of
from extractor.settings import Settings
from extractor.sources import read_file

PAGE = Path(__file__).parents[1] / "examples" / "daily_papers.txt"
MOST_TOKENS = 1024
RECORD = load_schema("papers").record_type
TRAINED = trained_for(SHIPPED)
ANSWER = TRAINED.answer_type(RECORD)

Body = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Timed:
    """What answers took, all of them together and a token to write (median), in seconds."""

    name: str
    answers: Sequence[Answer]
    seconds: float

    @property
    def a_paper(self) -> float:
        """Mean of all that a paper took."""
        return self.seconds / len(self.answers)

    @property
    def a_token(self) -> float:
        """Median of what a token took to write."""
        told = [answer["timings"] for answer in self.answers]
        return (
            float(statistics.median(one["predicted_ms"] / max(one["predicted_n"], 1) for one in told)) / 1000
        )


def main() -> None:
    """Print the tables."""
    options = _options()
    papers = tuple(itertools.islice(read_file(options.page), options.limit))
    weights = pull(SMOLLM2, Settings.load().cache_dir, print)
    bodies = [asked(paper) for paper in papers]
    server = start_server(weights, SHIPPED)
    as_run = timed("as a run asks", server, bodies)
    memory = _megabytes()
    bare = [bare_of(*pair) for pair in zip(bodies, as_run.answers, strict=True)]
    limit = timed("the runtime's limit: no grammar, no adapter", start_server(weights), bare)
    rows = [limit, timed("with the adapter", server, bare), as_run]
    rows.append(timed("no prefix kept", server, [{**body, "cache_prompt": False} for body in bodies]))
    rows.extend(timed(other.name, start_server(other, SHIPPED), bodies) for other in options.weights)
    rows.extend(
        timed(f"{count} at once", start_server(weights, SHIPPED, at_once=count), bodies, at_once=count)
        for count in options.at_once
    )
    _print_times(rows)
    _print_doubts(papers, as_run.answers, memory)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("page", type=Path, nargs="?", default=PAGE)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--weights", type=Path, action="append", default=[], help="another GGUF of the base")
    parser.add_argument("--at-once", type=int, action="append", default=[], help="so many papers at once")
    return parser.parse_args()


def asked(paper: Paper) -> Body:
    """Return what a run sends about a paper."""
    found = short_form(answer_of(paper.text, RECORD), RECORD) if TRAINED.partner else ""
    messages = [{"role": one.role, "content": one.content} for one in short_messages(paper.text, found)]
    grammar = short_grammar_for(ANSWER, Spans(paper.text), TRAINED.end)
    return {"messages": messages, "grammar": grammar, "max_tokens": MOST_TOKENS}


def bare_of(body: Body, answer: Answer) -> Body:
    """Return what makes the runtime write as many tokens from the same prompt."""
    return {
        "messages": body["messages"],
        "max_tokens": answer["usage"]["completion_tokens"],
        "ignore_eos": True,
    }


def timed(name: str, server: LocalServer, bodies: Sequence[Body], *, at_once: int = 1) -> Timed:
    """Return a server's answers with what they took."""
    with ThreadPoolExecutor(at_once) as pool:
        began = time.perf_counter()
        answers = list(pool.map(partial(_ask, server), bodies))
        return Timed(name, answers, time.perf_counter() - began)


def _ask(server: LocalServer, body: Body) -> Answer:
    request = urllib.request.Request(  # noqa: S310 - our own server on loopback.
        f"{server.base_url}/chat/completions",
        json.dumps({"model": SMOLLM2.name, "temperature": 0, **body}).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {server.key}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        read: Answer = json.load(answer)
    return read


def _print_times(rows: Sequence[Timed]) -> None:
    limit = rows[0]
    print(f"{len(limit.answers)} abstracts, one thread")
    print(f"{'':46}{'s a paper':>10}{'ratio':>7}{'ms a token':>12}{'ratio':>7}{'tokens':>8}")
    for row in rows:
        tokens = statistics.mean(answer["usage"]["completion_tokens"] for answer in row.answers)
        print(
            f"{row.name:46}{row.a_paper:10.2f}{row.a_paper / limit.a_paper:7.2f}"
            f"{row.a_token * 1000:12.2f}{row.a_token / limit.a_token:7.2f}{tokens:8.0f}"
        )


def _print_doubts(papers: Sequence[Paper], answers: Sequence[Answer], memory: float) -> None:
    doubts = [_doubts(paper, answer) for paper, answer in zip(papers, answers, strict=True)]
    print(f"valid answers: {sum(found is not None for found in doubts)} of {len(papers)}")
    print(f"values not in the text: {sum(found or 0 for found in doubts)}")
    print(f"memory, at most: {memory:.0f} MB")


def _doubts(paper: Paper, answer: Answer) -> int | None:
    """Return the count of values that the text does not bear out; None where the answer is not valid."""
    choice = answer["choices"][0]
    if choice["finish_reason"] != "stop":
        return None
    said = restored(
        said_once(read_short_form(choice["message"]["content"], ANSWER)), ANSWER, Spans(paper.text)
    )
    grounded = ground(validate(json.dumps(said), RECORD), paper.text)
    return sum(len(part.unverified_because) for part in grounded.parts)


def _megabytes() -> float:
    used = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return used / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
