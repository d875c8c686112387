from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from pods import Pods, pinned

from dagwright.execution.plan_view import ProgramView
from dagwright_local.order import in_order, needs
from dagwright_local.schedule import Finished, Job, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Recorded:
    """A launcher whose jobs end at once, in the order in which they were started, as a script says."""

    def __init__(self, code: Callable[[Job], int]) -> None:
        self._code = code
        self._started: deque[Job] = deque()
        self.jobs: list[Job] = []
        self.most = 0

    def start(self, job: Job) -> None:
        self.jobs.append(job)
        self._started.append(job)
        self.most = max(self.most, len(self._started))

    def wait(self) -> Finished:
        job = self._started.popleft()
        return Finished(job, self._code(job), "run")


def program(folder: Path, *, concurrency: int = 0, **policy: Any) -> ProgramView:
    """A node `first`, a map `each` over its list, `last` over the map, and `other`, which only has to follow `last`."""
    pods = Pods(folder, "")
    pods.stops = True
    pods.task("other", {}, "int")
    pods.nodes[-1]["after"] = ["last"]
    pods.task("first", {}, "list[int]")
    pods.task("each", {"x": ("int", pinned("first"))}, "int", over="x", **policy)
    pods.nodes[-1]["concurrency"] = concurrency
    pods.task("last", {"xs": ("list[int]", pinned("each"))}, "int")
    data: Any = pods.plan()["program"]
    return ProgramView(data)


def run(
    view: ProgramView, *, count: int = 3, workers: int = 8, code: Callable[[Job], int] = lambda _job: 0
) -> tuple[Schedule, Recorded]:
    launcher = Recorded(code)
    schedule = Schedule(
        view, launcher, max_workers=workers, count=lambda _node: count, lose=lambda job, _size: max(1, len(job.elements))
    )
    schedule.run()
    return schedule, launcher


def test_nodes_start_when_what_they_need_has_succeeded(tmp_path: Path) -> None:
    schedule, launcher = run(program(tmp_path))
    elements = [Job("each", index, 0) for index in range(3)]
    assert launcher.jobs == [Job("first", None, 0), *elements, Job("last", None, 0), Job("other", None, 0)]
    assert str(schedule.tally) == "6 run, 0 cached, 0 retried, 0 failed"


def test_a_map_over_nothing_is_done_at_once(tmp_path: Path) -> None:
    _, launcher = run(program(tmp_path), count=0)
    assert [job.node for job in launcher.jobs] == ["first", "last", "other"]


def test_concurrency_and_workers_bound_what_runs_at_a_time(tmp_path: Path) -> None:
    assert run(program(tmp_path), count=20)[1].most == 8
    assert run(program(tmp_path, concurrency=2), count=20)[1].most == 2
    assert run(program(tmp_path, concurrency=2), count=20, workers=1)[1].most == 1


def test_a_retryable_end_is_repeated_with_the_next_number_until_it_succeeds(tmp_path: Path) -> None:
    schedule, launcher = run(program(tmp_path), code=lambda job: 75 if (job.pod, job.attempt) in ((1, 0), (1, 1)) else 0)
    assert [job.attempt for job in launcher.jobs if job.pod == 1] == [0, 1, 2]
    assert str(schedule.tally) == "6 run, 0 cached, 2 retried, 0 failed"


def test_the_system_grants_three_attempts_beyond_the_users_retries(tmp_path: Path) -> None:
    schedule, launcher = run(program(tmp_path, retries=2), code=lambda job: 74 if job.pod == 0 else 0)
    assert len([job for job in launcher.jobs if job.pod == 0]) == 1 + 2 + 3
    assert [failed.job.label for failed in schedule.tally.failed] == ["each[0]"]


def test_after_a_final_failure_nothing_new_is_started(tmp_path: Path) -> None:
    schedule, launcher = run(program(tmp_path), count=5, workers=2, code=lambda job: 80 if job.pod == 1 else 0)
    assert [job.pod for job in launcher.jobs if job.node == "each"] == [0, 1, 2]
    assert [job.node for job in launcher.jobs if job.node in ("last", "other")] == []
    assert len(schedule.tally.failed) == 1


def test_order_keeps_the_source_wherever_it_may(tmp_path: Path) -> None:
    assert in_order(needs(program(tmp_path))) == ["first", "each", "last", "other"]
    deep = {f"n{number}": {f"n{number + 1}"} if number < 5000 else set() for number in range(5001)}
    assert in_order(deep)[0] == "n5000"
