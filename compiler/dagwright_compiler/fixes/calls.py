"""Arguments of calls, added and removed: through libcst, which knows where commas, line ends and comments belong.

Only the call itself is parsed: a whole file would cost a hundred times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.fixes.view import start_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    import libcst as cst

    from dagwright_compiler.diagnostics.model import Edit
    from dagwright_compiler.fixes.view import View


def remove_keyword(view: View, call: ast.Call, keyword: ast.keyword) -> Edit | None:
    """Take an argument out of a call, with its comma."""
    import libcst as cst

    at = _index(call, keyword)

    def change(found: cst.Call) -> cst.Call:
        from dagwright_compiler.fixes.separators import after, continued

        arguments = list(found.args)
        gone = arguments.pop(at)
        if arguments and at == len(arguments):  # what followed the last argument now follows the one before it
            last = arguments[-1]
            if isinstance(gone.comma, cst.Comma):
                space = continued(after(last.comma), gone.comma.whitespace_after)
                arguments[-1] = last.with_changes(comma=gone.comma.with_changes(whitespace_after=space))
            else:
                space = continued(after(last.comma), gone.whitespace_after_arg)
                arguments[-1] = last.with_changes(comma=gone.comma, whitespace_after_arg=space)
        return found.with_changes(args=arguments)

    return _rewritten(view, call, change)


def add_keyword(view: View, call: ast.Call, text: str, after_: ast.keyword) -> Edit | None:
    """Put ``name=value`` behind another keyword of a call, laid out as the arguments around it."""
    import libcst as cst

    at = _index(call, after_)

    def change(found: cst.Call) -> cst.Call:
        from dagwright_compiler.fixes.separators import after, between, continued, uncommented

        arguments = list(found.args)
        before = arguments[at]
        new = _argument(text)
        if at < len(arguments) - 1:
            new = new.with_changes(comma=cst.Comma(whitespace_after=uncommented(after(before.comma))))
        else:
            inner = between(arguments[at - 1].comma if at else cst.MaybeSentinel.DEFAULT, found.whitespace_before_args)
            if isinstance(before.comma, cst.Comma):
                ending = before.comma.whitespace_after
                new = new.with_changes(comma=before.comma.with_changes(whitespace_after=uncommented(ending)))
            else:
                ending = before.whitespace_after_arg
                new = new.with_changes(whitespace_after_arg=uncommented(ending))
            comma = cst.Comma(whitespace_after=continued(ending, inner))
            arguments[at] = before.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
        arguments.insert(at + 1, new)
        return found.with_changes(args=arguments)

    return _rewritten(view, call, change)


def _argument(text: str) -> cst.Arg:
    import libcst as cst

    call = cst.ensure_type(cst.parse_expression(f"f({text})"), cst.Call)
    return call.args[0]


def _rewritten(view: View, call: ast.Call, change: Callable[[cst.Call], cst.Call]) -> Edit | None:
    import libcst as cst

    text = view.text_of(call)
    try:
        found = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return None
    printer = cst.Module([])
    if not isinstance(found, cst.Call) or len(found.args) != len(_arguments(call)) or printer.code_for_node(found) != text:
        return None  # an edit would change more than the argument
    return view.change(call, printer.code_for_node(change(found)))


def _index(call: ast.Call, keyword: ast.keyword) -> int:
    return _arguments(call).index(keyword)


def _arguments(call: ast.Call) -> Sequence[ast.expr | ast.keyword]:
    """Arguments as they are written, positional and named ones mixed."""
    return sorted((*call.args, *call.keywords), key=start_of)
