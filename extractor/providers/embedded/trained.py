"""An adapter's file -> the records that it was trained to answer with."""

from dataclasses import dataclass
from pathlib import Path

from extractor.errors import RunStoppedError
from extractor.providers.embedded.narrowing import narrowed
from extractor.providers.embedded.short_form import FORM_VERSION, shape_of
from extractor.records import Record

SHAPE_KEY, FORM_KEY, PARTNER_KEY = "extractor.record.shape", "extractor.form.version", "extractor.partner"
END_KEY, LEADS_KEY, SAYS_KEY = "extractor.end.token", "extractor.leads", "extractor.says"


@dataclass(frozen=True, slots=True)
class Trained:
    """
    What an adapter says of itself; None for one that was trained elsewhere.

    `end` is the token that its answers end with, `partner` the provider whose findings its question tells,
    `leads` are the fields in which its answers stand, whatever a partner says, `says` those that they have,
    none for all.
    """

    shape: str | None = None
    form: str | None = None
    end: int = 0
    partner: str | None = None
    leads: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def answers(self, record_type: type[Record]) -> bool:
        """Tell whether the adapter was trained to fill records of a type in today's short form."""
        return self.form == FORM_VERSION and self.shape == shape_of(record_type)

    def answer_type(self, record_type: type[Record]) -> type[Record]:
        """Return the record type of its answers about records of a type."""
        return narrowed(record_type, self.says) if self.says else record_type

    @property
    def is_ours(self) -> bool:
        """True where `extractor train` made it: it is of use for its own records alone."""
        return self.shape is not None


def trained_for(adapter: Path) -> Trained:
    """
    Return what an adapter was trained for.

    Raises:
        RunStoppedError: it cannot be read.
    """
    import gguf  # noqa: PLC0415 - it brings numpy, and is needed once.

    try:
        fields = gguf.GGUFReader(adapter).fields
    except (OSError, ValueError) as error:
        message = f"the adapter {adapter} cannot be read: {error}"
        raise RunStoppedError(message) from error
    said = {key: str(fields[key].contents()) for key in (SHAPE_KEY, FORM_KEY, PARTNER_KEY) if key in fields}
    end = int(fields[END_KEY].contents()) if END_KEY in fields else 0
    leads, says = (tuple(fields[key].contents()) if key in fields else () for key in (LEADS_KEY, SAYS_KEY))
    return Trained(said.get(SHAPE_KEY), said.get(FORM_KEY), end, said.get(PARTNER_KEY), leads, says)
