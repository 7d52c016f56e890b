import pytest

from extractor.sources.languages import language_code, language_of


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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("We ask how the ice of old rivers moves, and the answer is simple.", "en"),
        ("Glaciers move slowly. Twelve methods compared: simplest wins by 3 points (p<0.05).", "en"),
        ("Wir vergleichen zwölf Verfahren, die Bewegung von Gletschern in Bildern zu sehen.", "de"),
        ("Nous comparons douze méthodes pour voir le mouvement des glaciers.", "fr"),
        ("Comparamos doce métodos para ver el movimiento de los glaciares.", "es"),
        ("Мы изучаем движение ледников в длинных сериях изображений.", "ru"),
        ("我们研究了长序列图像中冰川的运动，并比较了十二种不同的方法。", "zh"),
        ("長い画像系列における氷河の動きを調べ、十二の方法を比較した。", "ja"),
        ("Sea ice", None),
        ("", None),
    ],
)
def test_the_language_of_a_text_is_told_where_it_is_long_enough(text, code):
    assert language_of(text) == code
