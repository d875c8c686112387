from flytekit import create_node, task, workflow


@task
def clean() -> None:
    print("clean")


@task
def load(name: str) -> tuple[int, str]:
    return len(name), name


@task
def show(text: str, length: int) -> str:
    return text * length


@workflow
def main(name: str) -> str:
    cleaning = create_node(clean)
    loading = create_node(load, name=name)
    showing = create_node(show, text=loading.o1, length=loading.o0)
    cleaning.runs_before(loading)
    return showing.o0
