"""The target: settings, lowering, checks and text, in that order."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_argo.emit import emit
from dagwright_argo.kinds import Schedules, check_run, run_of
from dagwright_argo.lower import lower, plan, workflow_name
from dagwright_argo.objects import (
    DIGEST_LENGTH,
    Runtime,
    bundle_objects,
    code_in_store,
    code_objects,
    runtime_object,
    with_server_side_apply,
)
from dagwright_argo.options import RUN, read_options
from dagwright_argo.provisions import STORE, mounts_runtime
from dagwright_argo.rbac import rbac_text
from dagwright_argo.setting_reading import read_settings
from dagwright_argo.validate import check_code, check_handler, check_manifest, check_program
from dagwright_compiler.target_api import Artefact, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dagwright_compiler.diagnostics.model import Collector, Diagnostic
    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import Named, SettingKey


class ArgoTarget:
    """Lowering to Argo Workflows 3.7 and 4."""

    name = "argo"

    def compile(self, request: Request, runtime: Runtime | None = None) -> Artefact | None:
        """Lower and emit: ConfigMap of the runtime (shared), ConfigMaps of plan and code, WorkflowTemplate or Workflow, CronWorkflows.

        ``runtime`` replaces the archive of this release.
        """
        program, found, spans = request.program, request.diagnostics, request.spans
        settings = read_settings(request.settings, found, request.place)
        options = read_options(request.options, found)
        settings = msgspec.structs.replace(
            settings,
            env={**settings.env, **request.environment},
            namespace=options.namespace or settings.namespace,
            runtime=options.runtime or settings.runtime,
            bundle=options.bundle or settings.bundle,
        )
        handled = chain.from_iterable(check_handler(handler, settings, spans) for handler in program.handlers)
        if not _passes(chain(check_program(program, settings, spans), handled), found):
            return None
        lowering = plan(program, request.map_pods)
        bundle = request.seal(lowering.units, request.map_pods)
        name = workflow_name(program)
        runtime = runtime or _runtime()
        digest = bundle.digest[:DIGEST_LENGTH]
        if settings.bundle == STORE:
            code = code_in_store(runtime, bundle.digest)
        else:
            code = code_objects(name, runtime, bundle, digest, settings.max_code_bytes)
        template = lower(program, lowering, settings, code, digest)
        manifest = run_of(template, program, options) if options.kind == RUN else template
        schedules = Schedules(program, template, settings, options)
        span = spans.definition(program.workflow.name)
        checks = (
            check_manifest(program, lowering, manifest, settings, spans),
            check_code(bundle, settings, span) if code.parts else (),
            check_run(manifest, span, "the run", frozenset()) if options.kind == RUN else (),
            schedules.check(request.place, span),
        )
        if not _passes(chain(*checks), found):
            return None
        shared = [runtime_object(runtime, settings)] if mounts_runtime(manifest) else []
        texts = (
            *(emit(*with_server_side_apply(each)) for each in shared),
            *(emit(*with_server_side_apply(part)) for part in bundle_objects(name, code, bundle, digest, settings)),
            emit(*with_server_side_apply(manifest)),
            *map(emit, schedules.objects()),
        )
        known_as = options.name if options.kind == RUN else name
        return Artefact(objects=texts, shared=len(shared), bundle=bundle, units=lowering.units, name=known_as)

    def unmatched(
        self, settings: Mapping[str, Any], project: Named, place: Callable[[SettingKey], Span | None]
    ) -> Iterator[tuple[str, Diagnostic]]:
        """Schedules of workflows and tables of tasks that the project does not have."""
        from dagwright_argo.unmatched import unmatched_names

        return unmatched_names(settings, project, place)

    def rights(self, settings: Mapping[str, Any], namespace: str, diagnostics: Collector) -> str:
        """Role and RoleBinding for the service account that the settings name: what Argo's executor does beside a task."""
        read = read_settings(settings, diagnostics)
        of_tasks = sorted(own.service_account for own in read.tasks.values() if own.service_account)
        return rbac_text(namespace or read.namespace, read.service_account, of_tasks)


def _passes(diagnostics: Iterable[Diagnostic], found: Collector) -> bool:
    """Collect findings; whether none so far is an error."""
    for diagnostic in diagnostics:
        found.add(diagnostic)
    return not found.has_errors


def _runtime() -> Runtime:
    from dagwright_compiler.runtime_archive import archive_bytes, archive_digest

    return Runtime(archive_bytes(), archive_digest())
