"""The core of every attempt: one call of one task, the same for a pod and for a Python call in process.

Resolved inputs -> normalised -> digest -> cache key -> pin found? entry found? -> the user's function -> outputs checked by
``returns`` -> published. Inputs come as wire data (pods, literals) or as values in memory (a Python call); results go to a pin,
to a cache entry, to both, or to neither. What is already in wire form under the declared type is decoded only when the function
really runs, so a cache hit downloads no blob and imports no module of the user.
"""

from __future__ import annotations

import os

from dagwright.contract.keys import cache_key, canonical, sha256_hex, value_digest
from dagwright.contract.modes import OFF, ON, READ, READING, WRITE, WRITING
from dagwright.contract.names import entry_key
from dagwright.execution.faults import UserFailure, fatal
from dagwright.execution.given import Value, Wire, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional, Union

    from dagwright.cache import Result
    from dagwright.cache.leases import Lease, Pace
    from dagwright.execution.given import Given
    from dagwright.execution.plan_view import FieldView, PolicyView, TaskView
    from dagwright.store.verbs import Store
    from dagwright.values import Codec
    from dagwright.values.form import Blobs

    Until = Callable[[], Optional[Union[Lease, Result]]]
    Wait = Callable[[Until], Optional[Union[Lease, Result]]]

RUN = "run"
CACHED = "cached"
PINNED = "pinned"


class Reuse:
    """Where results are kept: store, identity of the run for keys, the mode of the cache (``contract.modes``), the pace of leases."""

    __slots__ = ("cache", "domain", "pace", "project", "store")

    def __init__(self, store: Store, *, project: str, domain: str, cache: str = ON, pace: Pace | None = None) -> None:
        self.store = store
        self.project = project
        self.domain = domain
        self.cache = cache
        self.pace = pace


class TaskCall:
    """One call: what to run, with which inputs, and where its result goes.

    ``function`` gives the user's function and may import their module; ``run`` calls it with its arguments. Both raise
    ``UserFailure`` for what the user's code raises. ``reuse`` may be absent only where nothing is pinned and nothing cached. ``wait``
    goes through what it is given while the call waits for an equal one: the time is not the task's. ``inline_limit`` asks for a result
    without a pin, for a document with others: how many bytes of each output may stand in it (``cache.results``). ``look`` is called before the
    function runs and before a result is pinned; what it raises ends the call.
    """

    __slots__ = ("codec", "function", "given", "inline_limit", "look", "pin", "policy", "reuse", "run", "task", "wait")

    def __init__(
        self,
        task: TaskView,
        policy: PolicyView,
        given: Mapping[str, Given],
        *,
        codec: Codec,
        function: Callable[[], Callable[..., Any]],
        run: Callable[[Callable[..., Any], dict[str, Any]], Any],
        reuse: Reuse | None = None,
        pin: str | None = None,
        wait: Wait | None = None,
        inline_limit: int | None = None,
        look: Callable[[], None] | None = None,
    ) -> None:
        self.task = task
        self.policy = policy
        self.given = given
        self.codec = codec
        self.function = function
        self.run = run
        self.reuse = reuse
        self.pin = pin
        self.wait = wait or _simply
        self.inline_limit = inline_limit
        self.look = look or _nothing

    @property
    def cache(self) -> str:
        """The mode of the cache for this call: off where the task is not cached."""
        return OFF if self.reuse is None or self.policy.cache_version is None else self.reuse.cache


class Performed:
    """What a call came to: ``state`` is run, cached or pinned.

    ``result`` is absent where nothing was stored; ``values`` where the function did not run here, or another writer's
    result was adopted. ``stand_ins`` take the places of outputs in keys (``user_hashes``), by name.
    """

    __slots__ = ("result", "stand_ins", "state", "values")

    def __init__(
        self, state: str, result: Result | None, values: dict[str, Any] | None, stand_ins: dict[str, Any] | None = None
    ) -> None:
        self.state = state
        self.result = result
        self.values = values
        outputs = () if result is None else result.outputs
        self.stand_ins = {output.name: output.stand_in for output in outputs if output.stand_in is not None}
        self.stand_ins.update(stand_ins or {})


def perform(call: TaskCall) -> Performed:
    """Execute one call.

    Raises:
        UserFailure: The user's code raised, or gave or took a value of another type than declared.
        Fault: The plan lacks something.
        InputsDiffer: The run's pin was made from other inputs.
        PinDamaged: A value of the run is gone or damaged.
        StoreError: The store failed.
    """
    reuse = call.reuse
    if reuse is None or (call.pin is None and call.inline_limit is None and call.cache == OFF):
        values = _run(call, _Inputs(call))
        return Performed(RUN, None, values, _stand_ins(call, values))
    return StoredCall(call, reuse).perform()


class StoredCall:
    """A call whose result is looked for and kept: in the run, in the cache, or in both."""

    __slots__ = ("_digests", "_found", "_inputs", "_key", "_reuse", "_store", "call", "inputs_digest")

    def __init__(self, call: TaskCall, reuse: Reuse) -> None:
        self.call = call
        self._reuse = reuse
        self._store = reuse.store
        self._inputs = _Inputs(call)
        self._digests = self._inputs.digests()
        self.inputs_digest = sha256_hex(canonical(self._digests))
        self._key = _cache_key(call, reuse, self._digests)
        self._found: tuple[Result | None] | None = None

    @property
    def key(self) -> str:
        """The cache key; empty where the call is not cached."""
        return self._key

    def provenance(self) -> dict[str, Any]:
        """Say what a result of the call would be made from."""
        return _provenance(self.call, self._digests)

    def look_up(self) -> None:
        """Look for a cached result ahead of the call, in any thread."""
        if self.call.cache in READING:
            self._found = (self._find(),)

    def perform(self) -> Performed:
        """Execute the call; see ``perform``."""
        from dagwright.cache import read_pin

        call = self.call
        if call.pin is not None:
            pinned = read_pin(self._store, call.pin, inputs_digest=self.inputs_digest, outputs=call.task.shape)
            if pinned is not None:
                return Performed(PINNED, pinned, None)
        if self._found is None:
            self.look_up()
        found = None if self._found is None else self._found[0]
        if found is None and call.cache == ON and call.policy.cache_serialize:
            return self._perform_alone()
        return self._run() if found is None else self._hit(found)

    def _perform_alone(self) -> Performed:
        """Of equal calls at the same time compute one, if the store can tell which."""
        from dagwright.cache.leases import Lease, Pace, reserve

        call = self.call
        if not self._store.conditional:
            _say(
                f"equal calls of {call.task.name} do not wait for each other: the store {self._store.url} cannot tell who came first"
            )
            return self._run()
        reserved = call.wait(
            lambda: reserve(
                self._store,
                self._key,
                self._find,
                pace=self._reuse.pace or Pace(),
                # An orchestrator's deadline leaves as much time for waiting as for running.
                patience_s=call.policy.timeout_s or None,
                say=lambda why: _say(f"this call of {call.task.name} waits for no other: {why}"),
            )
        )
        if not isinstance(reserved, Lease):
            return self._run() if reserved is None else self._hit(reserved)
        try:
            return self._run()
        finally:
            reserved.release()

    @property
    def _entry(self) -> str:
        return entry_key(self._reuse.project, self._reuse.domain, self.call.task.name, self._key)

    def _find(self) -> Result | None:
        """Look the entry up; one that is damaged costs a line, and is computed again."""
        from dagwright.cache import lookup

        task = self.call.task
        return lookup(
            self._store,
            self._entry,
            outputs=task.shape,
            made=self.provenance(),
            remove=self.call.cache != READ,
            damaged=lambda what: _say(f"the cached result of {task.name} is damaged and is computed again: {what}"),
        )

    def _hit(self, found: Result) -> Performed:
        from dagwright.cache import publish

        if self.call.pin is not None:
            found = publish(self._store, found, {}, pin_key=self.call.pin, inputs_digest=self.inputs_digest, look=self.call.look)
        return Performed(CACHED, found, None)

    def _run(self) -> Performed:
        from dagwright.cache import publish
        from dagwright.store.errors import FileChanged

        call = self.call
        call.look()
        values = _run(call, self._inputs)
        stand_ins = _stand_ins(call, values)
        keeps = call.cache in WRITING
        if call.pin is None and call.inline_limit is None and not keeps:
            return Performed(RUN, None, values, stand_ins)
        blobs: Blobs = {}
        made = _encode(call, values, stand_ins, blobs, _provenance(call, self._digests))
        try:
            stored = publish(
                self._store,
                made,
                blobs,
                entry_key=self._entry if keeps else None,
                pin_key=call.pin,
                inputs_digest=self.inputs_digest,
                overwrite=call.cache == WRITE,
                look=call.look,
            )
        except FileChanged as changed:
            text = (
                f"{call.task.name} returned {changed.path}, which was written to meanwhile: finish a file before it is returned"
            )
            raise UserFailure(RuntimeError(text)) from None
        return Performed(RUN, stored, values if stored.outputs is made.outputs else None)


def _nothing() -> None:
    """Nobody can have stopped the run."""


def _simply(until: Until) -> Optional[Union[Lease, Result]]:
    return until()


def _say(text: str) -> None:
    os.write(2, f"dagwright: {' '.join(text.split())}\n".encode("utf-8", "backslashreplace"))


class _Inputs:
    """The inputs of a call, each brought to the form that is asked for, once."""

    __slots__ = ("_call", "_values", "_wires")

    def __init__(self, call: TaskCall) -> None:
        self._call = call
        self._wires: dict[str, Any] = {}
        self._values: dict[str, Any] = {}

    def digests(self) -> dict[str, str]:
        """Digest every input by its declared type, from its value or from what stands for it."""
        return {field.name: self._digest(field) for field in self._call.task.inputs}

    def _digest(self, field: FieldView) -> str:
        stand_in = self._given(field).stand_in
        if stand_in is None:
            return value_digest(field.type, self._wire(field), self._call.codec.classes)
        from dagwright.execution.user_hashes import digest_of

        return digest_of(field.type, stand_in)

    def values(self) -> dict[str, Any]:
        """Give the arguments: fresh values of the declared types."""
        return {field.name: self._value(field) for field in self._call.task.inputs}

    def _wire(self, field: FieldView) -> Any:
        given = self._given(field)
        if isinstance(given, Wire) and given.type == field.type:
            return given.data
        if field.name not in self._wires:
            what = f"input {field.name!r} of {self._call.task.name}"
            self._wires[field.name] = _encoded(self._call, self._value(field), field, what, {})
        return self._wires[field.name]

    def _value(self, field: FieldView) -> Any:
        if field.name not in self._values:
            self._values[field.name] = self._fresh(field)
        return self._values[field.name]

    def _fresh(self, field: FieldView) -> Any:
        call, given = self._call, self._given(field)
        what = f"input {field.name!r} of {call.task.name}"
        value = read(given, call.codec, what)
        if isinstance(given, Wire) and given.type == field.type:
            return value
        return _normalised(call, value, field, what)

    def _given(self, field: FieldView) -> Given:
        given = self._call.given.get(field.name)
        if given is not None:
            return given
        if field.has_default:
            return Wire(field.type, field.default)
        if field.deferred:
            from dagwright.execution.user_code import default_of

            return Value(default_of(self._call.function(), field.name))
        raise fatal(f"the plan binds no value to input {field.name!r} of {self._call.task.name}: compile it again")


def _run(call: TaskCall, inputs: _Inputs) -> dict[str, Any]:
    """Call the user's function; give its outputs, normalised, by name."""
    arguments = inputs.values()
    returned = call.run(call.function(), arguments)
    return {
        field.name: _normalised(call, value, field, f"output {field.name!r} of {call.task.name}")
        for field, value in zip(call.task.outputs, _split(call.task, returned))
    }


def _stand_ins(call: TaskCall, values: dict[str, Any]) -> dict[str, Any]:
    """Have the user's functions say what outputs count as in keys."""
    if not call.task.has_hashes:
        return {}
    from dagwright.execution.user_hashes import of_outputs

    return of_outputs(call.function(), call.task, values)


def _split(task: TaskView, returned: Any) -> tuple[Any, ...]:
    """Take a returned value apart by the declared outputs."""
    if task.returns == "none":
        if returned is not None:
            raise UserFailure(TypeError(f"{task.name} returned {type(returned).__name__}, but declares no outputs"))
        return ()
    if task.returns == "single":
        return (returned,)
    if not isinstance(returned, tuple):
        raise UserFailure(
            TypeError(f"{task.name} returned {type(returned).__name__}, but declares a tuple of {len(task.outputs)} outputs")
        )
    if len(returned) != len(task.outputs):
        raise UserFailure(TypeError(f"{task.name} returned {len(returned)} values, but declares {len(task.outputs)} outputs"))
    return returned


def _normalised(call: TaskCall, value: Any, field: FieldView, what: str) -> Any:
    from dagwright.values import ValueMismatch

    try:
        return call.codec.normalise(value, field.type)
    except ValueMismatch as mismatch:
        raise UserFailure(TypeError(f"{what}: {mismatch}")) from None


def _encoded(call: TaskCall, value: Any, field: FieldView, what: str, blobs: Blobs) -> Any:
    from dagwright.values import ValueMismatch

    try:
        return call.codec.encode(value, field.type, blobs)
    except ValueMismatch as mismatch:  # a file that was there a moment ago, a class that cannot be pickled after all
        raise UserFailure(TypeError(f"{what}: {mismatch}")) from None


def _encode(call: TaskCall, values: dict[str, Any], stand_ins: dict[str, Any], into: Blobs, made: dict[str, Any]) -> Result:
    """Bring outputs to their wire form; ``into`` takes all their blobs, ``made`` tells where they come from."""
    from dagwright.cache import INLINE_LIMIT, Result, pack_output

    outputs = []
    for field in call.task.outputs:
        blobs: Blobs = {}
        data = _encoded(call, values[field.name], field, f"output {field.name!r} of {call.task.name}", blobs)
        limit = INLINE_LIMIT if call.inline_limit is None else call.inline_limit
        stand_in = stand_ins.get(field.name)
        outputs.append(pack_output(field.name, field.type.text, data, blobs, into, inline_limit=limit, stand_in=stand_in))
    return Result(tuple(outputs), made=made)


def _cache_key(call: TaskCall, reuse: Reuse, digests: dict[str, str]) -> str:
    """Give the cache key; empty when the call is not cached."""
    task, policy = call.task, call.policy
    if policy.cache_version is None or call.cache == OFF:
        return ""
    return cache_key(
        project=reuse.project,
        domain=reuse.domain,
        task=task.name,
        cache_version=policy.cache_version,
        signature=task.signature,
        inputs=keyed_inputs(policy, digests),
    )


def keyed_inputs(policy: PolicyView, digests: Mapping[str, str]) -> dict[str, str]:
    """Those digests that are part of a key: all but the ignored ones."""
    return {name: digest for name, digest in digests.items() if name not in policy.cache_ignore}


def _provenance(call: TaskCall, digests: dict[str, str]) -> dict[str, Any]:
    """Say what a result was made from: what ``dagwright cache why`` compares, and nothing that counts."""
    task, policy = call.task, call.policy
    made: dict[str, Any] = {"task": task.name, "cache_version": policy.cache_version}
    if call.cache != OFF:
        made["signature"] = task.signature
        made["inputs"] = keyed_inputs(policy, digests)
        made["types"] = {field.name: field.type.text for field in task.inputs}
    return made
