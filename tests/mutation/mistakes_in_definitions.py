"""Mistakes in tasks, classes, constants, imports and files."""

from __future__ import annotations

import ast
import re

from mutation.mistakes_in_calls import WRONG
from mutation.records import CLASSES
from mutation.sites import Planted, TaskSite, View, misspelt
from mutation.vocabulary import CONSTANTS, GIVEN


def decorated(view: View, site: TaskSite, keyword: str, code: str, statement: str = "") -> Planted:
    """Add a keyword to a task's decorator."""
    decorator = site.node.decorator_list[0]
    text = view.cut(site.path, decorator)
    name, bracket, rest = text.partition("(")
    old = rest.removesuffix(")") if bracket else ""
    planted = view.swapped(site.path, decorator, f"{name}({f'{old}, ' if old else ''}{keyword})", code)
    return view.importing(planted, statement) if statement else planted


def without(view: View, *keywords: str) -> list[TaskSite]:
    """Tasks whose decorators have none of some keywords."""
    return [
        site
        for site in view.tasks()
        if not any(keyword in view.cut(site.path, site.node.decorator_list[0]) for keyword in keywords)
    ]


def with_keyword(view: View, keyword: str, code: str, statement: str = "") -> Planted | None:
    name = keyword.partition("=")[0]
    sites = without(view, f"{name}=")
    return decorated(view, sites[0], keyword, code, statement) if sites else None


def unknown_keyword(view: View) -> Planted | None:
    return with_keyword(view, view.chance.choice(["retrys=2", "cpus=1", "chache=True"]), "DW501")


def wrong_form_of_a_keyword(view: View) -> Planted | None:
    return with_keyword(view, view.chance.choice(['retries="two"', 'interruptible="yes"', "timeout=0.5"]), "DW503")


def wrong_quantity(view: View) -> Planted | None:
    quantity = view.chance.choice(['mem="100MiB"', 'mem="lots"', 'cpu="2cores"', 'gpu="0.5x"'])
    return with_keyword(view, f"requests=dw.Resources({quantity})", "DW504", "import dagwright as dw")


def limit_below_request(view: View) -> Planted | None:
    for site in without(view, "requests=", "limits="):
        keyword = 'requests=dw.Resources(cpu="2"), limits=dw.Resources(cpu="500m")'
        return decorated(view, site, keyword, "DW505", "import dagwright as dw")
    return None


def retries_out_of_range(view: View) -> Planted | None:
    return with_keyword(view, view.chance.choice(["retries=99", "retries=-1", "retries=11"]), "DW506")


def wrong_timeout(view: View) -> Planted | None:
    return with_keyword(
        view, view.chance.choice(["timeout=-5", "timeout=dt.timedelta(seconds=-1)"]), "DW507", "import datetime as dt"
    )


def cache_without_version(view: View) -> Planted | None:
    return with_keyword(view, "cache=True", "DW508")


def version_without_cache(view: View) -> Planted | None:
    sites = without(view, "cache")
    return decorated(view, sites[0], 'cache_version="2"', "DW509") if sites else None


def unknown_ignored_input(view: View) -> Planted | None:
    sites = without(view, "cache")
    keyword = 'cache=True, cache_version="1", cache_ignore_input_vars=("nowhere",)'
    return decorated(view, sites[0], keyword, "DW509") if sites else None


def keyword_of_the_environment(view: View) -> Planted | None:
    return with_keyword(view, 'retries=int(os.environ["RETRIES"])', "DW410", "import os")


def missing_annotation(view: View) -> Planted | None:
    for site in view.tasks():
        for argument in site.node.args.args:
            return view.swapped(site.path, argument, argument.arg, "DW301")
    return None


def misspelt_annotation(view: View) -> Planted | None:
    for site in view.tasks():
        for argument in site.node.args.args:
            annotation = argument.annotation
            if isinstance(annotation, ast.Name) and len(annotation.id) > 3:
                return view.swapped(site.path, annotation, misspelt(annotation.id, view.chance), "DW201")
    return None


def misspelt_result(view: View) -> Planted | None:
    for path, tree in view.trees.items():
        for node in view.chance.sample(tree.body, len(tree.body)):
            result = node.returns if isinstance(node, ast.FunctionDef) else None
            named = [part for part in ast.walk(result) if isinstance(part, ast.Name) and len(part.id) > 5] if result else []
            if named and view.chance.random() < 0.5:
                return view.swapped(path, named[0], misspelt(named[0].id, view.chance), "DW201")
    return None


def computed_result(view: View) -> Planted | None:
    for site in view.tasks():
        if site.node.returns is not None:
            return view.swapped(site.path, site.node.returns, "print()", "DW302")
    return None


def computed_annotation(view: View) -> Planted | None:
    for site in view.tasks():
        for argument in site.node.args.args:
            assert argument.annotation is not None
            return view.swapped(site.path, argument.annotation, "print()", "DW302")
    return None


def wrong_default(view: View) -> Planted | None:
    for site in view.tasks():
        defaults = site.node.args.defaults
        for parameter, node in zip(site.task.inputs[len(site.task.inputs) - len(defaults) :], defaults, strict=True):
            return view.swapped(site.path, node, WRONG.get(parameter.kind, '"text"'), "DW306")
    return None


def variadic_parameter(view: View) -> Planted | None:
    for site in view.tasks():
        text = ast.unparse(site.node.args)
        inner = f"{text}, *rest: int" if text else "*rest: int"
        line = view.project.sources[site.path].split("\n")[site.node.lineno - 1]
        start = line.index("(") + 1
        end = line.rindex(")") if " -> " not in line else line.rindex(")", 0, line.rindex(" -> "))
        changed = view.project.sources[site.path].split("\n")
        changed[site.node.lineno - 1] = line[:start] + inner + line[end:]
        return Planted(view.with_file(site.path, "\n".join(changed)), site.path, site.node.lineno, "DW310")
    return None


def task_in_a_task(view: View) -> Planted | None:
    for site in view.tasks():
        for other in view.tasks():
            if other.path == site.path and other.task != site.task:
                return view.added(site.path, site.node.body[0].lineno, "DW416", f"    {other.task.name}()")
    return None


def task_defined_twice(view: View) -> Planted | None:
    for site in view.tasks():
        lines = view.project.sources[site.path].split("\n")
        again = [*lines[site.node.decorator_list[0].lineno - 1 : site.node.end_lineno], "    pass"]
        after = (site.node.end_lineno or 0) + 1
        return view.added(site.path, after, "DW205", *again, at=site.node.lineno - after)
    return None


def task_under_a_condition(view: View) -> Planted | None:
    for site in view.tasks():
        decorator = view.cut(site.path, site.node.decorator_list[0]).partition("(")[0]
        lines = ("if len(__name__) > 3:", f"    @{decorator}", "    def sometimes() -> int:", "        return 1")
        return view.added(site.path, view.end(site.path), "DW208", *lines, at=2)
    return None


def _imports(view: View) -> list[tuple[str, ast.ImportFrom, ast.alias]]:
    """Imports of names that modules of the project define, in random order."""
    names = {*CONSTANTS, *CLASSES, *(each.name for each in view.project.callables)}
    found = [
        (path, node, alias)
        for path, tree in view.trees.items()
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in names
    ]
    return view.chance.sample(found, len(found))


def misspelt_import(view: View) -> Planted | None:
    for path, node, alias in _imports(view):
        text = f"{misspelt(alias.name, view.chance)} as {alias.asname or alias.name}"
        if path.endswith("__init__.py"):
            continue  # who imports it from there has the same finding
        return view.swapped(path, alias, text, "DW202") if node.names == [alias] else None
    return None


def misspelt_module(view: View) -> Planted | None:
    for path, node, alias in _imports(view):
        home = node.module or ""
        if not path.endswith("__init__.py") and ("." in home or node.level):
            head, dot, last = home.rpartition(".")
            wrong = f"from {'.' * node.level}{head}{dot}{misspelt(last, view.chance)} import {view.cut(path, alias)}"
            if home in view.project.paths or node.level:
                return view.swapped(path, node, wrong, "DW202")
    return None


def misspelt_name_of_flytekit(view: View) -> Planted | None:
    for path in view.chance.sample(sorted(view.project.sources), len(view.project.sources)):
        if not path.endswith("__init__.py"):
            return view.added(path, view.first_import(path), "DW202", "from flytekit import taks")
    return None


def _used_once(view: View) -> list[tuple[str, str, int]]:
    """Constants that the project reads at one place: name, path and line of that place."""
    found = []
    for name in sorted(CONSTANTS.keys() - GIVEN.keys()):
        word = re.compile(rf"\b(?:the_)?{name}\b")
        uses = [
            (name, path, number)
            for path, text in view.project.sources.items()
            if not path.endswith("constants.py")
            for number, line in enumerate(text.split("\n"), 1)
            if not line.startswith(("from ", "import ", "    return ", "def "))
            for _ in word.findall(line)
        ]
        if len(uses) == 1:
            found += uses
    return view.chance.sample(found, len(found))


def changed_constant(view: View) -> Planted | None:
    home = next(path for path in view.project.sources if path.endswith("constants.py"))
    for name, path, line in _used_once(view):
        change = f"{name}.append(0)" if name in ("SIZES", "LABELS") else f"{name} = {re.sub(r'[$][a-zA-Z]+', 'print', CONSTANTS[name][1])}"  # fmt: skip
        sources = view.with_file(home, view.inserted(home, view.end(home), change))
        return Planted(sources, path, line, "DW204")
    return None


def constant_of_the_environment(view: View) -> Planted | None:
    home = next(path for path in view.project.sources if path.endswith("constants.py"))
    for name, path, line in _used_once(view):
        if name in ("LIMIT", "RATE", "PREFIX"):
            text = view.project.sources[home].replace(
                f"{name} = {CONSTANTS[name][1]}", f'{name} = __import__("os").environ["{name}"]'
            )
            return Planted(view.with_file(home, text), path, line, "DW410")
    return None


def misspelt_member(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            value = site.given.get(each.name)
            if each.kind == "Level" and isinstance(value, ast.Attribute) and ast.unparse(value) not in site.body.kinds:
                wrong = f"{view.cut(site.body.path, value.value)}.{misspelt(value.attr, view.chance)}"
                return view.swapped(site.body.path, value, wrong, "DW312")
    return None


def wrong_field_of_a_class(view: View) -> Planted | None:
    for site in view.calls():
        for value in site.given.values():
            if isinstance(value, ast.Call) and ast.unparse(value.func).endswith("Settings"):
                keyword = view.chance.choice(value.keywords)
                text = f"{misspelt(keyword.arg or '', view.chance)}={view.cut(site.body.path, keyword.value)}"
                return view.swapped(site.body.path, keyword, text, "DW402")
    return None


def wrong_value_of_a_field(view: View) -> Planted | None:
    for site in view.calls():
        for value in site.given.values():
            if isinstance(value, ast.Call) and ast.unparse(value.func).endswith("Settings"):
                return view.swapped(site.body.path, value.keywords[2].value, '["x"]', "DW305")
    return None


def syntax_error(view: View) -> Planted | None:
    """A colon, a bracket or an indentation that is missing."""
    path = view.chance.choice([path for path in sorted(view.project.sources) if not path.endswith("__init__.py")])
    lines = view.project.sources[path].split("\n")
    kind = view.chance.choice(["colon", "bracket", "indentation"])
    for number, line in view.chance.sample(list(enumerate(lines)), len(lines)):
        if kind == "colon" and line.startswith(("def ", "class ")):
            lines[number] = line.removesuffix(":")
        elif kind == "bracket" and line.startswith("def "):
            lines[number] = line.replace("(", "", 1)
        elif kind == "indentation" and line.startswith("    return"):
            lines[number] = " " * 3 + line.lstrip() if lines[number - 1].startswith("    ") else line.lstrip()
        else:
            continue
        return Planted(view.with_file(path, "\n".join(lines)), path, number + 1, "DW101")
    return None


def undecodable_byte(view: View) -> Planted | None:
    path = view.chance.choice(sorted(view.project.sources))
    line = view.end(path)
    return Planted(view.with_file(path, view.project.sources[path].encode() + b"# caf\xe9\n"), path, line, "DW102")


def pragma_without_a_finding(view: View) -> Planted | None:
    for site in view.calls():
        lines = view.project.sources[site.body.path].split("\n")
        lines[(site.statement.end_lineno or 0) - 1] += "  # dagwright: ignore[DW304] not needed"
        path = site.body.path
        return Planted(view.with_file(path, "\n".join(lines)), path, site.statement.end_lineno or 0, "DW594")
    return None


MISTAKES = (
    unknown_keyword,
    wrong_form_of_a_keyword,
    wrong_quantity,
    limit_below_request,
    retries_out_of_range,
    wrong_timeout,
    cache_without_version,
    version_without_cache,
    unknown_ignored_input,
    keyword_of_the_environment,
    missing_annotation,
    misspelt_annotation,
    misspelt_result,
    computed_annotation,
    computed_result,
    wrong_default,
    variadic_parameter,
    task_in_a_task,
    task_defined_twice,
    task_under_a_condition,
    misspelt_import,
    misspelt_module,
    misspelt_name_of_flytekit,
    changed_constant,
    constant_of_the_environment,
    misspelt_member,
    wrong_field_of_a_class,
    wrong_value_of_a_field,
    syntax_error,
    undecodable_byte,
    pragma_without_a_finding,
)
