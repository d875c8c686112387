"""The rights that pods of a workflow need: what Argo's executor does beside the task, under the service account of the pod.

Output: YAML of a Role and a RoleBinding. Tasks need none of it, and get nothing more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dagwright_argo.naming import OBJECT_NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "dagwright-executor"
DEFAULT_NAMESPACE = "default"
DEFAULT_ACCOUNT = "default"
"""The service account of pods that name none."""
_GROUP = "argoproj.io"
_API = "rbac.authorization.k8s.io"
_RULES = ((("workflowtaskresults",), ("create", "patch")),)
"""Resources and verbs: the executor reports exit code and output parameters; without this right a task exits 0, and its node is an error."""


def rbac_text(namespace: str, service_account: str, others: Iterable[str] = ()) -> str:
    """Write the objects.

    Args:
        namespace: Where the workflows run; empty for Kubernetes' ``default`` (a binding must name the account's namespace).
        service_account: The account of their pods; empty for the namespace's default.
        others: Accounts of single tasks.
    """
    account = service_account or DEFAULT_ACCOUNT
    namespace = namespace or DEFAULT_NAMESPACE
    metadata = {"name": NAME if account == DEFAULT_ACCOUNT else f"{NAME}-{account}"[:OBJECT_NAME_LENGTH].rstrip("-.")}
    metadata["namespace"] = namespace
    lines = ["apiVersion: rbac.authorization.k8s.io/v1", "kind: Role", *_metadata(metadata), "rules:"]
    for resources, verbs in _RULES:
        lines += [f"- apiGroups: [{_GROUP}]", f"  resources: [{', '.join(resources)}]", f"  verbs: [{', '.join(verbs)}]"]
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": namespace} for name in dict.fromkeys((account, *others))]
    lines += ["---", "apiVersion: rbac.authorization.k8s.io/v1", "kind: RoleBinding", *_metadata(metadata)]
    lines += ["roleRef:", f"  apiGroup: {_API}", "  kind: Role", f"  name: {json.dumps(metadata['name'])}", "subjects:"]
    lines += [f"- {json.dumps(subject)}" for subject in subjects]
    return "\n".join(lines) + "\n"


def _metadata(metadata: dict[str, str]) -> list[str]:
    named = [f"  {key}: {json.dumps(value)}" for key, value in metadata.items()]
    return ["metadata:", *named, "  labels:", "    app.kubernetes.io/managed-by: dagwright"]
