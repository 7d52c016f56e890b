"""Number, with its metric and the words behind it -> whether it says what a method costs."""

from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

_COST = compiled(
    r"\b"
    + either(
        r"""
        fps; frames; speed\w*; time\w*; latenc\w+; throughput; param\w*; G?FLOPs?; MACs; comput\w+;
        memory; sizes?; costs?; GPUs?; hours?; days?; energy; storage; queries; runtime; inference;
        footprint; calls; compression; weights; bandwidth; operations; efficien\w+
        """
    )
    + r"\b"
)
_CHEAPER = compiled(
    r"\s?(?:times\s)?(?:faster|slower|smaller|cheaper|lighter|larger|fewer|less|more\sefficient)\b"
)


def is_of_cost(scene: Scene, quantity: Quantity, metric: str | None) -> bool:
    """Tell whether a number says how fast, how large or how dear a method is, rather than how good."""
    is_cheaper = quantity.unit == "x" and _CHEAPER.match(scene.abstract, quantity.end)
    return bool(is_cheaper or _COST.search(metric or quantity.unit or ""))
