"""Kubernetes resource quantities, as policies hold them: what number a text stands for, and what was probably meant."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([eE][+-]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)")
_SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
    "P": Fraction(10**15),
    "E": Fraction(10**18),
    **{f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", 1)},
}
_MISTAKES = {
    **{f"{letter}ib": f"{letter}i" for letter in "kmgtp"},
    **{f"{letter}b": letter.upper() if letter != "k" else "k" for letter in "kmgtp"},
    "ki": "Ki",
    "mi": "Mi",
    "gi": "Gi",
    "ti": "Ti",
    "pi": "Pi",
    "g": "G",
    "t": "T",
    "p": "P",
    "k": "k",
    "core": "",
    "cores": "",
    "b": "",
}
_MISTAKES.update({f"{letter}ib": f"{letter.upper()}i" for letter in "kmgtp"})
_LONGEST = 100
"""Of a quantity; Python reads no number of thousands of digits."""
_NUMBER = re.compile(r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*([A-Za-z]*)\s*")


@lru_cache(maxsize=512)
def amount(text: str) -> Fraction | None:
    """The number that a quantity stands for, or ``None`` when the text is no quantity."""
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    value = Fraction(number)
    if exponent:
        power = int(exponent[1:])
        return value * Fraction(10) ** power
    return value * _SUFFIXES[suffix or ""]


def suggestion(text: str) -> str:
    """The quantity that was probably meant: ``100Mi`` for ``100MiB``; nothing when there is no good guess."""
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return ""
    number, unit = match.groups()
    if unit in _SUFFIXES:
        return f"{number}{unit}"
    meant = _MISTAKES.get(unit.lower())
    return f"{number}{meant}" if meant is not None else ""
