from flytekit import FlyteContextManager, Resources, task, workflow
from flytekitplugins.deck.renderer import BoxRenderer


def report(values: list[int]) -> str:
    return BoxRenderer("values").to_html(values)  # E: DW206 `BoxRenderer` is not supported yet


@task(requests=Resources(cpu="1"))
def total(values: list[int]) -> int:
    report(values)
    context = FlyteContextManager.current_context()
    context.file_access.get_random_local_path()  # E: DW206 `FlyteContextManager` is not supported yet
    return sum(values)


@workflow
def main(values: list[int]) -> int:
    return total(values=values)
