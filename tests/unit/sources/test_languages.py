import pytest

from extractor.sources.languages import language_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("eng", "en"),
        ("English", "en"),
        ("en-US", "en"),
        ("USenglish", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("Chinese (Simplified)", "zh"),
        ("Klingon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_known_by_its_names_and_codes(name, code):
    assert language_code(name) == code
