"""What a name can be the name of."""

from typing import Literal, get_args

Kind = Literal["task", "dataset", "metric", "method"]
KINDS: tuple[Kind, ...] = get_args(Kind)
