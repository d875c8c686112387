"""What users may write into settings and pod templates, right and wrong, piece by piece: the material of differential tests.

Each choice is one table that goes over the others. Nobody says here which of them can be used: that is what our checks, Argo's validators and a live API server
are asked, and their answers are held to each other.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Table = dict[str, Any]
"""Settings or a part of a PodSpec; ``Any`` because JSON nests."""

NAMES = (
    *("a", "A", "a.b", "a-b", "-a", "a-", "a_b", "1a", "1", "a" * 63, "a" * 64, "a" * 253, "a" * 254, "a..b", "ä", "a b", "a/b"),
    *(" a", "a\n", "kube-system", "a.-b"),
)
LABELS = (
    *("a", "A", "a/b", "a.b/c", "A.b/c", "a/b/c", "/a", "a/", "-", "a" * 63, "a" * 64, f"x/{'a' * 63}", f"x/{'a' * 64}"),
    *(f"{'a' * 253}/b", f"{'a' * 254}/b", "a..b/c", "a-.b/c", "-a/b", "a_b/c", "é", "a b", "kubernetes.io/x"),
)
VALUES = ("", "a", "A_b.c", "a b", "-a", "a-", "é", "a" * 63, "a" * 64, "1", "true", "a\n", "a/b", "{{x}}")
QUANTITIES = (
    *("0", "1", "-1", "1m", "1e3", "1E3", "1e", "0.5", ".5", "5.", "1.5Gi", "1n", "1Ki", "1ki", "1K", "999999999999999999999"),
    *("1e20", "1E", "1Ei", "+1", "1 ", "1_000", "0x10", "-0", "0.5Mi", "100Zi"),
)
IMAGES = (
    *("a", "A", "a:b", "a:", "a/b", "a/B", "localhost:5000/a:1", f"a@sha256:{'0' * 64}", "a@sha256:abc", "a b", "a//b", "a__b"),
    *("a--b", "-a", "a.", f"a:{'t' * 128}", f"a:{'t' * 129}", "é", "a\n", "http://a/b", "a" * 300),
)
PATHS = (
    *("/a", "/", "a", "/a/", "/a:b", "/a/../b", "/a//b", "", "/é", "/a b", "/dagwright", "/dagwright/code", "/dagwrightx"),
    *("/var/run/argo", "/var/run/argo/x", "/tmp/x", "/dev/shm", "//dagwright/code"),
)
VARIABLES = ("A", "a", "a-b", "a.b", "é", "", "A=B", ".", "_", "DAGWRIGHT_X", "ARGO_TEMPLATE")
NUMBERS = (-1, 0, 1, 2**31 - 1, 2**31, 2**63 - 1, 2**63)


def _volume(**fields: str) -> Table:
    return {"volumes": [{"name": "v", "mount_path": "/d", **fields}]}


def _schedule(**fields: Any) -> Table:
    return {"schedules": {"s": {"workflow": "wf", "cron": ["@daily"], **fields}}}


def _of_names() -> Iterator[Table]:
    for name in NAMES:
        yield from ({setting: name} for setting in ("service_account", "scheduler", "priority_class", "secret_group", "gpu"))
        yield from ({setting: [name]} for setting in ("image_pull_secrets", "env_secrets", "mutexes"))
        yield {"semaphores": [{"config_map": name, "key": "k"}]}
        yield {"semaphores": [{"config_map": "a", "key": name}]}
        yield _volume(name=name, host_path="/s")
        yield from (_volume(**{kind: name}) for kind in ("claim", "config_map", "secret"))
        yield {"schedules": {name: {"workflow": "wf", "cron": ["@daily"]}}}
    for name in LABELS:
        yield from ({setting: {name: "v"}} for setting in ("labels", "annotations", "node_selector"))
        yield {"tolerations": [{"key": name}]}
        yield {"accelerator_label": name}
    for value in VALUES:
        yield from ({setting: {"a": value}} for setting in ("labels", "annotations", "node_selector"))
        yield {"tolerations": [{"key": "a", "value": value}]}


def _of_values() -> Iterator[Table]:
    for quantity in QUANTITIES:
        yield from ({setting: quantity} for setting in ("cpu", "memory", "cpu_limit", "memory_limit"))
    yield from ({"env": {name: "x"}} for name in VARIABLES)
    yield from ({"image": image} for image in IMAGES)
    for path in PATHS:
        yield _volume(mount_path=path, host_path="/s")
        yield _volume(host_path=path)
    for number in NUMBERS:
        yield from ({setting: number} for setting in ("parallelism", "ttl_s", "ttl_success_s", "ttl_failure_s"))
        yield {"pod_gc_delay_s": number, "pod_gc": "OnPodSuccess"}
        yield from (_schedule(**{key: number}) for key in ("starting_deadline_s", "successful_history", "failed_history"))
    for text in (
        "30 3 * * MON-FRI",
        "0 0 1 jan,JUL *",
        "  0\t3 * * ? ",
        "*/5 1-3/2 * * *",
        "@every 1h30m",
        "@hourly",
        "0 0 30 2 *",
        "7",
    ):
        yield _schedule(cron=[text])
    for zone in ("UTC", "Europe/Berlin", "Foo/Bar", "", "Etc/GMT+1"):
        yield _schedule(timezone=zone)
    for operator, value, effect in (("Exists", "", ""), ("Equal", "b", "NoExecute"), ("Exists", "b", "")):
        yield {"tolerations": [{"key": "a", "operator": operator, "value": value, "effect": effect}]}
    yield {"tolerations": [{"key": "", "operator": "Exists"}]}
    yield {"annotations": {"a": "x" * 250_000}}
    yield {"annotations": {"a": "x" * 263_000}}


def settings_choices() -> list[Table]:
    """Tables of settings, one idea each."""
    contexts = ({"security_context": context} for context in (*_CONTEXTS, *_CONTEXTS_OF_CONTAINERS))
    of_pods = ({"pod_security_context": context} for context in (*_CONTEXTS, *_CONTEXTS_OF_PODS))
    return [
        *_of_names(),
        *_of_values(),
        *contexts,
        *of_pods,
        *({"affinity": affinity} for affinity in _affinities()),
        *({"topology_spread": spread} for spread in _spreads()),
        *({"patch": part} for part in _PARTS if "tolerations" not in part),
    ]


_CONTEXTS: tuple[Table, ...] = (
    *({"runAsUser": number} for number in (*NUMBERS, 1.5)),
    {"runAsGroup": 1},
    {"runAsNonRoot": True},
    {"seccompProfile": {"type": "Localhost"}},
    {"seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "x"}},
    *({"seccompProfile": {"type": "Localhost", "localhostProfile": path}} for path in ("x", "/x", "../x")),
    {"appArmorProfile": {"type": "Localhost"}},
    {"seccompProfile": {}},
    {"seLinuxOptions": {"level": "s0"}},
    {"foo": 1},
)
_CONTEXTS_OF_CONTAINERS: tuple[Table, ...] = (
    {"privileged": True, "allowPrivilegeEscalation": False},
    {"capabilities": {"drop": ["ALL"]}},
    {"capabilities": {"add": ["CAP_SYS_ADMIN"]}, "allowPrivilegeEscalation": False},
    {"procMount": "Foo"},
    {"procMount": "Unmasked"},
)
_CONTEXTS_OF_PODS: tuple[Table, ...] = (
    *({"fsGroup": number} for number in NUMBERS),
    *({"supplementalGroups": [number]} for number in NUMBERS),
    {"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]},
    {"sysctls": [{"name": "a b", "value": "1"}]},
    {"sysctls": [{"name": "net.a", "value": "1"}, {"name": "net/a", "value": "1"}]},
    *({"fsGroupChangePolicy": word} for word in ("Always", "Foo")),
    *({"supplementalGroupsPolicy": word} for word in ("Merge", "Foo")),
    {"windowsOptions": {"hostProcess": True}},
)


def _affinities() -> Iterator[Table]:
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    expressions: tuple[Table, ...] = (
        *({"key": "a", "operator": word, "values": ["b"]} for word in ("In", "NotIn", "Exists", "Foo", "")),
        *({"key": "a", "operator": word} for word in ("In", "Exists", "DoesNotExist")),
        *({"key": "a", "operator": "Gt", "values": values} for values in (["1"], ["1", "2"])),
        *({"key": key, "operator": "Exists"} for key in ("a b", "a/b/c", "")),
        {"key": "a", "operator": "In", "values": ["a b"]},
    )
    for expression in expressions:
        yield {"nodeAffinity": {required: {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}}
        selector = {"matchExpressions": [expression]}
        yield {"podAffinity": {required: [{"topologyKey": "a", "labelSelector": selector}]}}
    yield {"nodeAffinity": {required: {"nodeSelectorTerms": []}}}
    for key, values in (("metadata.name", ["n"]), ("metadata.uid", ["n"]), ("metadata.name", ["n", "m"])):
        fields = [{"key": key, "operator": "In", "values": values}]
        yield {"nodeAffinity": {required: {"nodeSelectorTerms": [{"matchFields": fields}]}}}
    for weight in (0, 1, 100, 101):
        yield {"nodeAffinity": {preferred: [{"weight": weight, "preference": {}}]}}
        yield {"podAntiAffinity": {preferred: [{"weight": weight, "podAffinityTerm": {"topologyKey": "a"}}]}}
    some: Table = {"labelSelector": {"matchLabels": {"b": "c"}}}
    for term in (
        *({"topologyKey": key} for key in ("", "a", "a b")),
        *({"topologyKey": "a", "namespaces": [name]} for name in ("a", "A_b")),
        {"topologyKey": "a", "matchLabelKeys": ["a"]},
        {"topologyKey": "a", "matchLabelKeys": ["a"], **some},
        {"topologyKey": "a", "matchLabelKeys": ["b"], **some},
        {"topologyKey": "a", "matchLabelKeys": ["a"], "mismatchLabelKeys": ["a"], **some},
    ):
        yield {"podAntiAffinity": {required: [term]}}


def _spreads() -> Iterator[list[Table]]:
    one: Table = {"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule"}
    some: Table = {"labelSelector": {"matchLabels": {"b": "c"}}}
    parts: tuple[Table, ...] = (
        {},
        *({"maxSkew": number} for number in NUMBERS),
        {"topologyKey": ""},
        {"whenUnsatisfiable": ""},
        *({"minDomains": number} for number in (0, 2)),
        {"minDomains": 2, "whenUnsatisfiable": "ScheduleAnyway"},
        {"matchLabelKeys": ["a"]},
        {"matchLabelKeys": ["a"], **some},
        {"matchLabelKeys": ["b"], **some},
        {"nodeAffinityPolicy": "Foo"},
    )
    for part in parts:
        yield [{**one, **part}]
    yield [one, one]
    yield [one, {**one, "whenUnsatisfiable": "ScheduleAnyway"}]


_GATES: tuple[list[Table], ...] = ([{"name": "a"}], [{}], [{"name": "a"}, {"name": "a"}])
_PARTS: tuple[Table, ...] = (
    *({"hostname": name} for name in ("a", "A_b", "a" * 64, "a.b")),
    {"dnsPolicy": "None"},
    {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["1.1.1.1"], "searches": ["a."], "options": [{"name": "ndots"}]}},
    *({"dnsConfig": {"nameservers": servers}} for servers in (["x"], ["1.1.1.1"], ["1.1.1.1"] * 4, ["::1"])),
    *({"dnsConfig": {"searches": searches}} for searches in (["a b"], ["a"] * 33)),
    {"dnsConfig": {"options": [{}]}},
    *({"terminationGracePeriodSeconds": number} for number in (90, 2**63)),
    {"nodeName": "A"},
    {"subdomain": "A"},
    *({"hostAliases": [alias]} for alias in ({"ip": "x"}, {"ip": "::1", "hostnames": ["a"]}, {"ip": "1.1.1.1", "hostnames": ["A_"]})),
    *({"os": system} for system in ({"name": "linux"}, {"name": "foo"}, {})),
    *({"overhead": {name: "1"}} for name in ("cpu", "foo")),
    {"overhead": {"cpu": "-1"}},
    {"preemptionPolicy": "Never"},
    *({"readinessGates": [gate]} for gate in ({"conditionType": "a"}, {"conditionType": "a b"}, {})),
    *({"schedulingGates": gates} for gates in _GATES),
    {"shareProcessNamespace": True},
    {"shareProcessNamespace": True, "hostPID": True},
    {"hostUsers": False},
    {"hostUsers": False, "hostNetwork": True},
    {"securityContext": {"runAsUser": -1}},
    {"nodeSelector": {"a": "b c"}},
    {"automountServiceAccountToken": False},
    {"x": 1},
    *({"tolerations": [toleration]} for toleration in (
        {"key": "a", "operator": "Exists"},
        {"operator": "Exists"},
        {},
        {"key": "a b"},
        {"key": "a", "effect": "NoExecute", "tolerationSeconds": 5},
        {"key": "a", "tolerationSeconds": 5},
    )),
)  # fmt: skip


def pod_specs() -> list[Table]:
    """PodSpecs of pod templates, one idea each."""
    of_containers = [spec for part in _container_parts() for spec in _in_every_container(part)]
    mounted = {"containers": [{"name": "primary", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]}
    of_volumes = ({"volumes": [{"name": "v", **source}], **mounted} for source in _sources())
    names = ("var-run-argo", "tmp-dir-argo", "dagwright-work", "A", "a")
    return [
        *of_containers,
        *of_volumes,
        *({"volumes": [{"name": name, "emptyDir": {}}]} for name in names),
        *({"containers": [{"name": "primary"}, {"name": name, "image": "a"}]} for name in ("wait", "main", "a" * 64, "primary")),
        {"hostNetwork": True, "containers": [{"name": "primary", "ports": [{"containerPort": 80, "hostPort": 81}]}]},
        {"imagePullSecrets": [{"name": "a"}]},
        *_PARTS,
    ]


def _in_every_container(part: Table) -> Iterator[Table]:
    volumes = {"volumes": [{"name": "v", "emptyDir": {}}]} if "volumeMounts" in part else {}
    yield {"containers": [{"name": "primary", **part}], **volumes}
    yield {"containers": [{"name": "primary"}, {"name": "side", "image": "a", **part}], **volumes}
    yield {"initContainers": [{"name": "first", "image": "a", **part}], **volumes}


def _container_parts() -> Iterator[Table]:
    for port in (
        *({"containerPort": number} for number in (80, 0, 65_536)),
        *({"containerPort": 80, "name": name} for name in ("http", "HTTP", "a" * 16, "80", "a--b")),
        *({"containerPort": 80, "hostPort": number} for number in (80, 70_000)),
        {"containerPort": 80, "protocol": "Foo"},
        {},
    ):
        yield {"ports": [port]}
    yield {"ports": [{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]}
    yield {"ports": [{"containerPort": 80}, {"containerPort": 80}]}
    yield {"ports": [{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 80}]}
    for name in ("cpu", "foo", "a.b/foo", "hugepages-2Mi", "storage", "pods", "ephemeral-storage", "a b", "nvidia.com/gpu"):
        yield {"resources": {"requests": {name: "1"}}}
        yield {"resources": {"limits": {name: "1"}}}
        yield {"resources": {"requests": {name: "1"}, "limits": {name: "2"}}}
        yield {"resources": {"limits": {name: "1.5"}}}
    yield from ({"resources": {"requests": {"cpu": quantity}}} for quantity in (-1, 1, 1.5, "1n", "0"))
    yield {"resources": {"claims": [{"name": "x"}]}}
    yield from ({"env": [{"name": "A", **variable}]} for variable in _variables())
    yield {"env": [{"name": "A"}, {"name": "A"}]}
    sources: tuple[Table, ...] = (
        {},
        {"configMapRef": {"name": "a"}},
        {"configMapRef": {"name": "A"}},
        {"secretRef": {}},
        {"prefix": "a b", "secretRef": {"name": "a"}},
    )
    yield from ({"envFrom": [source]} for source in sources)
    yield {"envFrom": [{"configMapRef": {"name": "a"}, "secretRef": {"name": "a"}}]}
    yield from ({"livenessProbe": probe} for probe in _probes())
    yield {"readinessProbe": {"exec": {"command": ["a"]}, "successThreshold": 2}}
    yield {"startupProbe": {"exec": {"command": ["a"]}}}
    handlers: tuple[Table, ...] = ({}, {"exec": {"command": ["a"]}}, {"sleep": {"seconds": 10_000}})
    yield from ({"lifecycle": {"preStop": handler}} for handler in handlers)
    yield {"lifecycle": {}}
    mounts: tuple[Table, ...] = (
        *({"subPath": path} for path in ("a", "/a", "../a", "..a")),
        {"subPath": "a", "subPathExpr": "b"},
        *({"mountPropagation": word} for word in ("Bidirectional", "HostToContainer", "Foo")),
        *({"recursiveReadOnly": "Enabled", "readOnly": read_only} for read_only in (True, False)),
        *({"mountPath": path} for path in ("", "a", "/tmp/x", "/var/run/argo", "/dagwright/code")),
    )
    yield from ({"volumeMounts": [{"name": "v", "mountPath": "/v", **mount}]} for mount in mounts)
    yield from ({"imagePullPolicy": word} for word in ("Always", "Foo"))
    yield from ({"restartPolicy": word} for word in ("Always", "Never"))
    yield {"volumeDevices": [{"name": "x", "devicePath": "/d"}]}
    yield {"resizePolicy": [{"resourceName": "foo", "restartPolicy": "NotRequired"}]}
    yield {"workingDir": "/x", "stdin": True, "tty": True}
    yield {"securityContext": {"runAsUser": -1}}


def _variables() -> Iterator[Table]:
    yield from ({}, {"value": ""}, {"valueFrom": {}})
    fields = (
        "metadata.name",
        "metadata.foo",
        "metadata.labels",
        "metadata.labels['a']",
        "metadata.labels['a b']",
        "spec.nodeName",
    )
    yield from ({"valueFrom": {"fieldRef": {"fieldPath": path}}} for path in (*fields, "status.phase", "status.podIPs"))
    yield {"value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    for resource, divisor in (("limits.cpu", "1m"), ("foo", "1"), ("limits.memory", "3"), ("limits.memory", "1Mi")):
        yield {"valueFrom": {"resourceFieldRef": {"resource": resource, "divisor": divisor}}}
    for key in ("k", "b c", "", ".."):
        yield {"valueFrom": {"secretKeyRef": {"name": "a", "key": key}}}
    yield {"valueFrom": {"secretKeyRef": {"key": "k"}}}
    yield {"valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}, "configMapKeyRef": {"name": "a", "key": "b"}}}


def _probes() -> Iterator[Table]:
    run: Table = {"exec": {"command": ["a"]}}
    yield from ({}, run, {"exec": {"command": []}}, {"exec": {}}, {**run, "tcpSocket": {"port": 80}})
    yield from ({"httpGet": {"port": port}} for port in (80, "http", 0))
    yield from ({"httpGet": {"port": 80, "scheme": scheme}} for scheme in ("HTTP", "http"))
    yield {"httpGet": {"port": 80, "httpHeaders": [{"name": "a b", "value": "x"}]}}
    for field in (
        "periodSeconds",
        "initialDelaySeconds",
        "successThreshold",
        "terminationGracePeriodSeconds",
        "failureThreshold",
    ):
        yield from ({**run, field: number} for number in (-1, 0, 2))


def _sources() -> Iterator[Table]:
    yield from ({}, {"emptyDir": {}, "hostPath": {"path": "/x"}})
    yield from (
        {"emptyDir": part} for part in ({}, {"medium": "Memory"}, {"sizeLimit": "-1"}, {"sizeLimit": "1Gi"}, {"sizeLimit": 1.5})
    )
    yield from ({"hostPath": {"path": path}} for path in ("/x", "", "/a/../b"))
    yield from ({"hostPath": {"path": "/x", "type": word}} for word in ("", "Directory", "Foo"))
    yield from ({"configMap": part} for part in ({"name": "a"}, {}, {"name": "A"}))
    yield from ({"configMap": {"name": "a", "defaultMode": mode}} for mode in (0o777, 0o1000, -1))
    for key, path in (("k", "p"), ("k", "/p"), ("k", "../p"), ("", "p"), ("k", ""), ("k", "..a")):
        yield {"configMap": {"name": "a", "items": [{"key": key, "path": path}]}}
    yield from ({"secret": part} for part in ({"secretName": "a"}, {}, {"secretName": "a", "defaultMode": 1000}))
    yield from ({"persistentVolumeClaim": part} for part in ({"claimName": "a"}, {"claimName": ""}))
    yield from ({"nfs": {"server": server, "path": path}} for server, path in (("a", "/x"), ("", "/x"), ("a", "x")))
    yield from ({"csi": {"driver": driver}} for driver in ("a", "a b", ""))
    for item in (
        {"path": "a"},
        *({"path": "a", "fieldRef": {"fieldPath": path}} for path in ("metadata.labels", "spec.nodeName")),
        *({"path": "a", "resourceFieldRef": {"resource": "limits.cpu", **part}} for part in ({}, {"containerName": "main"})),
    ):
        yield {"downwardAPI": {"items": [item]}}
    twice = {"name": "a", "items": [{"key": "a", "path": "x"}]}
    for sources in (
        [],
        [{"configMap": {"name": "a"}}],
        [{}],
        [{"configMap": {"name": "a"}, "secret": {"name": "b"}}],
        *([{"serviceAccountToken": {"path": path}}] for path in ("t", "/t", "")),
        [{"serviceAccountToken": {"path": "t", "expirationSeconds": 10}}],
        [{"secret": twice}, {"configMap": twice}],
    ):
        yield {"projected": {"sources": sources}}
    for claim in (
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "0"}}},
        {"accessModes": ["ReadWriteOnce"]},
        {"accessModes": ["Foo"], "resources": {"requests": {"storage": "1Gi"}}},
        {"accessModes": ["ReadWriteOnce", "ReadWriteOncePod"], "resources": {"requests": {"storage": "1Gi"}}},
        {},
    ):
        yield {"ephemeral": {"volumeClaimTemplate": {"spec": claim}}}
    yield {"ephemeral": {}}


def combined(chance: random.Random, choices: Iterable[Table], number: int) -> Table:
    """Several choices at once, tables below the top joined."""
    made: Table = {}
    for choice in chance.sample(list(choices), number):
        for name, value in choice.items():
            made[name] = {**made[name], **value} if isinstance(value, dict) and isinstance(made.get(name), dict) else value
    return made
