"""What Kubernetes takes as the values of a pod's fields beyond their types: words, forms and ranges, field by field.

A place is ``Type.field`` of ``shapes``. All are those of the API server's own validation of pods (1.33), which nobody asks before the first pod is made.
A test on a live cluster holds them to it.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from dagwright_argo.naming import DNS_LABEL, DNS_NAME, IMAGE, LABEL_NAME, LABEL_VALUE, VARIABLE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

_IN = ("In", "NotIn", "Exists", "DoesNotExist")
_HONOR = ("Honor", "Ignore")
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_PULL = ("Always", "IfNotPresent", "Never")
WORDS: dict[str, tuple[str, ...]] = {
    "AppArmorProfile.type": _PROFILES,
    "Container.imagePullPolicy": _PULL,
    "Container.terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "ContainerPort.protocol": ("TCP", "UDP", "SCTP"),
    "ContainerResizePolicy.resourceName": ("cpu", "memory"),
    "ContainerResizePolicy.restartPolicy": ("NotRequired", "RestartContainer"),
    "HTTPGetAction.scheme": ("HTTP", "HTTPS"),
    "HostPathVolumeSource.type": (
        *("BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"),
    ),
    "ImageVolumeSource.pullPolicy": _PULL,
    "LabelSelectorRequirement.operator": _IN,
    "NodeSelectorRequirement.operator": (*_IN, "Gt", "Lt"),
    "ObjectFieldSelector.apiVersion": ("v1",),
    "PersistentVolumeClaimSpec.accessModes": ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"),
    "PersistentVolumeClaimSpec.volumeMode": ("Block", "Filesystem"),
    "PodOS.name": ("linux", "windows"),
    "PodSecurityContext.fsGroupChangePolicy": ("Always", "OnRootMismatch"),
    "PodSecurityContext.seLinuxChangePolicy": ("MountOption", "Recursive"),
    "PodSecurityContext.supplementalGroupsPolicy": ("Merge", "Strict"),
    "PodSpec.dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "PodSpec.preemptionPolicy": ("Never", "PreemptLowerPriority"),
    "SeccompProfile.type": _PROFILES,
    "SecurityContext.procMount": ("Default", "Unmasked"),
    "Toleration.effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "Toleration.operator": ("Equal", "Exists"),
    "TopologySpreadConstraint.nodeAffinityPolicy": _HONOR,
    "TopologySpreadConstraint.nodeTaintsPolicy": _HONOR,
    "TopologySpreadConstraint.whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    "VolumeMount.mountPropagation": ("None", "HostToContainer", "Bidirectional"),
    "VolumeMount.recursiveReadOnly": ("Disabled", "Enabled", "IfPossible"),
}
"""Fields that take one of a few words; an empty text stands for the default in Kubernetes' eyes, and is taken unless it has to be ``FILLED``."""

_KEY = re.compile(r"(?!\.\.)(?!\.\Z)[-._a-zA-Z0-9]{1,253}")
_BELOW = re.compile(r"(?!/)(?!(.*/)?\.\.(/|\Z)).*", re.DOTALL)
"""A relative path that leads nowhere above."""
_FILE_BELOW = re.compile(rf"(?!\.\.){_BELOW.pattern}", re.DOTALL)
_HOST_PATH = re.compile(r"(?!(.*/)?\.\.(/|\Z)).*", re.DOTALL)
_SEARCH = re.compile(r"(?=.{1,254}\Z)([a-z0-9_]([-_a-z0-9]*[a-z0-9_])?(\.[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?)*)?\.?")
_SYSCTL = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
FORMS: dict[str, re.Pattern[str]] = {
    "AppArmorProfile.localhostProfile": re.compile(r"(?!\s).{1,4095}(?<!\s)"),
    "AzureDiskVolumeSource.diskURI": re.compile(r"(https://.+\.blob\.core\.windows\.net/.+\.vhd|/subscriptions/.+)"),
    "CSIVolumeSource.driver": re.compile(rf"(?=.{{1,63}}\Z){DNS_NAME.pattern}", re.IGNORECASE),
    "ConfigMapEnvSource.name": DNS_NAME,
    "ConfigMapKeySelector.key": _KEY,
    "ConfigMapKeySelector.name": DNS_NAME,
    "ConfigMapProjection.name": DNS_NAME,
    "ConfigMapVolumeSource.name": DNS_NAME,
    "Container.image": IMAGE,
    "Container.name": DNS_LABEL,
    "ContainerPort.name": re.compile(r"(?=.{1,15}\Z)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*"),
    "DownwardAPIVolumeFile.path": _FILE_BELOW,
    "EmptyDirVolumeSource.medium": re.compile("Memory|HugePages(-.+)?"),
    "EnvFromSource.prefix": VARIABLE_NAME,
    "EnvVar.name": VARIABLE_NAME,
    "HTTPHeader.name": re.compile("[-A-Za-z0-9]+"),
    "HostAlias.hostnames": DNS_NAME,
    "HostPathVolumeSource.path": _HOST_PATH,
    "ISCSIVolumeSource.iqn": re.compile(r"(iqn|eui|naa)\..+"),
    "KeyToPath.path": _FILE_BELOW,
    "LabelSelectorRequirement.key": LABEL_NAME,
    "LabelSelectorRequirement.values": LABEL_VALUE,
    "LocalObjectReference.name": DNS_NAME,
    "NFSVolumeSource.path": re.compile("/.*", re.DOTALL),
    "NodeSelectorRequirement.key": LABEL_NAME,
    "PersistentVolumeClaimSpec.storageClassName": DNS_NAME,
    "PersistentVolumeClaimVolumeSource.claimName": DNS_NAME,
    "PodAffinityTerm.matchLabelKeys": LABEL_NAME,
    "PodAffinityTerm.mismatchLabelKeys": LABEL_NAME,
    "PodAffinityTerm.namespaces": DNS_LABEL,
    "PodAffinityTerm.topologyKey": LABEL_NAME,
    "PodDNSConfig.searches": _SEARCH,
    "PodReadinessGate.conditionType": LABEL_NAME,
    "PodResourceClaim.name": DNS_LABEL,
    "PodResourceClaim.resourceClaimName": DNS_NAME,
    "PodResourceClaim.resourceClaimTemplateName": DNS_NAME,
    "PodSchedulingGate.name": LABEL_NAME,
    "PodSpec.hostname": DNS_LABEL,
    "PodSpec.nodeName": DNS_NAME,
    "PodSpec.priorityClassName": DNS_NAME,
    "PodSpec.runtimeClassName": DNS_NAME,
    "PodSpec.schedulerName": DNS_NAME,
    "PodSpec.serviceAccountName": DNS_NAME,
    "PodSpec.subdomain": DNS_LABEL,
    "ResourceFieldSelector.resource": re.compile(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)"),
    "SeccompProfile.localhostProfile": _BELOW,
    "SecretEnvSource.name": DNS_NAME,
    "SecretKeySelector.key": _KEY,
    "SecretKeySelector.name": DNS_NAME,
    "SecretProjection.name": DNS_NAME,
    "SecretVolumeSource.secretName": DNS_NAME,
    "ServiceAccountTokenProjection.path": _FILE_BELOW,
    "Sysctl.name": _SYSCTL,
    "Toleration.key": LABEL_NAME,
    "Toleration.value": LABEL_VALUE,
    "TopologySpreadConstraint.matchLabelKeys": LABEL_NAME,
    "Volume.name": DNS_LABEL,
    "VolumeMount.name": DNS_LABEL,
    "VolumeMount.subPath": _BELOW,
    "VolumeMount.subPathExpr": _BELOW,
}
"""Fields whose texts, where they are not empty, have a form."""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


CHECKED: dict[str, Callable[[str], bool]] = {
    "ContainerPort.hostIP": _is_address,
    "HostAlias.ip": _is_address,
    "PodDNSConfig.nameservers": _is_address,
}
"""The same where no pattern says it."""

_INT32 = 2**31 - 1
_INT64 = 2**63 - 1
_PORT = (1, 65_535)
_ID = (0, _INT32)
_MODE = (0, 0o777)
_FROM_ZERO = (0, _INT32)
_FROM_ONE = (1, _INT32)
RANGES: dict[str, tuple[int, int]] = {
    "AWSElasticBlockStoreVolumeSource.partition": (0, 255),
    "ConfigMapVolumeSource.defaultMode": _MODE,
    "ContainerPort.containerPort": _PORT,
    "ContainerPort.hostPort": (0, _PORT[1]),
    "DownwardAPIVolumeFile.mode": _MODE,
    "DownwardAPIVolumeSource.defaultMode": _MODE,
    "FCVolumeSource.lun": (0, 255),
    "GCEPersistentDiskVolumeSource.partition": (0, 255),
    "GRPCAction.port": _PORT,
    "HTTPGetAction.port": _PORT,
    "ISCSIVolumeSource.lun": (0, 255),
    "KeyToPath.mode": _MODE,
    "PodSecurityContext.fsGroup": _ID,
    "PodSecurityContext.runAsGroup": _ID,
    "PodSecurityContext.runAsUser": _ID,
    "PodSecurityContext.supplementalGroups": _ID,
    "PodSpec.terminationGracePeriodSeconds": (0, _INT64),
    "PreferredSchedulingTerm.weight": (1, 100),
    "Probe.failureThreshold": _FROM_ZERO,
    "Probe.initialDelaySeconds": _FROM_ZERO,
    "Probe.periodSeconds": _FROM_ZERO,
    "Probe.successThreshold": _FROM_ZERO,
    "Probe.terminationGracePeriodSeconds": (1, _INT64),
    "Probe.timeoutSeconds": _FROM_ZERO,
    "ProjectedVolumeSource.defaultMode": _MODE,
    "SecretVolumeSource.defaultMode": _MODE,
    "SecurityContext.runAsGroup": _ID,
    "SecurityContext.runAsUser": _ID,
    "ServiceAccountTokenProjection.expirationSeconds": (600, 2**32),
    "SleepAction.seconds": (0, _INT64),
    "TCPSocketAction.port": _PORT,
    "Toleration.tolerationSeconds": (-_INT64 - 1, _INT64),
    "TopologySpreadConstraint.maxSkew": _FROM_ONE,
    "TopologySpreadConstraint.minDomains": _FROM_ONE,
    "WeightedPodAffinityTerm.weight": (1, 100),
}
"""Fields that take a number from the first to the second."""
ANY_NUMBER = (-_INT32 - 1, _INT32)
"""What all others take."""

FILLED: dict[str, tuple[str, ...]] = {
    "AppArmorProfile": ("type",),
    "AWSElasticBlockStoreVolumeSource": ("volumeID",),
    "AzureFileVolumeSource": ("secretName", "shareName"),
    "CSIVolumeSource": ("driver",),
    "CephFSVolumeSource": ("monitors",),
    "ConfigMapEnvSource": ("name",),
    "ConfigMapKeySelector": ("name", "key"),
    "ConfigMapProjection": ("name",),
    "ConfigMapVolumeSource": ("name",),
    "EphemeralVolumeSource": ("volumeClaimTemplate",),
    "ExecAction": ("command",),
    "HostPathVolumeSource": ("path",),
    "ImageVolumeSource": ("reference",),
    "KeyToPath": ("key", "path"),
    "NFSVolumeSource": ("server", "path"),
    "LabelSelectorRequirement": ("key", "operator"),
    "NodeSelector": ("nodeSelectorTerms",),
    "NodeSelectorRequirement": ("key", "operator"),
    "PersistentVolumeClaimSpec": ("accessModes",),
    "PersistentVolumeClaimVolumeSource": ("claimName",),
    "PodAffinityTerm": ("topologyKey",),
    "PodDNSConfigOption": ("name",),
    "RBDVolumeSource": ("monitors", "image"),
    "ScaleIOVolumeSource": ("volumeName",),
    "SeccompProfile": ("type",),
    "SecretEnvSource": ("name",),
    "SecretKeySelector": ("name", "key"),
    "SecretProjection": ("name",),
    "SecretVolumeSource": ("secretName",),
    "ServiceAccountTokenProjection": ("path",),
    "TopologySpreadConstraint": ("topologyKey", "whenUnsatisfiable"),
}
"""Fields that may be neither absent nor empty."""
