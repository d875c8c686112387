"""Correct projects with other expressions and statements in place: what stands there parses, and sits where the reader looks closely."""

from __future__ import annotations

import ast
import random
import warnings
from typing import Any

from fuzz.grammar import Grammar
from mutation.projects import generate

Place = tuple[Any, str, int | None]


def rearranged(chance: random.Random) -> dict[str, str]:
    """A generated project after one to five replacements."""
    sources = dict(generate(chance.randrange(10_000)).sources)
    trees = {path: ast.parse(text) for path, text in sources.items()}
    grammar = Grammar(chance)
    for _ in range(chance.randint(1, 5)):
        path = chance.choice([path for path in trees if not path.endswith("__init__.py")])
        _replace(trees[path], chance.choice(list(trees.values())), grammar, chance)
        text = _text(trees[path])
        if text is None:
            trees[path] = ast.parse(sources[path])
        else:
            sources[path] = text
    return sources


def _text(tree: ast.Module) -> str | None:
    """The text of a tree, if Python reads it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = ast.unparse(tree) + "\n"
            ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, AttributeError, TypeError, MemoryError):
        return None
    return text


def _replace(tree: ast.Module, donor: ast.Module, grammar: Grammar, chance: random.Random) -> None:
    """Put something of the same sort, of the project or of the grammar, into a random place."""
    sort = chance.choice((ast.expr, ast.expr, ast.expr, ast.stmt))
    places = _places(tree, sort)
    if not places:
        return
    owner, field, index = chance.choice(places)
    if sort is ast.expr and chance.random() < 0.5:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            new = _expression(grammar.expression())
    else:
        others = _places(donor, sort)
        if not others:
            return
        from_owner, from_field, from_index = chance.choice(others)
        new = getattr(from_owner, from_field) if from_index is None else getattr(from_owner, from_field)[from_index]
    if index is None:
        setattr(owner, field, new)
    else:
        getattr(owner, field)[index] = new


def _expression(text: str) -> ast.AST:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):  # a `yield` or `await` outside of a function, or more than an expression
        return ast.Constant(0)


def _places(tree: ast.AST, sort: type[ast.AST]) -> list[Place]:
    found: list[Place] = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, sort):
                found.append((node, field, None))
            elif isinstance(value, list):
                found.extend((node, field, index) for index, item in enumerate(value) if isinstance(item, sort))
    return found
