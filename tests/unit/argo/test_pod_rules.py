"""What the API server would say of a pod template when the first pod is made: said at compile time, with the path to it."""

import json

import pytest
from argo_choices import pod_specs
from argo_manifests import STORE, compile_argo
from argo_pods import pods_of
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright_compiler.ir.program import PodTemplate, Policy


def compiled(spec, settings=STORE, **policy):
    made = Policy(pod_template=PodTemplate(pod_spec=json.dumps(spec)), **policy)
    return compile_argo(program(workflow("flow.wf", replace(call("t"), policy=made))), settings)


def primary(**fields):
    return {"containers": [{"name": "primary", **fields}]}


def volume(**source):
    return {"volumes": [{"name": "v", **source}]}


def requests(**resources):
    return primary(resources={"requests": resources})


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (primary(ports=[{"containerPort": 0}]), "containers[0].ports[0].containerPort is 0, and Kubernetes takes 1 to 65535"),
        (primary(ports=[{"containerPort": 80, "name": "a--b"}]), "ports[0].name is 'a--b'"),
        (primary(ports=[{"containerPort": 80}] * 2), "has the port 80 of TCP several times"),
        (primary(env=[{"name": "A"}] * 2), "has the variable A several times"),
        (primary(env=[{"name": "A", "valueFrom": {}}]), "valueFrom has none of configMapKeyRef, fieldRef"),
        (
            primary(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]),
            "fieldPath is 'status.phase', and Kubernetes takes metadata.name",
        ),
        (primary(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"key": "k"}}}]), "secretKeyRef has no name"),
        (primary(envFrom=[{"secretRef": {"name": ""}}]), "secretRef has no name"),
        (primary(livenessProbe={}), "livenessProbe has none of exec, grpc, httpGet, tcpSocket"),
        (primary(livenessProbe={"httpGet": {"port": 0}}), "httpGet.port is 0"),
        (primary(livenessProbe={"exec": {"command": ["a"]}, "successThreshold": 2}), "successThreshold is 2"),
        (primary(securityContext={"privileged": True, "allowPrivilegeEscalation": False}), "is privileged and forbids"),
        (primary(resources={"claims": [{"name": "gpu"}]}), "takes the resource claim gpu, which the pod does not have"),
        (primary(volumeDevices=[{"name": "disk", "devicePath": "/d"}]), "takes the volume disk as a device"),
        (primary(lifecycle={"preStop": {"sleep": {"seconds": 9_999}}}), "sleeps in preStop for longer than its pod has to end"),
        (requests(foo="1"), "have 'foo', which is no resource of a container"),
        (requests(cpu="-1"), "resources.requests.cpu is not a quantity"),
        (primary(resources={"limits": {"a.b/c": "1.5"}}), "have 1.5 of a.b/c, of which there are whole ones only"),
        (primary(resources={"requests": {"a.b/c": 1}, "limits": {"a.b/c": 2}}), "the two have to be equal"),
        (
            {"initContainers": [{"name": "a", "image": "b", "resources": {"requests": {"a.b/c": 1}}}]},
            "has to be among the limits too",
        ),
        ({"initContainers": [{"name": "a", "image": "b", "lifecycle": {}}]}, "has a lifecycle, which an init container takes"),
        ({"containers": [{"name": "a", "image": "b", "restartPolicy": "Always"}]}, "has the restartPolicy Always"),
        (volume(hostPath={"path": "/x", "type": "Foo"}), "hostPath.type is 'Foo'"),
        (volume(hostPath={"path": "/a/../b"}), "hostPath.path is '/a/../b'"),
        (volume(configMap={}), "configMap has no name"),
        (volume(secret={"secretName": "a", "defaultMode": 1000}), "defaultMode is 1000, and Kubernetes takes 0 to 511"),
        (volume(emptyDir={}, hostPath={"path": "/x"}), "has emptyDir and hostPath, of which Kubernetes takes one"),
        (volume(emptyDir={"medium": "Disk"}), "emptyDir.medium is 'Disk'"),
        (volume(projected={"sources": [{"serviceAccountToken": {"path": "/t"}}]}), "serviceAccountToken.path is '/t'"),
        (volume(ephemeral={"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}), "has no storage above 0"),
        ({"volumes": [{"name": "var-run-argo", "emptyDir": {}}]}, "a name that Argo keeps for itself"),
        ({"tolerations": [{"key": "a", "tolerationSeconds": 5}]}, "tolerationSeconds, which needs the effect NoExecute"),
        ({"hostUsers": False, "hostNetwork": True}, "has hostNetwork, which needs the host's users"),
        ({"preemptionPolicy": "Never"}, "which a pod gets from its priority class"),
        ({"overhead": {"foo": "1"}}, "has an overhead of 'foo'"),
        ({"schedulingGates": [{"name": "a"}] * 2}, "schedulingGates has several items with the name a"),
        ({"hostAliases": [{"ip": "db"}]}, "hostAliases[0].ip is 'db'"),
        ({"os": {}}, "os has no name"),
    ],
)
def test_what_the_api_server_would_refuse_is_refused(spec, words):
    found = compiled(spec).findings
    assert {item.code.id for item in found} == {"DW540"}
    assert any(words in item.message for item in found), [item.message for item in found]


def test_a_device_that_a_pod_template_requests_gets_its_limit():
    (pod,) = pods_of(compiled(requests(**{"example.com/fpga": 2})).template)
    (main,) = (item for item in pod["spec"]["containers"] if item["name"] == "main")
    assert main["resources"]["limits"] == {"example.com/fpga": "2"}


def test_claims_of_a_device_stand_under_their_key():
    spec = {**requests(cpu="1"), "resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu-1"}]}
    spec["containers"][0]["resources"]["claims"] = [{"name": "gpu"}]
    (pod,) = pods_of(compiled(spec).template)
    assert pod["spec"]["containers"][1]["resources"]["claims"] == [{"name": "gpu"}]


def test_fractions_of_quantities_become_texts():
    spec = {"containers": [{"name": "side", "image": "a", "resources": {"requests": {"cpu": 1.5}}}]}
    (side,) = compiled(spec).pods()["t"]["sidecars"]
    assert side["resources"] == {"requests": {"cpu": "1.5"}}


def test_a_variable_of_the_task_goes_over_the_settings():
    settings = {**STORE, "env": {"A": "settings", "B": "settings"}}
    variables = compiled(primary(env=[{"name": "A", "value": "pod"}]), settings).pods()["t"]["container"]["env"]
    assert [item for item in variables if item["name"] in ("A", "B")] == [
        {"name": "B", "value": "settings"},
        {"name": "A", "value": "pod"},
    ]


def test_annotations_beyond_what_an_object_takes_are_refused():
    template = PodTemplate(annotations=(("a", "x" * 200_000),))
    made = program(
        workflow("flow.wf", replace(call("t"), policy=Policy(pod_template=template, annotations=(("b", "y" * 60_000),))))
    )
    (found,) = compile_argo(made).findings
    assert (found.code.id, "take 260,002 bytes, the largest is a" in found.message) == ("DW540", True)


def test_nothing_that_users_write_ends_in_an_error_of_ours():
    specs = pod_specs()
    taken = [spec for spec in specs if compiled(spec).artefact is not None]
    assert 0.2 < len(taken) / len(specs) < 0.8
