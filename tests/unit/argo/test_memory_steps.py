"""Memory by step: quantities that grow, and expressions that find the next step in what the attempt before said."""

from __future__ import annotations

import json
import re

import pytest

from dagwright_argo.memory_steps import MAY_GROW, MemorySteps, memory_steps
from dagwright_argo.model import Resources
from dagwright_argo.settings import ArgoSettings

RETRY_PATTERN = re.compile(MAY_GROW.partition(" matches '")[2].removesuffix("'").replace("[[]", r"\[").replace("[^]]", r"[^\]]"))


def steps(limit="", request="", *, retries=2, **settings):
    resources = Resources(
        requests={"cpu": "1", **({"memory": request} if request else {})},
        limits={"nvidia.com/gpu": "1", **({"memory": limit} if limit else {})},
    )
    return memory_steps(resources, ArgoSettings(**settings), retries)


def chosen(expression: str, message: str) -> str:
    """What Argo makes of an expression, read by hand: a list, and an index of conditions on the message."""
    found = re.fullmatch(
        r"\{\{=let m = lastRetry\.message; \[(.*)\]\[\((.*)\) \+ \(m startsWith '(.*)' \? 1 : 0\)\]\}\}", expression
    )
    assert found, expression
    texts = re.findall(r"'([^']*)'", found[1])
    said = 0
    for text, number in re.findall(r"m contains '([^']*)' \? (\d+) :", found[2]):
        if text in message:
            said = int(number)
            break
    return texts[said + message.startswith(found[3])]


def attempts(of: MemorySteps, endings: list[str]) -> list[str]:
    """Limits of a series of attempts, each of which ends as told: with Argo's words before the pod's own."""
    limit = json.loads(of.patch())["containers"][0]["resources"]["limits"]["memory"]
    message, found = "", []
    for ending in endings:
        mark = chosen(of.variable(), message)
        found.append(chosen(limit, message))
        assert found[-1] in mark.partition(",")[0]
        message = f"{ending}: node: the task failed {mark}" if ending != "lost" else "pod deleted"
    return found


OOM, USER = "main: OOMKilled (exit code 137)", "main: Error (exit code 75)"


@pytest.mark.parametrize(
    ("endings", "limits"),
    [
        ([OOM, OOM, OOM], ["1Gi", "2Gi", "4Gi"]),
        ([USER, OOM, USER, OOM, USER], ["1Gi", "1Gi", "2Gi", "2Gi", "4Gi"]),
        (["wait: OOMKilled (exit code 137)", USER], ["1Gi", "1Gi"]),
        ([OOM, "lost", OOM], ["1Gi", "2Gi", "1Gi"]),
    ],
)
def test_only_a_kill_of_the_task_is_a_step(endings, limits):
    assert attempts(steps("1Gi"), endings) == limits


def test_the_last_step_says_that_none_follows_and_all_others_that_one_does():
    of = steps("96Mi", "64Mi", retries=3)
    marks = [chosen(of.variable(), f"{OOM}: [memory {step} of 4: x") for step in (1, 2, 3)]
    assert marks == ["[memory 2 of 4: 192Mi, then 384Mi]", "[memory 3 of 4: 384Mi, then 768Mi]", "[memory 4 of 4: 768Mi]"]
    assert [bool(RETRY_PATTERN.search(f"{OOM}: n: {mark}\n")) for mark in ("[memory 1 of 4: 96Mi, then 192Mi]", *marks)] == [
        *(True, True, True),
        False,
    ]
    assert not RETRY_PATTERN.search(f"{OOM}: n[0] text='a, then b': killed [memory 4 of 4: 768Mi]\n")


def test_requests_and_limits_grow_together_and_nothing_else_does():
    patch = json.loads(steps("96Mi", "64Mi", oom_factor=1.5).patch())
    resources = patch["containers"][0]["resources"]
    assert {kind: list(of) for kind, of in resources.items()} == {"requests": ["memory"], "limits": ["memory"]}
    assert re.findall(r"'(\d+Mi)'", resources["requests"]["memory"]) == ["64Mi", "96Mi", "144Mi", "144Mi"]
    assert re.findall(r"'(\d+Mi)'", resources["limits"]["memory"]) == ["96Mi", "144Mi", "216Mi", "216Mi"]


def test_a_request_alone_grows_alone():
    of = steps(request="64Mi")
    assert of.limits == ()
    assert of.requests == ("64Mi", "128Mi", "256Mi")
    assert chosen(of.variable(), "") == "[memory 1 of 3: 64Mi, then 128Mi]"


@pytest.mark.parametrize(
    ("limit", "most", "limits"),
    [
        ("1Gi", "3Gi", ("1Gi", "2Gi", "3Gi")),
        ("1Gi", "2Gi", ("1Gi", "2Gi")),
        ("500M", "", ("500M", "1G", "2G")),
        ("1.5Gi", "", ("1.5Gi", "3Gi", "6Gi")),
        ("1000", "", ("1000", "2k", "4k")),
    ],
)
def test_the_bound_ends_the_steps(limit, most, limits):
    assert steps(limit, oom_memory_max=most).limits == limits


@pytest.mark.parametrize(("limit", "retries", "most"), [("1Gi", 0, ""), ("", 2, ""), ("4Gi", 2, "4Gi"), ("4Gi", 2, "2Gi")])
def test_without_room_a_kill_is_final(limit, retries, most):
    assert steps(limit, retries=retries, oom_memory_max=most) is None
