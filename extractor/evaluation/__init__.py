"""What runs found, and what should be found -> how good each run is."""

from extractor.evaluation.agreement import Agreement, Disagreement, FieldAgreement, agreement_of
from extractor.evaluation.checking import check_gold
from extractor.evaluation.evaluating import evaluate
from extractor.evaluation.figures import (
    Accuracy,
    Difference,
    Evaluation,
    Listed,
    Macro,
    RunDifference,
    RunFigures,
    Score,
    Share,
    figure_text,
    interval_text,
)
from extractor.evaluation.gold import Gold, GoldItem, GoldPaper, GoldPart, read_gold
from extractor.evaluation.intervals import RESAMPLES, SEED
from extractor.evaluation.lines import Problem
from extractor.evaluation.reading import joined
from extractor.evaluation.templates import gold_template

__all__ = [
    "RESAMPLES",
    "SEED",
    "Accuracy",
    "Agreement",
    "Difference",
    "Disagreement",
    "Evaluation",
    "FieldAgreement",
    "Gold",
    "GoldItem",
    "GoldPaper",
    "GoldPart",
    "Listed",
    "Macro",
    "Problem",
    "RunDifference",
    "RunFigures",
    "Score",
    "Share",
    "agreement_of",
    "check_gold",
    "evaluate",
    "figure_text",
    "gold_template",
    "interval_text",
    "joined",
    "read_gold",
]
