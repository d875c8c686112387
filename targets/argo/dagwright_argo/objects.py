"""ConfigMaps: the runtime, and the plan with the user's modules."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from dagwright.contract.names import DEFAULT_RUNTIME, PLAN_FILE
from dagwright_argo import model
from dagwright_argo.expansion import LOST_ON_THE_WAY
from dagwright_argo.naming import Names
from dagwright_argo.provisions import Code, CodePart
from dagwright_compiler import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_argo.settings import ArgoSettings
    from dagwright_compiler.bundle import Bundle

Document = TypeVar("Document", bound=model.ConfigMap | model.WorkflowTemplate | model.Workflow)

DIGEST_LENGTH = 12
_RUNTIME_KEY = DEFAULT_RUNTIME.rpartition("/")[2]
_PLAN_PATH = f"plan/{PLAN_FILE}"
_CODE_FOLDER = "code/"
_NOT_IN_KEYS = re.compile(r"[^-._a-zA-Z0-9]+")
_LONGEST_KEY = 240
"""Room is left for the ordinal that tells two keys apart."""
CLIENT_SIDE_LIMIT = 262_144
"""Bytes of JSON up to which a client-side ``kubectl apply`` works: it copies the object into an annotation."""
SERVER_SIDE_NOTE = "more than 262144 bytes: apply it with kubectl apply --server-side"
MANAGED_BY = "app.kubernetes.io/managed-by"
_SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
_KEPT = {
    # A running workflow, or a later `argo retry`, still mounts the ConfigMap of an older revision.
    _SYNC_OPTIONS: "Prune=false",
    "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
}


class Runtime(msgspec.Struct, frozen=True):
    """The runtime archive and the SHA-256 of its contents."""

    archive: bytes
    digest: str

    @property
    def name(self) -> str:
        """Name of its ConfigMap."""
        return f"dagwright-runtime-{self.digest[:DIGEST_LENGTH]}"


def runtime_object(runtime: Runtime, settings: ArgoSettings) -> model.ConfigMap:
    """ConfigMap with the runtime, shared by all workflows of a release."""
    metadata = _metadata(runtime.name, settings, {"dagwright/digest": runtime.digest[:DIGEST_LENGTH]})
    return model.ConfigMap(metadata=metadata, data={}, binary_data={_RUNTIME_KEY: _base64(runtime.archive)})


def code_in_store(runtime: Runtime, bundle: str) -> Code:
    """Have pods fetch plan and modules: ``bundle`` is their digest."""
    return Code(runtime.name, runtime.digest[:DIGEST_LENGTH], __version__, bundle=bundle)


def code_objects(workflow: str, runtime: Runtime, bundle: Bundle, digest: str, limit: int) -> Code:
    """Name the ConfigMaps of a workflow and the key of every file.

    One takes everything. Where that would pass ``limit`` bytes, the plan has one of its own, and each module goes into the first
    of the others that has room.
    """
    names = Names()
    plan = model.KeyPath(key=names.take(PLAN_FILE), path=_PLAN_PATH)
    files = [model.KeyPath(key=names.take(_key(file.path)), path=_CODE_FOLDER + file.path) for file in bundle.files]
    sizes = [len(file.data) for file in bundle.files]
    if len(bundle.plan) + sum(sizes) <= limit:
        return _mounted(runtime, (CodePart(f"{workflow}-{digest}", (plan, *files)),))
    parts = [CodePart(f"{workflow}-plan-{digest}", (plan,))]
    for number, members in enumerate(_packed(sizes, limit), 1):
        infix = f"-{number}" if number > 1 else ""
        parts.append(CodePart(f"{workflow}{infix}-{digest}", tuple(files[member] for member in members)))
    return _mounted(runtime, tuple(parts))


def _mounted(runtime: Runtime, parts: tuple[CodePart, ...]) -> Code:
    return Code(runtime.name, runtime.digest[:DIGEST_LENGTH], __version__, parts)


def _packed(sizes: list[int], limit: int) -> list[list[int]]:
    """Put each size, by its number, into the first group that has room; what is too large by itself gets a group."""
    groups: list[list[int]] = []
    room: list[int] = []
    for number, size in enumerate(sizes):
        place = next((at for at, left in enumerate(room) if size <= left), None)
        if place is None:
            groups.append([number])
            room.append(limit - size)
        else:
            groups[place].append(number)
            room[place] -= size
    return groups


def bundle_objects(workflow: str, code: Code, bundle: Bundle, digest: str, settings: ArgoSettings) -> list[model.ConfigMap]:
    """ConfigMaps with the plan and the modules: text where text is what they are."""
    contents = {_PLAN_PATH: bundle.plan, **{_CODE_FOLDER + file.path: file.data for file in bundle.files}}
    labels = {"dagwright/workflow": workflow, "dagwright/digest": digest}
    return [_code_object(part, contents, _metadata(part.name, settings, labels)) for part in code.parts]


def _code_object(part: CodePart, contents: Mapping[str, bytes], metadata: model.Metadata) -> model.ConfigMap:
    data, binary = {}, {}
    for item in part.files:
        content = contents[item.path]
        text = _text(content)
        if text is None:
            binary[item.key] = _base64(content)
        else:
            data[item.key] = text
    return model.ConfigMap(metadata=metadata, data=data, binary_data=binary)


def with_server_side_apply(document: Document) -> tuple[Document, str]:
    """Annotate an object that is too large for a client-side apply; gives the object and a note on it, empty if there is none."""
    if not _is_large(document):
        return document, ""
    annotations = dict(document.metadata.annotations or {})
    annotations[_SYNC_OPTIONS] = ",".join(filter(None, (annotations.get(_SYNC_OPTIONS), "ServerSideApply=true")))
    metadata = msgspec.structs.replace(document.metadata, annotations=annotations)
    return msgspec.structs.replace(document, metadata=metadata), SERVER_SIDE_NOTE


def _is_large(document: model.ConfigMap | model.WorkflowTemplate | model.Workflow) -> bool:
    """Whether the object's JSON is beyond the limit; most code tells by its length alone."""
    if isinstance(document, model.ConfigMap) and sum(map(len, document.data.values())) > CLIENT_SIDE_LIMIT:
        return True
    return len(msgspec.json.encode(document)) > CLIENT_SIDE_LIMIT


def _metadata(name: str, settings: ArgoSettings, labels: dict[str, str]) -> model.Metadata:
    return model.Metadata(
        name=name,
        namespace=settings.namespace or None,
        labels={**settings.labels, MANAGED_BY: "dagwright", **labels},
        annotations=dict(_KEPT),
    )


def _text(content: bytes) -> str | None:
    """Decode what survives as text: readers of YAML drop a byte order mark, and the API server some control characters."""
    if b"\0" in content:
        return None
    if content.isascii():
        return None if b"\x7f" in content else content.decode("ascii")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if text.startswith("\ufeff") or LOST_ON_THE_WAY.search(text) else text


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _key(path: str) -> str:
    """Key of a file: ``pkg/steps.py`` is ``pkg.steps.py``. A key may not start with two dots, nor have more than 253 characters."""
    return _NOT_IN_KEYS.sub("_", path.replace("/", ".")).lstrip(".")[-_LONGEST_KEY:].lstrip(".") or "_"
