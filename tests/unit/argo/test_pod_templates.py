"""Pod templates, accelerators and shared memory."""

import json

import pytest
from argo_manifests import STORE, compile_argo, live_text, strict_validator
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright_compiler.ir.program import Accelerator, Plugin, PodTemplate, Policy, Resources, Secret

TAINT = "k8s.amazonaws.com/accelerator"
PARTITION = "k8s.amazonaws.com/gpu-partition-size"
V = {"volumes": [{"name": "v", "emptyDir": {}}]}


def compiled(settings=STORE, **policy):
    return compile_argo(program(workflow("flow.wf", replace(call("t"), policy=Policy(**policy)))), settings)


def pod(settings=STORE, **policy):
    made = compiled(settings, **policy)
    strict_validator().validate(made.template)
    assert live_text(made.template) == []
    return made.pods()["t"]


def template(spec=None, **fields):
    return PodTemplate(pod_spec="" if spec is None else json.dumps(spec), **fields)


def primary(**fields):
    return template({"containers": [{"name": "primary", **fields}]})


def test_labels_and_annotations_join_ours():
    metadata = pod(pod_template=template(labels=(("team", "ml"),), annotations=(("x.io/y", "any text"),)))["metadata"]
    assert metadata["labels"]["team"] == "ml"
    assert metadata["labels"]["dagwright/task"] == "flow.t"
    assert metadata["annotations"] == {"x.io/y": "any text"}


def test_labels_of_a_task_join_those_of_its_template():
    shared = template(labels=(("team", "ml"), ("tier", "a")), annotations=(("x.io/y", "1"),))
    metadata = pod(pod_template=shared, labels=(("tier", "b"),), annotations=(("x.io/z", "2"),))["metadata"]
    assert {name: metadata["labels"][name] for name in ("team", "tier")} == {"team": "ml", "tier": "b"}
    assert metadata["annotations"] == {"x.io/y": "1", "x.io/z": "2"}


@pytest.mark.parametrize(
    ("policy", "code", "text"),
    [
        ({"labels": (("a b", "x"),)}, "DW540", "the label 'a b' has no name that Kubernetes takes"),
        ({"labels": (("team", "m l"),)}, "DW540", "the label team has the value 'm l'"),
        ({"labels": (("dagwright/node", "x"),)}, "DW540", "a name that dagwright keeps for itself"),
        ({"annotations": (("a/b/c", "x"),)}, "DW540", "the annotation 'a/b/c' has no name that Kubernetes takes"),
        ({"annotations": (("a", "{{workflow.name}}"),)}, "DW539", "annotations hold {{, which Argo would expand"),
    ],
)
def test_labels_that_a_pod_cannot_have_are_refused(policy, code, text):
    (found,) = compiled(**policy).findings
    assert found.code.id == code
    assert text in found.message


def test_the_primary_container_is_the_tasks():
    box = pod(
        settings={**STORE, "volumes": [{"name": "data", "mount_path": "/else", "claim": "c"}]},
        pod_template=primary(
            env=[{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
            envFrom=[{"configMapRef": {"name": "conf"}}],
            volumeMounts=[{"name": "data", "mountPath": "/data", "readOnly": True}],
            securityContext={"runAsUser": 1000},
            imagePullPolicy="Always",
            ports=[{"containerPort": 80}],
        ),
        environment=(("A", "b"),),
    )["container"]
    assert box["env"][0]["name"] == "A"
    assert box["env"][-1] == {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    assert box["envFrom"] == [{"configMapRef": {"name": "conf"}}]
    assert box["volumeMounts"][-1] == {"name": "data", "mountPath": "/data", "readOnly": True}
    assert (box["securityContext"], box["imagePullPolicy"], box["ports"]) == (
        {"runAsUser": 1000},
        "Always",
        [{"containerPort": 80}],
    )
    assert box["command"][0] == "python3"


def test_the_primary_container_has_the_name_that_the_template_gives():
    spec = {"containers": [{"name": "side", "image": "b", "command": ["x"]}, {"name": "main-one", "image": "a"}]}
    found = pod(pod_template=template(spec, primary_container="main-one"))
    assert found["container"]["image"] == "a"
    assert [item["name"] for item in found["sidecars"]] == ["side"]


@pytest.mark.parametrize(("image", "expected"), [(None, "theirs"), ("task", "task")])
def test_the_tasks_image_goes_before_the_templates(image, expected):
    assert pod(pod_template=primary(image="theirs"), image=image)["container"]["image"] == expected


def test_resources_of_the_template_count_where_the_task_has_none():
    users = primary(resources={"requests": {"cpu": 2}, "limits": {"memory": "1Gi"}})
    assert pod(pod_template=users)["container"]["resources"] == {"requests": {"cpu": "2"}, "limits": {"memory": "1Gi"}}
    own = pod(pod_template=users, requests=Resources(cpu="1"))["container"]["resources"]
    assert own == {"requests": {"cpu": "1", "memory": "256Mi"}}


def test_fields_of_the_pod_go_where_argo_has_them():
    fields = {
        "volumes": [{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}],
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {}},
        "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}],
        "initContainers": [{"name": "first", "image": "busybox", "command": ["true"]}],
        "securityContext": {"fsGroup": 1000},
        "serviceAccountName": "runner",
        "schedulerName": "other",
        "priorityClassName": "high",
        "automountServiceAccountToken": False,
    }
    found = pod(pod_template=template(fields))
    assert {name: found[name] for name in fields if name != "volumes"} == {
        name: value for name, value in fields.items() if name != "volumes"
    }
    assert found["volumes"][-1] == fields["volumes"][0]
    assert "podSpecPatch" not in found


def test_what_argo_has_no_field_for_goes_through_a_patch_that_protects_it():
    spec = {
        "imagePullSecrets": [{"name": "reg"}],
        "dnsConfig": {"options": [{"name": "{{workflow.name}} {{=1+1}}"}]},
        "hostNetwork": True,
    }
    patch = pod(pod_template=template(spec))["podSpecPatch"]
    assert json.loads(patch) == spec
    assert "{{" not in patch


def test_pods_without_a_template_are_as_before_and_share_their_volumes():
    nodes = (call("a"), replace(call("t", a="a"), policy=Policy(shared_memory="1Gi")), call("b", a="t"))
    made = compile_argo(program(workflow("flow.wf", *nodes)))
    text = made.artefact.objects[-1]
    assert text.count("name: dagwright-work") == 3  # one volume, and two mounts of different lists
    assert text.count("wf-") == 1
    found = made.pods()
    assert found["t-2"]["volumes"][:3] == found["t"]["volumes"]


@pytest.mark.parametrize(
    ("spec", "code", "message"),
    [
        ({"activeDeadlineSeconds": 5}, "DW540", "cannot take the field activeDeadlineSeconds"),
        ({"restartPolicy": "OnFailure"}, "DW540", "cannot take the field restartPolicy"),
        ({"nodeSelecter": {}}, "DW540", "a field nodeSelecter, which Kubernetes does not know"),
        ({"terminationGracePeriodSeconds": 5}, "DW540", "gives a pod 5 s to end"),
        ({"volumes": [{"name": "dagwright-work", "emptyDir": {}}]}, "DW540", "the volume dagwright-work"),
        # What goes through a patch arrives as it is, and the server would refuse the pod.
        ({"hostname": "{{workflow.name}}"}, "DW540", "hostname is '{{workflow.name}}', which Kubernetes does not take there"),
        (
            {"imagePullSecrets": [{"name": "{{x}}"}]},
            "DW540",
            "imagePullSecrets[0].name is '{{x}}', which Kubernetes does not take there",
        ),
        ({"nodeSelector": {"a": "{{b}}"}}, "DW539", "nodeSelector of the pod template hold {{"),
        ({"volumes": [{"name": "a", "configMap": {"name": "{{=1}}"}}]}, "DW539", "volumes of the pod template hold {{"),
        ({"containers": [{"name": "s", "image": "i", "args": ["{{x}}"]}]}, "DW539", "containers of the pod template"),
        ({"containers": [{"name": "primary", "env": [{"name": "A", "value": "1"}]}]}, "DW540", "the variable A is set by"),
        ({"containers": [{"name": "primary", "env": [{"name": "_FSEC_G_K"}]}]}, "DW540", "the variable _FSEC_G_K is set by"),
        ({"containers": [{"name": "primary", "env": [{"name": "DAGWRIGHT_RUN"}]}]}, "DW540", "keeps for itself"),
        (
            {**V, "containers": [{"name": "primary", "volumeMounts": [{"name": "v", "mountPath": "/dev/shm/"}]}]},
            "DW540",
            "has a volume already",
        ),
        (
            {**V, "containers": [{"name": "primary", "volumeMounts": [{"name": "v", "mountPath": "/dagwright/attempt"}]}]},
            "DW540",
            "own volumes",
        ),
        ({"containers": [{"name": "primary", "terminationMessagePath": "/x"}]}, "DW540", "the field terminationMessagePath"),
        ({"containers": [{"name": "primary", "enviroment": []}]}, "DW540", "a field enviroment"),
        ({"containers": [{"name": "side"}]}, "DW540", "the container side of the pod template has no image"),
        ({"containers": [{"name": "wait", "image": "i"}]}, "DW540", "a name that Argo keeps for itself"),
        ({"hostNetwork": "yes"}, "DW540", "in the pod template, hostNetwork is not true or false"),
    ],
)
def test_what_a_pod_of_argo_cannot_have_is_said(spec, code, message):
    secrets = (Secret(group="g", key="k"),)
    made = compiled(pod_template=template(spec), environment=(("A", "b"),), secrets=secrets, shared_memory="")
    assert made.artefact is None
    assert [(found.code.id, message in found.message) for found in made.findings] == [(code, True)]


@pytest.mark.parametrize(
    "spec",
    [
        {"volumes": {}},
        {"volumes": [{}]},
        {"volumes": ["a"]},
        {"nodeSelector": []},
        {"nodeSelector": {"a": 1}},
        {"affinity": {"nodeAffinity": "x"}},
        {"containers": "x"},
        {"containers": [{"name": "primary", "env": {"A": "b"}}]},
        {"containers": [{"name": "primary", "resources": {"limits": []}}]},
        {"containers": [{"name": "primary", "image": 5}]},
    ],
)
def test_what_has_not_the_form_of_kubernetes_is_said(spec):
    assert compiled(pod_template=template(spec)).codes == ["DW540"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"labels": (("dagwright/node", "x"),)}, "keeps for itself"),
        ({"labels": (("a", "two words"),)}, "the value 'two words'"),
        ({"annotations": (("a b", "x"),)}, "no name that Kubernetes takes"),
        ({"annotations": (("a", "{{ with secret }}"),)}, "annotations of the pod template hold {{"),
    ],
)
def test_labels_and_annotations_are_those_of_kubernetes(fields, message):
    made = compiled(pod_template=template(**fields))
    assert [message in found.message for found in made.findings] == [True]


def test_what_the_task_decides_anyway_is_a_warning():
    made = compiled(pod_template=primary(command=["x"], args=["y"]))
    assert made.codes == ["DW541", "DW541"]
    assert pod(pod_template=template({"restartPolicy": "Never"}))


def test_a_name_stands_for_a_template_of_the_settings():
    settings = {**STORE, "pod_templates": {"gpu": {"labels": {"a": "b"}, "pod_spec": {"nodeSelector": {"c": "d"}}}}}
    found = pod(settings, pod_template_name="gpu")
    assert (found["metadata"]["labels"]["a"], found["nodeSelector"]) == ("b", {"c": "d"})
    assert compiled(pod_template_name="gpu").codes == ["DW540"]
    assert compiled(settings, pod_template_name="gpu", pod_template=template({})).codes == ["DW540"]


def test_an_accelerator_is_a_label_a_taint_and_a_gpu():
    found = pod(accelerator=Accelerator(device="nvidia-tesla-t4"))
    assert found["nodeSelector"] == {TAINT: "nvidia-tesla-t4"}
    assert found["tolerations"] == [{"key": TAINT, "value": "nvidia-tesla-t4", "effect": "NoSchedule"}]
    assert found["container"]["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    more = pod(accelerator=Accelerator(device="nvidia-tesla-t4"), requests=Resources(gpu="4"))
    assert more["container"]["resources"]["limits"] == {"nvidia.com/gpu": "4"}


def test_a_partition_is_a_label_too_and_the_undivided_device_has_none():
    found = pod(accelerator=Accelerator(device="nvidia-tesla-a100", partition="1g.5gb"))
    assert found["nodeSelector"] == {TAINT: "nvidia-tesla-a100", PARTITION: "1g.5gb"}
    assert len(found["tolerations"]) == 2
    terms = [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {}]
    users = {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}},
        "podAffinity": {},
    }
    whole = pod(accelerator=Accelerator(device="nvidia-tesla-a100", partition=""), pod_template=template({"affinity": users}))[
        "affinity"
    ]
    none = {"key": PARTITION, "operator": "DoesNotExist"}
    assert whole == {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "a", "operator": "Exists"}, none]},
                    {"matchExpressions": [none]},
                ]
            }
        },
        "podAffinity": {},
    }


def test_settings_name_the_labels_of_accelerators():
    settings = {**STORE, "accelerator_label": "cloud.google.com/gke-accelerator"}
    found = pod(settings, accelerator=Accelerator(device="nvidia-l4"))
    assert found["nodeSelector"] == {"cloud.google.com/gke-accelerator": "nvidia-l4"}
    assert compiled({**STORE, "accelerator_label": "no label"}).codes == ["DW530"]
    assert compiled(accelerator=Accelerator(device="two words")).codes == ["DW532"]


@pytest.mark.parametrize(("size", "volume"), [("", {"medium": "Memory"}), ("2Gi", {"medium": "Memory", "sizeLimit": "2Gi"})])
def test_shared_memory_is_a_volume_in_memory(size, volume):
    found = pod(shared_memory=size)
    assert found["volumes"][-1] == {"name": "dagwright-shared-memory", "emptyDir": volume}
    assert found["container"]["volumeMounts"][-1] == {"name": "dagwright-shared-memory", "mountPath": "/dev/shm"}


def test_plugins_are_refused_with_what_to_do_instead():
    made = compiled(plugin=Plugin(name="flytekitplugins.kfpytorch.Elastic", arguments="{}"))
    assert made.codes == ["DW543"]
    assert "torch.distributed.run" in made.findings[0].help
    ours = compiled(plugin=Plugin(name="flytekitplugins.awsbatch.AWSBatchConfig", arguments="{}"))
    assert ours.codes == ["DW541"]
    assert ours.artefact is not None


@pytest.mark.parametrize(
    ("policy", "code", "message"),
    [
        ({"image": "Ghcr.io/Acme/x:1"}, "DW532", "the image 'Ghcr.io/Acme/x:1' has a name that no registry takes"),
        ({"environment": (("A", "x" * 131_069),)}, None, ""),
        ({"environment": (("A", "x" * 131_070),)}, "DW538", "the environment variable A takes 131,073 bytes"),
        (
            {"environment": (("TOKEN", "x"),), "secrets": (Secret(group="g", key="k", env_var="TOKEN"),)},
            "DW542",
            "the variable TOKEN is set by environment and by a secret",
        ),
    ],
)
def test_what_would_keep_a_pod_from_starting_is_said(policy, code, message):
    found = compiled(**policy).findings
    assert [(item.code.id, message in item.message) for item in found] == ([(code, True)] if code else [])


def test_a_deadline_beyond_what_kubernetes_takes_is_left_to_the_runtime():
    assert pod(timeout_s=60)["activeDeadlineSeconds"] > 60
    assert "activeDeadlineSeconds" not in pod(timeout_s=10**10)
