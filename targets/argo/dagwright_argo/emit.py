"""Manifest model -> YAML text. Templates hold layout; every text passes ``yaml_scalar`` or ``block``."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import ENV_BUNDLE
from dagwright_argo import model
from dagwright_compiler.templates import template_environment
from dagwright_compiler.yaml_text import yaml_scalar, yaml_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_USERS_OF_CONTAINER = [
    (field.encode_name, field.name) for field in msgspec.structs.fields(model.Container) if field.type is model.Json
]
_USERS_OF_TEMPLATE = [
    (field.encode_name, field.name) for field in msgspec.structs.fields(model.Template) if field.type is model.Json
]
_USERS_OF_SPEC = [
    (field.encode_name, field.name) for field in msgspec.structs.fields(model.WorkflowSpec) if field.type is model.Json
]
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
    if "\n\n" in stripped:  # empty lines get no margin
        lines = "".join([margin + line if line else "\n" for line in stripped.split("\n")])
    else:
        lines = margin + stripped.replace("\n", margin)
    return header + lines + "\n" * (ends - 1)


def _fits_a_block(text: str) -> bool:
    if text.isascii():
        return not text.encode("ascii").translate(None, _ASCII_OF_BLOCKS)
    return not _not_in_blocks().search(text)


@cache
def _not_in_blocks() -> re.Pattern[str]:
    """Characters that no block keeps; making the pattern takes longer than importing this module, and ASCII needs none."""
    return re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


_LAYOUTS = {
    "ConfigMap": "configmap.yaml.j2",
    "CronWorkflow": "cron_workflow.yaml.j2",
    "Workflow": "workflow_template.yaml.j2",
    "WorkflowTemplate": "workflow_template.yaml.j2",
}


def emit(document: model.Document, note: str = "") -> str:
    """Render one YAML document, without a separator; ``note`` becomes a comment at its head."""
    template = _environment().get_template(_LAYOUTS[document.kind])
    return template.render(object=document, note=note, repeats=_Repeats(document))


def flow(part: model.Frozen | model.Json) -> str:
    """Write a part of the model, or data of a user's, on one line."""
    data = msgspec.to_builtins(part) if isinstance(part, model.Frozen) else part
    if isinstance(data, str):
        return yaml_scalar(data)
    if isinstance(data, dict):
        return f"{{{', '.join(f'{yaml_scalar(str(key))}: {flow(value)}' for key, value in data.items())}}}"
    if isinstance(data, list | tuple):
        return f"[{', '.join(map(flow, data))}]"
    return json.dumps(data)


def users_fields(part: model.Container | model.Template | model.WorkflowSpec, indent: int) -> str:
    """Write what stands in a part because a user's pod template or settings have it: lines of their own, by the names of Kubernetes."""
    match part:
        case model.Container():
            names = _USERS_OF_CONTAINER
        case model.Template():
            names = _USERS_OF_TEMPLATE
        case _:
            names = _USERS_OF_SPEC
    found = ((encoded, getattr(part, name)) for encoded, name in names)
    margin = " " * indent
    return "".join(f"{margin}{encoded}:{nested(data, indent + 2)}\n" for encoded, data in found if data is not None)


def nested(data: model.Json, indent: int) -> str:
    """Write what follows a key and its colon: a scalar on the same line, a list or an object on lines of their own."""
    data = msgspec.to_builtins(data)
    if not isinstance(data, dict | list | tuple) or not data:
        return f" {flow(data)}"
    margin = "\n" + " " * indent
    if isinstance(data, dict):
        return "".join(f"{margin}{yaml_scalar(str(key))}:{nested(value, indent + 2)}" for key, value in data.items())
    return "".join(f"{margin[:-2]}- {_item(value, indent)}" for value in data)


def _item(data: model.Json, indent: int) -> str:
    """Write an item of a list behind its hyphen: an object begins on the same line."""
    return nested(data, indent).lstrip() if isinstance(data, dict) and data else flow(data)


class _Repeats:
    """Volumes that several pods have are written once, under an anchor, so that a new digest changes one line.

    Most pods have the same list; where a pod has more, its list refers to the others' volumes one by one. Asked for in the order of
    the text.
    """

    def __init__(self, document: model.Document) -> None:
        templates = document.spec.templates if isinstance(document, model.WorkflowTemplate | model.Workflow) else ()
        lists = {id(template.volumes): template.volumes for template in templates if template.volumes}
        uses = Counter(id(template.volumes) for template in templates if template.volumes)
        self._shared = uses.most_common(1)[0][0] if uses else None
        self._items = Counter(id(volume) for volumes in lists.values() for volume in volumes)
        mounts = Counter(id(template.container.volume_mounts) for template in templates if template.container)
        self._shared_mounts = mounts.most_common(1)[0][0] if mounts else None
        self._written: set[int] = set()
        self._expressions: dict[str, str] = {}

    def expression(self, text: str) -> str:
        """The expression of a retry with its anchor, or an alias; most pods have the same one."""
        if text in self._expressions:
            return f"*{self._expressions[text]}"
        name = self._expressions[text] = f"retry{len(self._expressions) + 1 if self._expressions else ''}"
        return f"&{name} {yaml_scalar(text)}"

    def command(self, words: tuple[str, ...]) -> str:
        """A container's command; one that holds a program is written once."""
        mark = f"{self._mark(words, 'command')} " if len(words) > 2 else ""
        return mark.rstrip() if mark.startswith("*") else mark + flow(words)

    def variable(self, variable: model.Variable | model.Fields) -> str:
        """A variable of a container; the digest of the code, which all have, is written once."""
        is_shared = isinstance(variable, model.Variable) and variable.name == ENV_BUNDLE
        mark = f"{self._mark(variable, 'bundle')} " if is_shared else ""
        return mark.rstrip() if mark.startswith("*") else mark + flow(variable)

    def mounts(self, mounts: tuple[object, ...]) -> str:
        """The anchor or the alias of a container's mounts, or nothing."""
        return self._mark(mounts, "mounts") if id(mounts) == self._shared_mounts else ""

    def volumes(self, volumes: tuple[object, ...]) -> str:
        """The anchor or the alias of a list, or nothing."""
        return self._mark(volumes, "volumes") if id(volumes) == self._shared else ""

    def volume(self, volume: model.Volume | model.Fields) -> str:
        """The anchor or the alias of one volume of ours, or nothing."""
        return self._mark(volume, volume.name) if isinstance(volume, model.Volume) and self._items[id(volume)] > 1 else ""

    def _mark(self, part: object, name: str) -> str:
        mark = "*" if id(part) in self._written else "&"
        self._written.add(id(part))
        return f"{mark}{name}"


@cache
def _environment() -> Environment:
    filters: dict[str, Callable[..., str]] = {
        "scalar": yaml_scalar,
        "block": block,
        "flow": flow,
        "nested": nested,
        "users": users_fields,
    }
    return template_environment(Path(__file__).parent, filters)
