"""Names across the modules of the project: what does this name, written here, stand for?

Follows imports (absolute, relative, re-exports, stars) lazily through the project; everything else becomes an external
qualified name. Reports nothing itself: an ``Unresolved`` entity carries the reason and a suggestion.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.flytekit_names import PUBLIC
from dagwright_compiler.diagnostics.suggestions import did_you_mean, missing_import
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    FunctionEntity,
    MemberEntity,
    ModuleEntity,
    PackageEntity,
    Unresolved,
    UnstableEntity,
    external,
)
from dagwright_compiler.frontend.names import AUTHORING, BUILTINS, NOT_YET, OWN, authoring_names, of_package
from dagwright_compiler.frontend.summary import Assigned, Defined, Imported, Unstable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.project import Project
    from dagwright_compiler.frontend.summary import Binding, Change

_LOOP = Unresolved("modules import it from each other in a circle")
_BELOW_AUTHORING = tuple(f"{package}." for package in AUTHORING)
_OF_TYPING = ("Any", "Dict", "List", "NamedTuple", "Optional", "Tuple", "Union")
"""Names that people write before they import them."""


class Resolver:
    """Resolves names and dotted expressions; memoises per module and name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.made: Callable[[Constant], FunctionEntity | None] = lambda _constant: None
        """Reads ``name = task(function)``; set by ``definitions``."""
        self._chain: set[tuple[str, str, str]] = set()

    def name(self, name: str, module: Module) -> Entity:
        """What ``name`` stands for at module level of ``module``, builtins included."""
        found = module.entities.get(name)
        if found is None:
            found = self._own(name, module)
            if found is None:
                found = external(f"builtins.{name}") if name in BUILTINS else self._missing(name, module)
            if found is not _LOOP:
                module.entities[name] = found
        entity: Entity = found
        return entity

    def expression(self, node: ast.expr, module: Module) -> Entity | None:
        """What a name or a dotted name stands for; ``None`` for any other expression."""
        if isinstance(node, ast.Name):
            return self.name(node.id, module)
        path: list[str] = []
        while isinstance(node, ast.Attribute):
            path.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        found = self.name(node.id, module)
        for attribute in reversed(path):
            following = self.attribute(found, attribute)
            if following is None:
                return None
            found = following
        return found

    def attribute(self, owner: Entity, name: str) -> Entity | None:
        """What ``owner.name`` stands for; ``None`` when the owner is a value and not a namespace."""
        if isinstance(owner, External):
            return self._external_attribute(owner, name)
        if isinstance(owner, ModuleEntity):
            return self._member(owner.module, name)
        if isinstance(owner, PackageEntity):
            return self._module(f"{owner.name}.{name}", owner.importer) or Unresolved(f"`{owner.name}` has no module `{name}`")
        if isinstance(owner, ClassEntity):
            for statement in owner.node.body:
                if isinstance(statement, ast.ClassDef) and statement.name == name:
                    return ClassEntity(owner.module, statement, (*owner.outer, owner.node.name))
            return MemberEntity(owner, name)
        return owner if isinstance(owner, Unresolved) else None

    def apply_changes(self, modules: Iterable[Module]) -> None:
        """Let no constant count as one that another module changes when it is imported."""
        found = [
            (entity, module, change)
            for module in modules
            for change in _changes(module)
            if (entity := self._changed(change.target, module))
        ]
        if found:
            for module in modules:
                module.entities.clear()  # what was resolved on the way may be one of them
        for entity, changer, change in found:
            unstable = UnstableEntity(changer, entity.name, change.node, change.reason)
            entity.module.entities[entity.name] = unstable

    def _changed(self, target: ast.expr, module: Module) -> Constant | None:
        """The constant that a changed name leads to, itself or through its parts."""
        while True:
            entity = self.expression(target, module)
            if isinstance(entity, Constant):
                return entity
            if not isinstance(target, ast.Attribute):
                return None
            target = target.value

    def elsewhere(self, found: External, module: Module) -> str:
        """A help text when an external name is a file of the project that is not on the module's import path."""
        root = None if found.symbol else self._project.elsewhere(found.qualified, module)
        return (
            f'its file is in `{root or "."}`: name that folder in `[tool.dagwright] source_roots = ["{root or "."}"]`'
            if root is not None
            else ""
        )

    def imported(self, binding: Imported, module: Module) -> Entity:
        """What an import binds."""
        if not binding.module:
            return Unresolved(
                "the relative import climbs above the top of the project",
                "add an `__init__.py` to the folders that make the package, or name their root: `[tool.dagwright] source_roots`",
            )
        target = self._module(binding.module, module)
        if not binding.attribute:
            return target or self._outside(binding.module, module)
        if isinstance(target, ModuleEntity):
            return self._member(target.module, binding.attribute)
        if isinstance(target, PackageEntity):
            inner = self._module(f"{target.name}.{binding.attribute}", module)
            return inner or Unresolved(f"`{target.name}` has no module `{binding.attribute}`")
        outside = self._outside(binding.module, module, binding.attribute)
        return self._external_attribute(outside, binding.attribute) if isinstance(outside, External) else outside

    def _own(self, name: str, module: Module) -> Entity | None:
        """Through the module's own bindings and star imports; ``None`` when nothing binds the name."""
        summary = module.summary
        if summary is None:
            return Unresolved("its file could not be read", reported=True)
        binding = summary.bindings.get(name)
        if binding is None:
            return self._through_stars(name, module)
        if summary.stars and summary.stars[-1].line > (line := module.span(binding.node).line):
            later = self._through_stars(name, module, after=line)
            if later is not None:
                return later
        return self._bound(name, binding, module)

    def _bound(self, name: str, binding: Binding, module: Module) -> Entity:
        if isinstance(binding, Defined):
            node = binding.node
            return ClassEntity(module, node) if isinstance(node, ast.ClassDef) else FunctionEntity(module, node)
        if isinstance(binding, Assigned):
            return self._assigned(name, binding, module)
        if isinstance(binding, Unstable):
            return UnstableEntity(module, name, binding.node, binding.reason)
        return self._guarded(name, module, binding)

    def _guarded(self, name: str, module: Module, binding: Imported) -> Entity:
        """Follow an import, refusing to go round in a circle."""
        step = (module.root, module.name, name)
        if step in self._chain:
            return _LOOP
        self._chain.add(step)
        try:
            return self.imported(binding, module)
        finally:
            self._chain.discard(step)

    def _assigned(self, name: str, binding: Assigned, module: Module) -> Entity:
        """A constant; one that only renames something (``t = flytekit.task``) is that thing."""
        if isinstance(binding.value, ast.Name | ast.Attribute):
            step = (module.root, module.name, name)
            if step in self._chain:
                return _LOOP
            self._chain.add(step)
            try:
                renamed = self.expression(binding.value, module)
            finally:
                self._chain.discard(step)
            if isinstance(renamed, External | FunctionEntity | ClassEntity | ModuleEntity | PackageEntity):
                return renamed
        constant = Constant(module, name, binding.value, binding.node)
        if isinstance(binding.value, ast.Call) and len(binding.value.args) == 1:
            return self._made(constant) or constant
        return constant

    def _made(self, constant: Constant) -> FunctionEntity | None:
        """The task that a call makes of a function, if it does."""
        step = (constant.module.root, constant.module.name, constant.name)
        if step in self._chain:
            return None
        self._chain.add(step)
        try:
            return self.made(constant)
        finally:
            self._chain.discard(step)

    def _through_stars(self, name: str, module: Module, *, after: int = 0) -> Entity | None:
        """What a star import below line ``after`` gives; the last one that has the name wins, as it does in Python."""
        assert module.summary is not None
        step = (module.root, module.name, "*" + name)
        if step in self._chain:
            return None
        self._chain.add(step)
        try:
            for star in reversed(module.summary.stars):
                found = self._starred(name, star.module, module) if star.line > after else None
                if found is not None:
                    return found
        finally:
            self._chain.discard(step)
        return None

    def _starred(self, name: str, star: str, importer: Module) -> Entity | None:
        """What ``from star import *`` binds a name to."""
        target = self._module(star, importer)
        if not isinstance(target, ModuleEntity):
            known = external(f"{star}.{name}")
            is_known = known.symbol if star not in AUTHORING else name in of_package(star)
            return known if is_known and not name.startswith("_") else None
        module = target.module
        exported = module.summary.exported if module.summary is not None else None
        if name.startswith("_") if exported is None else name not in exported:
            return None
        changed = module.entities.get(name)
        if isinstance(changed, UnstableEntity):
            return changed
        found = self._own(name, module)
        if found is None and exported is not None and module.is_package:
            return self._module(f"{module.name}.{name}", module)
        return found

    def _member(self, module: Module, name: str) -> Entity:
        """A name of another module: what it binds, else its submodule."""
        found = module.entities.get(name)
        if found is None:
            found = self._own(name, module)
            if (found is None or found is _LOOP) and module.is_package:
                # `from . import part` in a package's own `__init__` finds nothing bound yet, and imports the submodule.
                found = self._module(f"{module.name}.{name}", module) or found
            if found is None:
                found = self._missing_member(module, name)
            if found is not _LOOP:
                module.entities[name] = found
        entity: Entity = found
        return entity

    def _module(self, name: str, importer: Module) -> ModuleEntity | PackageEntity | None:
        found = self._project.find(name, importer)
        if found is not None:
            return ModuleEntity(found)
        return PackageEntity(name, importer) if self._project.is_package(name, importer) else None

    def _outside(self, name: str, module: Module, wanted: str = "") -> Entity:
        """A module that is not in the project: external, unless what stands above it is ours and complete."""
        if name.startswith(_BELOW_AUTHORING):
            return _missing_of_authoring(name, wanted, is_module=True) or external(name)
        head, _, last = name.rpartition(".")
        parent = self._project.find(head, module) if head else None
        if parent is None:
            above = self._outside(head, module) if "." in head and not self._project.is_package(head, module) else None
            return above if isinstance(above, Unresolved) else external(name)
        if not parent.is_package:
            return Unresolved(f"`{head}` is one file of this project, with no modules in it")
        return self._machine_code(parent, last) or Unresolved(
            f"the package `{head}` of this project has no module `{last}`",
            did_you_mean(last, self._project.submodules(head, module)),
        )

    def _machine_code(self, package: Module, name: str) -> Unresolved | None:
        """What is said of a module of ours that no interpreter reads as text: a container would not have it."""
        file = self._project.compiled(package, name)
        if file is None:
            return None
        return Unresolved(
            f"`{package.name}.{name}` is machine code ({file}), and only Python files travel with a task",
            f"let the task's image install it, in a package that is not part of `{package.name.partition('.')[0]}`",
        )

    def _external_attribute(self, owner: External, name: str) -> Entity:
        found = external(f"{owner.qualified}.{name}")
        package = owner.qualified
        if package not in AUTHORING:
            may_lack = not found.symbol and package.startswith(_BELOW_AUTHORING) and not package.rpartition(".")[2][:1].isupper()
            return (_missing_of_authoring(package, name) if may_lack else None) or found
        if name.startswith("_") or name in of_package(package):
            return found
        if package == "dagwright":  # all of its names are known
            of_flytekit = f"write `from flytekit import {name}`" if name in PUBLIC else ""
            help_ = did_you_mean(name, OWN) or NOT_YET.get(found.symbol) or of_flytekit
            return Unresolved(f"`dagwright` has no name `{name}`", help_)
        suggestion = "" if found.symbol else did_you_mean(name, authoring_names())
        return Unresolved(f"`{package}` has no name `{name}`", suggestion) if suggestion else found

    def _missing(self, name: str, module: Module) -> Entity:
        assert module.summary is not None
        outside = [star.module for star in module.summary.stars if self._project.find(star.module, module) is None]
        if outside:
            return Unresolved(
                f"it may come from `from {outside[0]} import *`, which is not part of the project", "import the name explicitly"
            )
        return Unresolved("nothing in this module defines or imports it", self._suggestion(name, module))

    def _missing_member(self, module: Module, name: str) -> Entity:
        if module.summary is None:
            return Unresolved(f"`{module.name}` could not be read", reported=True)
        if module.summary.open_names or any(self._project.find(star.module, module) is None for star in module.summary.stars):
            return external(f"{module.name}.{name}")
        compiled = self._machine_code(module, name) if module.is_package else None
        if compiled is not None:
            return compiled
        help_ = did_you_mean(name, [*module.summary.bindings, *self._project.submodules(module.name, module)])
        return Unresolved(f"`{module.name}` has no name `{name}`", help_)

    @staticmethod
    def _suggestion(name: str, module: Module) -> str:
        assert module.summary is not None
        if external(f"flytekit.{name}").symbol:
            return missing_import(_authoring_package(module), name)
        if external(f"typing.{name}").symbol:
            return missing_import("typing", name)
        if name in ("timedelta", "datetime", "timezone"):
            return missing_import("datetime", name)
        if name == "dataclass":
            return missing_import("dataclasses", name)
        # A name of `typing` that differs by its case alone is imported once it is spelled right.
        return did_you_mean(name, [*module.summary.bindings, *BUILTINS]) or did_you_mean(name, _OF_TYPING)


def _missing_of_authoring(module: str, name: str, *, is_module: bool = False) -> Unresolved | None:
    from dagwright_compiler.frontend import authoring_modules  # for the few files that name such modules

    return (authoring_modules.missing_module if is_module else authoring_modules.missing_name)(module, name)


def _authoring_package(module: Module) -> str:
    """The package that a file takes authoring names from."""
    assert module.summary is not None
    packages = {binding.module.partition(".")[0] for binding in module.summary.bindings.values() if isinstance(binding, Imported)}
    return "dagwright" if "dagwright" in packages else "flytekit"


def _changes(module: Module) -> list[Change]:
    return module.summary.changes if module.summary is not None else []
