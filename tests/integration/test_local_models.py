"""A model file of one's own: its context, its chat template and its threads are its own."""

import os

import gguf
import httpx2
import pytest

from extractor.providers.embedded.server import LARGE, start_server, threads_for

QUESTION = [
    {"role": "system", "content": "Rules"},
    {"role": "user", "content": "First"},
    {"role": "assistant", "content": "One"},
    {"role": "user", "content": "Second"},
]
THINKS = (
    "{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% if enable_thinking is defined and not enable_thinking %}"
    "<think></think>{% endif %}{% endif %}"
)
KNOWS_NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}[model]{% endif %}"
)
CONTEXT, TEMPLATE = "llama.context_length", "tokenizer.chat_template"


@pytest.fixture
def changed(tiny_llama, tmp_path):
    """Return a function that writes the made-up model again, with other fields and at least so many bytes."""

    def write(fields, size=0):
        path = tmp_path / "changed.gguf"
        reader = gguf.GGUFReader(tiny_llama)
        writer = gguf.GGUFWriter(path, "llama")
        for name, field in reader.fields.items():
            if name.startswith("GGUF.") or name == "general.architecture":
                continue
            if field.types[0] is gguf.GGUFValueType.ARRAY:
                writer.add_array(name, field.contents())
            else:
                writer.add_key_value(name, fields.get(name, field.contents()), field.types[0])
        for tensor in reader.tensors:
            writer.add_tensor(tensor.name, tensor.data)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        os.truncate(path, max(size, path.stat().st_size))
        return path

    return write


def client_of(server):
    """Return a client of a running model."""
    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx2.Client(base_url=server.base_url.removesuffix("/v1"), headers=headers, timeout=60)


@pytest.mark.parametrize(
    ("made_for", "size", "context"),
    [
        pytest.param(32_768, 0, 4096, id="small"),
        pytest.param(32_768, LARGE, 8192, id="large"),
        pytest.param(2048, LARGE, 2048, id="large, and made for less"),
    ],
)
def test_a_model_gets_a_context_by_its_size_and_none_that_it_was_not_made_for(
    changed, made_for, size, context
):
    server = start_server(changed({CONTEXT: made_for}, size))

    with client_of(server) as client:
        (slot,) = client.get("/slots").json()
    assert slot["n_ctx"] == context


def test_a_model_that_thinks_first_is_told_not_to(changed):
    server = start_server(changed({TEMPLATE: THINKS}))

    with client_of(server) as client:
        prompt = client.post("/apply-template", json={"messages": QUESTION}).json()["prompt"]
    assert prompt.endswith("[user]Second[assistant]<think></think>")


def test_a_template_that_knows_no_system_message_has_it_before_the_first_question(changed):
    server = start_server(changed({TEMPLATE: KNOWS_NO_SYSTEM}))

    with client_of(server) as client:
        prompt = client.post("/apply-template", json={"messages": QUESTION}).json()["prompt"]
    assert prompt == "[user]Rules\nFirst[assistant]One[user]Second[model]"


@pytest.mark.parametrize(
    ("cores", "is_large", "threads"), [(1, True, 1), (2, True, 1), (16, True, 15), (16, False, 1)]
)
def test_a_large_model_leaves_one_core_and_a_small_one_takes_one(cores, is_large, threads):
    assert threads_for(cores, is_large=is_large) == threads
