"""The child of a pod that runs several elements of a map, one after the other: results in one stripe.

Every element is a call of its own, with its own cache key, its own retries and its own time: a failed one does not keep the others from
running, and is tried again here as long as the user's budget lasts. Elements that an earlier attempt finished are not run again. Lookups
in the cache are made at once, before the first element runs.
"""

from __future__ import annotations

import os
import time
from collections import deque

from dagwright.cache.results import INLINE_LIMIT, Result
from dagwright.cache.stripes import Part, check_inputs, part_key, publish_stripe, read_parts, read_stripe, write_part
from dagwright.contract.modes import READING
from dagwright.contract.names import node_prefix, stripe_key, stripe_part_prefix
from dagwright.execution.ending import SUCCEEDED, TIMEOUT
from dagwright.execution.faults import UserFailure
from dagwright.execution.journal import Journal, Progress
from dagwright.execution.lost_elements import short_inputs
from dagwright.execution.records import epoch_of, read_records
from dagwright.execution.task_call import CACHED, PINNED, RUN, StoredCall
from dagwright.store.errors import StoreError
from dagwright.store.together import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.child import Report
    from dagwright.execution.task_call import TaskCall
    from dagwright.store.verbs import Store

    CallOf = Callable[[int, int], TaskCall]
    """Makes the call of an element; the second number bounds what of each output may stand in the stripe."""
    Enter = Callable[[int], Callable[[], None]]
    """Says that an element's turn has come; gives what says that it is over."""
    Rest = Callable[[], None]
    """Says that no element's time runs."""

_STRIPE_BYTES = 8 * 1024 * 1024
"""What the values of a stripe may take in it together; longer ones become blobs."""
_SAVE_S = 30.0
"""How long what is finished may stand on the pod's own disk alone."""


class Chunk:
    """The elements of one pod; ``look`` is called before their results are published."""

    def __init__(
        self,
        assignment: Assignment,
        report: Report,
        store: Store,
        elements: range,
        *,
        call_of: CallOf,
        enter: Enter,
        rest: Rest,
        look: Callable[[], None],
    ) -> None:
        assert assignment.index is not None
        self._assignment = assignment
        self._node = assignment.node
        self._pod = assignment.index
        self._report = report
        self._store = store
        self._elements = elements
        self._call_of = call_of
        self._enter = enter
        self._rest = rest
        self._look = look
        self._journal = Journal(assignment)
        self._progress = Progress()
        self._calls: dict[int, StoredCall] = {}
        self._part_key = part_key(assignment.run, self._node.id, self._pod, assignment.token)
        self._saved_at = time.monotonic()

    def run(self) -> dict[str, Any]:
        """Run them; give the outcome for the supervisor.

        Raises:
            Cancelled: The run has failed meanwhile.
            Fault: The plan lacks something.
            InputsDiffer: The run's results were made from other inputs.
            PinDamaged: A value of the run is gone or damaged.
            StoreError: The store failed.
        """
        run, node = self._assignment.run, self._node.id
        self._progress = self._journal.read()
        self._prepare()
        self._rest()
        inputs = {index: call.inputs_digest for index, call in self._calls.items()}
        striped = read_stripe(self._store, run, node, self._pod)
        if striped is not None:
            check_inputs(stripe_key(run, node, self._pod), striped, inputs)
            return self._success(PINNED)
        self._take_parts(inputs)
        left = [index for index in self._elements if index in self._calls and index not in self._progress.results]
        left = [index for index in left if index not in self._progress.failures]
        left.sort(key=self._progress.spent.__contains__)  # what took its process along keeps no other from running
        self._look_up(left)
        self._run_all(deque(left))
        if self._progress.failures:
            self._save()
            return self._failure()
        self._look()
        publish_stripe(self._store, run, node, self._pod, self._progress.results)
        return self._success(RUN if len(self._progress.cached) < len(self._elements) else CACHED)

    def _prepare(self) -> None:
        """Resolve the inputs of every element; where that fails it is the element's failure, not the pod's."""
        for index in self._elements:
            self._prepare_one(index)

    def _prepare_one(self, index: int) -> None:
        try:
            self._calls[index] = self._call(index)
        except UserFailure as failure:
            if index not in self._progress.failures:
                self._fail(index, failure.error)

    def _call(self, index: int) -> StoredCall:
        call = self._call_of(index, max(1024, min(INLINE_LIMIT, _STRIPE_BYTES // len(self._elements))))
        assert call.reuse is not None
        return StoredCall(call, call.reuse)

    def _take_parts(self, inputs: dict[int, str]) -> None:
        """Take over what earlier attempts finished, and what they spent of the same round of retries."""
        run, node = self._assignment.run, self._node.id
        names = self._store.list(node_prefix(run, node, self._pod))
        if not self._progress.knows_earlier:
            records = read_records(self._store, run, node, self._pod, names=names)
            self._progress.epoch = epoch_of(records, self._assignment.hint)
        earlier: dict[int, int] = {}
        for part in read_parts(self._store, run, node, self._pod, _say, names=names):
            check_inputs(stripe_part_prefix(run, node, self._pod), part.results, inputs)
            for index, result in part.results.items():
                self._progress.results.setdefault(index, result)
            if part.key != self._part_key and part.epoch == self._progress.epoch:
                for index, tries in part.spent.items():
                    # One try is left to every element: whoever is to hear of its failure needs its error.
                    earlier[index] = max(earlier.get(index, 0), min(tries, self._node.policy.retries))
        if not self._progress.knows_earlier:
            self._journal.add_earlier(self._progress.epoch, earlier)
            for index, tries in earlier.items():
                self._progress.spent[index] = self._progress.spent.get(index, 0) + tries

    def _look_up(self, left: list[int]) -> None:
        """Look all elements up in the cache, several at a time."""
        calls = [self._calls[index] for index in left]
        if not calls or calls[0].call.cache not in READING:
            return
        each(self._store, StoredCall.look_up, calls)

    def _run_all(self, left: deque[int]) -> None:
        """Run what is left; what may be tried again is, when the others have had their turn."""
        retries = self._node.policy.retries
        while left:
            index = left.popleft()
            if self._progress.spent.get(index, 0) > retries:  # its process died of its timeout, once too often
                self._give_up(index)
            elif self._run_one(index):
                left.append(index)
            if time.monotonic() - self._saved_at > _SAVE_S:
                self._save_in_passing()

    def _run_one(self, index: int) -> bool:
        """Run an element; tell whether it is to be tried again."""
        call = self._calls[index]
        inputs = short_inputs(self._node.mapped, call.call.given)
        self._report({"event": "element", "index": index, "text": inputs})
        leave = self._enter(index)
        try:
            again = self._settle(index, leave)
        finally:
            # Not before the journal has it: a supervisor whose patience is over kills at this word.
            self._report({"event": "element", "index": None, "text": ""})
        return again

    def _settle(self, index: int, leave: Callable[[], None]) -> bool:
        """Run an element and note what came of it; tell whether it is to be tried again."""
        call = self._calls[index]
        try:
            done = call.perform()
        except UserFailure as failure:
            return self._has_another_try(index, failure.error)
        finally:
            leave()
        assert done.result is not None
        result = Result(done.result.outputs, inputs=call.inputs_digest, made=done.result.made)
        self._progress.results[index] = result
        if done.state == CACHED:
            self._progress.cached.add(index)
        self._journal.add_result(index, result, cached=done.state == CACHED)
        del self._calls[index]  # and with it what it decoded
        return False

    def _has_another_try(self, index: int, error: BaseException) -> bool:
        from dagwright.execution.failures import is_recoverable

        if is_recoverable(error):
            spent = self._progress.spent[index] = self._progress.spent.get(index, 0) + 1
            self._journal.add_try(index)
            if spent <= self._node.policy.retries:
                self._say_again(index, error)
                self._calls[index] = self._call(index)  # whatever it did to its inputs, it gets fresh ones
                return True
        self._fail(index, error)
        return False

    def _fail(self, index: int, error: BaseException) -> None:
        from dagwright.execution.failures import outcome_of

        outcome = outcome_of(error)
        call = self._calls.get(index)
        outcome["inputs"] = short_inputs(self._node.mapped, call.call.given) if call is not None else ""
        self._calls.pop(index, None)
        self._progress.failures[index] = outcome
        self._journal.add_failure(index, outcome)
        _say(f"{self._label(index, outcome)} failed: {outcome['error']['exc_type']}: {outcome['error']['message']}")

    def _give_up(self, index: int) -> None:
        text = f"the task ran longer than its timeout of {self._node.policy.timeout_s:g} s"
        outcome = {"ending": TIMEOUT, "text": text, "inputs": short_inputs(self._node.mapped, self._calls[index].call.given)}
        self._progress.failures[index] = outcome
        self._journal.add_failure(index, outcome)
        _say(f"{self._label(index, outcome)} failed: {text}")

    def _label(self, index: int, outcome: dict[str, Any]) -> str:
        return f"{self._node.id}[{index}] {outcome['inputs']}".rstrip()

    def _say_again(self, index: int, error: BaseException) -> None:
        from dagwright.execution.failures import message_of

        _say(f"{self._node.id}[{index}]: {type(error).__name__}: {message_of(error)}; it is tried again")

    def _save_in_passing(self) -> None:
        """Leave what is finished in the store, so that a lost pod loses little; where that fails, there is another time."""
        try:
            self._save()
        except StoreError as failure:
            self._saved_at = time.monotonic()
            _say(f"what is finished is not in the store yet: {failure}")

    def _save(self) -> None:
        """Leave what is finished in the store.

        Raises:
            StoreError: The store failed.
        """
        write_part(self._store, self._part_key, Part(self._progress.results, self._progress.spent, self._progress.epoch))
        self._saved_at = time.monotonic()

    def _success(self, state: str) -> dict[str, Any]:
        return {"ending": SUCCEEDED, "state": state, "used": self._progress.used, **self._counts()}

    def _failure(self) -> dict[str, Any]:
        """The first element's failure stands for all; tries are over, so nothing of it may be tried again."""
        failures = self._progress.failures
        first = min(failures)
        return {**failures[first], "element": first, "exhausted": True, **self._counts()}

    def _counts(self) -> dict[str, int]:
        cached, lost = len(self._progress.cached), len(self._progress.failures)
        return {"ran": len(self._elements) - cached - lost, "cached": cached, "lost": lost}


def _say(text: str) -> None:
    os.write(2, f"dagwright: {' '.join(text.split())[:1000]}\n".encode("utf-8", "backslashreplace"))
