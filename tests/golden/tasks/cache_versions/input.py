"""Every way to say that a task is cached, and under which version."""

from flytekit import Cache, task, workflow
from flytekitplugins.auto_cache import CacheFunctionBody

OURS = Cache(version="7", serialize=True, ignored_inputs="seed")


@task(cache=True, cache_version="1", cache_serialize=True, cache_ignore_input_vars=("seed",))
def older(x: int, seed: int) -> int:
    return x + seed


@task(cache=OURS)
def whole(x: int, seed: int) -> int:
    return x + seed


@task(cache=Cache("2", True, ("seed",)))
def positional(x: int, seed: int) -> int:
    return x + seed


@task(cache=Cache(policies=[CacheFunctionBody()]))
def by_body(x: int) -> int:
    """The name, comments and this text say nothing of what it does."""
    return x + 1  # one more


@task(cache="auto")
def by_itself(x: int) -> int:
    return x + 1


@task(cache=Cache(salt="b", policies=CacheFunctionBody()))
def with_salt(x: int) -> int:
    return x + 1


@task(cache=Cache(version="3", policies=[CacheFunctionBody()]))
def version_wins(x: int) -> int:
    return x + 1


@task(cache=Cache(version="4"))
def off(x: int) -> int:
    return x + 1


@workflow
def cache_versions(x: int) -> int:
    a = whole(x=older(x=x, seed=1), seed=2)
    b = by_itself(x=by_body(x=positional(x=a, seed=3)))
    c = version_wins(x=with_salt(x=b))
    return off(x=c).with_overrides(cache=False)
