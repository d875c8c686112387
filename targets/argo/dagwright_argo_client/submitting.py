"""Submits one run: code objects that are absent, then the Workflow, once, whatever becomes of the answers.

Input: a manifest, the texts of its parameters, a server. Output: the Workflow as the cluster has it.
"""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_argo_client.collecting import mark_used
from dagwright_argo_client.kubernetes import Kubectl
from dagwright_argo_client.manifests import REQUEST_ANNOTATION, mounted_config_maps, workflow_of
from dagwright_argo_client.notes import Note
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.transport import Object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dagwright_argo_client.manifests import Manifest
    from dagwright_argo_client.transport import Server

_TRIES = 3
_PAUSE_S = 1.0


class Submitted(msgspec.Struct, frozen=True):
    """A run that the cluster has; ``was_there`` when an earlier try of the same request made it."""

    workflow: Object
    was_there: bool

    @property
    def name(self) -> str:
        """The run's name."""
        return str(self.workflow["metadata"]["name"])

    @property
    def uid(self) -> str:
        """The run's key in the store."""
        return str(self.workflow["metadata"]["uid"])


class Provided(msgspec.Struct, frozen=True):
    """Names of the ConfigMaps that were created; ``remark`` says what could not be done, and does not matter to the run.

    ``cluster`` is where they were looked for, if anywhere: nobody but the user knows that Argo Server is of the same cluster.
    """

    created: tuple[str, ...] = ()
    remark: str = ""
    cluster: Kubectl | None = None


def provide_code(manifest: Manifest, server: Server, kubectl: Kubectl | None, namespace: str) -> Provided:
    """Make sure that the cluster has the ConfigMaps that the pods mount.

    Their names hold digests of their contents, so one that is there is the right one. A deployed template of the same digest says that they
    are there; else ``kubectl`` looks for them, and creates those that are absent.

    Raises:
        Refused: They are not there and cannot be created.
    """
    if not manifest.config_map_names or _is_deployed(manifest, server, namespace):
        return Provided()
    if kubectl is None:
        raise Refused(
            f"{namespace} may lack the code of {manifest.name} ({', '.join(manifest.config_map_names)}), Argo Server cannot create it, "
            "and there is no kubectl here",
            "apply the output of `dagwright compile` to the cluster first",
        )
    names = manifest.config_map_names
    absent = set(kubectl.absent(names))
    unknown = absent.difference(item["metadata"]["name"] for item in manifest.config_maps)
    if unknown:
        raise Refused(
            f"{namespace} lacks the ConfigMap {min(unknown)}, which is not among the objects given either",
            "give the whole output of compile",
        )
    remark = _mark(kubectl, [name for name in names if name not in absent])
    created = tuple(
        item["metadata"]["name"]
        for item in manifest.config_maps
        if item["metadata"]["name"] in absent and kubectl.create(_placed(item, namespace))
    )
    return Provided(created, remark, kubectl)


def doubt_about_cluster(kubectl: Kubectl, submitted: Submitted) -> str:
    """Say where ``kubectl`` does not know the run, so that its code went to another cluster, and its pods would wait for it forever."""
    try:
        found = kubectl.read("workflow", submitted.name)["metadata"]["uid"]
    except Refused as refused:
        if refused.status != 404 and "resource type" not in refused.text:
            return ""  # who may not read workflows learns nothing here
        found = ""
    if found == submitted.uid:
        return ""
    return (
        f"kubectl does not know {submitted.name}: it speaks to another cluster than ARGO_SERVER, where the code of this run may be absent, "
        "and then its pods never start; look at `kubectl config current-context`"
    )


def _mark(kubectl: Kubectl, present: list[str]) -> str:
    """Keep a collection from taking what this run is about to use; gives a remark where that is not allowed."""
    try:
        if present:
            mark_used(kubectl, present, time.time())
    except Refused as refused:
        if refused.status != 403:
            raise
        return f"code that is there already cannot be marked as used, so a `dagwright gc` at this very moment might take it: {refused.text}"
    return ""


def _placed(item: Object, namespace: str) -> Object:
    return {**item, "metadata": {**item["metadata"], "namespace": namespace}}


def _is_deployed(manifest: Manifest, server: Server, namespace: str) -> bool:
    """Whether the cluster has this very template; who may not read templates learns nothing here."""
    try:
        deployed = server.template(namespace, manifest.name)
    except Refused as refused:
        if refused.status != 403:
            raise
        return False
    if deployed is None:
        return False
    mounted = mounted_config_maps(deployed["spec"])
    return all(name in mounted for name in manifest.config_map_names)


def submit(
    manifest: Manifest,
    values: Mapping[str, str],
    server: Server,
    *,
    namespace: str,
    notes: Path,
    pause: Callable[[float], None] = time.sleep,
) -> Submitted:
    """Create the Workflow, exactly once.

    Args:
        manifest: What runs.
        values: Texts of its parameters.
        server: Where it is sent.
        namespace: Of the cluster.
        notes: Folder for notes about submits under way.
        pause: Waits between two looks.

    Raises:
        Refused: The server refuses, or does not answer; then the same command again finds the run or makes it.
        OSError: The note cannot be written.
    """
    wanted = workflow_of(manifest, name="", namespace=namespace, values=values)
    request = sha256(json.dumps([server.url, wanted], sort_keys=True).encode()).hexdigest()
    with Note(notes, request, manifest.name) as note:
        sending = _Sending(server, namespace, note, pause)
        try:
            submitted = sending.run(wanted)
        except Refused as refused:
            if not sending.is_open:
                note.settle()
                raise
            raise Refused(
                f"whether the run {note.name} was created is not known: {refused.text}",
                "give the same command again: it finds that run or makes it",
                status=refused.status,
            ) from refused
        note.settle()
        return submitted


class _Sending:
    """The exchange about one name. ``is_open`` while a request may have reached the server whose answer nobody saw."""

    def __init__(self, server: Server, namespace: str, note: Note, pause: Callable[[float], None]) -> None:
        self._server = server
        self._namespace = namespace
        self._note = note
        self._pause = pause
        self.is_open = note.is_found

    def run(self, wanted: Mapping[str, Any]) -> Submitted:
        if self.is_open:
            found = self._find()
            if found is not None:
                return Submitted(found, was_there=True)
        for attempt in range(_TRIES):
            if attempt:
                self._pause(_PAUSE_S * attempt)
            try:
                return Submitted(self._server.create(self._namespace, self._named(wanted)), was_there=False)
            except Refused as refused:
                found = self._after(refused, is_last=attempt == _TRIES - 1)
                if found is not None:
                    return Submitted(found, was_there=self._note.is_found)
        raise AssertionError  # the last try returns or raises

    def _after(self, refused: Refused, *, is_last: bool) -> Object | None:
        """Find out what a refusal means: the run that is there nevertheless; ``None`` to try once more."""
        if refused.status == 409:
            found = self._find()
            self.is_open = False
            if found is None:
                if is_last:
                    raise refused
                self._note.rename()
            return found
        if 0 < refused.status < 500 and not refused.is_passing:
            self.is_open = False
            raise refused
        if refused.is_unsent and not self.is_open:
            raise refused
        self.is_open = True
        found = self._find()
        if found is None and (is_last or not refused.is_passing):
            self.is_open = not refused.status  # an error that the server tells is an answer
            raise refused
        return found  # where it was not there, creating it again is safe: a name is given once

    def _named(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        metadata = wanted["metadata"]
        annotations = {**metadata["annotations"], REQUEST_ANNOTATION: self._note.token}
        return {**wanted, "metadata": {**metadata, "name": self._note.name, "annotations": annotations}}

    def _find(self) -> Object | None:
        """The run of the note's name, if this request made it."""
        try:
            found = self._server.get(self._namespace, self._note.name)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        annotations = found["metadata"].get("annotations") or {}
        return found if annotations.get(REQUEST_ANNOTATION) == self._note.token else None
