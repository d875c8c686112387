"""Forms of Kubernetes' objects, held to the published schema, and what is said of data that has another."""

import json
from pathlib import Path

import pytest

from dagwright_argo import shapes

SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "argo-schema.json").read_text())["definitions"]
TYPES = {"string": str, "integer": int, "boolean": bool}
PUBLISHED = {
    "Affinity": shapes.AFFINITY,
    "PodSecurityContext": shapes.POD_SECURITY,
    "SecurityContext": shapes.SECURITY,
    "Toleration": shapes.TOLERATIONS[0],
}
"""``TopologySpreadConstraint`` is in no schema of Argo: only a patch carries it."""


def published(definition):
    """The shape that the schema gives a part, and the fields that it requires."""
    if "$ref" in definition:
        return published(SCHEMA[definition["$ref"].rpartition("/")[2]])
    if definition["type"] == "array":
        return [published(definition["items"])]
    if definition["type"] != "object":
        return TYPES[definition["type"]]
    if "properties" not in definition:
        return {"": published(definition["additionalProperties"])}
    return {name: published(part) for name, part in definition["properties"].items()}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_shape_is_the_published_one(name):
    assert PUBLISHED[name] == published(SCHEMA[f"io.k8s.api.core.v1.{name}"])


def required(definition, name=""):
    """Every field that an object of the schema must have, with the field that holds the object."""
    if "$ref" in definition:
        definition = SCHEMA[definition["$ref"].rpartition("/")[2]]
    if definition.get("type") == "array":
        yield from required(definition["items"], name)
    for field in definition.get("required", ()):
        yield name, field
    for field, part in definition.get("properties", {}).items():
        yield from required(part, field)


def test_what_the_schema_requires_is_required():
    found = {pair for name in PUBLISHED for pair in required(SCHEMA[f"io.k8s.api.core.v1.{name}"])}
    ours = {(name, field) for name, fields in shapes.REQUIRED.items() for field in fields}
    preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    beyond = {(preferred, field) for field in ("preference", "weight", "podAffinityTerm")}
    beyond |= {("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")}
    of_patches = {("topologySpreadConstraints", field) for field in shapes.REQUIRED["topologySpreadConstraints"]}
    assert found == (ours - of_patches) | beyond


NODES = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In"}]}]
    }
}


@pytest.mark.parametrize(
    ("data", "shape", "said"),
    [
        ({"nodeAffinity": NODES}, shapes.AFFINITY, []),
        ({"podAntiAffinity": {}}, shapes.AFFINITY, []),
        (
            {"nodeAfinity": {}},
            shapes.AFFINITY,
            ["x has a field nodeAfinity, which Kubernetes does not know; did you mean nodeAffinity?"],
        ),
        ({"nodeAffinity": "ssd"}, shapes.AFFINITY, ["x.nodeAffinity is no table"]),
        (
            {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}},
            shapes.AFFINITY,
            ["x.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0] has no topologyKey"],
        ),
        (
            {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}},
            shapes.AFFINITY,
            ["x.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution has no nodeSelectorTerms"],
        ),
        ({"runAsUser": "1000"}, shapes.SECURITY, ["x.runAsUser is not a whole number"]),
        ({"runAsNonRoot": 1}, shapes.SECURITY, ["x.runAsNonRoot is not true or false"]),
        ({"runAsUser": True}, shapes.SECURITY, ["x.runAsUser is not a whole number"]),
        ({"capabilities": {"drop": "ALL"}}, shapes.SECURITY, ["x.capabilities.drop is no list"]),
        ({"capabilities": {"drop": [1]}}, shapes.SECURITY, ["x.capabilities.drop[0] is not a text"]),
        ({"seccompProfile": {}}, shapes.SECURITY, ["x.seccompProfile has no type"]),
    ],
)
def test_a_misfit_is_named_with_its_path(data, shape, said):
    assert list(shapes.misfits(data, shape, "x")) == said
