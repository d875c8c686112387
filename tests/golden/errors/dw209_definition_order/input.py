"""The import of the file reads names above their definitions: in every container it would end with a ``NameError``."""

from dataclasses import dataclass

from dagwright import Resources, task, workflow

LIMIT = MOST // 2  # E: DW209 `MOST` is not defined yet where this line names it
MOST = 4


@dataclass
class Job:
    size: int = SIZE  # E: DW209 `SIZE` is not defined yet where this line names it

    def half(self) -> Job:  # E: DW209 `Job` is not defined yet where the annotation of the result names it
        return Job(self.size // 2)


@task(
    cache=True,
    cache_version=VERSION,  # E: DW209 `VERSION` is not defined yet where `cache_version` names it
    requests=Resources(cpu=CPU),  # E: DW209 `CPU` is not defined yet where `requests` names it
)
def load(n: int = SMALLEST) -> Job:  # E: DW209 `SMALLEST` is not defined yet where the default of `n` names it
    return Job(min(n, LARGEST))


@task
def report(job: Job, style: Style) -> str:  # E: DW209 `Style` is not defined yet where the annotation of `style` names it
    return f"{style.name}: {job}"


@workflow(on_failure=clean_up)  # E: DW209 `clean_up` is not defined yet where `on_failure` names it
def main(n: int = 1) -> str:
    return report(job=load(n=n), style=Style())


@task
def clean_up(n: int) -> None: ...


@dataclass
class Style:
    name: str = "plain"


VERSION, CPU, SIZE, SMALLEST = "1", "500m", 1, 2
LARGEST = max(LIMIT, 8)
