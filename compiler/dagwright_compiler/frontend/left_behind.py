"""What code needs and does not find where it runs: files of the project, and modules that only a run names.

Modules travel with a task because imports name them. A file beside them is read on the machine that compiles and is missing in every container. Only
what is certain is reported: a path that leads to a file of the project, or one that is counted from ``__file__``.
"""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.data_paths import DataPath, data_path
from dagwright_compiler.frontend.entities import External, ModuleEntity, PackageEntity
from dagwright_compiler.frontend.findings import Findings, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.body_scopes import Body, Scope
    from dagwright_compiler.frontend.project import Project

READERS = frozenset(
    {
        *("open", "read_text", "read_bytes", "read", "load", "loadtxt", "genfromtxt", "fromfile", "imread", "read_image"),
        *(
            "read_csv",
            "read_table",
            "read_fwf",
            "read_parquet",
            "read_json",
            "read_excel",
            "read_feather",
            "read_pickle",
            "read_orc",
        ),
        *("read_hdf", "read_xml", "read_html", "read_sas", "read_stata", "scan_csv", "scan_parquet", "read_file", "open_dataset"),
        *("from_file", "from_pretrained", "load_model", "load_dataset"),
    }
)
"""Functions that read the file that their first argument names, whoever defines them."""
_OPENERS = frozenset({"builtins.open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open"})
_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})
_RESOURCES = frozenset({"files", "read_text", "read_binary", "open_text", "open_binary", "path", "contents", "is_resource"})
_HARMLESS = ("sys.", "site.", "os.path.", "os.fspath", "pathlib.", "builtins.", "logging.")
"""Functions that a path may be passed to although nothing stands there."""
_WRITING = frozenset("wax+")
_HELP = "pass it to the task as an input, or put it into the task's image and give its absolute path"


class LeftBehind:
    """Finds reads of files and imports of modules that do not travel."""

    def __init__(self, project: Project, findings: Findings) -> None:
        self._project = project
        self._findings = findings

    def check(self, body: Body, travelling: frozenset[str]) -> None:
        """Report what a body needs and does not find where it runs.

        Args:
            body: A function that runs there, or what its module does when it is imported.
            travelling: Locations of the modules that go there.
        """
        for node, scope, guarded in body.calls:
            assert isinstance(node, ast.Call)
            entity = scope.entity(node.func)
            qualified = entity.qualified if isinstance(entity, External) else ""
            if qualified in _IMPORTERS:
                if not guarded:
                    self._import(node, scope, body, travelling)
            elif qualified == "pkgutil.get_data" or _is_resource(qualified):
                self._resource(node, scope)
            else:
                self._paths(node, qualified, scope, body, travelling)

    def _paths(self, node: ast.Call, qualified: str, scope: Scope, body: Body, travelling: frozenset[str]) -> None:
        read = _read_by(node, qualified)
        if read is not None:
            path = data_path(read, scope)
            if path is not None and (path.anchored or not _used_otherwise(path, body)):
                self._read(read, path, scope, travelling)
        elif qualified and not qualified.startswith(_HARMLESS):
            for argument in _arguments(node):
                path = data_path(argument, scope)
                if path is not None and path.anchored and path.known and self._project.data(path.text) is not None:
                    self._read(argument, path, scope, travelling)

    def _read(self, node: ast.expr, path: DataPath, scope: Scope, travelling: frozenset[str]) -> None:
        place, project = Place(scope.module, node), self._project
        if not path.known:
            if path.anchored:
                message = "a file beside the code is read here, and only Python modules travel with a task"
                self._findings.add(codes.FILE_LEFT_BEHIND, message, place, help=_HELP)
            return
        location = project.data(path.text, None if path.anchored else scope.module)
        if location is None:
            if path.anchored:
                name = posixpath.basename(posixpath.normpath(path.text))
                message = f"`{name}` is looked for beside the code, and only Python modules travel with a task"
                self._findings.add(codes.FILE_LEFT_BEHIND, message, place, help=_HELP)
            return
        if location in travelling or _is_above(location, scope.module.location):
            return
        what = "folder" if project.is_folder(location) else "file"
        if what == "folder" and not path.anchored:
            return
        message = f"`{project.shown(location)}` is a {what} of this project, and only Python modules travel with a task"
        self._findings.add(codes.FILE_LEFT_BEHIND, message, place, help=_HELP)

    def _resource(self, node: ast.Call, scope: Scope) -> None:
        package = next(iter(_arguments(node)), None)
        if package is None:
            return
        entity = scope.entity(package)
        if isinstance(entity, ModuleEntity | PackageEntity):
            name = entity.module.name if isinstance(entity, ModuleEntity) else entity.name
        elif isinstance(entity, External) and entity.qualified in ("builtins.__package__", "builtins.__name__"):
            name = scope.module.name if entity.qualified.endswith("name__") else scope.module.name.rpartition(".")[0]
        else:
            value = scope.value(package).node
            name = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
        if name and self._is_ours(name, scope):
            message = f"`{name}` travels with a task without the files beside its Python modules"
            self._findings.add(codes.FILE_LEFT_BEHIND, message, Place(scope.module, node), help=_HELP)

    def _import(self, node: ast.Call, scope: Scope, body: Body, travelling: frozenset[str]) -> None:
        given = next(iter(_arguments(node)), None)
        if given is None:
            return
        known = _texts(given, scope, body)
        if known is not None:
            missing = [
                name for name in known if (found := self._project.find(name, scope.module)) and found.location not in travelling
            ]
            if missing:
                message = f"the module `{missing[0]}` of this project is imported by a text that only a run makes, so it does not travel"
                self._findings.add(
                    codes.MODULE_LEFT_BEHIND, message, Place(scope.module, node), help=f"write `import {missing[0]}`"
                )
            return
        head = _head(given, scope)
        if head and not head.startswith(".") and not self._is_ours(head, scope):
            return
        package = head.partition(".")[0]
        what = f"modules of `{package}`" if package else "modules of this project"
        message = (
            f"which module this imports is known only when the task runs: {what} that nothing else imports do not travel with it"
        )
        help_ = "import every module that it may be by its name, and choose among them with a dict"
        self._findings.add(codes.MODULE_LEFT_BEHIND, message, Place(scope.module, node), help=help_)

    def _is_ours(self, name: str, scope: Scope) -> bool:
        root = name.partition(".")[0]
        return self._project.find(root, scope.module) is not None or self._project.is_package(root, scope.module)


def _read_by(node: ast.Call, qualified: str) -> ast.expr | None:
    """The expression that names the file that a call reads; ``None`` when it reads none, or writes it."""
    function = node.func
    if qualified:
        if qualified in _OPENERS:
            return None if _writes(node, 1) else next((argument for argument in _named(node, "file", "filename")), None)
        return next(_arguments(node), None) if qualified.rpartition(".")[2] in READERS else None
    if isinstance(function, ast.Attribute) and function.attr in ("read_text", "read_bytes", "open"):
        return None if function.attr == "open" and _writes(node, 0) else function.value
    return None


def _named(node: ast.Call, *names: str) -> Iterator[ast.expr]:
    yield from node.args[:1]
    yield from (keyword.value for keyword in node.keywords if keyword.arg in names)


def _arguments(node: ast.Call) -> Iterator[ast.expr]:
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(argument, ast.List | ast.Tuple):
            yield from argument.elts
        else:
            yield argument


def _writes(node: ast.Call, position: int) -> bool:
    """Whether a file is opened for writing, or may be."""
    modes = [*node.args[position : position + 1], *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
    return any(
        not (isinstance(mode, ast.Constant) and isinstance(mode.value, str)) or _WRITING & set(mode.value) for mode in modes
    )


def _used_otherwise(path: DataPath, body: Body) -> bool:
    """Whether a body does something else with a relative path than read it: it may well make the file first, or look whether it is there."""
    for node, scope, _ in body.calls:
        assert isinstance(node, ast.Call)
        entity = scope.entity(node.func)
        qualified = entity.qualified if isinstance(entity, External) else ""
        if qualified in ("os.chdir", "contextlib.chdir"):
            return True
        if (
            qualified.startswith(("pathlib.", "os.path.join", "os.path.abspath", "builtins.str"))
            or _read_by(node, qualified) is not None
        ):
            continue
        others = [*_arguments(node), *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        if any(data_path(other, scope) == path for other in others):
            return True
    return False


def _texts(node: ast.expr, scope: Scope, body: Body) -> list[str] | None:
    """The texts that an expression may be; ``None`` where only a run knows them."""
    value = scope.value(node).node
    if isinstance(value, ast.Constant):
        return [value.value] if isinstance(value.value, str) else []
    if not isinstance(value, ast.Name):
        return None
    for loop in body.nodes:
        if isinstance(loop, ast.For | ast.comprehension) and isinstance(loop.target, ast.Name) and loop.target.id == value.id:
            items = scope.value(loop.iter).node
            if isinstance(items, ast.List | ast.Tuple | ast.Set):
                return [item.value for item in items.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return None


def _head(node: ast.expr, scope: Scope) -> str:
    """The text that an expression certainly begins with."""
    value = scope.value(node).node
    if isinstance(value, ast.JoinedStr) and value.values:
        value = value.values[0]
        value = scope.value(value.value).node if isinstance(value, ast.FormattedValue) else value
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Mod):
        value = scope.value(value.left).node
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _is_resource(qualified: str) -> bool:
    home, _, name = qualified.rpartition(".")
    return home in ("importlib.resources", "importlib_resources") and name in _RESOURCES


def _is_above(folder: str, location: str) -> bool:
    """Whether a location is a folder that a file stands in, at any depth."""
    return location == folder or not folder or location.startswith(f"{folder.rstrip('/')}/")
