import csv
import importlib.resources
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SettingsError
from extractor.normalizing import (
    DirectionRow,
    NameRow,
    NameTable,
    acronyms_in,
    canonical,
    canonical_in_paper,
    check_directions,
    check_names,
    direction_of,
    read_directions,
    read_names,
    shipped,
    spelling,
    suggestions,
)
from extractor.records import NAME_KINDS

TABLE = shipped()


def name_of(kind, printed, table=TABLE):
    return canonical(kind, printed, table=table)


# ---------------------------------------------------------------- what is one


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("dataset", ["CIFAR10", "CIFAR-10", "cifar 10", "the CIFAR-10 dataset"]),
        ("dataset", ["MS COCO", "COCO", "MS-COCO", "MSCOCO", "Microsoft COCO"]),
        (
            "dataset",
            ["WMT 2014 English-German", "WMT'14 En-De", "WMT14 EN\u2192DE", "WMT\u20192014 en to de"],
        ),
        ("dataset", ["COCO val2017", "MS COCO 2017 val", "COCO 2017 (validation set)"]),
        ("dataset", ["SQuAD1.1", "SQuAD v1.1", "Stanford Question Answering Dataset 1.1"]),
        ("dataset", ["SQuAD2.0", "SQuAD 2", "SQuAD v2"]),
        ("dataset", ["Set5 - 4x upscaling", "Set5 (×4)", "Set5 x4"]),
        ("dataset", ["Omniglot 5-way (1-shot)", "OMNIGLOT - 1-Shot, 5-way"]),
        ("dataset", ["ImageNet", "ImageNet-1K", "ImageNet (ILSVRC 2012)", "ILSVRC-2012"]),
        ("dataset", ["BraTS 2018", "BRATS'18"]),
        ("dataset", ["BSD68 sigma25", "BSD68 ($\\sigma=25$)"]),
        ("dataset", ["COCO [12]", "COCO"]),
        ("dataset", ["Market-1501->DukeMTMC-reID", "Market1501 to DukeMTMC-reID"]),
        ("metric", ["Top-1 accuracy", "Top 1 Accuracy (%)", "top-1 acc.", "Top-1", "Acc@1", "top1"]),
        ("metric", ["F1", "F1-score", "F-measure", "F 1", "$\\text{F}_1$", "F1 scores"]),
        ("metric", ["number of function evaluations", "NFE", "NFEs", "Number of Function Evaluations (NFE)"]),
        ("metric", ["mAP", "mean Average Precision", "Mean Average Precision (mAP)"]),
        ("metric", ["mAP@0.5", "mAP50", "mAP@.50", "mAP (IoU=0.5)", "mAP$_{50}$"]),
        ("metric", ["mIoU", "Mean IoU", "IoU (mean)", "MIoU"]),
        ("metric", ["F1 - macro", "macro F1", "Macro-averaged F1 score", "F1 (macro)"]),
        ("metric", ["R@1", "Recall@1", "recall at 1", "R@1 (%)"]),
        ("metric", ["Error", "error rate", "Error Rate (%)"]),
        ("metric", ["FLOPs (G)", "GFLOPs"]),
        ("metric", ["Cohen's kappa", "Cohen’s κ", "Kappa"]),
        ("metric", ["#Params", "# of parameters", "Params (M)", "No. of params"]),
        ("metric", ["Fréchet Inception Distance", "FID", "Frechet Inception Distance (FID) ↓"]),
        ("metric", ["R$^2$", "R²", "R-squared"]),
        ("metric", ["BLEU-4", "BLEU@4", "B-4"]),
        ("task", ["NER", "named-entity recognition", "Named Entity Recognition (NER)"]),
        ("task", ["Cross-Lingual NER", "cross-lingual named entity recognition"]),
        ("task", ["question_answering", "Question Answering", "QA task"]),
        ("task", ["Language Modelling", "language modeling"]),
        ("task", ["trajectory forecasting", "Trajectory Prediction"]),
        ("task", ["text2image synthesis", "Text-to-Image Generation", "T2I"]),
        ("method", ["ResNet-50", "ResNet50", "R50", "ResNet 50 model"]),
        ("method", ["DeepLabv3+", "DeepLabV3Plus"]),
        ("method", ["ViT-B/16", "ViT-Base/16", "Vision Transformer (Base) 16"]),
        ("method", ["CNNs", "convolutional neural networks", "ConvNet"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_printed_names_that_mean_the_same_are_one(kind, names):
    assert {name_of(kind, name) for name in names} == {name_of(kind, names[0])}


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("metric", "mAP", "MAP"),
        ("metric", "mAP", "AP"),
        ("metric", "mAP@0.5", "mAP@0.75"),
        ("metric", "Mean Average Precision (MAP)", "Mean Average Precision (mAP)"),
        ("metric", "Top-1 accuracy", "Top-1 error"),
        ("metric", "Top-1 accuracy", "Top-5 accuracy"),
        ("metric", "micro F1", "macro F1"),
        ("metric", "BLEU-1", "BLEU-4"),
        ("metric", "BLEU", "SacreBLEU"),
        ("metric", "chrF", "chrF++"),
        ("metric", "APS", "AP"),
        ("metric", "Recall@1", "Recall@1%"),
        ("metric", "SI-SDR", "SI-SDRi"),
        ("metric", "text-to-video R@1", "video-to-text R@1"),
        ("metric", "Runtime (s)", "Runtime (ms)"),
        ("metric", "F1", "F0.5"),
        ("metric", "Per-class accuracy", "PER accuracy"),
        ("dataset", "COCO", "COCO+"),
        ("dataset", "CIFAR-10", "CIFAR-100"),
        ("dataset", "COCO test-dev", "COCO minival"),
        ("dataset", "COCO 2014", "COCO 2017"),
        ("dataset", "LibriSpeech test-clean", "LibriSpeech test-other"),
        ("dataset", "WMT14 English-German", "WMT14 German-English"),
        ("dataset", "SQuAD1.1", "SQuAD2.0"),
        ("dataset", "SQuAD1.1", "SQuAD1.1 dev"),
        ("dataset", "ImageNet", "ImageNet-S"),
        ("dataset", "ImageNet", "ImageNet-21K"),
        ("dataset", "MUSDB18", "MUSDB18-HQ"),
        ("dataset", "NTU RGB+D", "NTU RGB+D 120"),
        ("dataset", "Mini-ImageNet 5-way 1-shot", "Mini-ImageNet 5-way 5-shot"),
        ("dataset", "GoogleNews-T", "GoogleNews-TS"),
        ("task", "action recognition", "action detection"),
        ("task", "question answering", "question generation"),
        ("task", "zero-shot learning", "generalized zero-shot learning"),
        ("method", "ResNet-50", "ResNet-101"),
        ("method", "DeepLabv3", "DeepLabv3+"),
        ("method", "Faster R-CNN", "Fast R-CNN"),
        ("method", "TransE", "TransH"),
        ("method", "GAT", "GATv2"),
        ("method", "ViT-B/16", "ViT-L/16"),
        ("method", "mBERT", "BERT"),
    ],
)
def test_near_misses_are_kept_apart(kind, left, right):
    assert name_of(kind, left) != name_of(kind, right)


def test_a_listed_name_has_the_name_of_its_list():
    assert name_of("metric", "Top 1 Acc. (%)") == "Top-1 accuracy"
    assert name_of("dataset", "MSCOCO") == "COCO"


def test_a_pattern_stands_for_any_number():
    assert name_of("metric", "R@7") == "Recall@7"


def test_an_unlisted_name_is_folded():
    assert name_of("dataset", "Foo-Bar 10") == name_of("dataset", "FooBar10") == "foobar10"


@pytest.mark.parametrize("printed", ["—", "()", "%", "  "])
def test_what_has_no_letter_stays_as_it_is(printed):
    assert name_of("metric", printed) == printed.strip()


def test_the_kind_of_a_name_counts():
    assert name_of("task", "VQA") != name_of("dataset", "VQA")


# ---------------------------------------------------------------- properties

kinds = st.sampled_from(NAME_KINDS)
printed_names = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="abcmsAPSIoU 0159.-+@%()/'", max_size=24),
    st.sampled_from([row.printed for row in TABLE.names]),
)
words = st.text(alphabet="bcdfghklnpqrtvwxyz", min_size=6, max_size=12)


@given(kinds, printed_names)
def test_normalizing_twice_is_normalizing_once(kind, printed):
    once = name_of(kind, printed)

    assert name_of(kind, once) == once


@given(kinds, words, words)
def test_case_and_hyphens_of_ordinary_words_do_not_matter(kind, first, second):
    spellings = [f"{first} {second}", f"{first}-{second}".title(), f"{first.title()}{second}"]

    assert len({name_of(kind, spelling) for spelling in spellings}) == 1


@given(kinds, words, st.integers(0, 10**6), st.integers(0, 10**6))
def test_names_with_different_numbers_are_never_one(kind, word, left, right):
    united = name_of(kind, f"{word}-{left}") == name_of(kind, f"{word}-{right}")

    assert united == (left == right)


@given(kinds, words, st.sampled_from("+*#<>"))
def test_a_sign_tells_names_apart(kind, word, sign):
    assert name_of(kind, word) != name_of(kind, word + sign)


@pytest.mark.parametrize("kind", NAME_KINDS)
def test_every_listed_name_belongs_to_its_canonical_name(kind):
    given_names = TABLE.lexicons[kind].printed
    astray = {
        printed: name_of(kind, printed)
        for canonical_name, spellings in given_names.items()
        for printed in spellings
        if name_of(kind, printed) != canonical_name
    }
    assert astray == {}


# ---------------------------------------------------------------- acronyms


@pytest.mark.parametrize(
    ("text", "defined"),
    [
        ("the number of function evaluations (NFE)", {"NFE": "number of function evaluations"}),
        ("the number of function evaluations (NFEs)", {"NFE": "number of function evaluations"}),
        ("fewer NFEs (number of function evaluations)", {"NFE": "number of function evaluations"}),
        ("mean Corruption Error (mCE; lower is better)", {"mCE": "mean Corruption Error"}),
        (r"\textbf{Visual Question Answering} (VQA)", {"VQA": "Visual Question Answering"}),
        ("bits per\ndimension [BPD]", {"BPD": "bits per dimension"}),
        ("self-supervised learning (SSL)", {"SSL": "self-supervised learning"}),
        ("miss rate (MR), then mean rank (MR)", {"MR": "miss rate"}),
        ("ResNet (He et al., 2016)", {}),
        ("faces in the wild (LFW)", {}),
        ("a score (see Figure 2) that is (b) good", {}),
        ("accuracy (ACC)", {}),
        ("We fall. Rates are (FR)", {}),
    ],
)
def test_an_acronym_is_what_its_brackets_define(text, defined):
    assert acronyms_in(text) == defined


@given(st.text(max_size=200))
def test_a_full_form_stands_in_the_text(text):
    for acronym, full in acronyms_in(text).items():
        assert acronym in text
        assert full.split()[0] in text


def in_paper(kind, printed, acronyms, table=TABLE):
    return canonical_in_paper(kind, printed, acronyms, table=table)


def test_an_acronym_belongs_to_the_full_form_that_its_paper_gives_it():
    acronyms = {"MR": "miss rate"}

    assert in_paper("metric", "MR", acronyms) == name_of("metric", "miss rate")
    assert in_paper("metric", "MR", {"MR": "mean rank"}) == name_of("metric", "mean rank")
    assert in_paper("metric", "miss rate", acronyms) == name_of("metric", "miss rate")


def test_a_plural_belongs_to_the_full_form_too():
    acronyms = {"GPX": "glued parameter exchanges"}

    assert in_paper("method", "GPXs", acronyms) == name_of("method", "glued parameter exchange")


def test_a_paper_overrules_the_list_where_the_list_means_something_else():
    acronyms = {"AP": "airborne particles"}

    assert in_paper("metric", "AP", acronyms) == name_of("metric", "airborne particles")
    assert name_of("metric", "AP") == "AP"


def test_a_listed_acronym_stays_where_the_list_knows_no_other_full_form():
    table = NameTable(names=(NameRow("method", "Gull", "GULL"),))
    acronyms = {"GULL": "gentle unified language learner"}

    assert in_paper("method", "GULL", acronyms, table) == "GULL"


# ---------------------------------------------------------------- the user's own list


def test_the_users_list_lies_over_the_shipped_one():
    table = TABLE.with_own([NameRow("metric", "Zap", "Accuracy"), NameRow("dataset", "PTB", "PTB-XL")])

    assert name_of("metric", "Zap", table) == name_of("metric", "acc.", table)
    assert name_of("dataset", "PTB", table) == "PTB-XL"
    assert name_of("dataset", "Penn Treebank", table) == "Penn Treebank"
    assert name_of("dataset", "PTB") == "Penn Treebank"


def test_a_shipped_group_is_called_what_the_user_calls_it():
    table = TABLE.with_own([NameRow("dataset", "Our COCO copy", "MSCOCO")])

    assert {name_of("dataset", name, table) for name in ["COCO", "MS COCO", "our coco copy"]} == {"MSCOCO"}


def test_a_shipped_group_goes_where_its_canonical_name_is_sent():
    table = TABLE.with_own([NameRow("metric", "F1", "Harmonic F")])

    assert {name_of("metric", name, table) for name in ["F-measure", "f1 score"]} == {"Harmonic F"}


def test_a_name_that_is_given_to_itself_leaves_its_group():
    table = TABLE.with_own([NameRow("dataset", "imagenet-1k", "imagenet-1k")])

    assert name_of("dataset", "ImageNet-1K", table) == "imagenet-1k"
    assert name_of("dataset", "ImageNet", table) == name_of("dataset", "ILSVRC 2012", table) == "ImageNet"


def test_the_users_words_are_not_looked_for_within_longer_names():
    table = TABLE.with_own([NameRow("dataset", "test", "Our test set")])

    assert name_of("dataset", "COCO test", table) == name_of("dataset", "COCO test")


def test_a_users_directions_lie_over_the_shipped_ones():
    own = [DirectionRow("Accuracy", "down"), DirectionRow("Zap", "up", "zaps")]
    table = TABLE.with_own(directions=own)

    assert direction_of("Acc. on CIFAR-10", table=table) == ("down", "%")
    assert direction_of("mean Zap", table=table) == ("up", "zaps")


def test_a_users_direction_without_a_unit_keeps_the_shipped_one():
    table = TABLE.with_own(directions=[DirectionRow("top 1 acc.", "down"), DirectionRow("PSNR", "down", "B")])

    assert direction_of("Top-1 accuracy", table=table) == ("down", "%")
    assert direction_of("Top-5 accuracy", table=table) == ("up", "%")
    assert direction_of("PSNR", table=table) == ("down", "B")


def test_lists_are_read_from_csv():
    text = "\ufeffkind,printed,canonical\n\nmetric, Zap ,Accuracy\n"
    directions = "Direction,metric\nnone,Zap\nup,Zip\n"

    assert read_names(text.splitlines(), "own.csv") == [NameRow("metric", "Zap", "Accuracy", line=3)]
    assert read_directions(directions.splitlines(), "d.csv") == [
        DirectionRow("Zap", None, line=2),
        DirectionRow("Zip", "up", line=3),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "own.csv, line 1: no header; it must be kind,printed,canonical"),
        (
            "kind,printed\n",
            "own.csv, line 1: no column canonical; the header must be kind,printed,canonical",
        ),
        (
            "kind,printed,canonical\nmodel,a,b\n",
            "own.csv, line 2: no kind 'model'; there are: task, dataset, metric, method",
        ),
        ("kind,printed,canonical\ntask,a\n", "own.csv, line 2: nothing in column canonical"),
        ("kind,printed,canonical\ntask,a,b,c\n", "own.csv, line 2: 4 cells under 3 columns"),
        ('kind,printed,canonical\ntask,"a"b,c\n', "own.csv, line 2: "),
    ],
    ids=["empty", "column", "kind", "cell", "too many cells", "quotes"],
)
def test_what_is_no_list_of_names_is_refused_with_file_and_line(text, message):
    with pytest.raises(SettingsError, match=re.escape(message)):
        read_names(text.splitlines(keepends=True), "own.csv")


def test_a_direction_is_up_down_or_none():
    with pytest.raises(SettingsError, match=r"d\.csv, line 2: direction 'higher' is not up, down, none"):
        read_directions(["metric,direction\n", "Zap,higher\n"], "d.csv")


def rows(*pairs, kind="dataset"):
    return [NameRow(kind, printed, name, line) for line, (printed, name) in enumerate(pairs, start=2)]


@pytest.mark.parametrize(
    ("given_rows", "problems"),
    [
        (rows(("Foo", "Foobar"), ("F.B.", "Foobar")), []),
        (rows(("Foo", "Foo"), ("F", "Foo")), []),
        (rows(("Foo", "A"), ("foo", "B")), [(3, "'foo' is 'A' in line 2 and 'B' here")]),
        (
            rows(("a", "b"), ("b", "c")),
            [(2, "'a' is sent to 'b', which line 3 sends on to 'c': name 'c' in both")],
        ),
        (
            rows(("a", "b"), ("b", "a")),
            [
                (2, "'a' goes in a circle by way of 'b' (line 3)"),
                (3, "'b' goes in a circle by way of 'a' (line 2)"),
            ],
        ),
        (rows(("a", "Foo-Bar"), ("b", "foobar")), [(3, "'foobar' is spelled 'Foo-Bar' in line 2")]),
        ([*rows(("a", "b")), *rows(("a", "c"), kind="task")], []),
    ],
    ids=["none", "to itself", "two names", "chain", "circle", "two spellings", "two kinds"],
)
def test_contradictions_of_a_list_are_told_with_their_lines(given_rows, problems):
    assert [(problem.line, problem.message) for problem in check_names(given_rows)] == problems


def test_two_directions_of_one_metric_are_told():
    given_rows = [DirectionRow("Top-1 acc", "up", line=2), DirectionRow("top 1 Acc. (%)", None, line=3)]

    (problem,) = check_directions(given_rows)

    assert (problem.line, problem.message) == (
        3,
        "'top 1 Acc. (%)' is up in line 2 and none here",
    )


def test_the_shipped_lists_contradict_themselves_nowhere():
    assert check_directions(TABLE.directions) == []
    assert check_names([row for row in TABLE.names if "{n}" not in row.printed]) == []


@pytest.mark.parametrize("name", ["names.csv", "metric_directions.csv"])
def test_a_shipped_list_has_no_line_twice(name):
    text = (importlib.resources.files("extractor.normalizing") / name).read_text("utf-8")
    lines = list(map(tuple, csv.reader(text.splitlines())))

    assert len(lines) == len(set(lines))


# ---------------------------------------------------------------- directions


@pytest.mark.parametrize(
    "metric",
    [
        "accuracy",
        "top-5 accuracy",
        "F1",
        "mAP@0.5",
        "AUC",
        "BLEU",
        "ROUGE-L",
        "SSIM",
        "PSNR (dB)",
        "speedup",
        "throughput (images/s)",
        "true positive rate",
        "reduction of error",
        "error reduction",
        "memory savings",
        "compression ratio",
        "WER improvement",
        "text-to-video R@10",
        "TAR @ FAR=0.01",
        "recall at 1% FPR",
        "accuracy on ImageNet",
        "1 - LPIPS",
        "one-shot accuracy",
        "frame rate",
        "tokens per second",
        "Jaccard (Recall)",
        "rate of success",
        "win rate vs. GPT-4",
        "MRR 1p",
        "mean time between failures (hours)",
        "time to failure",
        "number of steps to failure",
        "minimum time-to-collision",
        "distance between collisions on Town05",
        "miles per disengagement",
        "robustness to error",
        "resistance to failure",
        "non-collision rate",
        "zero-violation rate",
        "collision-free success rate",
        "detection rate of failures",
        "probability of success",
        "log likelihood of held-out data",
        "attack detection accuracy",
        "accuracy under attack",
        "drop in WER",
        "100 - WER",
        "signal to noise ratio",
        "image to text R@1",
        "non-IID accuracy",
    ],
)
def test_more_is_better(metric):
    assert direction_of(metric, table=TABLE)[0] == "up"


@pytest.mark.parametrize(
    "metric",
    [
        "error",
        "error rate",
        "Top-1 error",
        "loss",
        "perplexity",
        "WER",
        "FID",
        "MAE",
        "RMSE",
        "latency",
        "inference time",
        "memory",
        "number of parameters",
        "FLOPs",
        "NFE",
        "false positive rate",
        "FPR95",
        "FPR at 95% TPR",
        "Fréchet distance",
        "edit distance",
        "accuracy drop",
        "accuracy loss",
        "memory overhead",
        "number of errors",
        "median rank",
        "text-to-video Median Rank",
        "time per image (ms)",
        "hallucination rate",
        "toxicity score",
        "Brier score",
        "Jaccard (Decay)",
        "NME_inter-ocular (%, Full)",
        "likelihood of error",
        "chance of failure",
        "probability of failure",
        "undetected error rate",
        "time to target accuracy",
        "steps until convergence",
        "gap between train and test accuracy",
        "vulnerability to attacks",
        "error relative to human performance",
        "speech to text WER",
        "sim to real gap",
        "drop in performance",
        "No. parameters",
        "No. failures",
        "harmfulness score",
    ],
)
def test_less_is_better(metric):
    assert direction_of(metric, table=TABLE)[0] == "down"


@pytest.mark.parametrize(
    "metric",
    [
        "distance",
        "rate",
        "size",
        "ratio",
        "rank",
        "learning rate",
        "batch size",
        "attack success rate",
        "number of layers",
        "survival time",
        "anomaly score",
        "speed/accuracy tradeoff",
        "AUC Stdev",
        "noise reduction",
        "jailbreak success rate",
        "backdoor success rate",
        "attack accuracy",
        "membership inference AUC",
        "accuracy of the attacker",
        "success rate of attacks",
        "time to event",
        "time since failure",
        "time without collision",
        "distance to failure boundary",
        "error-free operation time",
        "sensitivity to noise",
        "negative reward",
        "missed detection of objects",
        "number of corrected errors",
        "adaptation to failure",
        "Ext. data",
        "glockenspiel",
        "%",
        "",
    ],
)
def test_what_does_not_tell_is_not_guessed(metric):
    assert direction_of(metric, table=TABLE)[0] is None


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("accuracy", "%"),
        ("Latency (ms)", "ms"),
        ("MPJPE [mm]", "mm"),
        ("PSNR", "dB"),
        ("BLEU", None),
        ("glockenspiel (%)", "%"),
        ("error", "%"),
        ("slot error rate", "%"),
        ("L2 error", None),
        ("number of failures", None),
        ("collisions per km", None),
        ("error count", None),
        ("mean time between failures", None),
        ("PSNR at 10% load", "dB"),
    ],
)
def test_a_unit_is_the_printed_one_else_the_customary_one(metric, unit):
    assert direction_of(metric, table=TABLE)[1] == unit


@given(printed_names)
def test_any_text_has_a_direction_or_none(metric):
    assert direction_of(metric, table=TABLE)[0] in {"up", "down", None}


# ---------------------------------------------------------------- what to show, what to ask


def test_of_the_spellings_of_a_name_that_is_not_listed_the_shortest_is_shown():
    assert spelling("dataset", "foobar10", ["Foo-Bar 10", "foobar10", "FooBar10"], table=TABLE) == "FooBar10"


def test_a_listed_name_is_shown_as_it_is_listed():
    assert spelling("dataset", "COCO", ["ms coco", "COCO dataset"], table=TABLE) == "COCO"


def test_an_acronym_of_a_listed_pattern_may_be_defined_by_a_paper():
    acronyms = {"HR@10": "harvest rate at 10"}

    assert canonical_in_paper("metric", "HR@10", acronyms, table=TABLE) == name_of("metric", "HR@10")


def suggested(*names):
    return [
        (one.kind, one.canonical, one.printed, one.reason, one.count)
        for one in suggestions(names, table=NameTable())
    ]


def test_pairs_that_might_be_one_are_suggested_the_most_frequent_first():
    found = suggested(
        ("dataset", "Heron Lake Birds", 4),
        ("dataset", "HLB", 2),
        ("dataset", "Delicious", 20),
        ("dataset", "Declicious", 1),
        ("metric", "Category Overlap", 3),
        ("metric", "Overlap Category", 5),
    )

    assert found == [
        ("dataset", "Delicious", "Declicious", "spelled almost alike", 21),
        ("metric", "Overlap Category", "Category Overlap", "the same words in another order", 8),
        ("dataset", "Heron Lake Birds", "HLB", "an acronym, and words that begin with its letters", 6),
    ]


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("dataset", "Delicious-10", "Declicious-100"),
        ("dataset", "Delicious", "Declicious+"),
        ("dataset", "English-German", "German-English"),
        ("metric", "Microprecision", "Macroprecision"),
        ("metric", "video from text", "text from video"),
        ("method", "TransformE", "TransformH"),
        ("method", "minADE", "minFDE"),
        ("task", "unseen objects", "seen objects"),
        ("metric", "accuracy erorr", "error accuracy"),
    ],
)
def test_near_misses_are_not_suggested(kind, left, right):
    assert suggested((kind, left, 1), (kind, right, 1)) == []


def test_a_suggestion_is_not_applied():
    suggested(("dataset", "Delicious", 20), ("dataset", "Declicious", 1))

    assert name_of("dataset", "Delicious", NameTable()) != name_of("dataset", "Declicious", NameTable())
