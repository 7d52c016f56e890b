import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.providers.rules import RULES_VERSION, find_values
from extractor.quantities import numbers_in

TITLE = "QuickSeg: Sparse Attention for Semantic Segmentation"
ABSTRACT = (
    "Semantic segmentation of street scenes is slow on small devices. We propose QuickSeg, a network "
    "with sparse attention. Experiments show that QuickSeg reaches 81.4% mIoU on Cityscapes and 47.2% "
    "mIoU on ADE20K. It improves the mIoU from 78.0% to 81.4% and needs 3x fewer parameters than SlowNet. "
    "QuickSeg outperforms earlier mobile models on CamVid. "
    "Code is available at https://github.com/quick/seg."
)
CLAIM_KEYS = {
    "quote",
    "task",
    "dataset",
    "metric",
    "method",
    "baseline",
    "value",
    "value_high",
    "baseline_value",
    "unit",
    "kind",
    "direction",
}


def find(title, abstract):
    return find_values(title, abstract)


def claims_of(sentence, title="A title"):
    opening = "Much is known of this field already. Some of it is old. "
    return find(title, opening + sentence)["claims"]


def claim_of(sentence):
    (claim,) = [one for one in claims_of(sentence) if one["value"] is not None]
    return claim


def datasets_of(abstract):
    return find("A title", abstract)["datasets"]


def test_every_field_is_filled_from_a_plain_abstract():
    values = find(TITLE, ABSTRACT)
    assert values["method"] == "QuickSeg"
    assert values["tasks"][0].lower() == "semantic segmentation"
    assert values["datasets"] == ["Cityscapes", "ADE20K", "CamVid"]
    assert values["metrics"] == ["mIoU", "parameters"]
    assert values["code_url"] == "https://github.com/quick/seg"
    assert [one["value"] for one in values["claims"]] == [81.4, 47.2, 81.4, 3, None]


def test_a_claim_has_all_its_keys_and_the_version_is_a_text():
    for claim in find(TITLE, ABSTRACT)["claims"]:
        assert claim.keys() == CLAIM_KEYS
    assert RULES_VERSION == "4"


def test_each_number_takes_the_metric_and_the_dataset_beside_it():
    first, second, *_ = find(TITLE, ABSTRACT)["claims"]
    assert (first["metric"], first["dataset"], first["unit"]) == ("mIoU", "Cityscapes", "%")
    assert (second["metric"], second["dataset"], second["kind"]) == ("mIoU", "ADE20K", "absolute")


def test_lists_of_as_many_numbers_and_datasets_are_paired_in_order():
    claims = claims_of(
        "We obtain accuracies of 91.2%, 88.1%, and 75.0% on MNIST, SVHN, and CIFAR-10, respectively."
    )
    pairs = [(one["value"], one["dataset"]) for one in claims if one["value"]]
    assert pairs == [(91.2, "MNIST"), (88.1, "SVHN"), (75.0, "CIFAR-10")]


@pytest.mark.parametrize(
    ("sentence", "metrics"),
    [
        ("We reach a word error rate (WER) of 4.1% on TED.", ["WER"]),
        ("Our parser reaches 61.5% mAP@0.5 and 33.1% at IoU@0.75 on KITTI.", ["mAP@0.5", "mAP@0.5"]),
        ("Our tagger reaches F1 and recall of 81.2% and 74.9% on CoNLL.", ["F1", "recall"]),
        ("It reaches top-1/top-20 = 61.2%/83.0% on CUB.", ["top-1", "top-20"]),
        (
            "It improves precision, recall and F1 to 61.2 (9% more), 70.1 (8% more) and 65.3 (7% more).",
            ["precision", "precision", "recall", "recall", "F1", "F1"],
        ),
        ("Our bot answers with 91.3% parcel accuracy on Bench.", ["parcel accuracy"]),
        ("Our agent gains 12.5% higher parking score on CARLA.", ["parking score"]),
        ("Our grader reaches 61.2% QWK on ASAP.", ["QWK"]),
        ("We improve the ranker by 2.3% and 4.1% in terms of CTR and GMV respectively.", ["CTR", "GMV"]),
        (
            "It beats the best tracker by 2.3% (KITTI to Waymo) and 4.1% (Waymo to KITTI) in mAP.",
            ["mAP", "mAP"],
        ),
        ("We reach a new accuracy (31.5 in terms of BLEU) on WMT.", ["BLEU"]),
        ("Our solver reaches MCC 0.61 and AUC 0.93 on Tox21.", ["MCC", "AUC"]),
    ],
)
def test_each_number_takes_the_metric_that_the_words_around_it_name(sentence, metrics):
    numbered = [one for one in claims_of(sentence) if one["value"] is not None]
    assert [one["metric"] for one in numbered] == metrics


def test_only_a_sentence_that_refers_back_takes_the_metric_of_the_one_before():
    before = "Our tagger reaches a recall of 71.2% on CoNLL. "
    metrics = [
        [one["metric"] for one in claims_of(before + after) if one["value"] is not None]
        for after in ("This is a 4.1% gain over TagNet.", "On WNUT we gain 4.1% over TagNet.")
    ]
    assert metrics == [["recall", "recall"], ["recall", None]]


def test_the_metric_of_another_clause_is_not_the_numbers():
    claim = claim_of("We gain 4.1% over TagNet on CoNLL, while keeping the same inference speed.")
    assert claim["metric"] is None


@pytest.mark.parametrize(
    ("sentences", "datasets"),
    [
        # A clause that begins with a dataset is about it, up to the next one that does.
        ("On DuneSet-2, our model improves FID to 2.9, and looks good on ShoreSet-4.", ["DuneSet-2"]),
        (
            "On DuneSet-2, we raise the best F1 to 51.4% and on ShoreSet-4, we raise it to 60.7%.",
            ["DuneSet-2", "ShoreSet-4"],
        ),
        (
            "We improve accuracy on UCF101 from 80.4% to 81.9%, on Dunes from 70.2% to 71.3%.",
            ["UCF101", "Dunes"],
        ),
        # What the number was taken at ties it to nothing.
        (
            "We reach 77.4% mIoU at 102 FPS on Cityscapes and 74.7% mIoU at 230 FPS on CamVid.",
            ["Cityscapes", "Cityscapes", "CamVid", "CamVid"],
        ),
        ("On the DuneSet-2 dataset of the Shore Challenge, we reach a WER of 16.2%.", ["DuneSet-2"]),
        # As many numbers as datasets, in order.
        (
            "We lead in parsing on UCF101 and tagging on HMDB51 by 5.2% F1 and 4.3% recall, respectively.",
            ["UCF101", "HMDB51"],
        ),
        # The split is named with the dataset, the pair of languages too.
        ("We reach 56.4 mAP on COCO test-dev and 54.1 mAP on COCO.", ["COCO test-dev", "COCO"]),
        ("We get 22.5 BLEU in Welsh-to-Breton WMT 2014.", ["Welsh-to-Breton WMT 2014"]),
        # A plain score is of the only dataset; speed is of one that its own sentence names.
        ("We test on Cityscapes. It is small. Our model reaches 73.6% mIoU.", ["Cityscapes"]),
        ("We test on Cityscapes. Our model runs 3x faster.", [None]),
        ("We test on Cityscapes. We reach 73.6% mIoU on a new task.", [None]),
        # As many numbers as the datasets that were listed last.
        ("We test on UCF101 and HMDB51. We reach an accuracy of 75.2% and 18.6%.", ["UCF101", "HMDB51"]),
        ("It gains much on PTB (with a test perplexity of 56.6) and on MNIST.", ["PTB"]),
        ("Our model runs 3x faster on Cityscapes.", ["Cityscapes"]),
    ],
)
def test_each_number_takes_the_dataset_that_the_words_around_it_name(sentences, datasets):
    assert [one["dataset"] for one in claims_of(sentences) if one["value"] is not None] == datasets


def test_numbers_in_brackets_belong_to_the_dataset_before_them():
    claims = claims_of("Our network achieves the best accuracy on UCF101 (94.1%) and HMDB51 (70.3%).")
    assert [(one["value"], one["dataset"]) for one in claims] == [(94.1, "UCF101"), (70.3, "HMDB51")]


def test_from_to_gives_the_baseline_value_and_the_direction():
    claim = claim_of("Our method lowers the word error rate from 8.1% to 6.4% on LibriSpeech.")
    assert (claim["value"], claim["baseline_value"], claim["direction"]) == (6.4, 8.1, "decrease")


@pytest.mark.parametrize(
    ("sentence", "kind", "direction", "metric"),
    [
        ("Our model achieves an F1 score of 81.2.", "absolute", None, "F1 score"),
        ("Our model improves accuracy by 3.1%.", "relative_change", "increase", "accuracy"),
        ("Our model improves accuracy by 3.1 points.", "difference", "increase", "accuracy"),
        ("Our model outperforms BaseNet by +1.5 BLEU.", "difference", "increase", "BLEU"),
        ("Our model is 4x faster than BaseNet.", "ratio", "increase", None),
        ("Our model needs 8x fewer parameters.", "ratio", "decrease", "parameters"),
        ("Our method reduces the error rate by 12%.", "relative_change", "decrease", "error rate"),
        ("Our method needs 25% less memory.", "relative_change", "decrease", "memory"),
        ("Our method uses half of the parameters of BaseNet.", "ratio", "decrease", "parameters"),
    ],
)
def test_kind_and_direction_follow_the_words(sentence, kind, direction, metric):
    claim = claim_of(sentence)
    assert (claim["kind"], claim["direction"], claim["metric"]) == (kind, direction, metric)


def test_ranges_keep_their_upper_end():
    claim = claim_of("Our solver accelerates prediction by 1.3-2x.")
    assert (claim["value"], claim["value_high"], claim["unit"]) == (1.3, 2, "x")


def test_what_is_compared_with_is_the_baseline():
    assert claim_of("Our model outperforms BaseNet by 2.1 points.")["baseline"] == "BaseNet"
    sentence = "We gain 3.9 and 3.4 points in IoU over U-Net and wide U-Net, respectively."
    assert [one["baseline"] for one in claims_of(sentence)] == ["U-Net", "wide U-Net"]


def test_a_rank_is_a_claim():
    claim = claim_of("Our system won the second place in the VOT challenge.")
    assert (claim["value"], claim["unit"], claim["kind"]) == (2, "rank", "absolute")


@pytest.mark.parametrize(
    "sentence",
    [
        "Our dataset contains 12,400 images of 35 classes.",
        "We train on 10% of the labels with three encoders.",
        "We study a 7B model for 90 epochs.",
        "Our contributions are threefold.",
        "We compare 15 systems from 2019 to 2021.",
    ],
)
def test_counts_and_settings_are_no_claims(sentence):
    assert [one for one in claims_of(sentence) if one["value"] is not None] == []


def test_the_score_of_somebody_else_is_no_claim():
    claims = claims_of("Our model reaches 81.4% accuracy, compared to 79.9% of BaseNet.")
    assert [one["value"] for one in claims] == [81.4]


def test_at_most_two_claims_carry_no_number():
    claims = claims_of(
        "Our model outperforms BaseNet on MNIST. Our model surpasses OldNet on SVHN. "
        "Our model is superior to AnyNet on COCO."
    )
    assert len(claims) == 2
    assert {one["kind"] for one in claims} == {"qualitative"}


def test_a_quote_holds_its_number_and_at_most_forty_words():
    filler = "which is a clause that says nothing at all, " * 12
    claim = claim_of(f"Our model, {filler}reaches an accuracy of 81.4% on MNIST, {filler}and ends.")
    assert "81.4%" in claim["quote"]
    assert len(claim["quote"].split()) <= 40


@pytest.mark.parametrize(
    ("title", "abstract", "method"),
    [
        ("FooNet: Learning to Parse", "We study parsing. FooNet works well.", "FooNet"),
        ("Better Parsing", "We propose a network called TreeWalker for parsing.", "TreeWalker"),
        ("Better Parsing", "We introduce Recursive Tree Walking (RTW), which parses.", "RTW"),
        ("Better Parsing", "We present ParsEval, a benchmark of parsers.", "ParsEval"),
        ("Better Parsing", "We propose a novel tree-walking parser that is fast.", "tree-walking parser"),
        ("A Survey of Parsing", "Parsing has a long history. It is told here.", None),
    ],
)
def test_the_method_is_the_name_of_the_contribution(title, abstract, method):
    assert find(title, abstract)["method"] == method


def test_named_datasets_are_found_by_what_stands_around_them():
    assert datasets_of("We evaluate on the FooBar dataset.") == ["FooBar"]
    assert datasets_of("We use three benchmarks: AlphaSet, BetaSet and GammaSet.") == [
        "AlphaSet",
        "BetaSet",
        "GammaSet",
    ]
    assert datasets_of("Results on MS-COCO and Flickr30k are good.") == ["MS-COCO", "Flickr30k"]
    assert datasets_of("We use PASCAL VOC 2007 here.") == ["PASCAL VOC 2007"]
    assert datasets_of("The results stand on a small corpus, TideBench, which is hard.") == ["TideBench"]


def test_models_metrics_and_generic_mentions_are_no_datasets():
    assert datasets_of("We train BERT and ResNet-50 on two benchmark datasets with a BLEU of 30.1.") == []


def test_what_acts_on_a_dataset_is_none():
    assert datasets_of("On the FooBar dataset, TideNet reaches an accuracy of 81.2%.") == ["FooBar"]


def test_a_new_dataset_is_both_the_method_and_a_dataset():
    values = find("ParsEval: A Benchmark for Parsers", "We present ParsEval, a benchmark of parsers.")
    assert values["method"] == "ParsEval"
    assert values["datasets"] == ["ParsEval"]


@pytest.mark.parametrize(
    ("abstract", "url"),
    [
        ("Code is at https://github.com/a/b.", "https://github.com/a/b"),
        ("Code: https://github. com/a/b-c.", "https://github. com/a/b-c"),
        ("See our page a-b.github.io for videos.", "a-b.github.io"),
        ("Demo: https://demo.org/x. Code: https://github.com/a/b", "https://github.com/a/b"),
        ("Under https://creativecommons.org/licenses/by/4.0/ only.", None),
        ("Code will be released.", None),
        ("Code is at https", None),
    ],
)
def test_the_code_url_is_as_printed(abstract, url):
    assert find("A title", abstract)["code_url"] == url


def strings_of(values):
    lists = [*values["tasks"], *values["datasets"], *values["metrics"]]
    alone = [values["method"], values["code_url"]]
    keys = CLAIM_KEYS - {"value", "value_high", "baseline_value", "unit", "kind", "direction"}
    claimed = [claim[key] for claim in values["claims"] for key in keys]
    return [text for text in (*lists, *alone, *claimed) if text is not None]


PARTS = st.sampled_from(
    [
        *("We propose ", "our ", "FooNet ", "(FN) ", "called ", "the ", "on ", "ImageNet ", "COCO, "),
        *("and ", "accuracy ", "of ", "by ", "93.2% ", "4x ", "from 3 to 5 ", "28.4 BLEU ", "faster "),
        *("than ", "outperforms ", "state-of-the-art ", "dataset ", "segmentation ", "for ", ". ", ", "),
        *("https://github.com/a/b ", "İ", "中文", "😀 ", "\n", ": ", "improves ", "(", ") ", "1st place "),
    ]
)
TEXTS = st.text(max_size=80) | st.lists(PARTS, max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_every_string_found_stands_verbatim_in_the_text(title, abstract):
    for text in strings_of(find(title, abstract)):
        assert text
        assert text in title or text in abstract


@pytest.mark.parametrize(
    "piece", ["A", "1", "a.", "中文", "we propose ", "Foo ", "(A) ", "3% and ", "a b, ", "\n"]
)
def test_a_long_hostile_text_comes_to_an_end(piece):
    text = piece * (100_000 // len(piece))
    assert find(text[:200], text).keys() == find("", "").keys()


def test_an_empty_text_gives_empty_values():
    assert find("", "") == {
        "tasks": [],
        "method": None,
        "datasets": [],
        "metrics": [],
        "code_url": None,
        "claims": [],
    }


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_number_of_a_claim_stands_in_its_quote(abstract):
    for claim in find("", abstract)["claims"]:
        stated = {claim["value"], claim["value_high"], claim["baseline_value"]} - {None}
        assert stated <= numbers_in(claim["quote"])
        assert len(claim["quote"].split()) <= 40
