from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


def helper(x: int) -> int:
    return x + 1


def make():
    @task
    def hidden(x: int) -> int:
        return x

    return hidden


class Steps:
    @staticmethod
    @task
    def step(x: int) -> int:
        return x


hidden = make()


@workflow
def main(x: int) -> int:
    double.submit(x=x)  # E: DW207 the task `double` has no method `submit`
    hidden(x=x)  # E: DW207 `hidden` is what `make` gives
    Steps.step(x=x)  # E: DW207 `Steps.step` is neither a task nor a workflow
    return double(x=helper(x))  # E: DW207 `helper` is a plain function
