"""A paper's text and a prompt -> the messages that a model sees."""

from dataclasses import dataclass
from functools import cached_property

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from extractor.errors import SchemaError
from extractor.exchange import Message
from extractor.papers import Text
from extractor.records import Record, fields_of

INSTRUCTIONS, PAPER = "instructions", "paper"
EXAMPLE, ANSWER = "example", "answer"


@dataclass(frozen=True)
class Prompt:
    """
    A Jinja2 template of blocks, made ready once.

    `instructions`, and where it has them `example` and `answer`, are the same for every paper and go
    first, so that servers can keep their prefix. `paper` goes last; it is given `title`, `abstract`
    and `fence`, a mark that no text can foresee. `brief` asks for the short form, for small models.
    """

    source: str
    record_type: type[Record]
    brief: bool = False

    def messages_for(self, text: Text) -> tuple[Message, ...]:
        """Return the messages about one text, the constant ones first."""
        paper = self._render(PAPER, title=text.title, abstract=text.abstract, fence=text.text_id)
        return (*self._constant, Message("user", paper))

    @cached_property
    def _constant(self) -> tuple[Message, ...]:
        fields = fields_of(self.record_type)
        system = Message("system", self._render(INSTRUCTIONS, brief=self.brief, fields=fields))
        if EXAMPLE not in self._template.blocks:
            return (system,)
        example = Message("user", self._render(EXAMPLE, brief=self.brief))
        answer = Message("assistant", self._render(ANSWER, brief=self.brief))
        return (system, example, answer)

    @cached_property
    def _template(self) -> jinja2.Template:
        environment = SandboxedEnvironment(
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        try:
            template = environment.from_string(self.source)
        except jinja2.TemplateError as error:
            message = f"the prompt is no Jinja2 template: {error}"
            raise SchemaError(message) from error
        needed = {INSTRUCTIONS, PAPER} | ({ANSWER} if EXAMPLE in template.blocks else set())
        missing = needed - set(template.blocks)
        if missing:
            message = f"the prompt has no block {', '.join(sorted(missing))}"
            raise SchemaError(message)
        return template

    def _render(self, block: str, **values: object) -> str:
        context = self._template.new_context(values)
        try:
            return "".join(self._template.blocks[block](context)).strip()
        except Exception as error:  # A template is code, and may raise anything.
            message = f"block {block} of the prompt cannot be rendered: {error}"
            raise SchemaError(message) from error
