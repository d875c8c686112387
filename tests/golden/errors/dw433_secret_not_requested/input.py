from flytekit import PodTemplate, Secret, current_context, task, workflow

GROUP = "db"


def connect(user: str) -> str:
    return user + current_context().secrets.get(key="password", group=GROUP)  # W: DW433 the secret `db/password` is read


@task
def count(user: str) -> int:
    return len(connect(user=user))


@task(secret_requests=[Secret(group="db", key="user")])
def read(x: int) -> str:
    secrets = current_context().secrets
    token = secrets.get("api", "token")  # W: DW433 the task `read` does not ask for it
    return secrets.get("DB", "USER") + token + str(x)


@task(secret_requests=[Secret(group="api")])
def whole(x: int) -> str:
    try:
        extra = current_context().secrets.get("other", "key")
    except ValueError:
        extra = ""
    return current_context().secrets.get("api", "token") + current_context().secrets.api.key + extra + str(x)


@task(pod_template=PodTemplate(labels={"secrets": "mounted"}))
def mounted(name: str) -> str:
    return current_context().secrets.get("api", "token") + current_context().secrets.get("api", name)


@workflow
def main(user: str) -> tuple[int, str, str, str]:
    return count(user=user), read(x=1), whole(x=1), mounted(name="a")
