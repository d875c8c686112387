"""Keywords of decorators and overrides, each where it is written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.modules import Module

if TYPE_CHECKING:
    from collections.abc import Iterable


class Option(msgspec.Struct, frozen=True, eq=False):
    """A keyword of a decorator, where it is written; ``scope`` gives the parameters of the project's function around it."""

    keyword: ast.keyword
    module: Module
    scope: Any = None
    call: int = 0
    """The same for the keywords of one call."""

    @property
    def place(self) -> Place:
        """Where its value stands."""
        return Place(self.module, self.keyword.value)


def options_of(keywords: Iterable[ast.keyword], module: Module, scope: Any = None) -> tuple[Option, ...]:
    """Keywords of a call as they stand."""
    call = id(keywords)
    return tuple([Option(keyword, module, scope, call) for keyword in keywords])


def merged(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Without the keywords that a later one replaces."""
    last = {option.keyword.arg: option for option in options}
    return tuple(option for option in options if option.keyword.arg is None or last[option.keyword.arg] is option)
