"""Keywords of the decorators: refused by name, with what to write instead."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

TASK = frozenset(
    {
        "accelerator",
        "annotations",
        "cache",
        "cache_ignore_input_vars",
        "cache_serialize",
        "cache_version",
        "container_image",
        "deck_fields",
        "deprecated",
        "disable_deck",
        "docs",
        "enable_deck",
        "environment",
        "execution_mode",
        "interruptible",
        "labels",
        "limits",
        "pickle_untyped",
        "pod_template",
        "pod_template_name",
        "requests",
        "resources",
        "retries",
        "secret_requests",
        "shared_memory",
        "task_config",
        "timeout",
    }
)
TASK_UNSUPPORTED = frozenset({"node_dependency_hints", "task_resolver"})
WORKFLOW = frozenset({"docs", "failure_policy", "interruptible", "on_failure", "pickle_untyped"})
WORKFLOW_UNSUPPORTED = frozenset({"default_options"})
MAP = frozenset({"concurrency", "metadata", "min_success_ratio", "min_successes", "run_all_sub_nodes"})
MAP_UNSUPPORTED = frozenset({"bound_inputs", "bound_inputs_values", "security_ctx"})


def check_keywords(owner: str, given: Collection[str], accepted: Collection[str], unsupported: Collection[str]) -> None:
    """Refuse the first keyword that is not accepted.

    Args:
        owner: Name of the function that was called, for the message.
        given: Keywords of the call.
        accepted: Those that work.
        unsupported: Those of flytekit that do not work yet: they get a message of their own.

    Raises:
        TypeError: Naming the keyword, and the nearest accepted one where there is one.
    """
    for name in given:
        if name in accepted:
            continue
        if name in unsupported:
            raise TypeError(f"{owner}() does not support the keyword {name!r} yet")
        import difflib

        near = difflib.get_close_matches(name, [*accepted, *unsupported], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise TypeError(f"{owner}() has no keyword {name!r}{hint}")
