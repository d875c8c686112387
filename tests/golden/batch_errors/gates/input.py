from datetime import timedelta

from dagwright import approve, sleep, task, wait_for_input, workflow

HOUR = timedelta(hours=1)


@task
def one(x: int) -> int:
    return x


@workflow
def main(x: int = 1) -> int:
    seen = approve(one(x=x), "review", timeout=HOUR)  # E: DW557 cannot run `approve`
    given = wait_for_input("given", HOUR, expected_type=int)  # E: DW557 cannot run `wait_for_input`
    pause = sleep(HOUR)  # E: DW557 cannot run `sleep`
    done = one(x=given).with_overrides(node_name="second")
    seen >> pause >> done
    return done
