"""Mistakes that would show in a container or a cluster alone: in the bodies of tasks, in what they ask for, in names."""

from __future__ import annotations

import ast
import re

from mutation.mistakes_in_definitions import decorated, with_keyword, without
from mutation.sites import Planted, TaskSite, View

_OURS = "import dagwright as dw"


def _in_a_body(view: View, code: str, line: str, statement: str, *, at: int = 0) -> Planted | None:
    """Add a line to the body of a task that a workflow may call."""
    for site in view.tasks():
        planted = view.added(site.path, site.node.body[0].lineno, code, f"    {line}", at=at)
        return view.importing(planted, statement)
    return None


def file_that_does_not_travel(view: View) -> Planted | None:
    line = view.chance.choice(
        ["pl.Path(__file__).with_name('query.sql').read_text()", "open(os_path.join(os_path.dirname(__file__), 'model.bin'))"]
    )
    return _in_a_body(view, "DW431", line, "import pathlib as pl" if line.startswith("pl.") else "import os.path as os_path")


def module_of_a_computed_name(view: View) -> Planted | None:
    for site in view.tasks():
        for each in site.task.inputs:
            if each.kind == "str":
                line = f"    il.import_module({each.name})"
                return view.importing(view.added(site.path, site.node.body[0].lineno, "DW432", line), "import importlib as il")
    return None


def secret_that_is_not_asked_for(view: View) -> Planted | None:
    return _in_a_body(view, "DW433", 'dw.current_context().secrets.get("vault", "key")', _OURS)


def deck_that_is_not_kept(view: View) -> Planted | None:
    for site in without(view, "enable_deck="):
        line = '    dw.Deck("report", "<p>done</p>")'
        return view.importing(view.added(site.path, site.node.body[0].lineno, "DW434", line), _OURS)
    return None


def generator_as_a_task(view: View) -> Planted | None:
    for site in view.tasks():
        if isinstance(site.node, ast.FunctionDef):
            return view.added(site.path, site.node.body[0].lineno, "DW512", "    yield")
    return None


def workflow_that_waits(view: View) -> Planted | None:
    for body in view.bodies():
        node = view.function(body)
        lines = view.project.sources[body.path].split("\n")
        lines[node.lineno - 1] = f"async {lines[node.lineno - 1]}"
        return Planted(view.with_file(body.path, "\n".join(lines)), body.path, node.lineno, "DW512")
    return None


def task_in_a_function(view: View) -> Planted | None:
    """A function that makes a task, and a workflow that calls what it made."""
    for site in view.calls():
        path, statement = site.body.path, site.statement
        decorator = view.cut(path, view.function(site.body).decorator_list[0])
        if "." in decorator:
            task = decorator.replace("workflow", "task")
            first = view.function(site.body).decorator_list[0].lineno
            lines = ("def make():", f"    @{task}", "    def hidden() -> int:", "        return 1", "    return hidden", "")
            planted = view.added(path, first, "DW207", *lines, "made = make()", "", at=0)
            text = planted.sources[path]
            assert isinstance(text, str)
            changed = text.split("\n")
            line = statement.lineno - 1 + len(lines) + 2
            changed.insert(line, "    made()")
            return planted._replace(sources={**planted.sources, path: "\n".join(changed)}, line=line + 1)
    return None


def secret_as_a_constant(view: View) -> Planted | None:
    """Put together here, so that no scanner of this repository takes it for a real one."""
    secret = "ghp_" + "".join(view.chance.choices("abcdefghijkmnpqrstuvwxyz23456789", k=36))
    for site in view.calls():
        for each in site.callee.inputs:
            if each.kind in ("str", "Optional[str]") and isinstance(site.given.get(each.name), ast.Constant):
                return view.swapped(site.body.path, site.given[each.name], f'"{secret}"', "DW430")
    return None


def secret_in_an_environment(view: View) -> Planted | None:
    called = {site.callee.name for site in view.calls()} | {site.callee.name for site in view.maps()}
    sites = [site for site in without(view, "environment=") if site.task.name in called]
    return decorated(view, sites[0], 'environment={"DB_PASSWORD": "hunter2-hunter3"}', "DW430") if sites else None


def unknown_image(view: View) -> Planted | None:
    return with_keyword(view, 'container_image="{{.image.nowhere.fqn}}:{{.image.nowhere.version}}"', "DW511")


def devices_that_differ(view: View) -> Planted | None:
    for site in without(view, "requests=", "limits="):
        keyword = 'requests=dw.Resources(gpu="1"), limits=dw.Resources(gpu="2")'
        return decorated(view, site, keyword, "DW510", _OURS)
    return None


def resources_said_twice(view: View) -> Planted | None:
    sites = [site for site in view.tasks() if re.search(r"\brequests=", _policy(view, site))]
    return decorated(view, sites[0], 'resources=dw.Resources(cpu="1")', "DW503", _OURS) if sites else None


def secret_of_a_wrong_form(view: View) -> Planted | None:
    wrong = view.chance.choice(['"token"', '["token"]', "True"])
    return with_keyword(view, f"secret_requests={wrong}", "DW503")


def unknown_resource(view: View) -> Planted | None:
    return with_keyword(view, 'limits=dw.Resources(memory="1Gi")', "DW501", _OURS) if without(view, "requests=") else None


def misspelt_keyword_of_cache(view: View) -> Planted | None:
    sites = without(view, "cache")
    return decorated(view, sites[0], 'cache=dw.Cache(versoin="1")', "DW501", _OURS) if sites else None


def _policy(view: View, site: TaskSite) -> str:
    return view.cut(site.path, site.node.decorator_list[0])


def _is_call(statement: ast.stmt) -> bool:
    """Whether a statement assigns the result of a call, and no list of calls."""
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)


def name_given_twice(view: View) -> Planted | None:
    """Two calls of a body get one node name: the second one is told."""
    for site in view.calls():
        path, first = site.body.path, site.statement
        if not _is_call(first) or "with_overrides" in view.cut(path, first):
            continue
        for other in view.calls():
            later = other.statement
            if (
                other.body is not site.body
                or not _is_call(later)
                or later.lineno <= (first.end_lineno or 0)
                or "with_overrides" in view.cut(path, later)
            ):
                continue
            lines = view.project.sources[path].split("\n")
            for statement in (later, first):
                line = (statement.end_lineno or 0) - 1
                lines[line] += '.with_overrides(node_name="the same")'
            return Planted(view.with_file(path, "\n".join(lines)), path, later.end_lineno or 0, "DW415")
    return None


def endless_node_name(view: View) -> Planted | None:
    for site in view.calls():
        path, statement = site.body.path, site.statement
        if _is_call(statement) and "with_overrides" not in view.cut(path, statement):
            lines = view.project.sources[path].split("\n")
            line = (statement.end_lineno or 0) - 1
            lines[line] += f'.with_overrides(node_name="{"long " * 12}")'
            return Planted(view.with_file(path, "\n".join(lines)), path, line + 1, "DW415")
    return None


def method_of_another_tool(view: View) -> Planted | None:
    for site in view.calls():
        if not site.callee.is_task:
            continue
        method = view.chance.choice(["submit", "delay", "remote", "map", "expand"])
        function = view.cut(site.body.path, site.call.func)
        return view.swapped(site.body.path, site.call.func, f"{function}.{method}", "DW207")
    return None


def upstream_of_another_tool(view: View) -> Planted | None:
    for site in view.calls():
        target = site.statement.targets[0] if isinstance(site.statement, ast.Assign) else None
        if isinstance(target, ast.Name):
            method = view.chance.choice(["set_upstream", "after"])
            for text, _ in view.promises(site.body, site.statement):
                line = f"    {target.id}.{method}({text})"
                return view.added(site.body.path, (site.statement.end_lineno or 0) + 1, "DW312", line)
    return None


def comment_that_says_nothing(view: View) -> Planted | None:
    for site in view.calls():
        lines = view.project.sources[site.body.path].split("\n")
        line = (site.statement.end_lineno or 0) - 1
        lines[line] += view.chance.choice(
            ["  # dagwright: ignor[DW304]", "  # dagwright: ignore[DW999]", "  # dagwright: ignore"]
        )
        return Planted(view.with_file(site.body.path, "\n".join(lines)), site.body.path, line + 1, "DW593")
    return None


def share_of_a_map_out_of_range(view: View) -> Planted | None:
    for site in view.maps():
        wrong = view.chance.choice(["min_success_ratio=1.5", "min_success_ratio=-1", "concurrency=-2", 'concurrency="4"'])
        call = view.cut(site.body.path, site.function)
        text = f"{call}, {wrong}"
        if not any(word in view.cut(site.body.path, site.statement) for word in ("concurrency", "min_success")):
            return view.swapped(site.body.path, site.function, text, "DW413")
    return None


def positional_decorator(view: View) -> Planted | None:
    for site in view.tasks():
        decorator = site.node.decorator_list[0]
        if not isinstance(decorator, ast.Call):
            return view.swapped(site.path, decorator, f'{view.cut(site.path, decorator)}("fast")', "DW501")
    return None


MISTAKES = (
    file_that_does_not_travel,
    module_of_a_computed_name,
    secret_that_is_not_asked_for,
    deck_that_is_not_kept,
    generator_as_a_task,
    workflow_that_waits,
    task_in_a_function,
    secret_as_a_constant,
    secret_in_an_environment,
    unknown_image,
    devices_that_differ,
    resources_said_twice,
    secret_of_a_wrong_form,
    unknown_resource,
    misspelt_keyword_of_cache,
    name_given_twice,
    endless_node_name,
    method_of_another_tool,
    upstream_of_another_tool,
    comment_that_says_nothing,
    share_of_a_map_out_of_range,
    positional_decorator,
)
