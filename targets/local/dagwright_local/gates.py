"""Gates of a run in processes: beside the attempts, which go on while a gate waits.

A ``Launcher`` around another one: jobs of gates end when somebody has answered, or when their time has passed; all others go to the inner one,
whose ends a thread of ours awaits.
"""

from __future__ import annotations

import json
from queue import SimpleQueue
from threading import Semaphore, Thread, Timer
from typing import TYPE_CHECKING, Any

from dagwright.authoring.errors import NotApproved
from dagwright.cache import PinDamaged
from dagwright.contract.exits import SUCCEEDED, USER_FAILED
from dagwright.execution.bindings import Bindings
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.given import Wire
from dagwright.execution.handling import note_failure
from dagwright.store import StoreError
from dagwright.upkeep.gates import give
from dagwright.values import Codec, ValueMismatch
from dagwright.values.spelling import spell
from dagwright_compiler.cli.given_files import asked_at, store_files
from dagwright_compiler.cli.inputs import WrongInput, checked
from dagwright_local.answers import UnansweredError, ask_approval, ask_value
from dagwright_local.schedule import Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dagwright.execution.plan_view import NodeView, ProgramView
    from dagwright.store.verbs import Store
    from dagwright_compiler.cli.inputs import Inputs
    from dagwright_local.answers import Answers
    from dagwright_local.forked import ForkedLauncher
    from dagwright_local.isolate import IsolatedLauncher
    from dagwright_local.schedule import Job


class GateLauncher:
    """Starts attempts through another launcher, and lets gates wait.

    Args:
        inner: What starts attempts.
        program: Whose gates they are.
        run: The run's key in the store.
        store: Opens the store; asked when a gate is met.
        texts: Texts of the workflow's inputs.
        answers: What was answered beforehand.
    """

    def __init__(
        self,
        inner: ForkedLauncher | IsolatedLauncher,
        program: ProgramView,
        *,
        run: str,
        store: Callable[[], Store],
        texts: Mapping[str, str],
        answers: Answers,
    ) -> None:
        self._inner = inner
        self._program = program
        self._run = run
        self._store = store
        self._texts = texts
        self._answers = answers
        self._ended: SimpleQueue[Finished | BaseException] = SimpleQueue()
        self._started = Semaphore(0)
        self.refusals: dict[str, str] = {}
        """Why a gate let nothing through."""
        Thread(target=self._await, daemon=True).start()

    def start(self, job: Job) -> None:
        """Start an attempt, or let a gate wait; who is asked on the terminal is waited for here."""
        node = self._program.node(job.node)
        if not node.gate:
            self._inner.start(job)
            self._started.release()
        elif node.gate == "sleep":
            timer = Timer(node.wait_s, self._ended.put, [Finished(job, SUCCEEDED)])
            timer.daemon = True
            timer.start()
        else:
            refusal = self._approve(node) if node.gate == "approve" else self._take(node)
            if refusal:
                self._refuse(node, refusal)
            self._ended.put(Finished(job, USER_FAILED if refusal else SUCCEEDED))

    def wait(self) -> Finished:
        """Wait for the end of any job."""
        ended = self._ended.get()
        if isinstance(ended, BaseException):
            raise ended
        return ended

    def work_of(self, job: Job) -> Path:
        """Folder of a node's attempt."""
        return self._inner.work_of(job)

    def _await(self) -> None:
        """Pass on the ends of attempts, as many as were started."""
        while True:
            self._started.acquire()
            try:
                self._ended.put(self._inner.wait())
            except BaseException as error:  # noqa: BLE001  # raised again where the run waits
                self._ended.put(error)
                return

    def _refuse(self, node: NodeView, refusal: str) -> None:
        """Keep why a gate let nothing through: for the user, and in the store for what handles the failure."""
        self.refusals[node.id] = refusal
        note_failure(self._store(), self._run, node.id, refusal, NotApproved.__qualname__)

    def _approve(self, node: NodeView) -> str:
        approved = self._answers.approved.get(node.id)
        if approved is None:
            try:
                approved = ask_approval(node.id, self._shown(node))
            except UnansweredError as error:
                return str(error)
        return "" if approved else f"{node.id} was not approved"

    def _take(self, node: NodeView) -> str:
        text = self._answers.texts.get(node.id)
        if text is None:
            declared = spell(node.task.outputs[0].type, self._program.classes)
            try:
                text = ask_value(node.id, declared, lambda text: self._wrong(node, text))
            except UnansweredError as error:
                return str(error)
            found = self._checked(node, text)
            if found.blobs:
                store_files(found.blobs, self._store())
            text = found.texts[node.id]
        give(self._store(), self._run, node.id, text)
        return ""

    def _wrong(self, node: NodeView, text: str) -> str:
        """Say why a text is no value, as far as that takes no class of the user's."""
        try:
            self._checked(node, text)
        except WrongInput as wrong:
            return wrong.message
        return ""

    def _checked(self, node: NodeView, text: str) -> Inputs:
        return checked(asked_at(self._program, [node.id]), {node.id: text})

    def _shown(self, node: NodeView) -> str:
        """The value that is to be approved, as JSON; nothing where only its class can tell."""
        codec = Codec(self._program.classes)
        bindings = Bindings(self._program, run=self._run, store=self._store(), codec=codec, texts=self._texts)
        values: list[Any] = []
        try:
            for field in node.task.outputs:
                given = bindings.value(node.bindings[field.name])
                values.append(given.data if isinstance(given, Wire) else codec.to_user(given.value, field.type))
        except (Fault, UserFailure, PinDamaged, StoreError, ValueMismatch, ImportError):
            return ""  # whoever takes it says what is wrong
        return ", ".join(json.dumps(value, ensure_ascii=False, default=str) for value in values)
