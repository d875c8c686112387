"""Decides what runs next: nodes whose needs are met, elements of maps up to their concurrency, retries, and when to stop.

Knows nothing of processes: a ``Launcher`` starts jobs and tells which ended. A retry is granted as an orchestrator grants it, by the
exit code alone; the attempt itself knows what is left of the user's budget.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

from dagwright.contract.chunks import chunk_of, pods_of
from dagwright.contract.exits import CANCELLED, FINAL, ORCHESTRATOR_RETRYABLE, SUCCEEDED
from dagwright.contract.names import SYSTEM_RETRIES
from dagwright.execution.lost_elements import may_lose
from dagwright.execution.task_call import CACHED
from dagwright_local.order import needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.execution.plan_view import NodeView, ProgramView


class Job(NamedTuple):
    """One attempt to be started: ``attempt`` counts from 0.

    ``pod`` is the index that a pod of a map would be given, ``elements`` what it then runs where that is more than the one of this index.
    """

    node: str
    pod: int | None
    attempt: int
    elements: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """What messages call it."""
        if self.elements:
            return f"{self.node}[{self.elements[0]}..{self.elements[-1]}]"
        return self.node if self.pod is None else f"{self.node}[{self.pod}]"


class Counts(NamedTuple):
    """What became of the elements of a job: as the attempt itself tells."""

    ran: int = 0
    cached: int = 0
    lost: int = 0


class Finished(NamedTuple):
    """One attempt that ended: ``state`` is run, cached or pinned where it succeeded; ``told`` is there for several elements."""

    job: Job
    code: int
    state: str = ""
    told: Counts | None = None

    @property
    def counts(self) -> Counts:
        """How many executions ran, were found in the cache, failed for good."""
        if self.told is not None:
            return self.told
        if self.code != SUCCEEDED:
            return Counts(lost=max(1, len(self.job.elements)))
        return Counts(cached=1) if self.state == CACHED else Counts(ran=1)


class Launcher(Protocol):
    """Starts attempts in processes."""

    def start(self, job: Job) -> None:
        """Start one."""
        ...

    def wait(self) -> Finished:
        """Wait until one that was started has ended."""
        ...


class Tally:
    """What came of a run: how many executions ran, were found in the cache, were tried again, failed for good."""

    def __init__(self) -> None:
        self.ran = 0
        self.cached = 0
        self.retried = 0
        self.failed: list[Finished] = []
        self.cancelled: list[Finished] = []
        """Attempts that were under way when another failed, and whose work is not needed."""
        self.lost: list[Finished] = []
        """Elements that failed for good in maps that may lose some."""
        self.exceeded: dict[str, int] = {}
        """Maps that lost more elements than they may, and how many they have in all."""
        self.sizes: dict[str, int] = {}
        """Elements of the maps that ran."""

    def __str__(self) -> str:
        counts = f"{self.ran} run, {self.cached} cached, {self.retried} retried, {len(self.failed)} failed"
        if self.lost:
            counts += f", {sum(finished.counts.lost for finished in self.lost)} lost"
        return f"{counts}, {len(self.cancelled)} cancelled" if self.cancelled else counts


class _Open:
    """A node whose needs are met: which of its jobs were started, how many run, how many are still to end and how many may fail."""

    __slots__ = ("concurrency", "left", "most_pods", "next", "node", "over", "pods", "running", "size", "spare")

    def __init__(self, node: NodeView, size: int, most_pods: int) -> None:
        self.node = node.id
        self.over = node.over is not None
        self.size = size
        self.most_pods = most_pods
        self.pods = pods_of(size, most_pods)
        self.concurrency = node.concurrency or self.pods
        self.next = 0
        self.running = 0
        self.left = self.pods
        self.spare = may_lose(node, size) if node.has_holes else 0

    def take(self) -> Job | None:
        """Give the next job that may start now."""
        if self.next >= self.pods or self.running >= self.concurrency:
            return None
        self.next += 1
        if not self.over:
            return Job(self.node, None, 0)
        elements = chunk_of(self.next - 1, self.size, self.most_pods) if self.pods < self.size else ()
        return Job(self.node, self.next - 1, 0, tuple(elements))


class Schedule:
    """One run of one program.

    Args:
        program: What to run.
        launcher: Starts and awaits attempts.
        max_workers: How many attempts may run at a time.
        count: Gives the number of elements of a map node whose needs are met.
        lose: Notes which elements of a job are lost, in a map that may lose some and has so many; gives how many that are.
    """

    def __init__(
        self,
        program: ProgramView,
        launcher: Launcher,
        *,
        max_workers: int,
        count: Callable[[NodeView], int],
        lose: Callable[[Job, int], int],
    ) -> None:
        self._program = program
        self._launcher = launcher
        self._max_workers = max_workers
        self._count = count
        self._lose = lose
        self._waits = needs(program)
        self._followers: dict[str, list[str]] = {node_id: [] for node_id in self._waits}
        for node_id, waits in self._waits.items():
            for other in waits:
                self._followers[other].append(node_id)
        self._open: dict[str, _Open] = {}
        self._again: deque[Job] = deque()
        self._waiting = 0
        """Gates that wait: beside the attempts, of which so many may run at a time."""
        self.tally = Tally()

    def run(self) -> Tally:
        """Run to the end; after a final failure nothing new is started, and what runs may finish.

        Where the failure policy has the rest run on, what needs nothing that failed is started all the same.
        """
        for node_id in [node_id for node_id, waits in self._waits.items() if not waits]:
            self._enter(node_id)
        active = 0
        while True:
            while active < self._max_workers and (job := self._next()) is not None:
                self._open[job.node].running += 1
                self._launcher.start(job)
                active += 1
            if not active and (not self._waiting or self._is_stopped):
                places = {node_id: place for place, node_id in enumerate(self._program.node_ids)}
                self.tally.failed.sort(key=lambda finished: places[finished.job.node])
                return self.tally
            finished = self._launcher.wait()
            if self._program.node(finished.job.node).gate:
                self._waiting -= 1
                self._pass(finished)
            else:
                active -= 1
                self._take(finished)

    @property
    def _is_stopped(self) -> bool:
        return bool(self.tally.failed) and self._program.stops

    def _next(self) -> Job | None:
        """Give the next job: repetitions first, then nodes in the order in which their needs were met."""
        if self._is_stopped:
            return None
        if self._again:
            return self._again.popleft()
        for opened in self._open.values():
            job = opened.take()
            if job is not None:
                return job
        return None

    def _take(self, finished: Finished) -> None:
        job = finished.job
        opened = self._open[job.node]
        opened.running -= 1
        if finished.code == SUCCEEDED:
            self._add(finished)
            self._end(opened)
        elif finished.code == CANCELLED:
            self.tally.cancelled.append(finished)
        elif finished.code in ORCHESTRATOR_RETRYABLE and job.attempt < self._granted(job.node):
            self.tally.retried += 1
            self._again.append(job._replace(attempt=job.attempt + 1))
        elif self._program.node(job.node).has_holes:
            if finished.code not in FINAL:  # the system's failure, once too often: nobody has noted yet what is lost
                finished = finished._replace(told=Counts(lost=self._lose(job, opened.size)))
            self._add(finished)
            self.tally.lost.append(finished)
            opened.spare -= finished.counts.lost
            if opened.spare < 0:
                self.tally.failed.append(finished)
                self.tally.exceeded[job.node] = opened.size
            else:
                self._end(opened)
        else:
            self.tally.failed.append(finished)

    def _pass(self, finished: Finished) -> None:
        """Let a run go on behind a gate, or end at it."""
        if finished.code == SUCCEEDED:
            self._leave(finished.job.node)
        else:
            self.tally.failed.append(finished)

    def _add(self, finished: Finished) -> None:
        self.tally.ran += finished.counts.ran
        self.tally.cached += finished.counts.cached

    def _end(self, opened: _Open) -> None:
        """Count a job that is over."""
        opened.left -= 1
        if not opened.left:
            self._leave(opened.node)

    def _granted(self, node_id: str) -> int:
        return self._program.node(node_id).policy.retries + SYSTEM_RETRIES

    def _enter(self, node_id: str) -> None:
        """Open a node whose needs are met; a map over nothing is done at once."""
        node = self._program.node(node_id)
        if node.gate:
            if not self._is_stopped:
                self._waiting += 1
                self._open[node_id] = _Open(node, 0, self._program.map_pods)
                self._launcher.start(Job(node_id, None, 0))
            return
        size = 1 if node.over is None else self._count(node)
        self._open[node_id] = _Open(node, size, self._program.map_pods)
        if node.over is not None:
            self.tally.sizes[node_id] = size
        if size == 0:
            self._leave(node_id)

    def _leave(self, node_id: str) -> None:
        """Close a node that is done and open what waited for it alone."""
        del self._open[node_id]
        for follower in self._followers[node_id]:
            self._waits[follower].discard(node_id)
            if not self._waits[follower]:
                self._enter(follower)
