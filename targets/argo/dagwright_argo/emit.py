"""Manifest model -> YAML text. Templates hold layout; every text passes ``yaml_scalar`` or ``block``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dagwright_argo import model
from dagwright_compiler.templates import template_environment
from dagwright_compiler.yaml_text import yaml_scalar, yaml_string

if TYPE_CHECKING:
    from jinja2 import Environment

_ASCII_OF_BLOCKS = bytes([*b"\t\n", *range(0x20, 0x7F)])


def block(text: str, indent: int) -> str:
    """Write a file's text as lines of their own, so that a diff shows the lines that changed; quoted where a block would lose something."""
    if "\n" not in text or not text.strip("\n") or not _fits_a_block(text):
        return yaml_string(text)
    stripped = text.rstrip("\n")
    ends = len(text) - len(stripped)
    # The indicator is needed where the first line does not show the indentation.
    header = "|" + ("2" if text[0] in " \n\t" else "") + ("-" if ends == 0 else "" if ends == 1 else "+")
    margin = "\n" + " " * indent
    lines = ("\n" + stripped).replace("\n", margin)
    # Empty lines get no margin. Of neighbours, a replacement takes every other one: the second takes the rest.
    lines = lines.replace(margin + "\n", "\n\n").replace(margin + "\n", "\n\n")
    return header + lines + "\n" * (ends - 1)


def _fits_a_block(text: str) -> bool:
    if text.isascii():
        return not text.encode("ascii").translate(None, _ASCII_OF_BLOCKS)
    return not _not_in_blocks().search(text)


@cache
def _not_in_blocks() -> re.Pattern[str]:
    """Characters that no block keeps; making the pattern takes longer than importing this module, and ASCII needs none."""
    return re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def emit(document: model.ConfigMap | model.WorkflowTemplate, note: str = "") -> str:
    """Render one YAML document, without a separator; ``note`` becomes a comment at its head."""
    name = "configmap.yaml.j2" if isinstance(document, model.ConfigMap) else "workflow_template.yaml.j2"
    return _environment().get_template(name).render(object=document, note=note)


@cache
def _environment() -> Environment:
    return template_environment(Path(__file__).parent, {"scalar": yaml_scalar, "block": block})
