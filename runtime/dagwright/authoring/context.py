"""What a task may ask of the attempt that runs it: ``current_context()``.

The same on every way of running. Where no attempt runs, as while a module is imported, secrets, logger and working directory are there too.
"""

from __future__ import annotations

import os
import sys

from dagwright.authoring.calls import running_attempt
from dagwright.contract.secrets import (
    ENV_FILE_PREFIX,
    ENV_SECRET_PREFIX,
    ENV_SECRETS_FOLDER,
    SECRET_PREFIX,
    SECRETS_FOLDER,
    secret_path,
    secret_variable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from logging import Logger
    from typing import Any, NoReturn

    from dagwright.authoring.checkpoints import Checkpoint
    from dagwright.authoring.deck import Deck
    from dagwright.execution.context import Attempt

LOGGER = "dagwright.task"
"""Name of the logger of tasks."""


class Identifier:
    """Of an execution or a task: ``project``, ``domain`` and ``name``."""

    __slots__ = ("domain", "name", "project")

    def __init__(self, project: str, domain: str, name: str) -> None:
        self.project = project
        self.domain = domain
        self.name = name

    def __repr__(self) -> str:
        return f"{self.project}:{self.domain}:{self.name}"


class Secrets:
    """The secrets of a task, looked up in variables and then in files, under the names that flytekit gives them.

    ``_FSEC_GROUP_KEY``, then ``/etc/flyte/secrets/group/key``; ``FLYTE_SECRETS_ENV_PREFIX``, ``FLYTE_SECRETS_DEFAULT_DIR`` and
    ``FLYTE_SECRETS_FILE_PREFIX`` say otherwise.
    """

    __slots__ = ()

    def get(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None, encode_mode: str = "r"
    ) -> Any:
        """Give the value of a secret, without the white space around it.

        Args:
            group: Its group.
            key: Its key in the group.
            group_version: Its version, where the platform has versions.
            encode_mode: ``r`` for text, ``rb`` for the bytes of a file.

        Raises:
            ValueError: It is neither in a variable nor in a file.
        """
        found = find_secret(group or "", key or "", group_version or "", encode_mode)
        if found is None:
            variable, path = self.get_secrets_env_var(group, key), self.get_secrets_file(group, key)
            asked = ", ".join(f"{name}={value!r}" for name, value in (("group", group), ("key", key)) if value)
            raise ValueError(
                f"the secret {'/'.join(filter(None, (group, key)))} is neither in the variable {variable} nor in the file {path}: "
                f"a task gets the secrets of its decorator's secret_requests=[Secret({asked})]; {_remedy()}"
            )
        return found

    def get_secrets_env_var(self, group: str | None = None, key: str | None = None, group_version: str | None = None) -> str:
        """Name the variable of a secret."""
        _check(group, key)
        prefix = os.environ.get(ENV_SECRET_PREFIX, SECRET_PREFIX)
        return secret_variable(group or "", key or "", group_version or "", prefix)

    def get_secrets_file(self, group: str | None = None, key: str | None = None, group_version: str | None = None) -> str:
        """Name the file of a secret."""
        _check(group, key)
        return _in_folder(secret_path(group or "", key or "", group_version or "", os.environ.get(ENV_FILE_PREFIX, "")))

    def __getattr__(self, group: str) -> _Group:
        if group.startswith("__"):
            raise AttributeError(group)
        return _Group(self, group)


class _Group:
    """Secrets of one group, by attribute: ``secrets.group.key``."""

    __slots__ = ("_group", "_secrets")

    def __init__(self, secrets: Secrets, group: str) -> None:
        self._secrets = secrets
        self._group = group

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return self._secrets.get(self._group, key)


def find_secret(group: str, key: str, version: str = "", mode: str = "r") -> Any:
    """Give the value of a secret, or ``None``: with its version and without, in a variable and then in a file.

    A whole group arrives under the keys' own spelling, which is looked for last.
    """
    _check(group, key)
    prefix, file_prefix = os.environ.get(ENV_SECRET_PREFIX, SECRET_PREFIX), os.environ.get(ENV_FILE_PREFIX, "")
    spelled = f"{secret_variable(group, '', '', prefix)}_{key}" if group and key else ""
    for name in (secret_variable(group, key, version, prefix), secret_variable(group, key, "", prefix), spelled):
        value = os.environ.get(name)
        if value is not None:
            return value.strip() if mode == "r" else value.strip().encode()
    folder = secret_path(group, "") if group else ""
    for path in (secret_path(group, key, version, file_prefix), secret_path(group, key, "", file_prefix), f"{folder}/{key}"):
        file = _in_folder(path)
        if key and os.path.isfile(file):
            with open(file, mode, encoding=None if "b" in mode else "utf-8") as opened:
                return opened.read().strip()
    return None


def _remedy() -> str:
    """What to do where the decorator asks already: pods, of which Kubernetes sets this variable, have what the namespace has."""
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return "where it asks, the run's namespace lacks the Secret of the group, or this key in it"
    return "where the task runs on this machine, set the variable"


def _check(group: str | None, key: str | None) -> None:
    if not group and not key:
        raise ValueError("a secret needs a group or a key")


def _in_folder(path: str) -> str:
    return os.path.join(os.environ.get(ENV_SECRETS_FOLDER) or SECRETS_FOLDER, path)


class Context:
    """The attempt that is running, as a task sees it.

    What flytekit has beyond it (statistics, prefixes of raw outputs) raises one sentence.
    """

    __slots__ = ("_attempt",)

    def __init__(self, attempt: Attempt | None) -> None:
        self._attempt = attempt

    @property
    def secrets(self) -> Secrets:
        """The task's secrets."""
        return Secrets()

    @property
    def logging(self) -> Logger:
        """A logger for tasks, from ``INFO`` on; it writes to standard error unless the program's logging is configured."""
        from logging import getLogger

        logger = getLogger(LOGGER)
        if not logger.hasHandlers():
            _configure(logger)
        return logger

    @property
    def working_directory(self) -> str:
        """A folder for files of this attempt."""
        from dagwright.authoring.working_folders import folder_of

        return folder_of(self._attempt)

    @property
    def execution_id(self) -> Identifier:
        """The run: its key in the store; ``local`` in a Python call."""
        attempt = self._running("execution_id")
        return Identifier(attempt.project, attempt.domain, attempt.run)

    @property
    def task_id(self) -> Identifier:
        """The task: module and function."""
        attempt = self._running("task_id")
        return Identifier(attempt.project, attempt.domain, attempt.task)

    @property
    def execution_date(self) -> datetime:
        """When this attempt began, in UTC."""
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self._running("execution_date").started, timezone.utc)

    @property
    def decks(self) -> list[Deck]:
        """The decks of this attempt, in the order in which they were made."""
        return self._running("decks").decks

    @property
    def checkpoint(self) -> Checkpoint:
        """What attempts of this task leave for the next one of the same run."""
        return self._running("checkpoint").open_checkpoint()

    @property
    def default_deck(self) -> Deck:
        """The deck named ``default``, made on first use."""
        from dagwright.authoring.deck import Deck

        for deck in self.decks:
            if deck.name == "default":
                return deck
        return Deck("default")

    def has_attr(self, name: str) -> bool:
        """Tell whether a plugin gave something of this name: none does."""
        del name
        return False

    def get(self, key: str) -> NoReturn:
        """Give what a plugin put here.

        Raises:
            NotSupportedError: Always.
        """
        self.__getattr__(key)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        from dagwright.compat.unsupported import NotSupportedError

        raise NotSupportedError(f"dagwright does not support current_context().{name} yet")

    def _running(self, what: str) -> Attempt:
        if self._attempt is None:
            raise RuntimeError(f"current_context().{what} is known inside a task only, and no task is running here")
        return self._attempt


def current_context() -> Context:
    """Give the context of the task that is running."""
    return Context(running_attempt())


def _configure(logger: Logger) -> None:
    from logging import INFO, Formatter, StreamHandler

    class Handler(StreamHandler):  # type: ignore[type-arg]  # no parameter on 3.9
        """Writes to what standard error is at the time: attempts and tests replace it."""

        def emit(self, record: Any) -> None:
            self.stream = sys.stderr
            super().emit(record)

    handler = Handler()
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(INFO)
