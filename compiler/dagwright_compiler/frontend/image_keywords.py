"""``container_image``: a name, a template that settings resolve, or an ``ImageSpec`` that says what the image holds."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.keys import sha256_hex
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend import option_advice
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.option_values import Arguments, WrongOption
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.image_names import TAG_DIGITS
from dagwright_compiler.ir.program import ImageSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.known_values import StaticValue

_TEMPLATE = re.compile(r"\{\{\s*\.images?\.([A-Za-z0-9_-]+)(?:\.(fqn|version))?\s*\}\}")
_WHOLE = re.compile(r"\{\{\s*\.images?\.([A-Za-z0-9_-]+)\.fqn\s*\}\}:\{\{\s*\.images?\.\1\.version\s*\}\}")
"""Name and version of one image: all of its reference, also where the version is a digest after an ``@``."""
_DEFAULT_NAME = "flytekit"
"""What flytekit calls the image of an ``ImageSpec`` without a name."""
_TEXTS = (
    *("base_image", "builder", "cuda", "cudnn", "name", "pip_extra_args", "pip_index", "platform", "python_version", "registry"),
    "requirements",
)
_LISTS = ("apt_packages", "commands", "conda_channels", "conda_packages", "copy", "entrypoint", "packages", "pip_extra_index_url")
_REFUSED = {
    "pip_secret_mounts": "install what needs a secret in the base image",
    "install_project": "the project's modules are shipped with the manifest; list its dependencies in `packages`",
    "source_root": "the project's modules are shipped with the manifest; leave it out",
    "runtime_packages": "list them in `packages`: nothing is installed when a task starts",
}


class Images:
    """What is known of images, and what was found of them.

    Args:
        configured: References by the names of ``[tool.dagwright.images]``.
        read_file: Bytes of a file of the project by its path and the place that names it; ``None`` where there is none.
    """

    __slots__ = ("_configured", "_read_file", "specs")

    def __init__(
        self, configured: Mapping[str, str] | None = None, read_file: Callable[[str, Place], bytes | None] | None = None
    ) -> None:
        self._configured = configured or {}
        self._read_file = read_file or (lambda _path, _place: None)
        self.specs: dict[str, ImageSpec] = {}
        """What the images hold that sources describe, by reference."""

    def reference(self, value: StaticValue, place: Place) -> str | None:
        """The reference that pods use, for the value of ``container_image``.

        Raises:
            WrongOption: It is no image.
        """
        if isinstance(value, KnownCall) and value.symbol == "ImageSpec":
            return self._described(value, place)
        if not isinstance(value, str):
            help_ = 'write `"registry/name:tag"` or `ImageSpec(...)`'
            raise WrongOption(f"`container_image` takes the name of an image, found {describe(value)}", help_)
        text = self._resolved(value)
        if not text or text.split() != [text] or not text.isprintable():
            what = f"`{text}` is not the name of an image" if text else "the name of the image is empty"
            raise WrongOption(what, option_advice.image(text))
        return text

    def _resolved(self, text: str) -> str:
        def replace(match: re.Match[str]) -> str:
            reference = self._named(match[1])
            if match[2] is None:
                return reference
            name, version = _split(reference)
            return name if match[2] == "fqn" else version

        resolved = _TEMPLATE.sub(replace, _WHOLE.sub(lambda match: self._named(match[1]), text))
        if "{{" in resolved:
            raise WrongOption(f"`{text}` is not a template of an image", "write `{{.image.NAME.fqn}}:{{.image.NAME.version}}`")
        return resolved

    def _named(self, name: str) -> str:
        found = self._configured.get(name)
        if found is not None:
            return found
        guess = did_you_mean(name, self._configured)
        help_ = guess or f'add `{name} = "registry/name:tag"` to `[tool.dagwright.images]`'
        raise WrongOption(f"no image `{name}` is configured", help_, None, codes.UNKNOWN_IMAGE)

    def _described(self, call: KnownCall, place: Place) -> str:
        arguments = Arguments(call)
        for name, help_ in _REFUSED.items():
            if arguments.get(name):
                message = f"`{name}` of `ImageSpec` is not supported"
                raise WrongOption(message, help_, arguments.place(name), codes.UNSUPPORTED_OPTION)
        fields: dict[str, object] = {name: arguments.texts(name) for name in _LISTS}
        fields |= {name: arguments.text(name) for name in _TEXTS if name != "base_image"}
        base = arguments.get("base_image")
        fields["base_image"] = self.reference(base, place) if base is not None else None
        fields["env"] = arguments.table("env")
        spec = msgspec.convert({name: value for name, value in fields.items() if value}, ImageSpec)
        if spec.name in self._configured:
            reference = self._configured[spec.name or ""]
        else:
            name = (spec.name or _DEFAULT_NAME).lower()
            path = f"{spec.registry.lower()}/{name}" if spec.registry else name
            reference = f"{path}:{self._tag(spec, arguments, place)}"
        if reference.split() != [reference]:
            what, at = f"`{reference.rpartition(':')[0]}` is not the name of an image", arguments.place("name")
            raise WrongOption(what, "write it without spaces", at)
        self.specs[reference] = spec
        return reference

    def _tag(self, spec: ImageSpec, arguments: Arguments, place: Place) -> str:
        """A digest of what the image holds: the same source gives the same tag, and a changed one another."""
        held = msgspec.to_builtins(spec)
        for name in ("name", "registry", "builder"):
            held.pop(name, None)
        if spec.requirements:
            at = arguments.place("requirements") or place
            data = self._read_file(posixpath.normpath(spec.requirements), at)
            if data is None:
                message = f"the file of requirements `{spec.requirements}` is not found"
                raise WrongOption(message, "give its path from the folder of the project", at)
            held["requirements"] = data.replace(b"\r\n", b"\n").decode("utf-8", "replace")
        return sha256_hex(json.dumps(held, sort_keys=True, separators=(",", ":")).encode())[:TAG_DIGITS]


def _split(reference: str) -> tuple[str, str]:
    """Name and version of a reference; a digest is a version too."""
    name, at, digest = reference.partition("@")
    if at:
        return name, digest
    head, colon, tag = reference.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (reference, "latest")
