"""What brings the runtime, the plan and the user's modules into a pod, and what the settings mount beside them.

The runtime is a ConfigMap's archive or a package of the image; plan and modules are mounted from ConfigMaps or fetched from the store. Volumes stand in each template
(a reference to it from elsewhere then finds them), as the very same objects, so that they are written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import DEFAULT_CODE, DEFAULT_PLAN, DEFAULT_RUNTIME, DEFAULT_WORK, ENV_BUNDLE
from dagwright_argo import model
from dagwright_compiler.ir.image_names import with_runtime

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from dagwright_argo.settings import ArgoSettings, TaskSetting, VolumeSetting

RUNTIME_VOLUME = "dagwright-runtime"
IMAGE, STORE = "image", "store"
"""Values of the settings ``runtime`` and ``bundle`` that keep ConfigMaps out of the manifest."""
_STARTER = """\
import sys
sys.path[:] = filter(None, sys.path)
try:
    from dagwright.execution.installed import main
except ImportError as error:
    text = f"dagwright: this image lacks the runtime ({error}): install dagwright==%(version)s in it, or give its tasks runtime = 'archive' (exit 82)\\n"
    sys.stderr.write(text)
    with open("/dev/termination-log", "w") as file:
        file.write(text)
    sys.exit(82)
sys.exit(main("%(digest)s", "%(version)s"))
"""
"""What an image with a runtime of its own runs: whatever is wrong with that one must end in one sentence, and for good. It looks for packages where the archive
does, not in the working directory of the image, which may be the folder of our mounts."""


class CodePart(msgspec.Struct, frozen=True):
    """One ConfigMap of plan and code: its name, and the files of its keys."""

    name: str
    files: tuple[model.KeyPath, ...]


class Code(msgspec.Struct, frozen=True):
    """Where pods find what they run.

    ``runtime`` is the ConfigMap of the runtime, ``runtime_digest`` the short digest and ``release`` the version of the one that was compiled for; ``parts`` are the ConfigMaps of
    plan and code (one, where they fit into one), or none where ``bundle`` is the digest of those in the store.
    """

    runtime: str
    runtime_digest: str
    release: str
    parts: tuple[CodePart, ...] = ()
    bundle: str = ""


class Provisions:
    """Volumes, mounts, command and variables that all pods of a workflow share."""

    def __init__(self, settings: ArgoSettings, code: Code, described: Collection[str] = ()) -> None:
        """Make both sets of volumes: with the runtime's and without; ``described`` are images that ``dagwright images`` writes Dockerfiles for."""
        self._settings = settings
        self._code = code
        self._described = described
        work = model.Volume(name="dagwright-work", empty_dir=model.EmptyDir())
        runtime = model.Volume(name=RUNTIME_VOLUME, config_map=model.ConfigMapSource(name=code.runtime))
        rest = (*_code_volumes(code.parts), *map(_volume, settings.volumes))
        self._volumes = {False: (work, runtime, *rest), True: (work, *rest)}
        mounts = _mounts(settings, code)
        self._mounts = {False: mounts, True: tuple(mount for mount in mounts if mount.name != RUNTIME_VOLUME)}
        starter = _STARTER % {"version": code.release, "digest": code.runtime_digest}
        self._commands = {False: (settings.python, DEFAULT_RUNTIME), True: (settings.python, "-c", starter)}
        bundle = model.Variable(name=ENV_BUNDLE, value=code.bundle)
        self.variables: tuple[model.Variable, ...] = (bundle,) if code.bundle else ()

    def image(self, reference: str | None) -> str | None:
        """The image of a task: a described one has another tag where the runtime is in it."""
        if reference in self._described and reference and self._settings.runtime == IMAGE:
            return with_runtime(reference, self._code.runtime_digest)
        return reference

    def volumes(self, own: TaskSetting) -> tuple[model.Volume, ...]:
        """What a task's pods mount."""
        return self._volumes[is_installed(own, self._settings)]

    def mounts(self, own: TaskSetting) -> tuple[model.Mount, ...]:
        """Where."""
        return self._mounts[is_installed(own, self._settings)]

    def command(self, own: TaskSetting) -> tuple[str, ...]:
        """What starts an attempt, before its unit and index."""
        return self._commands[is_installed(own, self._settings)]


def is_installed(own: TaskSetting, settings: ArgoSettings) -> bool:
    """Whether a task's image has the runtime."""
    return (own.runtime or settings.runtime) == IMAGE


def mounts_runtime(manifest: model.WorkflowTemplate | model.Workflow) -> bool:
    """Whether any pod takes the runtime from its ConfigMap."""
    volumes = (volume for template in manifest.spec.templates for volume in template.volumes or ())
    return any(isinstance(volume, model.Volume) and volume.name == RUNTIME_VOLUME for volume in volumes)


def _code_volumes(parts: tuple[CodePart, ...]) -> Iterator[model.Volume]:
    sources = [model.ConfigMapSource(name=part.name, items=part.files) for part in parts]
    if len(sources) == 1:
        yield model.Volume(name="dagwright-code", config_map=sources[0])
    elif sources:
        projected = model.Projected(sources=tuple(model.ProjectedSource(config_map=source) for source in sources))
        yield model.Volume(name="dagwright-code", projected=projected)


def _volume(volume: VolumeSetting) -> model.Volume:
    if volume.host_path:
        return model.Volume(name=volume.name, host_path=model.HostPath(path=volume.host_path))
    if volume.claim:
        return model.Volume(name=volume.name, persistent_volume_claim=model.Claim(claim_name=volume.claim))
    if volume.secret:
        return model.Volume(name=volume.name, secret=model.SecretSource(secret_name=volume.secret))
    return model.Volume(name=volume.name, config_map=model.ConfigMapSource(name=volume.config_map))


def _mounts(settings: ArgoSettings, code: Code) -> tuple[model.Mount, ...]:
    of_code = (
        model.Mount(name="dagwright-code", mount_path=DEFAULT_PLAN, sub_path="plan"),
        model.Mount(name="dagwright-code", mount_path=DEFAULT_CODE, sub_path="code"),
    )
    return (
        model.Mount(name="dagwright-work", mount_path=DEFAULT_WORK),
        model.Mount(name=RUNTIME_VOLUME, mount_path=DEFAULT_RUNTIME.rpartition("/")[0]),
        *(of_code if code.parts else ()),
        *(
            model.Mount(name=volume.name, mount_path=volume.mount_path, read_only=True if volume.read_only else None)
            for volume in settings.volumes
        ),
    )
