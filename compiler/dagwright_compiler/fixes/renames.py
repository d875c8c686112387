"""Misspelt words: the one that was meant in their place, and imports that are missing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.model import Fix
from dagwright_compiler.diagnostics.suggestions import Guess, MissingImport
from dagwright_compiler.fixes.imports import available
from dagwright_compiler.fixes.literals import inner
from dagwright_compiler.fixes.view import start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.diagnostics.model import Diagnostic, Edit
    from dagwright_compiler.fixes.view import View


def rename(found: Diagnostic, view: View) -> Fix | None:
    """Write the word that the help proposes."""
    guess = found.help
    if not isinstance(guess, Guess) or found.span is None:
        return None
    chain = view.chain(found.span)
    edits: tuple[Edit, ...] | None = None
    for node in reversed(chain):
        edits = _renamed(node, guess, view, chain)
        if edits is not None or isinstance(node, ast.stmt):
            break
    if edits is None and chain:
        inside = (_renamed(node, guess, view, chain) for node in ast.walk(chain[-1]))
        places = [place for place in inside if place is not None]
        edits = places[0] if len(places) == 1 else None
    return _fix(guess, edits) if edits else None


def rename_in_comment(found: Diagnostic, view: View) -> Fix | None:
    """Write the word that the help proposes, where the finding marks the misspelt one itself."""
    guess = found.help
    if not isinstance(guess, Guess) or found.span is None or view.text_of(found.span).upper() != guess.word.upper():
        return None
    return _fix(guess, (view.replace(found.span, guess.meant),))


def add_import(found: Diagnostic, view: View) -> Fix | None:
    """Import a well-known name that nothing binds."""
    line = found.help
    if not isinstance(line, MissingImport) or found.span is None:
        return None
    chain = view.chain(found.span)
    if not chain or len(chain) == 1:
        return None
    statement = chain[1]
    written = available(view, line.module, line.name, before=start_of(statement)[0])
    if written is None:
        return None
    if written.edits:
        return Fix(f"add `from {line.module} import {line.name}`", "machine-applicable", written.edits)
    name = chain[-1]
    if not isinstance(name, ast.Name) or view.text_of(name) != line.name or written.text == line.name:
        return None
    return Fix(f"write `{written.text}`", "machine-applicable", (view.replace(name, written.text),))


def _fix(guess: Guess, edits: tuple[Edit, ...]) -> Fix:
    return Fix(f"write `{guess.meant}`", "machine-applicable" if guess.is_certain else "maybe-incorrect", edits)


def _renamed(node: ast.AST, guess: Guess, view: View, chain: tuple[ast.AST, ...]) -> tuple[Edit, ...] | None:
    """Edits that rename what one node spells, if it spells the word; never where the text is another than the tree says."""
    word, size = guess.word, len(guess.word.encode("utf-8", "surrogatepass"))
    start = 0
    match node:
        case ast.keyword(arg=name) if name == word:
            calls = [other for other in chain if isinstance(other, ast.Call)]
            if any(keyword.arg == guess.meant for call in calls if node in call.keywords for keyword in call.keywords):
                return None  # it is given already
            start, _ = view.offsets(node)
        case ast.Name(id=name) if name == word:
            start, _ = view.offsets(node)
        case ast.Attribute(attr=name) if name == word:
            start = view.offsets(node)[1] - size
        case ast.alias(name=name) if name == word:
            return _renamed_import(node, guess, view, chain)
        case ast.Constant(value=str(text)) if text == word:
            return inner(view, node, guess.meant)
        case _:
            return None
    if view.lines.data[start : start + size].decode("utf-8", "surrogatepass") != word:
        return None  # within an f-string older interpreters do not say where things stand
    return (view.between(start, start + size, guess.meant),)


def _renamed_import(node: ast.alias, guess: Guess, view: View, chain: tuple[ast.AST, ...]) -> tuple[Edit, ...] | None:
    """Rename what an import names, and what the file calls it thereby."""
    start, _ = view.offsets(node)
    edits = [view.between(start, start + len(guess.word.encode()), guess.meant)]
    if node.asname is not None:
        return tuple(edits)
    if view.is_cell or view.tree is None or not isinstance(chain[-1], ast.ImportFrom | ast.alias):
        return None
    for other in ast.walk(view.tree):
        if guess.meant in _binds(other) or (other is not node and guess.word in _binds(other)):
            return None
        if isinstance(other, ast.Name) and other.id == guess.word:
            if view.text_of(other) != guess.word:
                return None
            edits.append(view.replace(other, guess.meant))
    return tuple(edits)


def _binds(node: ast.AST) -> Iterator[str]:
    """Names that a node binds."""
    match node:
        case ast.alias():
            yield node.asname or node.name
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node.id
        case ast.arg():
            yield node.arg
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case _:
            pass
