from flytekit import Secret, task, workflow

HUB = "hub"
TOKEN = Secret(group=HUB, key="token", env_var="HF_TOKEN")


@task(secret_requests=[TOKEN, Secret(group="my_group", key="Key", mount_requirement=Secret.MountType.ENV_VAR)])
def variables(n: int) -> int:
    return n


@task(
    secret_requests=[
        Secret(group="tls", key="cert.pem", mount_requirement=Secret.MountType.FILE, env_var="CERTIFICATE"),
        Secret(group="tls", key="key.pem", mount_requirement=Secret.MountType.FILE),
        Secret(group="whole"),
    ]
)
def files(n: int) -> int:
    return n


@task
def none(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return none(n=files(n=variables(n=n)))
