"""What the processes of one attempt of a pod tell each other that runs several elements of a map: a file in the attempt's folder.

A process that dies in one element takes none of the others with it: the next one reads what was finished, and the supervisor, who may
use no store while processes are still to come, leaves what is finished in the store when the attempt ends.
"""

from __future__ import annotations

import os

from dagwright.cache.results import DamagedResult, body_of, result_of
from dagwright.contract.jsontext import dumps, loads
from dagwright.execution.faults import fatal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.cache import Result
    from dagwright.execution.assignment import Assignment
    from dagwright.execution.usage import Usage


class Progress:
    """How far an attempt is: results, tries that the user's budget paid for, and failures that are final, by index.

    A failure is the outcome of ``failures.outcome_of`` with ``inputs``, what the element was given in a few words.
    """

    __slots__ = ("cached", "epoch", "failures", "knows_earlier", "results", "spent", "used")

    def __init__(self) -> None:
        self.results: dict[int, Result] = {}
        self.cached: set[int] = set()
        self.spent: dict[int, int] = {}
        self.failures: dict[int, dict[str, Any]] = {}
        self.knows_earlier = False
        """Whether ``spent`` counts the tries of earlier attempts, too."""
        self.epoch = 0
        """The round of attempts that this one belongs to."""
        self.used: tuple[float, int] = (0.0, 0)
        """Processor seconds and peak memory of the processes that are gone."""


class Journal:
    """The file of one attempt: a line for everything that happened to an element."""

    __slots__ = ("_path",)

    def __init__(self, assignment: Assignment) -> None:
        # A folder may serve several attempts, at once or one after the other, of several runs.
        self._path = os.path.join(assignment.work, f"chunk-{assignment.token}.jsonl")

    def add_result(self, index: int, result: Result, *, cached: bool) -> None:
        """Note that an element is done."""
        self._add({"i": index, "result": body_of(result), "cached": cached})

    def add_try(self, index: int) -> None:
        """Note that an element took a try of the user's budget and is not done."""
        self._add({"i": index, "spent": 1})

    def add_timeout(self, index: int) -> None:
        """Note that an element's time was over, whatever its process made of that."""
        self._add({"i": index, "spent": 1, "timeout": True})

    def add_death(self, index: int) -> None:
        """Note that an element's process was killed, which costs no budget: the next attempt runs it after the others."""
        self._add({"i": index, "spent": 0})

    def add_earlier(self, epoch: int, spent: dict[int, int]) -> None:
        """Note the round of attempts, and the tries that earlier ones took of the same budget: once an attempt."""
        self._add({"earlier": [[index, tries] for index, tries in spent.items()], "epoch": epoch})

    def add_usage(self, usage: Usage) -> None:
        """Note what the processes of this attempt used until now."""
        self._add({"used": [usage.cpu_s, usage.peak_rss_bytes]})

    def add_failure(self, index: int, outcome: dict[str, Any]) -> None:
        """Note that an element failed for good."""
        self._add({"i": index, "failure": outcome})

    def read(self) -> Progress:
        """Read it all; a line that a dying process did not finish is left out.

        Raises:
            Fault: It is there and cannot be read.
        """
        progress = Progress()
        try:
            with open(self._path, "rb") as file:
                lines = file.read().split(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            return progress
        except OSError as error:
            raise fatal(f"cannot read {self._path}: {error.strerror}") from error
        for line in lines[:-1]:
            _take(progress, line)
        return progress

    def _add(self, word: dict[str, Any]) -> None:
        data = memoryview(b"\n" + dumps(word).encode("ascii") + b"\n")  # the line before may be torn
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                while data:
                    data = data[os.write(descriptor, data) :]
            finally:
                os.close(descriptor)
        except OSError as error:
            raise fatal(f"cannot write {self._path}: {error.strerror}: the pod needs a writable DAGWRIGHT_WORK") from error


def _take(progress: Progress, line: bytes) -> None:
    try:
        word = loads(line)
        result = result_of(word["result"]) if "result" in word else None
    except (ValueError, DamagedResult):  # two processes in one line: an element runs again
        return
    if "earlier" in word:
        progress.knows_earlier, progress.epoch = True, word["epoch"]
        for index, tries in word["earlier"]:
            progress.spent[index] = progress.spent.get(index, 0) + tries
        return
    if "used" in word:
        progress.used = word["used"][0], word["used"][1]
        return
    index = word["i"]
    if result is not None:
        progress.results[index] = result
        if word["cached"]:
            progress.cached.add(index)
    elif "failure" in word:
        progress.failures[index] = word["failure"]
    else:
        progress.spent[index] = progress.spent.get(index, 0) + word["spent"]
        if "timeout" in word:
            progress.failures.pop(index, None)
