"""Labels, a schema and a recipe -> an adapter's file, tried on papers that it has not seen, and its card."""

import contextlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.catalog import Schema, load_schema
from extractor.errors import GoldError, RunStoppedError, SettingsError
from extractor.evaluation.wording import plain_url
from extractor.providers.base import Provider
from extractor.providers.completed import CompletedProvider
from extractor.providers.embedded.narrowing import says_of
from extractor.providers.embedded.provider import ADAPTER, SHIPPED, adapted_model
from extractor.providers.embedded.server import start_server
from extractor.providers.embedded.short_form import FORM_VERSION, shape_of
from extractor.providers.embedded.tokens import ServerTokens
from extractor.providers.embedded.trained import Trained
from extractor.providers.embedded.weights import SMOLLM2, pull, sha256_of
from extractor.providers.rules.provider import RULES, RulesProvider, answer_of, known_fields
from extractor.records import FieldSpec, Record, Role, fields_of
from extractor.settings import Settings
from extractor.training.adapter_file import Arrays, read_adapter, write_adapter
from extractor.training.base import Base, read_base
from extractor.training.card import Made, write_card
from extractor.training.examples import Example, digest_of, example_of
from extractor.training.labels import LabelFile, Labelled, gold_lines, read_file, read_labelled, read_texts
from extractor.training.plan import FEWEST, Recipe, Split, split
from extractor.training.scoring import score

if TYPE_CHECKING:
    from extractor.training.learning import Learned

Tell = Callable[[str], None]

MEGABYTE = 1_000_000
KEPT, CARD = ".training", ".card.md"
SHIPPED_SIZE = Recipe().size
HELD_OUT, WATCHED = "held out", "watched for the best state, so a little flattered"


@dataclass(frozen=True, slots=True)
class Job:
    """
    What is to be trained.

    `texts` are files of titles and abstracts by id, for labels without them; `held_out` is a file of ids, one
    a line, that are never learned and scored at the end; `scored` is how many of them at most. Without
    `base` the default model is. `start` is an adapter to go on from: without one the default model's own is,
    where it fits, unless the training is to begin `afresh`. `leads` are the fields in which its answers stand
    against a partner's; none for all, but for a record's one link where the rules are right
    in most labelled papers.
    """

    labels: tuple[Path, ...]
    out: Path
    schema: str | None = None
    texts: tuple[Path, ...] = ()
    held_out: Path | None = None
    base: Path | None = None
    start: Path | None = None
    afresh: bool = False
    leads: tuple[str, ...] = ()
    scored: int | None = None
    recipe: Recipe = field(default_factory=Recipe)

    @property
    def begins_with(self) -> Path | None:
        """The adapter that the training goes on from; None where it begins with nothing."""
        fits = self.base is None and self.recipe.size == SHIPPED_SIZE
        return self.start or (SHIPPED if fits and not self.afresh else None)


@dataclass(frozen=True)
class _Ready:
    """A job whose files are read: what may be learned, and what is held out."""

    job: Job
    schema: Schema
    files: Sequence[LabelFile]
    learned: Sequence[Labelled]
    held_out: Sequence[Labelled]
    base_path: Path
    base_sha256: str
    base: Base
    start_sha256: str | None

    @property
    def recipe(self) -> Recipe:
        """What was asked for, with the rate that suits what the training begins with."""
        return self.job.recipe.going_on() if self.job.begins_with else self.job.recipe

    @cached_property
    def trained(self) -> Trained:
        """What the adapter will say of itself."""
        record_type, end = self.schema.record_type, self.base.end
        shape, with_rules = shape_of(record_type), self.job.recipe.with_rules
        leads = self.job.leads or tuple(_own_leads(self))
        if not with_rules:
            return Trained(shape, FORM_VERSION, end, leads=leads)
        says = says_of(record_type, leads, known_fields(record_type))
        return Trained(shape, FORM_VERSION, end, RULES, leads, says)


def train(job: Job, tell: Tell = lambda _: None) -> Made:
    """
    Train an adapter, write it, try it, and write its card beside it; the same call goes on where one stopped.

    Raises:
        GoldError: labels cannot be learned from; the message names file, line and field.
        RunStoppedError: torch is not installed, or the base cannot be had.
        SchemaError: there is no such schema.
        SettingsError: there are too few labels, or an option cannot be used.
    """
    if not job.out.name.endswith(ADAPTER):
        message = f"--out {job.out} must end with {ADAPTER}, by which an adapter is known"
        raise SettingsError(message)
    ready = _ready(job, tell)
    examples = split(list(_examples(ready, tell)), ready.base.shape.context)
    made = _learned(ready, examples, tell)
    watched = {example.paper_id for example in examples.watched}
    tried = ready.held_out or [one for one in ready.learned if one.paper_id in watched]
    return _tried(ready, made, tried[: job.scored], tell)


def _look_for_torch() -> None:
    if importlib.util.find_spec("torch") is None:
        message = (
            "training needs torch, which is not installed: pip install 'extractor-papers[train]'. For a "
            "processor alone its small build does: pip install torch --index-url "
            "https://download.pytorch.org/whl/cpu"
        )
        raise RunStoppedError(message)


def _ready(job: Job, tell: Tell) -> _Ready:
    settings = Settings.load(schema_name=job.schema)
    schema = load_schema(settings.schema_name)
    files = [read_file(path) for path in job.labels]
    labelled = read_labelled(files, read_texts(map(read_file, job.texts)), schema.record_type)
    held_out, learned = _parted(labelled, job.held_out)
    if job.start is not None and job.afresh:
        message = f"--start {job.start} and --afresh are two ways to begin; give one"
        raise SettingsError(message)
    if job.start is not None and not job.start.is_file():
        message = f"--start {job.start}: there is no such file"
        raise SettingsError(message)
    unknown = set(job.leads) - set(_fields(schema.record_type))
    if unknown:
        message = f"--leads: schema {schema.name} has no field {', '.join(sorted(unknown))}"
        raise SettingsError(message)
    if len(learned) < FEWEST:
        message = f"{len(learned)} labelled papers are too few to learn from; {FEWEST} are the least"
        raise SettingsError(message)
    _look_for_torch()
    path = job.base or pull(SMOLLM2, settings.cache_dir, tell)
    base = read_base(path)
    start = sha256_of(job.begins_with) if job.begins_with else None
    return _Ready(job, schema, files, learned, held_out, path, sha256_of(path), base, start)


def _parted(labelled: Sequence[Labelled], ids_file: Path | None) -> tuple[list[Labelled], list[Labelled]]:
    """Return the papers that are held out, and those that may be learned."""
    if ids_file is None:
        return [], list(labelled)
    ids = {line.strip() for line in read_file(ids_file).lines if line.strip()}
    held_out = [one for one in labelled if one.paper_id in ids]
    if not held_out:
        message = f"{ids_file} names none of the labelled papers; it takes their ids, one a line"
        raise GoldError(message)
    return held_out, [one for one in labelled if one.paper_id not in ids]


def _examples(ready: _Ready, tell: Tell) -> Iterator[Example]:
    """Yield papers as tokens of the base, by the server that will read them."""
    tell(f"{len(ready.learned)} labelled papers to learn from, {len(ready.held_out)} held out")
    if ready.job.begins_with:
        tell(f"goes on from what {ready.job.begins_with.name} knows")
    record_type = ready.schema.record_type
    with contextlib.closing(ServerTokens(start_server(ready.base_path), ready.base.end)) as tokens:
        for one in ready.learned:
            found = answer_of(one.text, record_type) if ready.job.recipe.with_rules else None
            yield example_of(one, record_type, tokens, found, ready.trained.answer_type(record_type))


def _learned(ready: _Ready, examples: Split, tell: Tell) -> Made:
    """Learn, write the adapter, and return what there is to say of it so far."""
    from extractor.training.learning import Kept, learn  # noqa: PLC0415 - it needs torch.

    job, recipe = ready.job, ready.recipe
    tokens = digest_of([*examples.learned, *examples.watched])
    digest = recipe.digest(ready.base_sha256, ready.trained.shape or "", tokens, ready.start_sha256 or "")
    kept = Kept(job.out.with_suffix(KEPT), digest)
    result = learn(ready.base, examples, recipe, kept, tell, start=_start(ready))
    write_adapter(job.out, result.arrays, alpha=recipe.alpha, name=_stem(job.out), trained=ready.trained)
    return _made(ready, examples, result)


def _own_leads(ready: _Ready) -> Iterator[str]:
    """Yield the fields in which an adapter leads unasked: all but the one link, where the rules know it."""
    specs = fields_of(ready.schema.record_type)
    links = [spec for spec in specs if spec.role is Role.URL]
    left = links if len(links) == 1 and _rules_suffice(links[0], ready) else []
    yield from (spec.name for spec in specs if spec not in left)


def _rules_suffice(spec: FieldSpec, ready: _Ready) -> bool:
    """Tell whether the rules are asked, and right in most labelled papers that have a link, or seem to."""
    if not ready.job.recipe.with_rules:
        return False
    record_type = ready.schema.record_type
    pairs = [
        (_links(one.record.get(spec.name)), _links(answer_of(one.text, record_type).get(spec.name)))
        for one in ready.learned
    ]
    told = [labelled == found for labelled, found in pairs if labelled or found]
    return not told or sum(told) * 2 > len(told)


def _links(value: str | Sequence[str] | None) -> set[str]:
    links = [value] if isinstance(value, str) else value or ()
    return {plain_url(link) for link in links}


def _fields(record_type: type[Record]) -> Iterator[str]:
    """Yield the names of a record's fields, and of its parts' as `list.field`."""
    for spec in fields_of(record_type):
        yield spec.name
        yield from (f"{spec.name}.{inner.name}" for inner in (fields_of(spec.part) if spec.part else ()))


def _start(ready: _Ready) -> Arrays | None:
    path, recipe = ready.job.begins_with, ready.job.recipe
    if path is None:
        return None
    return read_adapter(path, recipe.weights(ready.base.shape), rank=recipe.rank, alpha=recipe.alpha)


def _made(ready: _Ready, examples: Split, result: "Learned") -> Made:
    job = ready.job
    return Made(
        file=job.out.name,
        sha256=sha256_of(job.out),
        megabytes=job.out.stat().st_size / MEGABYTE,
        schema=ready.schema.name,
        record_shape=ready.trained.shape or "",
        answer_form=FORM_VERSION,
        base=ready.base.name,
        base_sha256=ready.base_sha256,
        started_from=ready.start_sha256,
        labels={file.path.name: file.sha256 for file in ready.files},
        examples={
            "learned": len(examples.learned),
            "watched": len(examples.watched),
            "held out": len(ready.held_out),
        },
        recipe=ready.recipe,
        steps=result.steps,
        best_step=result.best.step,
        losses=tuple((look.step, look.loss) for look in result.looks),
        seconds=result.seconds,
        machine=result.machine,
        scored_papers=HELD_OUT if ready.held_out else WATCHED,
        leads=ready.trained.leads,
        says=ready.trained.says,
    )


def _tried(ready: _Ready, made: Made, papers: Sequence[Labelled], tell: Tell) -> Made:
    """Write the card, then score the adapter and write it again with the scores."""
    out = ready.job.out
    card = out.with_name(_stem(out) + CARD)
    write_card(made, card)
    if not papers:
        return made
    tell(f"{out} is written; trying it on {len(papers)} papers, {made.scored_papers}")
    model: Provider = adapted_model(out, lambda: ready.base_path, ready.base_sha256, {})
    if ready.job.recipe.with_rules:
        model = CompletedProvider(model, RulesProvider())
    scored = score(model, papers, gold_lines(papers, ready.files), ready.schema, tell)
    made = replace(made, scored=scored)
    write_card(made, card)
    return made


def _stem(out: Path) -> str:
    return out.name.removesuffix(ADAPTER)
