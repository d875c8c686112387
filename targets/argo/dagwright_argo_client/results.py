"""What a run left in its store, read without importing anything of the user's: outputs, errors, logs, what came from the cache.

Input: a store, a run's key, its plan. Output: JSON data and text. Writes nothing but the plan of a run that was just submitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright.cache import PinDamaged
from dagwright.contract.jsontext import loads
from dagwright.contract.names import PLAN_FILE, RUNS, error_key, node_prefix, quote_part
from dagwright.contract.types import parse
from dagwright.execution.bindings import Bindings
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.given import Wire
from dagwright.execution.records import read_records
from dagwright.execution.task_call import CACHED
from dagwright.files.access import StoreAccess
from dagwright.store import NotFound, StoreError, open_store
from dagwright.store.together import each
from dagwright.values import Codec, ValueMismatch
from dagwright.values.libraries import LibraryAbsent
from dagwright_argo_client.manifests import read_plan, store_of
from dagwright_argo_client.runs import FAILED, Attempt
from dagwright_argo_client.texts import Reused
from dagwright_compiler.cli.stand_in_classes import stand_in_classes

if TYPE_CHECKING:
    from dagwright.execution.plan_view import PlanView, ProgramView
    from dagwright.store.verbs import Store
    from dagwright_argo_client.runs import Run, RunNode

_MOST_RECORDS = 2000
"""Of one map, that are read to count what came from the cache."""


class Unreadable(ValueError):  # noqa: N818  # as ValueMismatch
    """Something that a run left cannot be read; the message says what and why."""


class _NeedsClass(Exception):  # noqa: N818  # it is what happened
    """A value is of a class of the user's, whose module is not imported here."""


def store_url(run: Run) -> str | None:
    """URL of the store that a run keeps its results in; ``None`` where its object does not tell."""
    fixed = store_of({"spec": run.spec})
    if fixed is not None:
        return fixed
    return run.parameters.get("dagwright-store") or run.parameters.get("store")


def plan_key(run_key: str) -> str:
    """Where ``submit`` keeps the plan of a run, for those who have the store and not the cluster's ConfigMaps."""
    return f"{RUNS}/{quote_part(run_key)}/{PLAN_FILE}"


class Results:
    """The store of one run."""

    def __init__(self, run: Run, url: str) -> None:
        """Open it.

        Raises:
            StoreError: It cannot be opened.
        """
        self.url = url
        self.run = run
        self.store: Store = open_store(url)

    def keep_plan(self, data: bytes) -> None:
        """Keep the run's plan.

        Raises:
            StoreError: The store failed.
        """
        self.store.put(plan_key(self.run.key), data)

    def plan(self) -> PlanView | None:
        """Read the plan that ``submit`` kept; ``None`` where the run was started in another way.

        Raises:
            StoreError: The store failed.
            UnusableManifest: Another release wrote it.
        """
        try:
            return read_plan(self.store.get(plan_key(self.run.key)))
        except NotFound:
            return None

    def outputs(self, program: ProgramView, name: str | None = None) -> Any:
        """Give the outputs in the form in which the function returns them, or one of them by name.

        Raises:
            Unreadable: A value is not there, damaged, or of no such name.
            StoreError: The store failed.
        """
        if name is not None and all(output["name"] != name for output in program.outputs):
            known = ", ".join(output["name"] for output in program.outputs) or "none"
            raise Unreadable(f"{program.workflow} has no output {name}; there is {known}")
        try:
            values = self._values(program, name)
        except (Fault, PinDamaged, ValueMismatch) as error:
            raise Unreadable(f"the outputs of {self.run.name} cannot be read: {error}") from error
        except UserFailure as failure:
            raise Unreadable(f"the outputs of {self.run.name} cannot be read: {failure.error}") from failure
        if name is not None:
            return values[name]
        if program.returns == "namedtuple":
            return values
        return list(values.values()) if program.returns == "tuple" else next(iter(values.values()), None)

    def _values(self, program: ProgramView, name: str | None) -> dict[str, Any]:
        codec = showing_codec(program, self.store)
        texts = {key: text for key, text in self.run.parameters.items() if key in program.inputs}
        bindings = Bindings(program, run=self.run.key, store=self.store, codec=codec, texts=texts)
        values = {}
        for output in program.outputs:
            if name in (None, output["name"]):
                given = bindings.value(output["binding"])
                values[output["name"]] = shown(codec, given, output["type"])
        return values

    def reused(self, run: Run) -> dict[str, Reused]:
        """Count what came from the cache, by node, for those that ended; a store that fails here costs only the count."""
        found: dict[str, Reused] = {}
        for node in run.nodes:
            if node.state == "succeeded" and node.parts:
                try:
                    found[node.id] = self._reused(run, node)
                except StoreError:
                    return found
        return found

    def _reused(self, run: Run, node: RunNode) -> Reused:
        prefix = node_prefix(run.key, node.id)
        keys = [key for key in self.store.list(prefix) if "/attempt-" in key and key.endswith(".json")][:_MOST_RECORDS]
        cached = known = 0
        for record in each(self.store, self._record, keys):
            if record is not None and record.get("ending") == "succeeded":
                cached += record.get("cached", int(record.get("state") == CACHED))
                known += record.get("cached", 0) + record.get("ran", 0) if "ran" in record else 1
        return Reused(cached, known)

    def _record(self, key: str) -> Any:
        try:
            return loads(self.store.get(key))
        except (NotFound, ValueError):
            return None

    def attempts_before(self, node: str, index: int | None, moment: float) -> tuple[Attempt, ...]:
        """Read the attempts that failed before a moment, oldest first; those that left no record are not among them.

        Raises:
            StoreError: The store failed.
        """
        records = read_records(self.store, self.run.key, node, index)
        earlier = (record for record in records if record.get("ended", moment) < moment)
        return tuple(self._attempt(node, index, record) for record in earlier if record.get("ending") != "succeeded")

    def _attempt(self, node: str, index: int | None, record: dict[str, Any]) -> Attempt:
        document = self._record(error_key(self.run.key, node, index, record["number"]))
        code = document.get("code") if isinstance(document, dict) else None
        return Attempt(
            pod="",
            phase=FAILED,
            started=float(record.get("started", 0)),
            finished=float(record["ended"]),
            exit_code=code if isinstance(code, int) else None,
            message=str(record.get("message") or record.get("ending") or ""),
        )

    def error(self, node: str, index: int | None) -> dict[str, Any] | None:
        """Read the newest error document of a node or of one pod of a map; ``None`` where there is none.

        Raises:
            StoreError: The store failed.
        """
        prefix = node_prefix(self.run.key, node, index)
        numbers = [key for key in self.store.list(prefix) if key.startswith(f"{prefix}/error-") and key.endswith(".json")]
        found = self._record(max(numbers)) if numbers else None
        return found if isinstance(found, dict) else None

    def log(self, node: str, index: int | None) -> str | None:
        """Read what the newest attempt of a node printed (its last 8 MiB); ``None`` where nothing is kept.

        Raises:
            StoreError: The store failed.
        """
        prefix = node_prefix(self.run.key, node, index)
        logs = [key for key in self.store.list(prefix) if key.startswith(f"{prefix}/attempt-") and key.endswith(".log")]
        return self.store.get(max(logs)).decode("utf-8", "replace") if logs else None


def showing_codec(program: ProgramView, store: Store) -> Codec:
    """Make what reads values for people: others stand in for the classes of the user's, whose modules are not imported."""
    classes = program.classes
    return Codec(classes, load_class=stand_in_classes(classes), pickle="deny", warn=unheard, files=StoreAccess(store))


def shown(codec: Codec, given: Any, declared: str) -> Any:
    """Write a value as JSON for people, as a run on this machine would; what only a class of the user's can read stays in its wire form."""
    try:
        value = codec.decode(given.data, given.type, given.fetch) if isinstance(given, Wire) else given.value
        kind = parse(declared)
        return codec.to_user(codec.normalise(value, kind), kind)
    except LibraryAbsent:
        return given.data


def no_class(module: str, qualname: str) -> type:
    """Load no class: what would be imported is the user's."""
    raise _NeedsClass(f"{module}.{qualname}")


def unheard(text: str) -> None:
    """The attempts that wrote these values have said it."""
