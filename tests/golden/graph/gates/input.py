from datetime import timedelta

from dagwright import approve, sleep, task, wait_for_input, workflow


@task
def build(version: str) -> str:
    return f"app:{version}"


@task
def deploy(image: str, share: float) -> str:
    return f"{image} at {share:.0%}"


@workflow
def main(version: str = "1.2") -> str:
    image = approve(build(version=version), "look at image", timeout=timedelta(hours=2))
    share = wait_for_input("share", timeout=timedelta(days=1), expected_type=float)
    pause = sleep(timedelta(seconds=90))
    done = deploy(image=image, share=share)
    pause >> done
    return done
