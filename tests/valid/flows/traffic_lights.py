from flytekit import Resources, task, workflow
from flytekit.core.node_creation import create_node


@task
def phase(crossing: str) -> int:
    return len(crossing)


@task
def reset(crossing: str) -> None:
    print("reset", crossing)


@task(requests=Resources(cpu="100m", mem="64Mi"))
def switch(phase: int, offset: int = 1) -> int:
    return phase + offset


@workflow
def main(crossing: str = "main street") -> int:
    cleared = create_node(reset, crossing=crossing)
    now = create_node(phase, crossing=crossing)
    cleared.runs_before(now)
    after = switch(phase=now.o0).with_overrides(limits=Resources(cpu="1", mem="128Mi"), retries=1, node_name="switch-over")
    return after
