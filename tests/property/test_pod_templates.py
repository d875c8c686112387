"""Pod templates of any content: refused in words or lowered to a manifest in which nothing of the user's is live."""

import json

from argo_manifests import compile_argo, live_text
from handmade import call, program, workflow
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dagwright_compiler.ir.program import PodTemplate, Policy, Secret

TEXTS = st.sampled_from(["a", "b-c", "{{workflow.name}}", "{{=1+1}}", "{ {", "}}", "", "\x7f", "$(X)"]) | st.text(max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=5,
)
OBJECTS = JSON | st.lists(
    st.dictionaries(st.sampled_from(["name", "value", "key", "mountPath", "image"]), JSON, max_size=3), max_size=2
)
CONTAINER = st.dictionaries(
    st.sampled_from(["name", "image", "env", "envFrom", "volumeMounts", "resources", "securityContext", "ports", "workingDir"]),
    OBJECTS,
    max_size=4,
).map(lambda fields: {**fields, "name": "primary"})
FIELDS = [
    "volumes",
    "tolerations",
    "nodeSelector",
    "affinity",
    "hostAliases",
    "initContainers",
    "hostname",
    "dnsConfig",
    "imagePullSecrets",
]
SPECS = st.builds(
    lambda fields, containers: {**fields, **({"containers": containers} if containers is not None else {})},
    st.dictionaries(st.sampled_from(FIELDS), OBJECTS, max_size=3),
    st.none() | st.lists(CONTAINER, max_size=2) | JSON,
)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple)
SECRETS = st.lists(
    st.builds(
        Secret, group=TEXTS, key=st.none() | TEXTS, mount=st.sampled_from([None, "env", "file"]), env_var=st.none() | TEXTS
    ),
    max_size=2,
).map(tuple)


@given(SPECS, PAIRS, PAIRS, SECRETS)
def test_nothing_of_the_users_is_live(spec, labels, annotations, secrets):
    template = PodTemplate(labels=labels, annotations=annotations, pod_spec=json.dumps(spec))
    policy = Policy(pod_template=template, secrets=secrets, shared_memory="")
    made = compile_argo(program(workflow("flow.wf", replace(call("t"), policy=policy))))
    if made.artefact is None:
        assert made.findings
    else:
        assert live_text(made.template) == []
