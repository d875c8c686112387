"""Job definitions: one for each task and policy, holding nothing that belongs to a run."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from dagwright.contract import names
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
from dagwright_compiler.diagnostics.model import Code
from dagwright_compiler.ir.program import MapNode, Policy, Program, TaskNode

if TYPE_CHECKING:
    from dagwright_batch.settings import BatchSettings

ENTRY = "dagwright.execution"
"""The runtime's entry, as in every pod."""
LOOPS = "dagwright.execution.batch"
"""Its entry where a container is more than one plain attempt."""
BARRIER = "wait"

Report = Callable[[Code, str, TaskNode | MapNode, str], None]
"""Takes a finding about a node's policy: code, message, node, field of the policy."""

_RULES = (
    ExitRule(on_status_reason="Host EC2*", action="RETRY"),  # the instance is gone (spot)
    ExitRule(on_reason="CannotPull*", action="RETRY"),
    ExitRule(on_exit_code="7*", action="RETRY"),  # 72 to 75: the runtime's own word, Fargate's spot loss included
    ExitRule(on_exit_code="137", action="RETRY"),  # killed without a word
    ExitRule(on_reason="*", action="EXIT"),  # without it Batch retries whatever no rule names
)


class Definitions:
    """The definitions of one plan; ``made`` fills as nodes ask for theirs."""

    __slots__ = ("_program", "_report", "_settings", "made")

    def __init__(self, program: Program, settings: BatchSettings, report: Report) -> None:
        self._program = program
        self._settings = settings
        self._report = report
        self.made: dict[str, Definition] = {}

    def of(self, node: TaskNode | MapNode, *, pool: int = 0) -> str:
        """Key of the node's definition, named after its task; ``pool`` is the number of workers of a map that has them."""
        task = self._program.tasks[node.task]
        policy = node.policy or task.policy
        base = short(plain(task.function), MAX_NAME - HASH_ROOM)
        definition = self._define(node, base, policy, pool)
        key, number = base, 1
        while key == BARRIER or self.made.get(key, definition) != definition:
            number += 1
            key = f"{base}-{number}"
        self.made[key] = definition
        return key

    def barrier(self) -> str:
        """Key of the definition of a job that ends at once."""
        self.made[BARRIER] = self._container(
            BARRIER,
            image=None,
            command=("true",),
            resources=fit(None, None, platform=self._settings.platform, cpu="0.25", memory="128Mi"),
            attempts=1 + names.SYSTEM_RETRIES,
        )
        return BARRIER

    def _define(self, node: TaskNode | MapNode, name: str, policy: Policy, pool: int) -> Definition:
        # The elements of a pool count their own retries, in place; its children are repeated for the system's failures only.
        attempts, in_place = attempts_of(0 if pool else policy.retries)
        arguments = ["--pool", str(pool)] if pool else ["--element"] if isinstance(node, MapNode) else []
        if in_place > 1:
            arguments += ["--attempts", str(in_place)]
        if policy.interruptible:
            self._report(BATCH_IGNORED, "the job queue chooses between spot and on-demand capacity", node, "interruptible")
        # A pool runs any number of elements, one after the other; the runtime's watchdog ends each of them.
        seconds = 0 if pool or not policy.timeout_s else in_place * (ceil(policy.timeout_s) + names.BACKSTOP_MARGIN_S)
        return self._container(
            name,
            image=policy.image,
            command=(self._settings.python, "-m", LOOPS if arguments else ENTRY, "Ref::unit", *arguments),
            resources=self._resources(node, policy),
            environment=tuple(Variable(name=key, value=value) for key, value in policy.environment),
            attempts=attempts,
            timeout_s=seconds,
        )

    def _resources(self, node: TaskNode | MapNode, policy: Policy) -> Fit:
        settings = self._settings
        part = "limits" if policy.limits and not policy.requests else "requests"
        try:
            found = fit(policy.requests, policy.limits, platform=settings.platform, cpu=settings.cpu, memory=settings.memory)
        except DoesNotFitError as error:
            self._report(BATCH_RESOURCES, str(error), node, part)
            return fit(None, None, platform=settings.platform, cpu="1", memory="2Gi")
        for remark in found.remarks:
            self._report(BATCH_CHANGED, remark, node, part)
        return found

    def _container(
        self,
        name: str,
        *,
        image: str | None,
        command: tuple[str, ...],
        resources: Fit,
        environment: tuple[Variable, ...] = (),
        attempts: int,
        timeout_s: int = 0,
    ) -> Definition:
        settings = self._settings
        chosen: Text = image or settings.image or Param(param="image")
        body = Container(
            image=chosen,
            command=command,
            job_role_arn=settings.job_role_arn or None,
            execution_role_arn=settings.execution_role_arn or None,
            resource_requirements=_requirements(resources),
            environment=environment,
            ephemeral_storage=Storage(size_in_gi_b=resources.storage_gib) if resources.storage_gib else None,
        )
        return Definition(
            job_definition_name=Hashed(hashed=name),
            type="container",
            platform_capabilities=(settings.platform,),
            container_properties=body,
            retry_strategy=RetryStrategy(attempts=attempts, evaluate_on_exit=_RULES),
            timeout=Timeout(attempt_duration_seconds=timeout_s) if timeout_s else None,
        )


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
