"""The command that trains: what it refuses, and how it says so."""

import importlib.util
import json
from pathlib import Path

import pytest


@pytest.fixture
def labels():
    """Return a file of one labelled paper whose label is not in its text."""
    path = Path("labels.jsonl")
    line = {"id": "a", "title": "Dune", "abstract": "We present Dune.", "method": "Sand"}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


def test_an_adapter_is_named_as_such(extract, labels):
    done = extract("train", labels, "-o", "mine.gguf")

    assert done.code == 2
    assert "--out mine.gguf must end with .adapter.gguf" in done.err


def test_a_layer_that_is_none_is_named(extract, labels):
    done = extract("train", labels, "-o", "mine.adapter.gguf", "--linears", "attn_q,attn_z")

    assert done.code == 2
    assert "no linear layer attn_z; there are attn_q, " in done.err


def test_a_label_that_is_not_in_its_text_is_named_with_file_line_and_field(extract, labels):
    done = extract("train", labels, "-o", "mine.adapter.gguf")

    assert done.code == 2
    assert "labels.jsonl, line 1, method: 'Sand' is not in the title or abstract" in done.err


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
def test_without_torch_it_says_what_to_install(extract, labels):
    line = json.loads(labels.read_text("utf-8")) | {"method": "Dune"}
    lines = [json.dumps(line | {"id": str(number)}) for number in range(5)]
    labels.write_text("\n".join(lines), "utf-8")

    done = extract("train", labels, "-o", "mine.adapter.gguf")

    assert done.code == 2
    assert "pip install 'extractor-papers[train]'" in done.err
