"""The mark that each story of the load has in all of its texts, whatever the language they are in."""

import re

MARK = re.compile("mark[0-9a-f]{16}")

_LATIN, _CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопярстувшжыз"
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN.upper(), _CYRILLIC + _CYRILLIC.upper())
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_CYRILLIC_MARK = re.compile(f"{'mark'.translate(_TO_CYRILLIC)}[0-9{'abcdef'.translate(_TO_CYRILLIC)}]{{16}}")


def cyrillic(text):
    """Letter by letter."""
    return text.translate(_TO_CYRILLIC)


def marks_in(text):
    return {*MARK.findall(text), *(mark.translate(_TO_LATIN) for mark in _CYRILLIC_MARK.findall(text))}
