"""What is wanted of boards -> a call of the schema's macro, with its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from extractor.records import NameKind


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """
    What narrows boards and gains; None takes all.

    Names are any that are printed for what is meant: "top 1 acc." takes the boards of "Top-1 accuracy".
    `dataset`, `metric`, `task` and `since` (papers from that day on; those without a date are left out)
    narrow who is ranked. `method` and `limit` (rows of a board; of boards and of gains, all together)
    narrow what is shown: a rank stays what it is. `with_baselines` adds, behind each board, what papers
    quote of others; those are never ranked.
    """

    dataset: str | None = None
    metric: str | None = None
    task: str | None = None
    with_unverified: bool = False
    method: str | None = None
    since: date | None = None
    limit: int | None = None
    with_baselines: bool = False

    @property
    def is_empty(self) -> bool:
        """True where no board is meant more than another."""
        return not self.names()

    def names(self) -> dict[NameKind, str]:
        """Return the names that are given, by kind."""
        given: Mapping[NameKind, str | None] = {
            "dataset": self.dataset,
            "metric": self.metric,
            "task": self.task,
            "method": self.method,
        }
        return {kind: name for kind, name in given.items() if name is not None}

    def with_names(self, names: Mapping[NameKind, str]) -> "BoardFilter":
        """Return the same with these names in the place of those given."""
        return replace(
            self,
            dataset=names.get("dataset"),
            metric=names.get("metric"),
            task=names.get("task"),
            method=names.get("method"),
        )

    def arguments(self) -> dict[str, object]:
        """Return what narrows boards and gains alike, by the macros' parameters."""
        given: dict[str, object] = {f"on_{kind}": name for kind, name in self.names().items()}
        if self.since is not None:
            given["since"] = self.since
        if self.with_unverified:
            given["with_unverified"] = True
        return given

    def board_arguments(self) -> dict[str, object]:
        """Return what narrows the rows of boards, by the macro's parameters."""
        shown: dict[str, object] = {"with_baselines": True} if self.with_baselines else {}
        return self.arguments() | shown | ({} if self.limit is None else {"top": self.limit})


EVERY_BOARD = BoardFilter()


def macro_call(macro: str, arguments: Mapping[str, object]) -> str:
    """Return SQL that calls a macro: its parameters are given as parameters of the statement."""
    return f"{macro}({', '.join(f'{name} := ${name}' for name in arguments)})"
