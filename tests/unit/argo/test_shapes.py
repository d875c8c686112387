"""Forms of Kubernetes' objects, held to the published schema, and what is said of data that has another."""

from pathlib import Path

import pytest
from kubernetes_shapes import text

import dagwright_argo
from dagwright_argo import pod_values, shapes
from dagwright_argo.naming import IMAGE
from dagwright_argo.pod_parts import part_problems

SHAPES = Path(dagwright_argo.__file__).parent / "kubernetes_shapes.json"


def test_the_shapes_are_the_published_ones():
    assert SHAPES.read_text("utf-8") == text(), f"run: python tests/kubernetes_shapes.py > {SHAPES.name}"


def test_words_and_names_are_those_of_fields_that_there_are():
    types = shapes._types() | {"PodSpec": {"fields": shapes.POD_SPEC}}
    for place in (*pod_values.WORDS, *pod_values.FORMS, *pod_values.CHECKED):
        kind, field = place.split(".")
        assert types[kind]["fields"][field] in ("text", ["text"]), place
    for place in pod_values.RANGES:
        kind, field = place.split(".")
        assert types[kind]["fields"][field] in ("int", ["int"], "intOrText"), place
    for kind, fields in pod_values.FILLED.items():
        assert set(fields) <= set(types[kind]["fields"]), kind


NODES = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]
    }
}


@pytest.mark.parametrize(
    ("data", "shape", "said"),
    [
        ({"nodeAffinity": NODES}, shapes.AFFINITY, []),
        ({"podAntiAffinity": {}, "podAffinity": None}, shapes.AFFINITY, []),
        (
            {"nodeAfinity": {}},
            shapes.AFFINITY,
            ["x has a field nodeAfinity, which Kubernetes does not know; did you mean nodeAffinity?"],
        ),
        ({"nodeAffinity": "ssd"}, shapes.AFFINITY, ["x.nodeAffinity is not a table"]),
        (
            {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}},
            shapes.AFFINITY,
            ["x.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0] has no topologyKey"],
        ),
        ({"runAsUser": "1000"}, shapes.SECURITY, ["x.runAsUser is not a whole number"]),
        ({"runAsNonRoot": 1}, shapes.SECURITY, ["x.runAsNonRoot is not true or false"]),
        ({"runAsUser": True}, shapes.SECURITY, ["x.runAsUser is not a whole number"]),
        ({"capabilities": {"drop": "ALL"}}, shapes.SECURITY, ["x.capabilities.drop is not a list"]),
        ({"capabilities": {"drop": [1]}}, shapes.SECURITY, ["x.capabilities.drop[0] is not a text"]),
        ({"sysctls": [None]}, shapes.POD_SECURITY, ["x.sysctls[0] is null, which no item of a list can be"]),
        ({"seccompProfile": {}}, shapes.SECURITY, ["x.seccompProfile has no type"]),
        (
            {"seccompProfile": {"type": "Default"}},
            shapes.SECURITY,
            ["x.seccompProfile.type is 'Default', and Kubernetes takes Localhost, RuntimeDefault or Unconfined"],
        ),
        ({"livenessProbe": {"httpGet": {"port": "http"}}, "name": "a"}, "#Container", []),
        (
            {"livenessProbe": {"httpGet": {"port": 1.5}}, "name": "a"},
            "#Container",
            ["x.livenessProbe.httpGet.port is not a whole number or a text"],
        ),
        (
            {"resources": {"limits": {"cpu": 2, "memory": "8GB"}}, "name": "a"},
            "#Container",
            ["x.resources.limits.memory is not a quantity such as 500m or 2Gi"],
        ),
        ({"env": [{"value": "x"}], "name": "a"}, "#Container", ["x.env[0] has no name"]),
        ({"env": [{"name": "A=B"}], "name": "a"}, "#Container", ["x.env[0].name is 'A=B', which Kubernetes does not take there"]),
        ({"image": "A b", "name": "a"}, "#Container", ["x.image is 'A b', which Kubernetes does not take there"]),
        (
            {"name": "v", "hostPath": {"path": "/a", "typo": "x"}},
            "#Volume",
            ["x.hostPath has a field typo, which Kubernetes does not know; did you mean type?"],
        ),
        (
            {
                "labelSelector": {"matchLabels": {"a b": "x"}},
                "maxSkew": 1,
                "topologyKey": "z",
                "whenUnsatisfiable": "DoNotSchedule",
            },
            shapes.TOPOLOGY_SPREAD[0],
            ["x.labelSelector.matchLabels.a b is not a label that Kubernetes takes"],
        ),
    ],
)
def test_a_misfit_is_named_with_its_path(data, shape, said):
    assert list(shapes.misfits(data, shape, "x")) == said


@pytest.mark.parametrize(
    "image",
    [
        "python:3.11-slim",
        "ghcr.io/acme/a_b/c--d:1.0@sha256:" + "a" * 64,
        "localhost:5000/x",
        "Registry.Example.org/x:latest",
        "acme/x@sha256:" + "0" * 64,
    ],
)
def test_references_of_images_are_taken(image):
    assert IMAGE.fullmatch(image)


@pytest.mark.parametrize(
    "image", ["", "ghcr.io/Acme/x", "x:a b", "x:", "a//b", "-a", "x@sha256:12", "x:" + "a" * 129, "https://ghcr.io/x"]
)
def test_other_texts_are_not_images(image):
    assert not IMAGE.fullmatch(image)


PRIMARY = {"name": "primary"}
SIDE = {"name": "side", "image": "busybox"}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"containers": [PRIMARY, SIDE], "initContainers": [{"name": "first", "image": "busybox"}]}, ""),
        ({"containers": [SIDE, SIDE]}, "has 2 containers with the name side"),
        ({"containers": [SIDE], "initContainers": [SIDE]}, "has 2 containers with the name side"),
        ({"containers": [{**SIDE, "name": "main"}]}, "a name that Argo keeps for itself"),
        ({"initContainers": [{**SIDE, "name": "init"}]}, "a name that Argo keeps for itself"),
        ({"containers": [{"name": "side"}]}, "the container side of the pod template has no image"),
        ({"initContainers": [PRIMARY]}, "the container primary of the pod template has no image"),
        ({"volumes": [{"name": "a"}, {"name": "a"}]}, "has 2 volumes with the name a"),
        ({"volumes": [{"name": "data"}]}, "has the name of one of the settings"),
        (
            {"containers": [{**PRIMARY, "volumeMounts": [{"name": "b", "mountPath": "/b"}]}]},
            "mounts the volume b, which the pod does not have",
        ),
        ({"containers": [{**SIDE, "volumeMounts": [{"name": "data", "mountPath": "/b"}]}]}, ""),
        ({"containers": [{**SIDE, "volumeMounts": [{"name": "dagwright-work", "mountPath": "/b"}]}]}, ""),
        (
            {
                "containers": [
                    {**SIDE, "volumeMounts": [{"name": "data", "mountPath": "/b"}, {"name": "data", "mountPath": "/b/"}]}
                ]
            },
            "mounts two volumes at /b/",
        ),
        ({"containers": [{**SIDE, "volumeMounts": [{"name": "data", "mountPath": "/b:c"}]}]}, "which Kubernetes does not take"),
        (
            {"containers": [{**SIDE, "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1500m"}}}]},
            "requests 2 of cpu, more than its limit 1500m",
        ),
        ({"containers": [{**SIDE, "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": 2}}}]}, ""),
    ],
)
def test_parts_of_a_pod_go_together(spec, said):
    found = [message for message, _ in part_problems(spec, "primary", frozenset({"data"}))]
    assert [said in message for message in found] == ([True] if said else []), found


def test_the_tasks_own_container_may_be_called_as_argo_calls_it():
    assert list(part_problems({"containers": [{"name": "main"}]}, "main", frozenset())) == []
