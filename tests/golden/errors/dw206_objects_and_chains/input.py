from flytekit import ContainerTask, conditional, kwtypes, task, workflow
from flytekitplugins.papermill import NotebookTask

square = ContainerTask(
    name="square",
    inputs=kwtypes(val=int),
    outputs=kwtypes(out=int),
    image="alpine",
    command=["sh", "-c", "echo 4 > /var/outputs/out"],
)
notebook = NotebookTask(name="nb", notebook_path="nb.ipynb", inputs=kwtypes(v=float), outputs=kwtypes(square=float))


@task
def one(x: int) -> int:
    return x


@workflow
def main(x: int = 1) -> int:
    a = square(val=x)  # E: DW206 `square` is a `ContainerTask`
    b = notebook(v=1.0)  # E: DW206 `notebook` is a `NotebookTask`
    c = conditional("c").if_(x > 1).then(one(x=x)).else_().then(one(x=2))  # E: DW206 `conditional`
    return one(x=c)
