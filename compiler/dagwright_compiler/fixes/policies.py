"""Keywords of ``@task``, ``Resources`` and ``Cache`` with a value or a name that does not work."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics.model import Fix
from dagwright_compiler.fixes.calls import add_keyword, remove_keyword
from dagwright_compiler.fixes.imports import available
from dagwright_compiler.fixes.literals import inner, is_number, quoted, text_at
from dagwright_compiler.fixes.view import start_of
from dagwright_compiler.frontend.names import AUTHORING
from dagwright_compiler.frontend.policy_keywords import OTHER_NAMES, RESOURCES
from dagwright_compiler.ir.quantities import suggestion

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Applicability, Diagnostic, Edit
    from dagwright_compiler.fixes.view import View
    from dagwright_compiler.source import Span

_MOST_RETRIES = 10
_IMAGES = ("base_image", "docker_image", "image")
"""What other tools call the image of a task."""
_ENVIRONMENT = ("environ.get", "getenv", "os.environ.get", "os.getenv")
_MILLIS = re.compile(r"[0-9]+m")
_WHOLE = re.compile(r"[0-9]{1,9}")
_OF_MEMORY = ("mem", "ephemeral_storage")
_VERSIONS = ("cache_version", "version")
_SWITCHES = ("cache", "cache_serialize", "enable_deck", "interruptible", "serialize")
_TRUTH = {0: "False", 1: "True", "true": "True", "True": "True", "false": "False", "False": "False"}


class _Option(NamedTuple):
    """A keyword that a finding is about, in its call."""

    call: ast.Call
    keyword: ast.keyword
    node: ast.AST
    """The smallest node that the finding marks."""


def _option(view: View, span: Span | None) -> _Option | None:
    """The innermost keyword argument around a place."""
    if span is None:
        return None
    chain = view.chain(span)
    for at in range(len(chain) - 1, 0, -1):
        keyword, call = chain[at], chain[at - 1]
        if isinstance(keyword, ast.keyword) and isinstance(call, ast.Call):
            return _Option(call, keyword, chain[-1])
    return None


def quantity(found: Diagnostic, view: View) -> Fix | None:
    """Write the quantity that was meant: ``100Mi`` for ``100MiB``, and ``512Mi`` for ``512m`` of memory."""
    option = _option(view, found.span)
    text = text_at(option.node) if option is not None else None
    if option is None or text is None or not isinstance(option.node, ast.Constant):
        return None
    meant = suggestion(text)
    if option.keyword.arg in _OF_MEMORY and _MILLIS.fullmatch(text):
        meant = f"{text[:-1]}Mi"
    if not meant or meant == text:
        return None
    edits = inner(view, option.node, meant)
    return Fix(f"write `{meant}`", "machine-applicable", edits) if edits else None


def value_form(found: Diagnostic, view: View) -> Fix | None:
    """Write a value in the form that its keyword takes."""
    option = _option(view, found.span)
    name = option.keyword.arg if option is not None else None
    if option is None or name is None:
        return None
    value = option.keyword.value
    if name in _VERSIONS and is_number(value):
        return _replacing(view, value, f'"{view.text_of(value)}"')
    if name == "retries":
        return _retries(view, value)
    if name == "timeout" and isinstance(value, ast.Constant) and type(value.value) is float:
        return _timedelta(view, value)
    if name in ("requests", "limits"):
        return _resources(view, value)
    if name == "secret_requests":
        return _secrets(view, value)
    if name == "environment" and isinstance(value, ast.Dict):
        edits = tuple(quoted(view, item) for item in value.values if is_number(item))
        return Fix("write the numbers as text", "machine-applicable", edits) if edits else None
    if name in _SWITCHES and isinstance(value, ast.Constant) and isinstance(value.value, int | str) and value.value in _TRUTH:
        return _replacing(view, value, _TRUTH[value.value], "maybe-incorrect")
    return None


def option_name(found: Diagnostic, view: View) -> Fix | None:
    """Write a resource by the name that ``Resources`` has for it, or into ``requests``; an image as ``container_image``."""
    option = _option(view, found.span)
    if option is None or option.keyword.arg is None:
        return None
    word = option.keyword.arg
    meant = OTHER_NAMES.get(word, word)
    given = {keyword.arg for keyword in option.call.keywords}
    start, _ = view.offsets(option.keyword)
    if _callee(option.call) == "Resources":
        if meant == word or meant in given:
            return None
        return Fix(f"write `{meant}`", "machine-applicable", (view.between(start, start + len(word.encode()), meant),))
    if word in _IMAGES and "container_image" not in given and text_at(option.keyword.value) is not None:
        renamed = view.between(start, start + len(word.encode()), "container_image")
        return Fix("write `container_image`", "maybe-incorrect", (renamed,))
    if meant not in RESOURCES or "requests" in given or text_at(option.keyword.value) is None:
        return None
    written = _authoring_name(view, option.call, "Resources")
    if written is None:
        return None
    text = f"requests={written[0]}({meant}={view.text_of(option.keyword.value)})"
    return Fix(f"write `{text}`", "maybe-incorrect", (view.replace(option.keyword, text), *written[1]))


def environment_default(found: Diagnostic, view: View) -> Fix | None:
    """Write the default of ``os.getenv("REGISTRY", "ghcr.io/acme")``, which is what the source alone says."""
    spans = [found.span, *(label.span for label in found.related)]
    for span in (span for span in spans if span is not None and found.span is not None and span.path == found.span.path):
        for node in reversed(view.chain(span)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in _ENVIRONMENT or len(node.args) != 2:
                continue
            if isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str):
                return _replacing(view, node, view.text_of(node.args[1]), "maybe-incorrect")
    return None


def leave_out(found: Diagnostic, view: View) -> Fix | None:
    """Leave a keyword out."""
    option = _option(view, found.span)
    edit = remove_keyword(view, option.call, option.keyword) if option is not None else None
    return Fix(f"leave `{option.keyword.arg}` out", "maybe-incorrect", (edit,)) if option is not None and edit else None


def retries_in_range(found: Diagnostic, view: View) -> Fix | None:
    """Write the nearest number of retries that there can be."""
    option = _option(view, found.span)
    if option is None:
        return None
    value = option.keyword.value
    is_negative = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) and is_number(value.operand)
    if not is_number(value) and not is_negative:
        return None
    return _replacing(view, value, "0" if is_negative else str(_MOST_RETRIES), "maybe-incorrect")


def raise_limit(found: Diagnostic, view: View) -> Fix | None:
    """Raise a limit to the request."""
    asked = found.related[0].span if found.related else None
    if found.span is None or asked is None or asked.path != found.span.path:
        return None
    limit, request = view.node(found.span), view.node(asked)
    if text_at(limit) is None and not is_number(limit):
        return None
    if limit is None or request is None or (text_at(request) is None and not is_number(request)):
        return None
    return _replacing(view, limit, view.text_of(request), "maybe-incorrect")


def cache_version(found: Diagnostic, view: View) -> Fix | None:
    """Give a cached task its first version."""
    option = _option(view, found.span)
    if option is None:
        return None
    inside = option.keyword.value if option.keyword.arg == "cache" else None
    if isinstance(inside, ast.Call):
        call, name = inside, "version"
        last = inside.keywords[-1] if inside.keywords else None
    else:
        call, name, last = option.call, "cache_version", option.keyword
    given = next((keyword for keyword in call.keywords if keyword.arg == name), None)
    if given is not None:
        return _replacing(view, given.value, '"1"', "maybe-incorrect") if text_at(given.value) == "" else None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    if last is None:
        edit = view.replace(call, f'{view.text_of(call.func)}({name}="1")') if not call.args else None
    else:
        edit = add_keyword(view, call, f'{name}="1"', last)
    return Fix(f'add `{name}="1"`', "maybe-incorrect", (edit,)) if edit is not None else None


def cache_switch(found: Diagnostic, view: View) -> Fix | None:
    """Switch caching on where keywords of it stand alone."""
    option = _option(view, found.span)
    if option is None or not (option.keyword.arg or "").startswith("cache_"):
        return None
    if any(keyword.arg in ("cache", None) for keyword in option.call.keywords):
        return None
    start, _ = view.offsets(option.keyword)
    return Fix("add `cache=True`", "maybe-incorrect", (view.between(start, start, "cache=True, "),))


def _replacing(view: View, node: ast.AST, text: str, applicability: Applicability = "machine-applicable") -> Fix:
    return Fix(f"write `{text}`", applicability, (view.replace(node, text),))


def _retries(view: View, value: ast.expr) -> Fix | None:
    text = text_at(value)
    if text is not None and _WHOLE.fullmatch(text) and int(text) <= _MOST_RETRIES:
        return _replacing(view, value, str(int(text)))
    if isinstance(value, ast.Constant) and type(value.value) is float and value.value.is_integer():
        return _replacing(view, value, str(int(value.value)))
    return None


def _timedelta(view: View, value: ast.Constant) -> Fix | None:
    written = available(view, "datetime", "timedelta", before=_line(view, value))
    if written is None:
        return None
    text = f"{written.text}(seconds={view.text_of(value)})"
    return Fix(f"write `{text}`", "machine-applicable", (view.replace(value, text), *written.edits))


def _resources(view: View, value: ast.expr) -> Fix | None:
    """``Resources(...)`` for a dict of resources."""
    pairs: list[tuple[str | None, ast.expr]] = []
    if isinstance(value, ast.Dict):
        pairs = [(text_at(key), item) for key, item in zip(value.keys, value.values, strict=True)]
    elif isinstance(value, ast.Call) and _callee(value) == "dict" and not value.args:
        pairs = [(keyword.arg, keyword.value) for keyword in value.keywords]
    names = [OTHER_NAMES.get(name or "", name) for name, _ in pairs]
    written = (
        _authoring_name(view, value, "Resources")
        if pairs and len(set(names)) == len(names) and set(names) <= set(RESOURCES)
        else None
    )
    if written is None:
        return None
    listed = ", ".join(f"{name}={view.text_of(item)}" for name, (_, item) in zip(names, pairs, strict=True))
    text = f"{written[0]}({listed})"
    return Fix(f"write `{text}`", "machine-applicable", (view.replace(value, text), *written[1]))


def _secrets(view: View, value: ast.expr) -> Fix | None:
    """``[Secret(key="token")]`` for the names of secrets."""
    items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    written = _authoring_name(view, value, "Secret") if items and all(text_at(item) for item in items) else None
    if written is None:
        return None
    text = f"[{', '.join(f'{written[0]}(key={view.text_of(item)})' for item in items)}]"
    return Fix(f"write `{text}`", "maybe-incorrect", (view.replace(value, text), *written[1]))


def _authoring_name(view: View, node: ast.expr, name: str) -> tuple[str, tuple[Edit, ...]] | None:
    """How the file writes a name of ours: from the package that it takes its other names from."""
    body = view.tree.body if view.tree is not None else []
    packages = {
        (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    package = next((package for package in AUTHORING if package in packages), None)
    written = available(view, package, name, before=_line(view, node)) if package is not None else None
    return (written.text, written.edits) if written is not None else None


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _line(view: View, node: ast.expr) -> int:
    """Line of the statement of the module that a node stands in."""
    if view.tree is None:
        return start_of(node)[0]
    ends = (statement for statement in view.tree.body if (statement.end_lineno or 0) >= node.lineno)
    return next((min(statement.lineno, node.lineno) for statement in ends), node.lineno)
