from flytekit import CronSchedule, LaunchPlan, task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int = 1) -> int:
    return double(x=x)


nightly = LaunchPlan.get_or_create(main, "nightly", schedule=CronSchedule(schedule="0 1 * * *"))  # W: DW229 `nightly`
LaunchPlans = ["LaunchPlan"]
