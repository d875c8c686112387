"""The table [tool.dagwright.argo]."""

import pytest

from dagwright_argo.setting_reading import read_settings
from dagwright_argo.settings import ArgoSettings
from dagwright_compiler.diagnostics.model import Collector

SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
VOLUME = {"name": "data", "mount_path": "/data", "host_path": "/srv"}


def read(**raw):
    found = Collector()
    return read_settings(raw, found), [(item.code.id, item.message, item.help) for item in found.sorted()]


def test_an_empty_table_is_the_defaults():
    assert read() == (ArgoSettings(), [])


def test_all_settings_are_read():
    settings, found = read(store="s3://b/p", namespace="n", volumes=[VOLUME], env={"A": "b"}, system_retries=5)
    assert found == []
    assert (settings.store, settings.volumes[0].host_path, settings.env, settings.system_retries) == (
        "s3://b/p",
        "/srv",
        {"A": "b"},
        5,
    )


def test_an_unknown_name_is_reported_with_the_nearest_known_one():
    assert read(sevice_account="a")[1] == [
        ("DW591", "unknown setting sevice_account in [tool.dagwright.argo]", "write service_account")
    ]


def test_every_wrong_value_is_reported_and_replaced_by_its_default():
    settings, found = read(store=1, volumes="x", image="ours:1")
    assert [code for code, _, _ in found] == ["DW530", "DW530"]
    assert settings == ArgoSettings(image="ours:1")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"namespace": "Team A"}, "no Kubernetes name"),
        ({"service_account": "-x"}, "no Kubernetes name"),
        ({"image": " "}, "is empty"),
        ({"image": "{{x}}"}, "Argo would expand"),
        ({"store": "s3://{{workflow.name}}"}, "Argo would expand"),
        ({"store": "bucket"}, "is not a URL"),
        ({"system_retries": 11}, "not 0 to 10"),
        ({"oom_retries": 6}, "expected a number <= 5"),
        ({"oom_factor": 1}, "not above 1 and up to 10"),
        ({"oom_memory_max": "4 GB"}, "which is not a quantity"),
        ({"tasks": {"train": {"oom_retries": -1}}}, "expected a number >= 0"),
        ({"tasks": {"train": {"service_account": "A b"}}}, "service_account of task 'train'"),
        ({"tasks": {"train": {"image": "x"}}}, "unknown field `image`"),
        ({"runtime": "x"}, "'x' is none of archive, image"),
        ({"bundle": "x"}, "'x' is none of manifest, store"),
        ({"max_code_bytes": 0}, "not 1 to 1,048,576"),
        ({"max_code_bytes": 1_048_577}, "not 1 to 1,048,576"),
        ({"env": {"DAGWRIGHT_RUN": "x"}}, "name that Kubernetes or dagwright does not take"),
        ({"env": {"a b": "x"}}, "name that Kubernetes or dagwright does not take"),
        ({"env": {"A": "\x7f"}}, "control character"),
        ({"env_secrets": ["No"]}, "is no Kubernetes name"),
        ({"volumes": [{**VOLUME, "name": "A"}]}, "has no Kubernetes name"),
        ({"volumes": [{**VOLUME, "name": "dagwright-work"}]}, "keeps for itself"),
        ({"volumes": [{**VOLUME, "claim": "c"}]}, "has 2 sources"),
        ({"volumes": [{"name": "a", "mount_path": "/a"}]}, "has 0 sources"),
        ({"volumes": [{**VOLUME, "mount_path": "data"}]}, "has the mount path"),
        ({"volumes": [{**VOLUME, "mount_path": "/"}]}, "has the mount path"),
        ({"volumes": [{**VOLUME, "mount_path": "/dagwright/code/x"}]}, "under /dagwright"),
        ({"volumes": [{**VOLUME, "host_path": "{{x}}"}]}, "Argo would expand"),
        ({"volumes": [VOLUME, VOLUME]}, "repeats the name"),
        ({"volumes": [VOLUME, {**VOLUME, "name": "b", "mount_path": "/data/"}]}, "repeats the mount path"),
        ({"volumes": [{**VOLUME, "hostpath": "x"}]}, "unknown field"),
        ({"volumes": [{**VOLUME, "host_path": "", "claim": "No"}]}, "names the claim 'No'"),
        ({"cpu": "2 cores"}, "which is not a quantity"),
        ({"memory_limit": "1GB"}, "which is not a quantity"),
        ({"memory": "2Gi", "memory_limit": "1Gi"}, "memory_limit of [tool.dagwright.argo] is lower than memory, 2Gi"),
        ({"image_pull_secrets": ["My Secret"]}, "is no Kubernetes name"),
        ({"scheduler": "A b"}, "no Kubernetes name"),
        ({"priority_class": "A"}, "no Kubernetes name"),
        ({"labels": {"a b": "x"}}, "does not take as a name"),
        ({"labels": {"team": "a b"}}, "up to 63 letters"),
        ({"labels": {"dagwright/node": "x"}}, "keeps for itself"),
        ({"node_selector": {"pool": "a b"}}, "up to 63 letters"),
        ({"annotations": {"a": "{{workflow.name}}"}}, "Argo would expand"),
        ({"annotations": {"a": "\x7f"}}, "control character"),
        ({"annotations": {"-": "x"}}, "does not take as a name"),
        ({"parallelism": 0}, "expected a number >= 1"),
        ({"mutexes": ["{{x}}"]}, "Argo would expand"),
        ({"mutexes": [""]}, "holds an empty name"),
        ({"semaphores": [{"config_map": "No", "key": "a"}]}, "is no Kubernetes name"),
        ({"semaphores": [{"config_map": "a", "key": "a b"}]}, "which no ConfigMap can have"),
        ({"pod_gc": "Never"}, "'Never' is none of OnPodCompletion, OnPodSuccess, "),
        (
            {"schedules": {"s": {"workflow": "w", "cron": ["@daily"], "concurrency": "Queue"}}},
            "setting schedules.s.concurrency of [tool.dagwright.argo]: 'Queue' is none of Allow, Forbid, Replace",
        ),
        (
            {"tolerations": [{"key": "a", "effect": "x"}]},
            "setting tolerations[0].effect of [tool.dagwright.argo]: 'x' is none of NoExecute, NoSchedule, ",
        ),
        ({"ttl_s": "x"}, "expected a number, got a text"),
        ({"node_selector": 3}, "expected a table, got a number"),
        ({"tolerations": {}}, "expected a list, got a table"),
        ({"pod_gc_delay_s": 5}, "has no effect without pod_gc"),
        ({"ttl_s": -1}, "expected a number >= 0"),
        ({"tolerations": [{"key": "{{x}}"}]}, "Argo would expand"),
        ({"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}, "beside the operator Exists"),
        ({"affinity": {"nodeAffinity": 3}}, "affinity.nodeAffinity is not a table"),
        ({"topology_spread": [{"maxSkew": 1}]}, "topologySpreadConstraints[0] has no topologyKey"),
        ({"pod_security_context": {"runAsUser": "x"}}, "securityContext.runAsUser is not a whole number"),
        ({"security_context": {"privileged": "x"}}, "is not true or false"),
        ({"patch": {"nodeSelector": {"pool": "{{x}}"}}}, "nodeSelector.pool is not a label that Kubernetes takes"),
        ({"patch": {"hostname": "{{workflow.name}}"}}, "hostname is '{{workflow.name}}', which Kubernetes does not take there"),
        ({"security_context": {"seLinuxOptions": {"user": "{{x}}"}}}, "Argo would expand"),
        ({"patch": {"containers": []}}, "cannot change the field containers"),
        ({"patch": {"hostNetwrk": True}}, "a PodSpec has no field hostNetwrk"),
        ({"patch": {"restartPolicy": "Always"}}, "cannot take the field restartPolicy"),
        ({"patch": {"securityContext": {"runAsUser": "x"}}}, "securityContext.runAsUser is not a whole number"),
        ({"patch": {"terminationGracePeriodSeconds": 5}}, "gives a pod 5 s to end"),
        ({"cpu": "-1"}, "which is not a quantity"),
        ({"memory_limit": "-1Gi"}, "which is not a quantity"),
        ({"gpu": "gpu"}, "cannot be the name of a device's resource"),
        ({"tolerations": [{"key": ""}]}, "has no key, which needs the operator Exists"),
        ({"tolerations": [{"key": "a b"}]}, "which Kubernetes does not take there"),
        ({"interruptible_tolerations": [{"key": "a", "value": "b c"}]}, "which Kubernetes does not take there"),
        ({"labels": {"a..b/c": "x"}}, "does not take as a name"),
        ({"labels": {"workflows.argoproj.io/completed": "true"}}, "a name that Argo keeps for itself"),
        ({"annotations": {"workflows.argoproj.io/node-id": "x"}}, "a name that Argo keeps for itself"),
        ({"annotations": {"a": "x" * 200_000, "b": "y" * 60_000}}, "takes 260,002 bytes, and Kubernetes takes 258,048"),
        ({"volumes": [{**VOLUME, "name": "var-run-argo"}]}, "a name that Argo keeps for itself"),
        ({"volumes": [{**VOLUME, "mount_path": "/var/run/argo"}]}, "where Argo's own files are"),
        ({"volumes": [{**VOLUME, "mount_path": "/x/../dagwright/code"}]}, "under /dagwright"),
        ({"volumes": [{**VOLUME, "host_path": "/a/../b"}]}, "has the host_path"),
        ({"volumes": [{**VOLUME, "host_path": "srv"}]}, "has the host_path"),
        ({"parallelism": 2**31}, "expected a number <= 2147483647"),
        ({"ttl_s": 2**31}, "expected a number <= 2147483647"),
        ({"security_context": {"runAsUser": -1}}, "securityContext.runAsUser is -1, and Kubernetes takes 0 to 2147483647"),
        ({"security_context": {"procMount": "Unmasked"}}, "needs hostUsers = false in patch"),
        ({"pod_security_context": {"fsGroup": 2**31}}, "securityContext.fsGroup is 2147483648"),
        ({"topology_spread": [SPREAD, SPREAD]}, "has several items with the topologyKey zone"),
        ({"patch": {"dnsPolicy": "None"}}, "the dnsPolicy None without dnsConfig.nameservers"),
        ({"patch": {"hostname": "a.b"}}, "hostname is 'a.b'"),
        ({"schedules": {"nightly": {"workflow": "w", "cron": ["x"]}}}, "the schedule 'nightly'"),
        ({"schedules": {"nightly": {"cron": ["0 3 * * *"]}}}, "missing required field `workflow`"),
    ],
)
def test_what_the_cluster_would_refuse_is_reported(raw, words):
    found = read(**raw)[1]
    assert {code for code, _, _ in found} == {"DW530"}
    assert any(words in message for _, message, _ in found), found


def test_argos_own_words_that_users_may_say_are_taken():
    raw = {
        "labels": {"workflows.argoproj.io/controller-instanceid": "a"},
        "annotations": {"workflows.argoproj.io/title": "Nightly", "workflows.argoproj.io/description": "x"},
    }
    assert read(**raw)[1] == []


def test_every_finding_has_the_place_of_its_setting():
    found = Collector()
    asked = []
    raw = {
        "cpu": " ",
        "labels": {"-": "x"},
        "sevice_account": "a",
        "ttl_s": -1,
        "schedules": {"a": {"workflow": "w", "cron": []}},
        "volumes": [{**VOLUME, "hostpath": "x"}],
        "tolerations": [{"key": "a"}, {"key": "a b"}],
        "affinity": {"nodeAffinity": 3},
        "patch": {"hostname": "a.b"},
        "env_secrets": ["a", "No"],
    }
    read_settings(raw, found, asked.append)
    assert {key if isinstance(key, str) else ".".join(map(str, key)) for key in asked} == {
        *("cpu", "labels.-", "sevice_account", "ttl_s", "schedules.a", "volumes.0", "tolerations.1.key", "affinity.nodeAffinity"),
        *("patch.hostname", "env_secrets.1"),
    }
