"""Texts that look like secrets: recognised by their form or by the name that they are given, and masked in what is shown.

Masking keeps the number of characters, so that carets stay where they are. What merely might be a secret is left alone: a false alarm
teaches people to ignore true ones.
"""

from __future__ import annotations

import re
from functools import cache

_MARKS = (
    "AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "sk-", "sk_live_", "rk_live_", "hf_",
    "eyJ", "PRIVATE KEY", "://",
)  # fmt: skip
"""One of them stands in every secret that has a form of its own: looking for them costs less than a pattern."""
_FORMS = (
    (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", "an AWS access key"),
    (r"\bAIza[0-9A-Za-z_-]{35}\b", "a Google API key"),
    (r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{22,})\b", "a GitHub token"),
    (r"\bglpat-[0-9A-Za-z_-]{20,}", "a GitLab token"),
    (r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}", "a Slack token"),
    (r"\b[sr]k_live_[0-9A-Za-z]{16,}\b", "a Stripe key"),
    (r"\bsk-(?=[0-9A-Za-z_-]*[0-9])[0-9A-Za-z_-]{32,}", "an API key of a model's provider"),
    (r"\bhf_[0-9A-Za-z]{30,}\b", "a Hugging Face token"),
    (r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}", "a signed token (JWT)"),
    (r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*", "a private key"),
    (r"(?<=://)[^/\s:@\"']+:[^/\s:@\"'{$]{4,}(?=@)", "a URL with a password"),
)
_WORDS = r"pass(?:word|wd|phrase)|secret|token|api_?key|private_?key|secret_?key|access_?key|credentials?"
_STEMS = (
    "passw",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "privatekey",
    "private_key",
    "accesskey",
    "access_key",
    "credential",
)
"""One of them stands wherever one of the words does."""
_NAME = rf"(?:^|[_-])(?:{_WORDS})$"
_WRITTEN = rf"(?i)(?P<name>\b\w*?(?<![a-z])(?:{_WORDS})[\"']?\s*(?::\s*\w+\s*)?[:=]\s*[\"'])(?P<value>[^\"'\s]{{8,}})(?=[\"'])"
_REFERENCE = re.compile(r"[/$%{<]|arn:|vault:|secret(?:s|manager)?:|projects/|\w+://")
_LEAST_NAMED = 8
_LONG = 20


def kind_of_secret(text: str, name: str = "") -> str:
    """What kind of secret a text looks like (``a GitHub token``); empty when it looks like none.

    Args:
        text: The value.
        name: What it is called: an input or an environment variable.
    """
    if any(mark in text for mark in _MARKS):
        for pattern, kind in _patterns():
            if pattern.search(text):
                return kind
    return "a secret, by its name" if name and len(text) >= _LEAST_NAMED and _is_named_so(name) and _is_random(text) else ""


def masked(text: str) -> str:
    """A text to be shown, with stars in the place of secrets, one for each character."""
    if any(mark in text for mark in _MARKS):
        for pattern, _ in _patterns():
            text = pattern.sub(lambda found: _stars(found[0], 4), text)
    return _written().sub(_masked_value, text) if _names_a_secret(text) else text


def _names_a_secret(text: str) -> bool:
    """Tell whether one of the words stands there at all: the pattern takes a tenth of a second for a file of a megabyte."""
    lower = text.lower()
    return any(word in lower for word in _STEMS)


def _masked_value(found: re.Match[str]) -> str:
    value = found["value"]
    return found["name"] + (_stars(value, 0) if _is_random(value) else value)


def _stars(text: str, shown: int) -> str:
    return text[:shown] + re.sub(r"[^\r\n]", "*", text[shown:])


def _is_named_so(name: str) -> bool:
    return re.search(_NAME, name, re.IGNORECASE) is not None


def _is_random(text: str) -> bool:
    """Whether a value is no reference to a secret that is kept elsewhere, and no plain word."""
    is_plain = text.replace("_", "").replace("-", "").isalpha() and len(text) < _LONG
    return not (is_plain or any(char.isspace() for char in text) or _REFERENCE.match(text))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), kind) for pattern, kind in _FORMS)


@cache
def _written() -> re.Pattern[str]:
    return re.compile(_WRITTEN)
