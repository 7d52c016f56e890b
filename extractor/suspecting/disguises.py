"""Text -> the same, as long, with what only looks like a letter of a word made that letter."""

import re

_ALIKE = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u0475\u0432\u043a\u043c\u043d\u0442"
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
        "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
        "\u0131\u0251\u0261\u0269",
        "aeopcyxijsdhqvbkmhtABEKMHOPCTYXIJSaeikvoptuxABEZHIKMNOPTYXiagi",
        strict=True,
    )
)
"""Letters of Cyrillic, Greek and phonetic script, and the Latin letters that they look like."""
_MIXED = re.compile(rf"(?=[^\W\d_]*[a-zA-Z])[^\W\d_]*[{''.join(_ALIKE)}][^\W\d_]*")
_LETTERS = str.maketrans(_ALIKE)
_DIGIT = re.compile(r"[01345](?=[a-zA-Z])(?:(?<=[a-zA-Z].)|(?<![\w.].)(?=[a-zA-Z]{3}))")
_FOR_DIGITS = dict(zip("01345", "oieas", strict=True))


def undisguised(plain: str) -> str:
    """Return a text in which words of mixed script are Latin, and digits within words are letters."""
    if not plain.isascii():
        plain = _MIXED.sub(lambda word: word.group().translate(_LETTERS), plain)
    return _DIGIT.sub(lambda digit: _FOR_DIGITS[digit.group()], plain)
