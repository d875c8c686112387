"""The form that objects of a manifest must have where this package reads them: people edit what was compiled.

Of what nobody here looks at, the API server is the judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from dagwright_argo_client.transport import Object

_Texts = dict[str, str] | None


class _Labelled(msgspec.Struct):
    labels: _Texts = None
    annotations: _Texts = None


class _Metadata(_Labelled):
    name: str | None = None
    generateName: str | None = None  # noqa: N815  # Kubernetes' own
    namespace: str | None = None


class _Any(msgspec.Struct):
    metadata: _Metadata


class _Named(msgspec.Struct):
    name: str


class _ConfigMap(msgspec.Struct):
    metadata: _Named
    data: _Texts = None
    binaryData: _Texts = None  # noqa: N815  # Kubernetes' own


class _Source(msgspec.Struct):
    configMap: _Named | None = None  # noqa: N815  # Kubernetes' own


class _Projected(msgspec.Struct):
    sources: list[_Source] | None = None


class _Volume(_Named):
    configMap: _Named | None = None  # noqa: N815  # Kubernetes' own
    projected: _Projected | None = None


class _Container(msgspec.Struct):
    env: list[_Named] | None = None


class _Template(msgspec.Struct):
    container: _Container | None = None
    volumes: list[_Volume] | None = None


class _Arguments(msgspec.Struct):
    parameters: list[_Named] | None = None


class _Spec(msgspec.Struct):
    arguments: _Arguments | None = None
    templates: list[_Template] | None = None
    volumes: list[_Volume] | None = None
    workflowMetadata: _Labelled | None = None  # noqa: N815  # Argo's own


class _Workflow(msgspec.Struct):
    metadata: _Metadata
    spec: _Spec


_FORMS: dict[str, type[msgspec.Struct]] = {"ConfigMap": _ConfigMap, "Workflow": _Workflow, "WorkflowTemplate": _Workflow}


def misform(item: Object) -> str:
    """Say where an object has another form than its kind; empty where it has not."""
    try:
        msgspec.convert(item, _FORMS.get(item["kind"], _Any))
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$.")
        return f"{place.rstrip('`')}: {what[0].lower()}{what[1:]}"
    return ""
