from dagwright import task, workflow


def make():
    @task
    def double(x: int) -> int:  # E: DW208
        return 2 * x

    return double
