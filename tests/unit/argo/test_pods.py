"""Container templates: policy to Kubernetes."""

import pytest
from argo_manifests import STORE, compile_argo
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright.contract.exits import RETRYABLE
from dagwright_compiler.ir.program import Policy, Resources


def pod(settings=STORE, **policy):
    made = program(workflow("flow.wf", replace(call("t"), policy=Policy(**policy))))
    return compile_argo(made, settings).pods()["t"]


@pytest.mark.parametrize(
    ("requests", "limits", "expected"),
    [
        (None, None, {"requests": {"cpu": "100m", "memory": "256Mi"}}),
        (Resources(cpu="2"), None, {"requests": {"cpu": "2", "memory": "256Mi"}}),
        # The default request must not pass a limit: Kubernetes then takes the limit.
        (None, Resources(mem="64Mi"), {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}}),
        (None, Resources(cpu="1", mem="64Mi"), {"limits": {"cpu": "1", "memory": "64Mi"}}),
        (
            Resources(gpu="1"),
            None,
            {"requests": {"cpu": "100m", "memory": "256Mi", "nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}},
        ),
        (
            Resources(ephemeral_storage="1Gi"),
            Resources(ephemeral_storage="2Gi"),
            {
                "requests": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "1Gi"},
                "limits": {"ephemeral-storage": "2Gi"},
            },
        ),
    ],
)
def test_quantities_become_resources(requests, limits, expected):
    assert {
        kind: dict(sorted(found.items()))
        for kind, found in pod(requests=requests, limits=limits)["container"]["resources"].items()
    } == {kind: dict(sorted(found.items())) for kind, found in expected.items()}


def test_user_and_system_retries_share_one_limit():
    assert pod(retries=2)["retryStrategy"]["limit"] == 5
    assert pod({**STORE, "system_retries": 0}, retries=2)["retryStrategy"]["limit"] == 2


def test_every_code_that_may_pass_is_retried():
    expression = pod()["retryStrategy"]["expression"]
    codes = expression.partition(" in [")[2].partition("]")[0].split(", ")
    assert {int(code) for code in codes} >= RETRYABLE
    assert pod()["retryStrategy"]["retryPolicy"] == "Always"


def test_the_engines_deadline_comes_later_than_the_watchdog():
    assert pod(timeout_s=30.2)["activeDeadlineSeconds"] == 631
    assert "activeDeadlineSeconds" not in pod()


def test_the_tasks_image_goes_before_the_settings():
    assert pod({**STORE, "image": "ours:1"})["container"]["image"] == "ours:1"
    assert pod({**STORE, "image": "ours:1"}, image="theirs:2")["container"]["image"] == "theirs:2"


def test_a_pod_runs_the_archive_with_the_configured_python():
    container = pod({**STORE, "python": "/opt/python"})["container"]
    assert container["command"] == ["/opt/python", "/dagwright/runtime/dagwright.pyz"]
    assert container["args"] == ["{{inputs.parameters.unit}}"]


def test_the_users_environment_overrides_the_settings_and_is_never_expanded():
    settings = {**STORE, "env": {"A": "settings", "B": "$(HOME) $$ {{workflow.name}}"}}
    variables = [(item["name"], item["value"]) for item in pod(settings, environment=(("A", "task"),))["container"]["env"]]
    assert variables[:3] == [("DAGWRIGHT_EMPTY", ""), ("A", "task"), ("B", "$$(HOME) $$$$ {$(DAGWRIGHT_EMPTY){workflow.name}}")]


def test_interruptible_pods_accept_the_configured_taints():
    settings = {
        **STORE,
        "interruptible_tolerations": [
            {"key": "spot", "value": "true", "effect": "NoSchedule"},
            {"key": "x", "operator": "Exists"},
        ],
    }
    assert pod(settings, interruptible=True)["tolerations"] == [
        {"key": "spot", "value": "true", "effect": "NoSchedule"},
        {"key": "x", "operator": "Exists"},
    ]
    assert "tolerations" not in pod(settings)
    assert "tolerations" not in pod(interruptible=True)


def test_pods_that_must_not_be_interrupted_say_so_to_the_autoscalers():
    assert set(pod(interruptible=False)["metadata"]["annotations"].values()) == {"true", "false"}
    assert "annotations" not in pod(interruptible=True)["metadata"]
    assert "annotations" not in pod()["metadata"]
