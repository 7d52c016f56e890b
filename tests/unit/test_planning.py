import pytest

from extractor.catalog import Schema
from extractor.exchange import Asking, Response, Usage
from extractor.outcomes import Failure
from extractor.papers import Paper, Text
from extractor.pipeline import Pipeline
from extractor.planning import plan_run
from extractor.pricing import Price
from extractor.prompting import Prompt
from extractor.providers.fake import FakeProvider
from extractor.providers.pacing import Pace
from extractor.records import Name, Record
from extractor.sources import Skips
from extractor.store import AnswerSizes

PROMPT = "{% block instructions %}Read it.{% endblock %}{% block paper %}{{ abstract }}{% endblock %}"
NONE_MEASURED = AnswerSizes(0, 0.0, 0.0)
PRICE = Price(input=10.0, output=100.0, cached=1.0)


class Reading(Record):
    method: Name | None = None


SCHEMA = Schema(name="readings", reference="readings", record_type=Reading, views="", prompt=PROMPT)


class Planned:
    """A pipeline whose provider must not be asked, and what is known of its papers."""

    def __init__(self):
        self.provider = FakeProvider()
        asking = Asking(SCHEMA.name, Reading, "heron-large", self.provider.identity)
        self.pipeline = Pipeline(SCHEMA, self.provider, Prompt(PROMPT, Reading), asking, Pace(2))
        self.known: dict[str, Response | Failure] = {}
        self.looked_up: list[int] = []

    def knows(self, paper, what):
        self.known[self.pipeline.asked(paper).fingerprint] = what

    def look_up(self, fingerprints):
        self.looked_up.append(len(fingerprints))
        return {key: self.known[key] for key in fingerprints if key in self.known}

    def plan(self, papers, *, sizes=NONE_MEASURED, price=None, skips=None):
        skips = Skips() if skips is None else skips
        return plan_run(self.pipeline, papers, skips, self.look_up, sizes, price)


@pytest.fixture
def planned():
    planned = Planned()
    yield planned
    assert planned.provider.asked == 0


def paper(number=1, abstract="They move."):
    return Paper(paper_id=f"p{number}", text=Text(title=f"Paper {number}", abstract=abstract))


def failure(of):
    return Failure(of, "0" * 32, "refused", "no", paid=True, from_cache=True)


def test_papers_are_counted_by_what_is_known_of_them(planned):
    papers = [paper(number, f"They move {number}.") for number in range(6)]
    planned.knows(papers[0], Response("{}", "m"))
    planned.knows(papers[3], Response("{}", "m"))
    planned.knows(papers[4], failure(papers[4]))

    plan = planned.plan(papers)

    assert (plan.papers, plan.answered, plan.failed, plan.to_ask) == (6, 2, 1, 3)
    assert plan.model == "heron-large"


def test_where_no_answer_is_stored_tokens_are_guessed_from_the_length(planned):
    # "Read it." are 8 characters, and each text is 392: four to a token, and 500 tokens for an answer.
    plan = planned.plan([paper(1, "a" * 392), paper(2, "b" * 392)])

    assert plan.measured == 0
    assert plan.usage == Usage(200, 1000)


def test_where_answers_are_stored_tokens_are_taken_from_their_mean(planned):
    papers = [paper(number, f"They move {number}.") for number in range(4)]
    planned.knows(papers[0], Response("{}", "m"))

    plan = planned.plan(papers, sizes=AnswerSizes(17, 1200.5, 99.9))

    assert plan.measured == 17
    assert plan.usage == Usage(3602, 300)  # 3601.5 and 299.7


def test_what_it_would_cost_is_told_where_a_price_is_known(planned):
    plan = planned.plan([paper(1), paper(2, "They stay.")], sizes=AnswerSizes(3, 50_000, 5_000), price=PRICE)

    assert (plan.usage.input_tokens, plan.usage.output_tokens) == (100_000, 10_000)
    assert plan.usage.cost == pytest.approx(2.0)


def test_without_a_price_no_cost_is_told(planned):
    assert planned.plan([paper()]).usage.cost is None


def test_where_nothing_is_to_be_asked_nothing_is_used(planned):
    planned.knows(paper(), Response("{}", "m"))

    plan = planned.plan([paper()], sizes=AnswerSizes(17, 1200.5, 99.9), price=PRICE)

    assert (plan.to_ask, plan.usage) == (0, Usage(0, 0, cost=0.0))


def test_no_papers_are_a_plan_too(planned):
    plan = planned.plan([], price=PRICE)

    assert (plan.papers, plan.to_ask, plan.usage) == (0, 0, Usage(0, 0, cost=0.0))
    assert planned.looked_up == []


def test_many_papers_are_looked_up_in_batches(planned):
    plan = planned.plan(paper(number, f"They move {number}.") for number in range(1050))

    assert plan.to_ask == 1050
    assert planned.looked_up == [500, 500, 50]


def test_what_is_passed_over_is_the_readers_own_count(planned):
    skips = Skips()

    assert planned.plan([paper()], skips=skips).skips is skips
