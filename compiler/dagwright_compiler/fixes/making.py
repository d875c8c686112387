"""Which findings have a fix: the table of fixers by code.

Input: findings and the sources that their spans point into. Output: the findings with their fixes. A fixer gives ``None`` where it is not
sure what the edit would be; it looks at the syntax tree around the finding, not at its message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.fixes import flow, policies, pragmas, renames
from dagwright_compiler.fixes.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dagwright_compiler.diagnostics.model import Diagnostic, Fix
    from dagwright_compiler.source import SourceFile

FIXERS: dict[str, tuple[Callable[[Diagnostic, View], Fix | None], ...]] = {
    codes.MISSING_ANNOTATION.id: (flow.annotation_of_default,),
    codes.EDGE_MISMATCH.id: (flow.constant_form,),
    codes.CONSTANT_MISMATCH.id: (flow.constant_form,),
    codes.DEFAULT_MISMATCH.id: (flow.constant_form, flow.optional_annotation),
    codes.RETURN_MISMATCH.id: (flow.constant_form,),
    codes.REPEATED_ARGUMENT.id: (flow.without_repetition,),
    codes.DROPPED_PRINT.id: (flow.remove_print,),
    codes.WRONG_MAP.id: (flow.map_of_a_call,),
    codes.NOT_STATIC.id: (policies.environment_default,),
    codes.UNREACHABLE_CODE.id: (flow.remove_unreachable,),
    codes.UNKNOWN_OPTION.id: (policies.option_name,),
    codes.UNSUPPORTED_OPTION.id: (policies.leave_out,),
    codes.WRONG_OPTION.id: (policies.value_form,),
    codes.INVALID_QUANTITY.id: (policies.quantity,),
    codes.LIMIT_BELOW_REQUEST.id: (policies.raise_limit,),
    codes.RETRIES_OUT_OF_RANGE.id: (policies.retries_in_range,),
    codes.INVALID_TIMEOUT.id: (policies.leave_out,),
    codes.CACHE_WITHOUT_VERSION.id: (policies.cache_version,),
    codes.INCONSISTENT_CACHE.id: (policies.cache_switch,),
    codes.WRONG_PRAGMA.id: (renames.rename_in_comment,),
    codes.UNUSED_PRAGMA.id: (pragmas.remove_code,),
}
"""Fixers of single codes; misspelt words and missing imports are fixed wherever help proposes another."""

_ANYWHERE = (renames.rename, renames.add_import)


def with_fixes(found: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> tuple[Diagnostic, ...]:
    """Findings in the same order, each with its fix if there is one."""
    views: dict[str, View] = {}
    return tuple(_with_fix(diagnostic, sources, views) for diagnostic in found)


def _with_fix(found: Diagnostic, sources: Mapping[str, SourceFile], views: dict[str, View]) -> Diagnostic:
    if found.fix is not None or found.span is None:
        return found
    path = found.span.path
    source = sources.get(path)
    if source is None or path.endswith(".toml"):
        return found
    view = views.get(path)
    if view is None:
        view = views[path] = View(source)
    for fixer in (*FIXERS.get(found.code.id, ()), *_ANYWHERE):
        fix = fixer(found, view)
        if fix is not None:
            return msgspec.structs.replace(found, fix=fix)
    return found
