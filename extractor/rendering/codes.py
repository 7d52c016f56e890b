"""
Any text -> text that can steer no terminal and hides nothing.

What is taken out: control codes (C0, DEL, C1), marks that turn the direction of writing, blanks without
width, and tags. Joiners stay: emoji and some scripts are written with them.
"""

import json
import re

_UNSEEN = (
    "\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
_STEERS = re.compile(f"[\x00-\x08\x0b-\x1f{_UNSEEN}]")
_STEERS_IN_JSON = re.compile(f"[{_UNSEEN}]")  # The rest is an escape by then.
_ENDS_LINE = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def without_control_codes(text: str) -> str:
    """Return a text without them; every way to end a line has become a line feed."""
    if text.isprintable():  # None of them is, and this is told several times as fast.
        return text
    return _STEERS.sub("", _ENDS_LINE.sub("\n", text))


def blanks_for_control_codes(text: str) -> str:
    """Return a text of the same length, a blank in place of each."""
    return _STEERS.sub(" ", text)


def escapes_for_control_codes(written: str) -> str:
    r"""Return JSON that means the same, with an escape (\u009b) in place of each."""
    return _STEERS_IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], written)
