"""Job definitions: one for each task and policy, holding nothing that belongs to a run."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from dagwright.contract import names
from dagwright_batch.extras import Extras, Finding, extras_of, shared_memory, with_device
from dagwright_batch.limits import HASH_ROOM, MAX_ATTEMPTS, MAX_NAME, plain, short
from dagwright_batch.model import (
    Container,
    Definition,
    ExitRule,
    Hashed,
    Param,
    Requirement,
    RetryStrategy,
    Storage,
    Text,
    Timeout,
    Variable,
)
from dagwright_batch.resources import DoesNotFitError, Fit, fit
from dagwright_compiler.diagnostics.codes import BATCH_CHANGED, BATCH_IGNORED, BATCH_RESOURCES
from dagwright_compiler.ir.program import MapNode, Policy, Program, TaskNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_batch.settings import BatchSettings, Platform

ENTRY = "dagwright.execution"
"""The runtime's entry, as in every pod."""
LOOPS = "dagwright.execution.batch"
"""Its entry where a container is more than one plain attempt."""
BARRIER = "wait"

Report = Callable[[Finding, TaskNode | MapNode], None]
"""Takes a finding about a node's policy."""

_RULES = (
    ExitRule(on_status_reason="Host EC2*", action="RETRY"),  # the instance is gone (spot)
    ExitRule(on_reason="CannotPull*", action="RETRY"),
    ExitRule(on_exit_code="7*", action="RETRY"),  # 72 to 75: the runtime's own word, Fargate's spot loss included
    ExitRule(on_exit_code="137", action="RETRY"),  # killed without a word
    ExitRule(on_reason="*", action="EXIT"),  # without it Batch retries whatever no rule names
)


class _Body(NamedTuple):
    """What a definition holds beside its name, and the findings about the policy it comes from."""

    container: Container
    retries: RetryStrategy
    timeout: Timeout | None
    extras: Extras
    findings: tuple[Finding, ...] = ()


class Definitions:
    """The definitions of one plan; ``made`` fills as nodes ask for theirs."""

    __slots__ = ("_bodies", "_environment", "_program", "_report", "_settings", "made")

    def __init__(self, program: Program, settings: BatchSettings, report: Report, environment: Mapping[str, str]) -> None:
        self._program = program
        self._environment = tuple(environment.items())
        self._settings = settings
        self._report = report
        self._bodies: dict[tuple[Policy, bool, int], _Body] = {}
        self.made: dict[str, Definition] = {}

    def of(self, node: TaskNode | MapNode, *, pool: int = 0) -> str:
        """Key of the node's definition, named after its task; ``pool`` is the number of workers of a map that has them."""
        task = self._program.tasks[node.task]
        # Caching is the runtime's business. Without it, most tasks of a program have one of few policies.
        policy = replace(node.policy or task.policy, cache=None, deck=False)
        is_map = isinstance(node, MapNode)
        body = self._bodies.get((policy, is_map, pool))
        if body is None:
            body = self._bodies[policy, is_map, pool] = self._body(policy, is_map=is_map, pool=pool)
        for finding in body.findings:
            self._report(finding, node)
        base = short(plain(task.function), MAX_NAME - HASH_ROOM)
        definition = self._define(base, body)
        key, number = base, 1
        while key == BARRIER or self.made.get(key, definition) != definition:
            number += 1
            key = f"{base}-{number}"
        self.made[key] = definition
        return key

    def barrier(self) -> str:
        """Key of the definition of a job that ends at once."""
        resources = fit(None, None, platform=self._settings.platform, cpu="0.25", memory="128Mi")
        extras = Extras(platform=self._settings.platform)
        body = _Body(self._container(("true",), resources), _retries(1 + names.SYSTEM_RETRIES), None, extras)
        self.made[BARRIER] = self._define(BARRIER, body)
        return BARRIER

    def _define(self, name: str, body: _Body) -> Definition:
        return Definition(
            job_definition_name=Hashed(hashed=name),
            type="container",
            platform_capabilities=(body.extras.platform,),
            container_properties=body.container,
            retry_strategy=body.retries,
            timeout=body.timeout,
            scheduling_priority=body.extras.priority,
            propagate_tags=body.extras.propagate_tags,
            tags=dict(body.extras.tags) or None,
        )

    def _body(self, policy: Policy, *, is_map: bool, pool: int) -> _Body:
        # The elements of a pool count their own retries, in place; its children are repeated for the system's failures only.
        attempts, in_place = attempts_of(0 if pool else policy.retries)
        arguments = ["--pool", str(pool)] if pool else ["--element"] if is_map else []
        if in_place > 1:
            arguments += ["--attempts", str(in_place)]
        findings = []
        if policy.interruptible:
            text = "the job queue chooses between spot and on-demand capacity"
            findings.append(Finding(BATCH_IGNORED, text, "interruptible"))
        extras = extras_of(policy, self._settings)
        resources, about_resources = self._resources(policy, extras.platform)
        memory, about_memory = shared_memory(policy, resources.memory_mib, extras.platform)
        # A pool runs any number of elements, one after the other; the runtime's watchdog ends each of them.
        deadline_s = names.backstop_s(policy.timeout_s, waits=policy.serializes) if policy.timeout_s else 0
        seconds = 0 if pool else in_place * deadline_s
        container = self._container(
            (self._settings.python, "-m", LOOPS if arguments else ENTRY, "Ref::unit", *arguments),
            resources,
            image=policy.image,
            environment=tuple(Variable(name=key, value=value) for key, value in (*policy.environment, *self._environment)),
        )
        return _Body(
            replace(container, secrets=extras.secrets, linux_parameters=memory),
            _retries(attempts),
            Timeout(attempt_duration_seconds=seconds) if seconds else None,
            extras,
            (*findings, *extras.findings, *about_resources, *about_memory),
        )

    def _resources(self, policy: Policy, platform: Platform) -> tuple[Fit, list[Finding]]:
        settings = self._settings
        part = "limits" if policy.limits and not policy.requests else "requests"
        try:
            found = fit(with_device(policy), policy.limits, platform=platform, cpu=settings.cpu, memory=settings.memory)
        except DoesNotFitError as error:
            instead = fit(None, None, platform=platform, cpu="1", memory="2Gi")
            return instead, [Finding(BATCH_RESOURCES, str(error), part)]
        return found, [Finding(BATCH_CHANGED, remark, part) for remark in found.remarks]

    def _container(
        self, command: tuple[str, ...], resources: Fit, *, image: str | None = None, environment: tuple[Variable, ...] = ()
    ) -> Container:
        settings = self._settings
        chosen: Text = image or settings.image or Param(param="image")
        return Container(
            image=chosen,
            command=command,
            job_role_arn=settings.job_role_arn or None,
            execution_role_arn=settings.execution_role_arn or None,
            resource_requirements=_requirements(resources),
            environment=environment,
            ephemeral_storage=Storage(size_in_gi_b=resources.storage_gib) if resources.storage_gib else None,
        )


def _retries(attempts: int) -> RetryStrategy:
    return RetryStrategy(attempts=attempts, evaluate_on_exit=_RULES)


def attempts_of(retries: int) -> tuple[int, int]:
    """Attempts of the job, and tries within one attempt.

    Batch allows 10 attempts and has one counter for user and system failures; a task with 7 or more retries has no room for
    both, so its attempts try twice in place.
    """
    total = 1 + retries + names.SYSTEM_RETRIES
    in_place = ceil(total / MAX_ATTEMPTS)
    return ceil(total / in_place), in_place


def _requirements(resources: Fit) -> tuple[Requirement, ...]:
    found = (
        Requirement(type="VCPU", value=resources.vcpu),
        Requirement(type="MEMORY", value=str(resources.memory_mib)),
    )
    return (*found, Requirement(type="GPU", value=resources.gpu)) if resources.gpu else found
