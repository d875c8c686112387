"""``current_context()`` and decks in the bodies of tasks: what a task reads there and has not asked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dagwright.contract.secrets import secret_variable
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.entities import External
from dagwright_compiler.frontend.findings import Findings, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dagwright_compiler.frontend.body_scopes import Body, Scope
    from dagwright_compiler.frontend.promises import Callee
    from dagwright_compiler.ir.program import Policy
    from dagwright_compiler.source import Span

_ATTRIBUTES = frozenset(
    {
        *("checkpoint", "decks", "default_deck", "execution_date", "execution_id", "has_attr", "logging", "secrets", "task_id"),
        "working_directory",
    }
)
"""What ``dagwright.authoring.context.Context`` has; a test holds the two to each other."""
_INSTEAD = {
    "stats": "write numbers with `current_context().logging`",
    "raw_output_prefix": "return the value: where it is stored is not the task's business",
    "spark_session": "make the session inside the task",
}


class _Read(NamedTuple):
    """A secret that a body reads."""

    node: ast.expr
    scope: Scope
    group: str
    key: str


def check_context(body: Body, tasks: Sequence[Callee], findings: Findings, *, helper: str = "") -> None:
    """Report what a body takes from ``current_context()`` that is not there, and decks that nobody keeps.

    Args:
        body: The body of a task, or of a plain function that tasks call.
        tasks: The task, or all of the module that call the function.
        findings: Takes the findings.
        helper: The name of the function.
    """
    decks: list[tuple[ast.expr, Scope]] = []
    for node, scope, guarded in body.attributes:
        assert isinstance(node, ast.Attribute)
        if not _is_context(node.value, scope):
            continue
        if node.attr in ("decks", "default_deck"):
            decks.append((node, scope))
        elif node.attr not in _ATTRIBUTES and not node.attr.startswith("__") and not guarded:
            _refuse(node, scope, findings)
    for node, scope, _ in body.calls:
        entity = scope.entity(node.func) if isinstance(node, ast.Call) else None
        if isinstance(entity, External) and entity.symbol == "Deck":
            decks.append((node, scope))
    if decks and not any(task.policy.deck for task in tasks):
        node, scope = min(decks, key=lambda found: (found[0].lineno, found[0].col_offset))
        name = tasks[0].node.name
        message = f"this deck is not kept: the task `{name}` does not ask for decks"
        related = [(scope.module.name_span(tasks[0].node), f"`{name}` calls `{helper}`" if helper else "")]
        findings.add(
            codes.DECK_NOT_KEPT,
            message,
            Place(scope.module, node),
            related=related if helper else [],
            help=f"write `@task(enable_deck=True)` above `{name}`",
        )
    for read in _secrets_of(body):
        if not any(_has(task.policy, read) or _asks_unread(task) for task in tasks):
            _report_secret(read, tasks[0], findings, helper)


def _refuse(node: ast.Attribute, scope: Scope, findings: Findings) -> None:
    names = sorted(_ATTRIBUTES - {"has_attr"})
    message = f"`current_context()` has no `{node.attr}`"
    help_ = _INSTEAD.get(node.attr) or did_you_mean(node.attr, names) or f"it has {', '.join(f'`{name}`' for name in names)}"
    if node.attr in _INSTEAD:
        message = f"`current_context().{node.attr}` is not supported yet"
    findings.add(codes.NOT_SUPPORTED_YET, message, Place(scope.module, node), help=help_)


def _report_secret(read: _Read, task: Callee, findings: Findings, helper: str) -> None:
    name = task.node.name
    shown = "/".join(filter(None, (read.group, read.key)))
    known = ["/".join(filter(None, (secret.group, secret.key))) for secret in task.policy.secrets]
    asked = ", ".join(f'{word}="{value}"' for word, value in (("group", read.group), ("key", read.key)) if value)
    findings.add(
        codes.SECRET_NOT_REQUESTED,
        f"the secret `{shown}` is read, and the task `{name}` does not ask for it",
        Place(read.scope.module, read.node),
        related=[(task.module.name_span(task.node), f"`{name}` calls `{helper}`") if helper else _decorator_of(task)],
        help=did_you_mean(shown, known) or f"write `secret_requests=[Secret({asked})]` in the `@task` of `{name}`",
    )


def _decorator_of(task: Callee) -> tuple[Place | Span, str]:
    """Where a task says which secrets it needs, for a label."""
    decorators = task.node.decorator_list
    if not decorators:
        return task.module.name_span(task.node), f"`{task.node.name}` is defined here"
    made_by = decorators[0].func if isinstance(decorators[0], ast.Call) else decorators[0]
    return Place(task.module, made_by), "this does not ask for it"


def _secrets_of(body: Body) -> Iterator[_Read]:
    """Secrets that are read by names that the source tells, where a missing one ends the task."""
    for node, scope, guarded in body.calls:
        if guarded or not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"):
            continue
        if _is_secrets(node.func.value, scope):
            given = dict(zip(("group", "key"), node.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
            group, key = (_text(given.get(name), scope) for name in ("group", "key"))
            if group is not None and key is not None and (group or key):
                yield _Read(node, scope, group, key)
    for node, scope, guarded in body.attributes:
        if guarded or not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)):
            continue
        if _is_secrets(node.value.value, scope) and not node.value.attr.startswith(("get", "__")):
            yield _Read(node, scope, node.value.attr, node.attr)


def _text(node: ast.expr | None, scope: Scope) -> str | None:
    """A text that the source tells; empty for an argument that is left out."""
    if node is None:
        return ""
    value = scope.value(node).node
    if not isinstance(value, ast.Constant):
        return None
    return value.value if isinstance(value.value, str) else "" if value.value is None else None


def _has(policy: Policy, read: _Read) -> bool:
    """Whether a task gets a secret, or may get it in a way that is not looked into."""
    if policy.pod_template is not None or policy.pod_template_name or policy.plugin is not None:
        return True
    wanted = secret_variable(read.group, read.key)
    return wanted in dict(policy.environment) or any(
        secret_variable(secret.group, secret.key if secret.key is not None else read.key) == wanted for secret in policy.secrets
    )


def _asks_unread(task: Callee) -> bool:
    """Whether a task asks for secrets in a way that could not be read, of which another finding tells."""
    calls = [decorator for decorator in task.node.decorator_list if isinstance(decorator, ast.Call)]
    asked = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "secret_requests"]
    return not task.policy.secrets and any(getattr(value, "elts", value) for value in asked)


def _is_context(node: ast.expr, scope: Scope) -> bool:
    found = scope.value(node)
    if not isinstance(found.node, ast.Call):
        return False
    entity = found.scope.entity(found.node.func)
    return isinstance(entity, External) and entity.symbol == "current_context"


def _is_secrets(node: ast.expr, scope: Scope) -> bool:
    found = scope.value(node)
    return isinstance(found.node, ast.Attribute) and found.node.attr == "secrets" and _is_context(found.node.value, found.scope)
