from dataclasses import dataclass

from flytekit import FlyteContextManager, kwtypes, task, workflow
from flytekit.core.utils import ClassDecorator
from flytekit.exceptions.user import FlyteUserException
from flytekit.extend import TypeEngine, TypeTransformer
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.remote import FlyteRemote
from flytekit.types.structured import register_csv_handlers
from flytekitplugins.comet_ml import comet_ml_login
from flytekitplugins.wandb import wandb_init as init

# Objects of any kind may be made and named; what is in the way of no task is none of our business.
query = SQLite3Task(name="rows", query_template="select 1", inputs=kwtypes(n=int), task_config=SQLite3Config(uri="rows.db"))
remote = FlyteRemote(default_project="p")
register_csv_handlers()  # W: DW229 `register_csv_handlers` does nothing here


@dataclass
class Point:
    x: int


class PointTransformer(TypeTransformer[Point]):
    def __init__(self):
        super().__init__(name="point", t=Point)


TypeEngine.register(PointTransformer())  # W: DW229 `TypeEngine.register` does nothing here


class Stopped(FlyteUserException):
    pass


class track(ClassDecorator):  # E: DW206 `ClassDecorator` is not supported yet as a base class
    pass


remote.fetch_task(name="t")  # E: DW206 this `FlyteRemote` stands for one of flytekit and does nothing


def login(project: str = init(project="p")):  # E: DW206 `wandb_init` is not supported yet, and it is called when the file is imported
    comet_ml_login(project)


@task
@comet_ml_login(project_name="p")  # E: DW206 `comet_ml_login` is not supported yet, and it is called when the file is imported
def train(n: int) -> int:
    FlyteContextManager.current_context()
    return n


@workflow
def main(n: int) -> int:
    return train(n=n)


if __name__ == "__main__":
    comet_ml_login(project_name="p")
