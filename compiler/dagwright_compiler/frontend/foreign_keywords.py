"""Keywords of decorators that people bring from other tools, and what says the same here.

Airflow, Prefect, Dagster, Metaflow, Kubeflow Pipelines and Ray call the same few things by many names. Only looked at once a keyword is unknown.
"""

from __future__ import annotations

_TIMEOUT = "write `timeout=timedelta(minutes=5)`"
_PAUSE = "leave it out: a task is tried again after 10 seconds, then after twice as long each time, up to 5 minutes"
_REQUEST = 'write `requests=Resources(cpu="1", mem="1Gi")`'
_LIMIT = 'write `limits=Resources(cpu="1", mem="1Gi")`'
_PACKAGES = 'name an image that has them: `container_image=ImageSpec(packages=["pandas"])`'
_NAME = "leave it out: the name of the function is the name"
_DOC = "write it as the function's docstring"
_SCHEDULE = "leave it out, and schedule the compiled workflow where it runs"
_SECRETS = 'write `secret_requests=[Secret(group="...", key="...")]`'
_VERSION = 'write `cache=True, cache_version="1"`'
_RUNS = "leave it out: one call of the workflow is one run"

_OF_TASKS = {
    "execution_timeout": _TIMEOUT,
    "timeout_seconds": _TIMEOUT,
    "retry_delay": _PAUSE,
    "retry_delay_seconds": _PAUSE,
    "retry_exponential_backoff": _PAUSE,
    "retry_policy": "write `retries=3`",
    "max_retries": "write `retries=3`",
    "num_retries": "write `retries=3`",
    "cpu": _REQUEST,
    "cpus": _REQUEST,
    "num_cpus": _REQUEST,
    "memory": _REQUEST,
    "mem": _REQUEST,
    "gpu": 'write `requests=Resources(gpu="1")`',
    "gpus": 'write `requests=Resources(gpu="1")`',
    "num_gpus": 'write `requests=Resources(gpu="1")`',
    "cpu_limit": _LIMIT,
    "memory_limit": _LIMIT,
    "image": 'write `container_image="..."`',
    "base_image": 'write `container_image="..."`',
    "docker_image": 'write `container_image="..."`',
    "packages": _PACKAGES,
    "packages_to_install": _PACKAGES,
    "requirements": _PACKAGES,
    "env": 'write `environment={"NAME": "value"}`',
    "env_vars": 'write `environment={"NAME": "value"}`',
    "environ": 'write `environment={"NAME": "value"}`',
    "secrets": _SECRETS,
    "secret": _SECRETS,
    "cache_key_fn": _VERSION,
    "cache_policy": _VERSION,
    "cache_expiration": _VERSION,
    "version": "write `cache_version`",
    "name": _NAME,
    "task_id": _NAME,
    "task_run_name": _NAME,
    "description": _DOC,
    "doc_md": _DOC,
    "docstring": _DOC,
    "persist_result": "leave it out: results are always kept in the store",
    "result_storage": "leave it out: results are kept in the `store` of the settings",
    "log_prints": "leave it out: what a task prints is in its log",
    "trigger_rule": "leave it out: a task runs when all that it needs has succeeded",
    "depends_on_past": "leave it out: runs do not wait for each other",
    "multiple_outputs": "annotate the result as a `NamedTuple`, whose fields are outputs",
    "map_index_template": "leave it out: elements of a map are numbered",
    "pool": "leave it out, or write `map_task(f, concurrency=4)` where a map should be slow",
}
_OF_WORKFLOWS = {
    "schedule": _SCHEDULE,
    "schedule_interval": _SCHEDULE,
    "cron": _SCHEDULE,
    "start_date": _SCHEDULE,
    "end_date": _SCHEDULE,
    "timetable": _SCHEDULE,
    "catchup": _SCHEDULE,
    "dag_id": _NAME,
    "flow_run_name": _NAME,
    "name": _NAME,
    "description": _DOC,
    "doc_md": _DOC,
    "default_args": "write `retries` and `timeout` in the `@task` of each task",
    "retries": "write `retries` in the `@task` of each task",
    "timeout": "write `timeout` in the `@task` of each task",
    "timeout_seconds": "write `timeout` in the `@task` of each task",
    "retry_delay_seconds": _PAUSE,
    "cache": 'write `cache=True, cache_version="1"` in the `@task` of each task',
    "cache_version": 'write `cache=True, cache_version="1"` in the `@task` of each task',
    "requests": "write `requests` in the `@task` of each task",
    "limits": "write `limits` in the `@task` of each task",
    "container_image": "write `container_image` in the `@task` of each task",
    "environment": "write `environment` in the `@task` of each task",
    "secret_requests": "write `secret_requests` in the `@task` of each task",
    "task_runner": "leave it out: the target decides where tasks run",
    "log_prints": "leave it out: what a task prints is in its log",
    "max_active_runs": _RUNS,
    "tags": "leave it out, and label what is compiled: `[tool.dagwright.argo] labels`",
    "pipeline_root": "leave it out: results are kept in the `store` of the settings",
}


def counterpart(name: str, what: str) -> str:
    """What to write for a keyword of another tool in ``@task``, ``@workflow`` or ``with_overrides``; empty for all others."""
    return (_OF_WORKFLOWS if what == "@workflow" else _OF_TASKS).get(name, "")
