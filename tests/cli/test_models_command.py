"""`extractor models`: what is shown before a model is fetched, who is asked, and what a run fetches: none."""

import os
import subprocess
import sys

import pytest

from extractor.providers.embedded.catalogue import CATALOGUE


def test_the_facts_of_a_model_are_shown_before_it_is_fetched(extract, hub):
    done = extract("models", "pull", hub.name, "--yes")

    assert (done.code, done.out) == (0, "")
    shown, fetched = done.err.split("fetching")
    assert f"{hub.file} of {hub.pages.url}/{hub.repo}" in shown
    assert "size      1 MB; the disk has room for" in shown
    assert "memory    about 1,501 MB when it runs" in shown
    assert "licence   apache-2.0" in shown
    assert f"revision  {hub.revision}" in shown
    assert f"SHA-256   {hub.sha256}" in shown
    assert f"next: extractor run PAGE --model local:{hub.name}" in fetched


def test_without_a_terminal_nothing_is_fetched_unless_it_was_said_ahead(extract, hub):
    done = extract("models", "pull", hub.name)

    assert done.code == 2
    assert f"SHA-256   {hub.sha256}" in done.err
    assert f"`extractor models pull {hub.name} --yes` fetches it" in done.err
    assert hub.asked_for == []


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is made as POSIX has it")
@pytest.mark.parametrize(
    ("answer", "asked_for", "told"), [("y", [None], "ready:"), ("n", [], "nothing is fetched")]
)
def test_at_a_terminal_a_person_is_asked(hub, answer, asked_for, told):
    # Given a terminal at which somebody has typed,
    person, terminal = os.openpty()
    os.write(person, f"{answer}\n".encode())
    # when a model is to be fetched,
    command = [sys.executable, "-m", "extractor", "models", "pull", hub.name]
    done = subprocess.run(command, stdin=terminal, capture_output=True, text=True, timeout=60, check=True)
    os.close(person)
    os.close(terminal)
    # then it is if they said yes.
    assert "Fetch it? [y/N]" in done.stderr
    assert told in done.stderr
    assert hub.asked_for == asked_for


def test_a_model_that_is_here_is_not_asked_for_again(extract, hub):
    extract("models", "pull", hub.name, "--yes")
    asked = len(hub.pages.requests)

    done = extract("models", "pull", hub.name)

    assert done.code == 0
    assert "ready:" in done.err
    assert len(hub.pages.requests) == asked


def test_what_a_hub_says_reaches_no_terminal_as_control_codes(extract, hub):
    hub.card = {"license": "\x1b[31mred\x07"}

    done = extract("models", "pull", hub.name)

    assert "red" in done.err
    assert "\x1b" not in done.err
    assert "\x07" not in done.err


def test_a_name_that_is_not_in_the_catalogue_is_told_with_those_that_are(extract):
    done = extract("models", "pull", "qwen")

    assert done.code == 2
    assert "no model 'qwen'" in done.message
    assert all(listed.hub.name in done.message for listed in CATALOGUE)


def test_without_the_extra_it_says_what_to_install(shell, own_surroundings):
    # Given a Python without the hub's library,
    (own_surroundings / "huggingface_hub.py").write_text("raise ImportError('not installed')", "utf-8")
    # when a model is to be fetched,
    done = shell("models", "pull", "qwen3-4b", PYTHONPATH=str(own_surroundings))
    # then one line says what is needed.
    assert done.code == 2
    assert "pip install 'extractor-papers[hub]'" in done.message


def test_the_hub_is_the_one_that_its_own_variable_names_where_ours_names_none(shell, hub):
    done = shell("models", "pull", hub.name, "--yes", EXTRACTOR_HF_URL="", HF_ENDPOINT=hub.pages.url)

    assert done.code == 0
    assert hub.asked_for == [None]


def test_where_the_hub_is_switched_off_it_is_told_how_to_switch_it_on(shell, hub):
    done = shell("models", "pull", hub.name, HF_HUB_OFFLINE="1")

    assert done.code == 2
    assert "unset it to fetch a model" in done.message
    assert hub.pages.requests == []


@pytest.mark.parametrize("name", ["qwen3-4b", "hf:heron/Heron-1B-GGUF/heron-1b-q8_0.gguf"])
def test_a_run_fetches_no_model_and_names_the_command_that_does(extract, hub, page, name):
    done = extract("run", page, "--model", f"local:{name}")

    assert done.code == 2
    assert f"`extractor models pull {name}` fetches it" in done.message
    assert hub.pages.requests == []


def test_a_pulled_model_is_found_by_its_name(extract, hub, page):
    extract("models", "pull", hub.name, "--yes")

    done = extract("run", page, "--model", f"local:{hub.name}")

    # The stand-in's file is no model: the runtime says so, of this very file.
    assert hub.file in done.message
    assert "cannot be loaded" in done.message
