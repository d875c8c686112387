"""What one attempt is told: which unit of which plan, of which run, with which store, folders and inputs.

Made from the environment in a pod (``pod``) and from a request on this machine (``dagwright_local``); everything after that is
the same code.
"""

from __future__ import annotations

import os

from dagwright.contract.modes import ON
from dagwright.execution.stopping import Round

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

    from dagwright.contract.schema import Unit
    from dagwright.execution.plan_view import NodeView, PlanView


class Assignment:
    """One attempt's orders.

    ``index`` is the pod of a map node, and the element where ``alone`` says that it runs no others; ``hint`` the orchestrator's number of the attempt, ``inputs`` the texts of the workflow's
    inputs by name, ``code`` the folders put first on ``sys.path``, ``environment`` what the process adds to its own (a pod's
    manifest has done that already), ``memory`` what its termination message says of its memory, ``termination`` the file for a failed attempt's message, ``cache`` the mode (``contract.modes``),
    ``pickle`` the codec's policy. ``counts_attempts`` tells that ``hint`` grows by one from attempt to attempt. ``token`` is this attempt's own, and that of all its processes.
    ``began`` is the text of ``ENV_BEGAN``; ``round`` what it tells. ``stops`` tells whether a failure for good
    ends what else there is to run: not where runs are taken up again and nobody can say in which round (``has_rounds``).
    """

    __slots__ = (
        "alone",
        "cache",
        "code",
        "counts_attempts",
        "domain",
        "environment",
        "failed_run",
        "hint",
        "index",
        "inputs",
        "memory",
        "node",
        "pickle",
        "plan",
        "project",
        "round",
        "run",
        "stops",
        "store_url",
        "termination",
        "token",
        "unit",
        "work",
    )

    def __init__(
        self,
        plan: PlanView,
        unit_id: str,
        *,
        index: int | None,
        hint: int | None,
        run: str,
        store_url: str,
        code: tuple[str, ...],
        work: str,
        inputs: Mapping[str, str],
        cache: str = ON,
        project: str | None = None,
        domain: str | None = None,
        environment: Mapping[str, str] | None = None,
        termination: str | None = None,
        pickle: str | tuple[str, ...] = "warn",
        counts_attempts: bool = True,
        memory: str = "",
        began: str | None = None,
        alone: bool = False,
        has_rounds: bool = True,
    ) -> None:
        self.plan = plan = plan.of_unit(unit_id)
        self.unit: Unit = plan.unit(unit_id)
        self.node: NodeView = plan.program.node(self.unit["node"])
        self.index = index
        self.hint = hint
        self.run = run
        self.failed_run = run
        """Where results of the failed run are, once this attempt is of the one that handles it."""
        self.store_url = store_url
        self.code = code
        self.work = work
        self.inputs = inputs
        self.cache = cache
        self.project = project or plan.program.project
        self.domain = domain or plan.program.domain
        self.environment = environment or {}
        self.termination = termination
        self.token = os.urandom(8).hex()
        self.pickle = pickle
        self.counts_attempts = counts_attempts
        self.memory = memory
        self.alone = alone
        self.round = Round(began)
        self.stops = has_rounds and plan.program.stops

    @property
    def label(self) -> str:
        """The node's id, with the element's index in a map."""
        return self.node.id if self.index is None else f"{self.node.id}[{self.index}]"
