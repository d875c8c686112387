"""What an image holds, for whoever builds it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Texts = str | Sequence[str]


class ImageSpec:
    """An image by its contents, with the fields of flytekit's ``ImageSpec``.

    The compiler reads it from the source and gives tasks the image's reference; at run time it only stands there. Every ``with_`` method gives a new one.
    """

    def __init__(self, name: str | None = None, python_version: str | None = None, **fields: Any) -> None:
        self.name = name
        self.python_version = python_version
        self._fields = fields

    @classmethod
    def from_env(cls, *, pinned_packages: Texts = (), **fields: Any) -> ImageSpec:
        """Give the fields as they are; the compiler refuses an image that is made from whatever is installed."""
        del pinned_packages
        return cls(**fields)

    def with_packages(self, packages: Texts) -> ImageSpec:
        """Add Python packages."""
        return self._extended("packages", packages)

    def with_apt_packages(self, apt_packages: Texts) -> ImageSpec:
        """Add packages of the system."""
        return self._extended("apt_packages", apt_packages)

    def with_commands(self, commands: Texts) -> ImageSpec:
        """Add commands that run while the image is built."""
        return self._extended("commands", commands)

    def with_copy(self, src: Texts) -> ImageSpec:
        """Add files."""
        return self._extended("copy", src)

    def with_builder_options(self, builder_options: Any) -> ImageSpec:
        """Say how the image is built, not what it holds."""
        options = {**(self._fields.get("builder_options") or {}), **builder_options}
        return ImageSpec(self.name, self.python_version, **{**self._fields, "builder_options": options})

    def force_push(self) -> ImageSpec:
        """Give the same: nothing is pushed from here."""
        return self

    def is_container(self) -> bool:
        """Tell whether modules that only the image has may be imported: where code runs, they are taken to be there."""
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._fields.get(name)

    def _extended(self, name: str, more: Texts) -> ImageSpec:
        before = self._fields.get(name) or []
        added = [more] if isinstance(more, str) else list(more)
        return ImageSpec(self.name, self.python_version, **{**self._fields, name: [*before, *added]})
