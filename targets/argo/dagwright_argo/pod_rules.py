"""Which fields of one object of a pod go together, exclude each other or follow from each other, as the API server has it (1.33).

Each rule takes an object whose fields have their types, and the path to it; it yields sentences without a full stop. A test on a live cluster holds them to
what the server says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from dagwright_argo.naming import LABEL_NAME, LABEL_VALUE
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Item = TypeVar("Item", bound=Hashable)
Json = Any
"""Data of a PodSpec; ``Any`` only because JSON is untyped."""

_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
_ONE_OF: dict[str, tuple[tuple[str, ...], bool]] = {
    "DownwardAPIVolumeFile": (("fieldRef", "resourceFieldRef"), True),
    "EnvFromSource": (("configMapRef", "secretRef"), True),
    "EnvVarSource": (("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"), True),
    "FCVolumeSource": (("targetWWNs", "wwids"), True),
    "LifecycleHandler": (("exec", "httpGet", "sleep", "tcpSocket"), True),
    "PodResourceClaim": (("resourceClaimName", "resourceClaimTemplateName"), True),
    "Probe": (_HANDLERS, True),
    "Volume": ((), False),
    "VolumeMount": (("subPath", "subPathExpr"), False),
    "VolumeProjection": ((), False),
}
"""Fields of which at most one is there, and whether one has to be; no fields stands for all but the name."""

_OF_VARIABLES = frozenset(
    {
        *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"),
        *("status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
    }
)
_OF_FILES = frozenset({"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"})
_DIVISORS = {"cpu": ("1m", "1"), "": ("1", *(f"1{unit}{binary}" for unit in "kMGTPE" for binary in ("", "i")))}
_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})


def rule_breaks(kind: str, data: Mapping[str, Json], name: str) -> Iterator[str]:
    """Say what does not go together in one object.

    Args:
        kind: Its type.
        data: The object; its fields have their types.
        name: The path to it.
    """
    if kind in _ONE_OF:
        yield from _one_of(kind, data, name)
    rule = _RULES.get(kind)
    if rule is not None:
        yield from rule({field: value for field, value in data.items() if value is not None}, name)


def resource_breaks(requests: Mapping[str, Json], limits: Mapping[str, Json], name: str) -> Iterator[str]:
    """The rules of what a container asks for: quantities that a container can have, and what cannot be overcommitted."""
    for field, table in (("requests", requests), ("limits", limits)):
        for resource, quantity in table.items():
            value = amount(str(quantity))
            if not is_resource(resource):
                yield f"{field} in {name} have {resource!r}, which is no resource of a container"
            elif value is not None and "/" in resource and value.denominator != 1:
                yield f"{field} in {name} have {quantity} of {resource}, of which there are whole ones only"
    for resource, quantity in requests.items():
        if is_overcommitted(resource):
            continue
        if resource not in limits:
            yield f"requests in {name} have {resource}, which has to be among the limits too"
        elif amount(str(limits[resource])) != amount(str(quantity)):
            yield f"requests in {name} have {quantity} of {resource}, and limits {limits[resource]}: the two have to be equal"
    wanted = {*requests, *limits}
    if any(resource.startswith("hugepages-") for resource in wanted) and not wanted & {"cpu", "memory"}:
        yield f"{name} have huge pages, which need cpu or memory beside them"


def is_resource(name: str) -> bool:
    """Whether a container can ask for it: what Kubernetes knows, or a name of somebody's with a prefix."""
    if "/" not in name:
        return name in _STANDARD or re.fullmatch(r"hugepages-[A-Za-z0-9]+", name) is not None
    return LABEL_NAME.fullmatch(name) is not None and not name.startswith("requests.")


def is_overcommitted(name: str) -> bool:
    """Whether a resource may be requested without a limit, or below it."""
    return name in _STANDARD or not is_resource(name)


def repeated(values: Iterable[Item]) -> list[Item]:
    """Values that are there more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


def _one_of(kind: str, data: Mapping[str, Json], name: str) -> Iterator[str]:
    fields, needed = _ONE_OF[kind]
    found = [field for field, value in data.items() if value is not None and (field in fields if fields else field != "name")]
    if len(found) > 1:
        yield f"{name} has {' and '.join(sorted(found))}, of which Kubernetes takes one"
    elif needed and not found:
        yield f"{name} has none of {', '.join(fields)}"


def _container(data: Mapping[str, Json], name: str) -> Iterator[str]:
    ports = data.get("ports") or ()
    for port in repeated(item["name"] for item in ports if item.get("name")):
        yield f"{name} has several ports with the name {port}"
    for port in repeated((item["containerPort"], item.get("protocol") or "TCP") for item in ports):
        yield f"{name} has the port {port[0]} of {port[1]} several times"
    on_host = [item for item in ports if item.get("hostPort")]
    for port in repeated((item["hostPort"], item.get("protocol") or "TCP", item.get("hostIP") or "") for item in on_host):
        yield f"{name} has the hostPort {port[0]} several times"
    for variable in repeated(item["name"] for item in data.get("env") or ()):
        yield f"{name} has the variable {variable} several times"
    for field in ("livenessProbe", "startupProbe"):
        if (data.get(field) or {}).get("successThreshold") not in (None, 0, 1):
            yield f"{name}.{field}.successThreshold is {data[field]['successThreshold']}, and Kubernetes takes 1 there"
    if (data.get("readinessProbe") or {}).get("terminationGracePeriodSeconds") is not None:
        yield f"{name}.readinessProbe has a terminationGracePeriodSeconds, which only the other probes take"
    if not (data.get("securityContext") or {}).get("privileged"):
        for mount in data.get("volumeMounts") or ():
            if mount.get("mountPropagation") == "Bidirectional":
                yield f"{name} mounts {mount['mountPath']} with the propagation Bidirectional, which needs a privileged container"


def _variable(data: Mapping[str, Json], name: str) -> Iterator[str]:
    if data.get("value") and data.get("valueFrom") is not None:
        yield f"{name} has value and valueFrom, of which Kubernetes takes one"
    yield from _field_path((data.get("valueFrom") or {}).get("fieldRef"), _OF_VARIABLES, f"{name}.valueFrom.fieldRef")


def _downward_file(data: Mapping[str, Json], name: str) -> Iterator[str]:
    yield from _field_path(data.get("fieldRef"), _OF_FILES, f"{name}.fieldRef")
    resource = data.get("resourceFieldRef")
    if resource is not None and not resource.get("containerName"):
        yield f"{name}.resourceFieldRef has no containerName"


def _field_path(reference: Mapping[str, Json] | None, known: frozenset[str], name: str) -> Iterator[str]:
    if reference is None:
        return
    path = reference["fieldPath"]
    subscript = re.fullmatch(r"metadata\.(?:labels|annotations)\['(.*)'\]", path, re.DOTALL)
    if subscript is None and path not in known:
        yield f"{name}.fieldPath is {path!r}, and Kubernetes takes {', '.join(sorted(known))} or metadata.labels['...']"
    elif subscript is not None and not LABEL_NAME.fullmatch(subscript[1]):
        yield f"{name}.fieldPath names {subscript[1]!r}, which no label or annotation can be called"


def _resource_field(data: Mapping[str, Json], name: str) -> Iterator[str]:
    divisor = amount(str(data.get("divisor", 0)))
    taken = _DIVISORS.get(data["resource"].partition(".")[2], _DIVISORS[""])
    if divisor and divisor not in [amount(text) for text in taken]:
        yield f"{name}.divisor is {data['divisor']}, and Kubernetes takes {', '.join(taken)}"


def _security(data: Mapping[str, Json], name: str) -> Iterator[str]:
    if data.get("privileged") and data.get("allowPrivilegeEscalation") is False:
        yield f"{name} is privileged and forbids allowPrivilegeEscalation"
    added = (data.get("capabilities") or {}).get("add") or ()
    if "CAP_SYS_ADMIN" in added and data.get("allowPrivilegeEscalation") is False:
        yield f"{name} adds CAP_SYS_ADMIN and forbids allowPrivilegeEscalation"


def _windows(data: Mapping[str, Json], name: str) -> Iterator[str]:
    if data.get("hostProcess"):
        yield f"{name}.hostProcess is true, and dagwright's pods run on Linux"


def _pod_security(data: Mapping[str, Json], name: str) -> Iterator[str]:
    for sysctl in repeated(item["name"].replace("/", ".") for item in data.get("sysctls") or ()):
        yield f"{name} sets {sysctl} several times"


def _profile(data: Mapping[str, Json], name: str) -> Iterator[str]:
    is_local = data["type"] == "Localhost"
    if is_local and not data.get("localhostProfile"):
        yield f"{name} has no localhostProfile, which the type Localhost needs"
    elif not is_local and data.get("localhostProfile") is not None:
        yield f"{name} has a localhostProfile, which only the type Localhost takes"


def _node_term(data: Mapping[str, Json], name: str) -> Iterator[str]:
    for number, item in enumerate(data.get("matchExpressions") or ()):
        where = f"{name}.matchExpressions[{number}]"
        yield from _requirement(item, where)
        values = list[str](item.get("values") or ())
        if item["operator"] in ("Gt", "Lt"):
            if len(values) != 1 or not re.fullmatch(r"[+-]?[0-9]{1,18}", values[0]):
                yield f"{where}.values is {values}, and {item['operator']} compares with one whole number, written as text"
        elif not all(LABEL_VALUE.fullmatch(value) for value in values):
            yield f"{where}.values has a text that is no value of a label"
    for number, item in enumerate(data.get("matchFields") or ()):
        where = f"{name}.matchFields[{number}]"
        if item["key"] != "metadata.name":
            yield f"{where}.key is {item['key']!r}, and Kubernetes takes metadata.name"
        if item["operator"] not in ("In", "NotIn") or len(item.get("values") or ()) != 1:
            yield f"{where} is not In or NotIn with one value"


def _requirement(data: Mapping[str, Json], name: str) -> Iterator[str]:
    values, operator = data.get("values") or (), data["operator"]
    if operator in ("In", "NotIn") and not values:
        yield f"{name} has no values, which {operator} needs"
    elif operator in ("Exists", "DoesNotExist") and values:
        yield f"{name} has values, which {operator} does not take"


def _pod_term(data: Mapping[str, Json], name: str) -> Iterator[str]:
    yield from _label_keys(data, name)
    for key in sorted({*(data.get("matchLabelKeys") or ())} & {*(data.get("mismatchLabelKeys") or ())}):
        yield f"{name} has {key} in matchLabelKeys and in mismatchLabelKeys"


def _label_keys(data: Mapping[str, Json], name: str) -> Iterator[str]:
    selector = data.get("labelSelector")
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = data.get(field) or ()
        if keys and selector is None:
            yield f"{name} has {field} without a labelSelector"
        selected = {*((selector or {}).get("matchLabels") or {})}
        selected |= {item["key"] for item in (selector or {}).get("matchExpressions") or ()}
        for key in keys:
            if key in selected:
                yield f"{name} has {key} in {field} and in its labelSelector"


def _spread(data: Mapping[str, Json], name: str) -> Iterator[str]:
    yield from _label_keys(data, name)
    if data.get("minDomains") is not None and data["whenUnsatisfiable"] != "DoNotSchedule":
        yield f"{name} has minDomains, which needs whenUnsatisfiable DoNotSchedule"


def _toleration(data: Mapping[str, Json], name: str) -> Iterator[str]:
    exists = data.get("operator") == "Exists"
    if not data.get("key") and not exists:
        yield f"{name} has no key, which needs the operator Exists"
    if exists and data.get("value"):
        yield f"{name} has a value beside the operator Exists"
    if data.get("tolerationSeconds") is not None and data.get("effect") != "NoExecute":
        yield f"{name} has tolerationSeconds, which needs the effect NoExecute"


def _mount(data: Mapping[str, Json], name: str) -> Iterator[str]:
    if data.get("recursiveReadOnly") in ("Enabled", "IfPossible") and not data.get("readOnly"):
        yield f"{name} has recursiveReadOnly without readOnly"


def _projected(data: Mapping[str, Json], name: str) -> Iterator[str]:
    paths: list[str] = []
    for source in data.get("sources") or ():
        for kind in ("configMap", "secret", "downwardAPI"):
            paths += [item["path"] for item in (source.get(kind) or {}).get("items") or ()]
        paths += [source["serviceAccountToken"]["path"]] if source.get("serviceAccountToken") else []
    for path in repeated(paths):
        yield f"{name} puts several files at {path}"


def _claim(data: Mapping[str, Json], name: str) -> Iterator[str]:
    modes = data.get("accessModes") or ()
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield f"{name}.accessModes has others beside ReadWriteOncePod"
    storage = ((data.get("resources") or {}).get("requests") or {}).get("storage")
    if not amount(str(storage)):
        yield f"{name}.resources.requests has no storage above 0"


def _dns(data: Mapping[str, Json], name: str) -> Iterator[str]:
    for field, most in (("nameservers", 3), ("searches", 32)):
        if len(data.get(field) or ()) > most:
            yield f"{name}.{field} has {len(data[field])} items, and Kubernetes takes {most}"


_RULES: dict[str, Callable[[Mapping[str, Json], str], Iterator[str]]] = {
    "AppArmorProfile": _profile,
    "Container": _container,
    "DownwardAPIVolumeFile": _downward_file,
    "EnvVar": _variable,
    "LabelSelectorRequirement": _requirement,
    "NodeSelectorTerm": _node_term,
    "PersistentVolumeClaimSpec": _claim,
    "PodAffinityTerm": _pod_term,
    "PodDNSConfig": _dns,
    "PodSecurityContext": _pod_security,
    "ProjectedVolumeSource": _projected,
    "ResourceFieldSelector": _resource_field,
    "SeccompProfile": _profile,
    "SecurityContext": _security,
    "Toleration": _toleration,
    "TopologySpreadConstraint": _spread,
    "VolumeMount": _mount,
    "WindowsSecurityContextOptions": _windows,
}
