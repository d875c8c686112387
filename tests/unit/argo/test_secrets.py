"""Secrets of tasks as variables and files of pods."""

import pytest
from argo_manifests import STORE, compile_argo, strict_validator
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright_compiler.ir.program import Policy, Secret


def compiled(*secrets, **settings):
    policy = Policy(secrets=secrets)
    return compile_argo(program(workflow("flow.wf", replace(call("t"), policy=policy))), {**STORE, **settings})


def pod(*secrets, **settings):
    made = compiled(*secrets, **settings)
    strict_validator().validate(made.template)
    return made.pods()["t"]


def variables(template):
    return {item["name"]: item.get("valueFrom", item.get("value")) for item in template["container"]["env"]}


def key(name, key):
    return {"secretKeyRef": {"name": name, "key": key, "optional": True}}


def own_volumes(template):
    return {item["name"]: item["secret"] for item in template["volumes"] if "secret" in item}


def own_mounts(template):
    return [item for item in template["container"]["volumeMounts"] if item["name"].startswith("dagwright-secret")]


@pytest.mark.parametrize("mount", [None, "env"])
def test_a_key_is_a_variable_of_flytekits_name(mount):
    found = variables(pod(Secret(group="my_group", key="api-Token", mount=mount)))
    assert found["_FSEC_MY_GROUP_API-TOKEN"] == key("my-group", "api-Token")


def test_a_variable_of_the_users_name_stands_beside_it():
    found = variables(pod(Secret(group="hub", key="token", env_var="HF_TOKEN")))
    assert found["HF_TOKEN"] == found["_FSEC_HUB_TOKEN"] == key("hub", "token")


def test_files_of_a_group_share_a_read_only_volume():
    template = pod(Secret(group="tls", key="Cert.pem", mount="file"), Secret(group="tls", key="key.pem", mount="file"))
    assert own_volumes(template) == {
        "dagwright-secret-tls": {
            "secretName": "tls",
            "items": [{"key": "Cert.pem", "path": "cert.pem"}, {"key": "key.pem", "path": "key.pem"}],
            "optional": True,
        }
    }
    assert own_mounts(template) == [{"name": "dagwright-secret-tls", "mountPath": "/etc/flyte/secrets/tls", "readOnly": True}]


def test_a_file_may_be_named_by_a_variable():
    found = variables(pod(Secret(group="gcp", key="key.json", mount="file", env_var="GOOGLE_APPLICATION_CREDENTIALS")))
    assert found["GOOGLE_APPLICATION_CREDENTIALS"] == "/etc/flyte/secrets/gcp/key.json"


def test_a_group_without_a_key_is_a_folder_or_the_variables_of_all_keys():
    template = pod(Secret(group="all"))
    assert own_volumes(template) == {"dagwright-secret-all": {"secretName": "all", "optional": True}}
    assert own_mounts(template)[0]["mountPath"] == "/etc/flyte/secrets/all"
    source = pod(Secret(group="all", mount="env"))["container"]["envFrom"]
    assert source == [{"prefix": "_FSEC_ALL_", "secretRef": {"name": "all", "optional": True}}]


def test_a_whole_group_makes_its_single_files_needless():
    template = pod(Secret(group="g", key="a", mount="file"), Secret(group="g"), Secret(group="g", key="b", mount="file"))
    assert own_volumes(template) == {"dagwright-secret-g": {"secretName": "g", "optional": True}}


def test_settings_name_the_secret_of_a_group_and_of_keys_without_one():
    template = pod(
        Secret(group="Hub_Of", key="k"),
        Secret(group="", key="solo"),
        Secret(group="", key="Solo.pem", mount="file"),
        secret_names={"Hub_Of": "team"},
        secret_group="common",
    )
    found = variables(template)
    assert found["_FSEC_HUB_OF_K"] == key("team", "k")
    assert found["_FSEC_SOLO"] == key("common", "solo")
    assert own_mounts(template) == [
        {
            "name": "dagwright-secret",
            "mountPath": "/etc/flyte/secrets/solo.pem",
            "subPath": "solo.pem",
            "readOnly": True,
        }
    ]


@pytest.mark.parametrize(
    ("secrets", "settings", "message"),
    [
        ((Secret(group="", key="k"),), {}, "the secret k names no group"),
        ((Secret(group="", mount="file"),), {"secret_group": "s"}, "names no group"),
        ((Secret(group="日本", key="k"),), {}, "gives no name of a Secret"),
        ((Secret(group="a_b", key="k"), Secret(group="a-b", key="k")), {}, "both stand for the Secret a-b"),
        ((Secret(group="g", key="a/b"),), {}, "the secret g/a/b: Kubernetes takes letters"),
        ((Secret(group="a:b", key="k", mount="file"),), {}, "cannot become a file at /etc/flyte/secrets/a:b/k"),
        ((Secret(group="a b", key="k"),), {}, "Kubernetes does not take the name _FSEC_A B_K"),
        ((Secret(group="g", key="k", env_var="DAGWRIGHT_X"),), {}, "'DAGWRIGHT_X' has a name"),
        ((Secret(group="g{{=1}}", key="k", mount="file"),), {}, "cannot become a file"),
        ((Secret(group="g{{=1}}", key="k"),), {}, "Kubernetes does not take the name"),
    ],
)
def test_what_kubernetes_has_no_place_for_is_said(secrets, settings, message):
    made = compiled(*secrets, **settings)
    assert made.artefact is None
    assert set(made.codes) == {"DW542"}
    assert sum(message in found.message for found in made.findings) == 1


def test_a_version_is_reported_as_lost():
    made = compiled(Secret(group="g", key="k", version="v2"))
    assert made.codes == ["DW541"]
    assert made.artefact is not None


@pytest.mark.parametrize("settings", [{"secret_group": "Bad Name"}, {"secret_names": {"g": "-x"}}, {"secret_names": {"g": ""}}])
def test_settings_name_secrets_of_kubernetes(settings):
    assert compiled(Secret(group="g", key="k"), **settings).codes == ["DW530"]
