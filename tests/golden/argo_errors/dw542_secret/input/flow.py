from flytekit import Secret, task, workflow


@task(secret_requests=[Secret(key="token")])  # E: DW542 the secret token names no group
def no_group(n: int) -> int:
    return n


@task(secret_requests=[Secret(group="hub", key="to/ken")])  # E: DW542 letters, digits
def wrong_key(n: int) -> int:
    return n


@task(secret_requests=[Secret(group="a_b", key="k"), Secret(group="a-b", key="k")])  # E: DW542 both stand for the Secret a-b
def same(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return same(n=wrong_key(n=no_group(n=n)))
