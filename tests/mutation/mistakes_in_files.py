"""Mistakes with files, directories and frames, with elements that a map may lose, and with constants that the settings give."""

from __future__ import annotations

import ast
import re

from mutation.kinds import FILES, arguments, element
from mutation.mistakes_in_definitions import with_keyword, without
from mutation.sites import Planted, View

_OURS = "import dagwright as dw"
_FORMATS = ("File[csv]", "File[png]")


def _edge(view: View, given: tuple[str, ...], wanted: tuple[str, ...]) -> Planted | None:
    """Put a result of one kind where another is due."""
    for site in view.calls():
        for each in site.callee.inputs:
            for text, kind in view.promises(site.body, site.statement):
                if each.name in site.given and each.kind in wanted and kind in given and kind != each.kind:
                    return view.swapped(site.body.path, site.given[each.name], text, "DW304")
    return None


def _constant(view: View, wanted: tuple[str, ...], text: str, code: str = "DW305") -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            if each.name in site.given and each.kind in wanted:
                planted = view.swapped(site.body.path, site.given[each.name], text, code)
                return view.importing(planted, _OURS) if "dw." in text else planted
    return None


def file_of_another_format(view: View) -> Planted | None:
    return _edge(view, _FORMATS, _FORMATS)


def text_for_a_file(view: View) -> Planted | None:
    return _edge(view, ("str",), FILES)


def file_for_a_text(view: View) -> Planted | None:
    return _edge(view, FILES, ("str", "Optional[str]"))


def directory_for_a_file(view: View) -> Planted | None:
    return _edge(view, ("Directory",), ("File", *_FORMATS))


def file_for_a_directory(view: View) -> Planted | None:
    return _edge(view, ("File", *_FORMATS), ("Directory",))


def frame_for_a_file(view: View) -> Planted | None:
    return _edge(view, ("Frame",), (*FILES, "list[int]", "dict[str, int]"))


def file_for_a_frame(view: View) -> Planted | None:
    return _edge(view, (*FILES, "str", "list[int]", "dict[str, int]"), ("Frame",))


def file_without_a_list(view: View) -> Planted | None:
    return _edge(view, _FORMATS, ("list[File[csv]]",))


def path_of_this_machine(view: View) -> Planted | None:
    path = view.chance.choice(['"table.csv"', '"./data/table.csv"', '"/home/me/table.csv"', 'dw.File("table.csv")'])
    return _constant(view, ("File", "File[csv]"), path)


def folder_of_this_machine(view: View) -> Planted | None:
    return _constant(view, ("Directory",), view.chance.choice(['"data/"', '"/tmp/data"', 'dw.Directory("data")']))


def file_that_is_no_text(view: View) -> Planted | None:
    return _constant(view, FILES, view.chance.choice(["3", "None", 'b"bytes"', '["s3://bucket/table.csv"]']))


def written_file_of_another_format(view: View) -> Planted | None:
    return _constant(view, _FORMATS, 'dw.File["txt"]("s3://bucket/table.txt")')


def written_directory_for_a_file(view: View) -> Planted | None:
    return _constant(view, ("File", *_FORMATS), 'dw.Directory("s3://bucket/folder/")')


def default_on_this_machine(view: View) -> Planted | None:
    for site in view.tasks():
        defaults = site.node.args.defaults
        for parameter, node in zip(site.task.inputs[len(site.task.inputs) - len(defaults) :], defaults, strict=True):
            if parameter.kind in FILES:
                return view.swapped(site.path, node, '"table.csv"', "DW306")
    return None


def map_over_a_file(view: View) -> Planted | None:
    for site in view.maps():
        for text, kind in view.promises(site.body, site.statement):
            if kind in (*FILES, "Frame"):
                return view.swapped(site.body.path, site.source, text, "DW308")
    return None


def lost_elements_taken_for_granted(view: View) -> Planted | None:
    """A share of a map may fail, but who reads its list does not say so."""
    for site in view.maps():
        path, statement = site.body.path, site.statement
        if "min_success" in view.cut(path, statement) or not site.callee.outputs or arguments(site.callee.outputs[0], "Optional"):
            continue
        made = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
        uses = re.findall(
            rf"\b{made}\b", view.project.sources[path][view.project.sources[path].index("def " + site.body.workflow.name) :]
        )
        for user in view.calls():
            for each in user.callee.inputs:
                value = user.given.get(each.name)
                whole = isinstance(value, ast.Name) and value.id == made and element(each.kind)
                if user.body is site.body and whole and len(uses) == 2 and isinstance(value, ast.Name):
                    text = f"{view.cut(path, site.function)}, min_success_ratio=0.9"
                    planted = view.swapped(path, site.function, text, "DW304")
                    assert isinstance(planted.sources[path], str)
                    shift = planted.sources[path].count("\n") - view.project.sources[path].count("\n")
                    return planted._replace(line=value.lineno + shift)
    return None


def given_constant_of_a_wrong_type(view: View) -> Planted | None:
    """What the settings give is a text."""
    for site in view.calls():
        for each in site.callee.inputs:
            if each.name in site.given and each.kind in ("int", "float", "bool", "datetime", "list[int]"):
                text, imports = view.spelled("$REGION")
                planted = view.swapped(site.body.path, site.given[each.name], text, "DW305")
                return view.importing(planted, "; ".join(imports))
    return None


def environment_that_nobody_gives(view: View) -> Planted | None:
    home = next(path for path in view.project.sources if path.endswith("constants.py"))
    for site in view.calls():
        for each in site.callee.inputs:
            if each.name in site.given and each.kind == "str":
                sources = view.project.sources
                module = next(name for name, path in view.project.paths.items() if path == home)
                imported = f"import {module} as given_ones"
                planted = view.importing(
                    view.swapped(site.body.path, site.given[each.name], "given_ones.ZONE", "DW410"), imported
                )
                return planted._replace(sources={**planted.sources, home: f'{sources[home]}\nZONE = os.environ["ZONE"]\n'})
    return None


def cache_said_twice(view: View) -> Planted | None:
    sites = without(view, "cache")
    return _decorated_twice(view, sites[0].path, sites[0].node) if sites else None


def _decorated_twice(view: View, path: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Planted:
    decorator = node.decorator_list[0]
    name, bracket, rest = view.cut(path, decorator).partition("(")
    old = rest.removesuffix(")") if bracket else ""
    text = f'{name}({f"{old}, " if old else ""}cache=dw.Cache(version="1"), cache_version="2")'
    return view.importing(view.swapped(path, decorator, text, "DW509"), _OURS)


def label_that_is_no_text(view: View) -> Planted | None:
    return with_keyword(view, view.chance.choice(["labels={'team': 3}", "labels=['team']", "labels={3: 'team'}"]), "DW503")


def accelerator_by_its_name(view: View) -> Planted | None:
    return with_keyword(view, 'accelerator="nvidia-tesla-t4"', "DW503")


def misspelt_keyword_of_an_image(view: View) -> Planted | None:
    return with_keyword(view, 'container_image=dw.ImageSpec(pakages=["pandas"])', "DW501", _OURS)


def wrong_output_of_a_node(view: View) -> Planted | None:
    for site in view.calls():
        for name, value in site.given.items():
            text = ast.unparse(value)
            if name and text.endswith(".o0"):
                return view.swapped(site.body.path, value, text.removesuffix("0") + "1", "DW312")
    return None


def node_in_place_of_its_output(view: View) -> Planted | None:
    for site in view.calls():
        for value in site.given.values():
            text = ast.unparse(value)
            if text.endswith(".o0"):
                return view.swapped(site.body.path, value, text.removesuffix(".o0"), "DW311")
    return None


MISTAKES = (
    file_of_another_format,
    text_for_a_file,
    file_for_a_text,
    directory_for_a_file,
    file_for_a_directory,
    frame_for_a_file,
    file_for_a_frame,
    file_without_a_list,
    path_of_this_machine,
    folder_of_this_machine,
    file_that_is_no_text,
    written_file_of_another_format,
    written_directory_for_a_file,
    default_on_this_machine,
    map_over_a_file,
    lost_elements_taken_for_granted,
    given_constant_of_a_wrong_type,
    environment_that_nobody_gives,
    cache_said_twice,
    label_that_is_no_text,
    accelerator_by_its_name,
    misspelt_keyword_of_an_image,
    wrong_output_of_a_node,
    node_in_place_of_its_output,
)
