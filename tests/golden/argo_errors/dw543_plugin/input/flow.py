from flytekit import task, workflow
from flytekitplugins.kfpytorch import Elastic
from flytekitplugins.spark import Spark


@task(task_config=Elastic(nnodes=2))  # E: DW543 task_config=Elastic(...)
def elastic(n: int) -> int:
    return n


@task(task_config=Spark(spark_conf={"spark.driver.memory": "1g"}))  # E: DW543 task_config=Spark(...)
def spark(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return spark(n=elastic(n=n))
