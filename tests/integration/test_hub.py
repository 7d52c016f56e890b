"""Models of the Hugging Face hub: what it says of them, what comes is checked, and all that goes wrong."""

import hashlib
import json
from pathlib import Path

import pytest

from extractor.errors import RunStoppedError, SettingsError
from extractor.models import known_models, offered_model, pull_offered, pulled_model
from extractor.providers.embedded.catalogue import CATALOGUE, hub_file
from extractor.providers.embedded.provider import local_model
from extractor.providers.embedded.sums import sum_of

BUSY = 503
PIECE, HALF = 10_485_760, 11_000_000
"""Bytes that the client keeps of what breaks off after HALF."""


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def refused(name):
    """Return the one line with which the hub's offer of a name fails."""
    with pytest.raises(RunStoppedError) as raised:
        offered_model(name)
    assert "\n" not in str(raised.value)
    return str(raised.value)


# ---------------------------------------------------------------- what the hub says


def test_the_hub_says_what_a_model_is_before_a_byte_of_it_is_fetched(hub):
    offered = offered_model(hub.name)

    offer = offered.offer
    assert (offer.size, offer.sha256) == (102_404, hashlib.sha256(hub.content).hexdigest())
    assert (offer.revision, offer.licence) == ("a1" * 20, "apache-2.0")
    assert offer.page == f"{hub.pages.url}/heron/Heron-1B-GGUF"
    assert (offered.here, offered.missing) == (0, 102_404)
    assert offered.free > 0
    assert hub.asked_for == []
    assert files_in(hub.cache) == []


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ({"license": "mit"}, "mit"),
        ({"license": "other", "license_name": "heron-community"}, "heron-community"),
        ({}, "not said"),
    ],
)
def test_the_licence_is_what_the_model_card_says(hub, card, licence):
    hub.card = card
    assert offered_model(hub.name).offer.licence == licence


def test_a_name_of_the_catalogue_is_asked_for_in_its_repository(hub):
    message = refused("qwen3-4b")

    assert "Qwen/Qwen3-4B-GGUF" in message
    assert hub.pages.requests[0].path == "/api/models/Qwen/Qwen3-4B-GGUF"


# ---------------------------------------------------------------- fetching


def test_a_model_is_fetched_once_checked_and_found_again(hub):
    told: list[str] = []
    path = pull_offered(offered_model(hub.name), tell=told.append)

    assert path.read_bytes() == hub.content
    assert pulled_model(hub.name) == path
    assert any(hub.file in line for line in told)
    # Nothing but the file and its sum is left, and the file is fetched in one go.
    assert [name for name in files_in(hub.cache) if not name.endswith(".json")] == [hub.file]
    assert hub.asked_for == [None]


def test_the_token_goes_to_the_hub_and_not_to_the_host_that_it_sends_to(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_gated")
    hub.gated = True

    pull_offered(offered_model(hub.name))

    assert {got.headers.get("authorization") for got in hub.pages.requests} == {"Bearer hf_gated"}
    assert [got.headers.get("authorization") for got in hub.store.requests] == [None]


def test_what_breaks_off_goes_on_at_the_byte_where_it_was(hub):
    # Given a store that ends half way,
    hub.grow()
    hub.store.script(hub.breaks_off_at(HALF))
    # when the model is fetched,
    path = pull_offered(offered_model(hub.name))
    # then only the rest is asked for.
    assert path.read_bytes() == hub.content
    assert hub.asked_for == [None, f"bytes={PIECE}-"]


def test_a_fetch_that_failed_goes_on_with_the_same_command(hub):
    # Given a fetch that ends half way, with a store that is then busy,
    hub.grow()
    hub.store.script(hub.breaks_off_at(HALF), hub.store.fails(BUSY))
    with pytest.raises(RunStoppedError, match=r"503.*try again later"):
        pull_offered(offered_model(hub.name))
    assert pulled_model(hub.name) is None
    # when it is asked for again,
    offered = offered_model(hub.name)
    assert (offered.here, offered.missing) == (PIECE, 12_800_004 - PIECE)
    told: list[str] = []
    path = pull_offered(offered, tell=told.append)
    # then it goes on, says so, and is whole.
    assert path.read_bytes() == hub.content
    assert hub.asked_for == [None, f"bytes={PIECE}-", f"bytes={PIECE}-"]
    assert "going on at 11 MB" in told[0]


def test_what_was_fetched_of_another_revision_is_not_gone_on_with(hub):
    hub.grow()
    hub.store.script(hub.breaks_off_at(HALF), hub.store.fails(BUSY))
    with pytest.raises(RunStoppedError):
        pull_offered(offered_model(hub.name))

    hub.content = hub.sent = b"GGUF of a later day".ljust(hub.told_size)

    assert offered_model(hub.name).here == 0
    assert pull_offered(offered_model(hub.name)).read_bytes() == hub.content


def test_a_store_that_knows_no_ranges_is_read_from_the_start(hub):
    hub.grow()
    hub.store.script(hub.breaks_off_at(HALF), hub.store.page(hub.content))

    assert pull_offered(offered_model(hub.name)).read_bytes() == hub.content


def test_a_file_with_another_sum_is_thrown_away_and_told_with_both(hub):
    hub.sent = hub.content[:-1] + b"?"

    with pytest.raises(RunStoppedError, match="SHA-256") as raised:
        pull_offered(offered_model(hub.name))

    assert hub.sha256 in str(raised.value)
    assert hashlib.sha256(hub.sent).hexdigest() in str(raised.value)
    assert files_in(hub.cache) == []


def test_without_room_on_the_disk_nothing_is_fetched(hub):
    hub.told_size = 10**18

    with pytest.raises(RunStoppedError, match=r"needs 1,000,000,000,000 MB.*EXTRACTOR_CACHE_DIR"):
        pull_offered(offered_model(hub.name))
    assert hub.asked_for == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full, on Linux")
def test_a_disk_that_fills_up_while_a_model_comes_is_told(hub):
    offered = offered_model(hub.name)
    part = offered.path.with_name(f"{hub.file}.{hub.sha256[:16]}.part")
    part.symlink_to("/dev/full")

    with pytest.raises(RunStoppedError, match=r"No space left on device.*EXTRACTOR_CACHE_DIR"):
        pull_offered(offered)
    assert pulled_model(hub.name) is None


def test_a_cache_folder_that_cannot_be_made_is_named(hub):
    hub.cache.write_text("a file", encoding="utf-8")

    assert "EXTRACTOR_CACHE_DIR" in refused(hub.name)


# ---------------------------------------------------------------- what the hub refuses


def test_a_gated_model_says_where_its_terms_are_and_what_to_set(hub):
    hub.gated = True

    message = refused(hub.name)

    assert f"accept its terms at {hub.pages.url}/heron/Heron-1B-GGUF" in message
    assert "HF_TOKEN" in message


def test_a_token_without_access_to_a_gated_model_is_told_the_same(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_another")
    hub.gated = True

    assert "gated" in refused(hub.name)


def test_a_wrong_token_is_told_and_not_printed(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")

    message = refused(hub.name)

    assert "refuses the token" in message
    assert "(401)" in message
    assert "hf_wrong" not in message


@pytest.mark.usefixtures("hub")
def test_a_missing_repository_is_told():
    assert "no repository heron/Gone-GGUF" in refused("hf:heron/Gone-GGUF/gone.gguf")


@pytest.mark.usefixtures("hub")
def test_a_missing_file_is_told_with_those_that_are_there():
    message = refused("hf:heron/Heron-1B-GGUF/heron-9b.gguf")

    assert "no file heron-9b.gguf" in message
    assert "it has heron-1b-q8_0.gguf" in message


def test_a_hub_that_cannot_be_reached_is_told(hub, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_HF_URL", "http://127.0.0.1:9")

    message = refused(hub.name)

    assert "http://127.0.0.1:9 cannot be reached" in message
    assert "local:FILE.gguf" in message


@pytest.mark.parametrize("body", ["<html>Log in to the network</html>", "[]", '{"id": 3}'])
def test_what_is_no_hub_is_told(hub, body):
    hub.pages.script(hub.pages.page(body))

    message = refused(hub.name)

    assert "HF_ENDPOINT" in message or "does not say size" in message or "has no file" in message


def test_a_busy_hub_is_told(hub):
    hub.pages.script(hub.pages.fails(BUSY))
    assert "answers 503" in refused(hub.name)


def test_a_file_of_which_no_sum_is_said_is_not_fetched(hub):
    info = hub.pages.otherwise
    hub.pages.otherwise = lambda got: without_sums(info(got))

    assert "cannot be checked" in refused(hub.name)


def without_sums(reply):
    if isinstance(reply.body, dict):
        for sibling in reply.body.get("siblings", []):
            sibling.pop("lfs", None)
    return reply


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "qwen",
        "hf:",
        "hf:heron.gguf",
        "hf:heron/Heron/heron.bin",
        "hf:../../etc/passwd.gguf",
        "hf:heron/Heron/../../../up.gguf",
        "hf:heron/Heron//double.gguf",
        "hf:heron/Heron/heron-00001-of-00002.gguf",
        "hf:heron/Heron/C:\\heron.gguf",
    ],
)
def test_a_name_that_is_no_single_file_of_the_hub_is_refused(name):
    with pytest.raises(SettingsError):
        hub_file(name)


@pytest.mark.parametrize("listed", CATALOGUE, ids=[listed.hub.name for listed in CATALOGUE])
def test_a_name_of_the_catalogue_is_one_file_that_is_also_found_by_its_address(listed):
    address = hub_file(f"hf:{listed.hub.repo}/{listed.hub.file}")

    assert (address.repo, address.file) == (listed.hub.repo, listed.hub.file)
    assert hub_file(listed.hub.name) == listed.hub
    assert 300 < listed.megabytes < 6000 < 10 * listed.memory_mb


def test_the_list_says_what_is_here(hub):
    before = wheres()

    pull_offered(offered_model(hub.name))
    listed = hub_file("qwen3-4b").path(hub.cache)
    listed.parent.mkdir(parents=True)
    listed.write_bytes(b"GGUF")

    assert before["local:qwen3-4b"] == before["local:qwen3-8b"] == "on the hub"
    assert wheres() == {**before, "local:qwen3-4b": "here", f"local:{hub.name}": "here"}


def wheres():
    """Return where each model of the list is."""
    return {row["model"]: row["where"] for row in known_models().rows()}


# ---------------------------------------------------------------- sums


def test_a_sum_is_kept_and_found_anew_when_the_file_is_another(tmp_path):
    file, cache = tmp_path / "a.gguf", tmp_path / "cache"
    file.write_bytes(b"one")

    first = sum_of(file, cache)
    assert first == hashlib.sha256(b"one").hexdigest() == sum_of(file, cache)

    other = tmp_path / "b.gguf"
    other.write_bytes(b"two")
    other.replace(file)
    assert sum_of(file, cache) == hashlib.sha256(b"two").hexdigest()


def test_a_kept_sum_is_used_without_reading_the_file(tmp_path):
    file, cache = tmp_path / "a.gguf", tmp_path / "cache"
    file.write_bytes(b"one")
    sum_of(file, cache)
    (note,) = (cache / "models" / "sums").iterdir()

    kept = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**kept, "sha256": "as kept"}), encoding="utf-8")

    assert sum_of(file, cache) == "as kept"


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"marks": [1], "sha256": "x"}', '{"sha256": 3}'])
def test_a_spoiled_note_of_a_sum_is_passed_over(tmp_path, content):
    file, cache = tmp_path / "a.gguf", tmp_path / "cache"
    file.write_bytes(b"one")
    sum_of(file, cache)
    (note,) = (cache / "models" / "sums").iterdir()
    note.write_text(content, encoding="utf-8")

    assert sum_of(file, cache) == hashlib.sha256(b"one").hexdigest()


def test_where_no_sum_can_be_kept_it_is_found_all_the_same(tmp_path):
    file = tmp_path / "a.gguf"
    file.write_bytes(b"one")
    (tmp_path / "cache").write_text("a file", encoding="utf-8")

    assert sum_of(file, tmp_path / "cache") == hashlib.sha256(b"one").hexdigest()


def test_the_sum_of_a_pulled_file_is_part_of_what_a_model_is(hub):
    path = pull_offered(offered_model(hub.name))

    assert local_model(path, {}, hub.cache, lambda _: None).identity["weights"] == hub.sha256
