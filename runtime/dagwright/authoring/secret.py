"""A task's request for a secret."""

from __future__ import annotations

from enum import Enum


class MountRequirement(Enum):
    """How a secret reaches a task; ``ANY`` leaves it to the target."""

    ANY = 0
    ENV_VAR = 1
    FILE = 2


class Secret:
    """One secret of a task: a key of a group, or the whole group.

    The compiler reads it from the source; the task gets the value with ``current_context().secrets.get(group, key)``.
    """

    MountType = MountRequirement
    __slots__ = ("env_var", "group", "group_version", "key", "mount_requirement")

    def __init__(
        self,
        group: str | None = None,
        key: str | None = None,
        group_version: str | None = None,
        mount_requirement: MountRequirement = MountRequirement.ANY,
        env_var: str | None = None,
    ) -> None:
        self.group = group
        self.key = key
        self.group_version = group_version
        self.mount_requirement = mount_requirement
        self.env_var = env_var

    def __repr__(self) -> str:
        return f"Secret(group={self.group!r}, key={self.key!r})"
