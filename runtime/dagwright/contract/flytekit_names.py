"""What may be done, while a module is imported, with names of flytekit that mean nothing to dagwright.

Files make objects of many kinds at their head (SQL tasks, launch plans, remote clients), and a task of the same file must run all
the same. So a class gives an object that refuses when it is used; a function cannot be stood in for, since its result would be.
The compiler says of the same names what the stand-in will do with them.
"""

from __future__ import annotations

MADE = "made"
"""Calling it gives an object that refuses to be used."""
IGNORED = "ignored"
"""Calling it does nothing: what it would register changes how values travel, and theirs is decided by their types."""
REFUSED = "refused"
"""Calling it raises."""

_IGNORED = frozenset(
    {
        *("TypeEngine.register", "TypeEngine.register_additional_type", "TypeEngine.register_restricted_type"),
        *("StructuredDatasetTransformerEngine.register", "StructuredDatasetTransformerEngine.register_renderer"),
        *("StructuredDatasetTransformerEngine.register_for_protocol",),
        *("register_csv_handlers", "register_arrow_handlers", "register_pandas_handlers", "register_polars_handlers"),
        *("register_bigquery_handlers", "register_snowflake_handlers", "ClickTypes.register"),
    }
)
FUNCTIONS = frozenset({"kwtypes", "current_context"})
"""Functions that work anywhere."""
WORKING = frozenset(
    {
        *("BatchSize", "Cache", "CacheFunctionBody", "Checkpoint", "Deck", "FileExt", "FlyteDirectory", "FlyteFile"),
        *(
            "FlyteDisapprovalException",
            "FlyteError",
            "FlyteRecoverableException",
            "HashMethod",
            "ImageSpec",
            "MarkdownRenderer",
            "PodTemplate",
            "Resources",
            "Secret",
        ),
        *(
            "StructuredDataset",
            "TaskMetadata",
            "TopFrameRenderer",
            "approve",
            "current_context",
            "kwtypes",
            "logger",
            "map_task",
            "sleep",
            "task",
            "wait_for_input",
            "workflow",
        ),
    }
)
"""Names that are more than a word: the stand-in has them."""
BASES = frozenset(
    {
        *("TypeTransformer", "AsyncTypeTransformer", "SimpleTransformer", "RestrictedType"),
        *("StructuredDatasetEncoder", "StructuredDatasetDecoder"),
    }
)
"""Classes that a class may inherit from: its objects are only ever handed to what is ignored."""


PUBLIC = frozenset(
    {
        *(
            "Annotations",
            "Artifact",
            "AuthRole",
            "BatchSize",
            "Blob",
            "BlobMetadata",
            "BlobType",
            "Cache",
            "CachePolicy",
            "Checkpoint",
        ),
        *("ConcurrencyLimitBehavior", "ConcurrencyPolicy", "Config", "ContainerTask", "CronSchedule", "Deck", "Description"),
        *("Documentation", "Email", "Environment", "ExecutionParameters", "FixedRate", "FlyteContext", "FlyteContextManager"),
        *("FlyteDirectory", "FlyteFile", "FlyteRemote", "HashMethod", "ImageSpec", "Labels", "LaunchPlan", "LaunchPlanReference"),
        *("Literal", "LiteralType", "LOGGING_RICH_FMT_ENV_VAR", "Options", "PagerDuty", "PodTemplate", "PythonFunctionTask"),
        *(
            "PythonInstanceTask",
            "Resources",
            "SQLTask",
            "Scalar",
            "Secret",
            "SecurityContext",
            "SensorEngine",
            "Slack",
            "SourceCode",
        ),
        *("StructuredDataset", "StructuredDatasetFormat", "StructuredDatasetTransformerEngine", "StructuredDatasetType"),
        *("TaskMetadata", "TaskReference", "VersionParameters", "Workflow", "WorkflowExecutionPhase", "WorkflowFailurePolicy"),
        *("WorkflowReference", "approve", "conditional", "current_context", "directory", "dynamic", "eager", "file"),
        *(
            "get_reference_entity",
            "iterator",
            "kwtypes",
            "lazy_module",
            "load_implicit_plugins",
            "logger",
            "map_task",
            "new_context",
        ),
        *("reference_launch_plan", "reference_task", "reference_workflow", "sleep", "task", "wait_for_input", "workflow"),
    }
)
"""Names of the package itself (flytekit 1.16), whatever becomes of them."""
MODULES = frozenset(
    {
        *(
            "bin",
            "clients",
            "clis",
            "configuration",
            "constants",
            "core",
            "deck",
            "exceptions",
            "experimental",
            "extend",
            "extras",
        ),
        *(
            "image_spec",
            "interaction",
            "interactive",
            "interfaces",
            "lazy_import",
            "loggers",
            "models",
            "remote",
            "sensor",
            "testing",
        ),
        *("tools", "types", "utils"),
    }
)
"""Modules of the package."""


def use_of(qualified: str) -> str:
    """What becomes of a call of a name: ``MADE``, ``IGNORED`` or ``REFUSED``.

    Args:
        qualified: The name with its modules: ``flytekit.LaunchPlan.get_or_create``.
    """
    tail = tail_of(qualified)
    if tail in _IGNORED:
        return IGNORED
    return MADE if tail[:1].isupper() and "(" not in tail else REFUSED


def tail_of(qualified: str) -> str:
    """The name from its class on (``LaunchPlan.get_or_create``), without modules; of a function, its own name."""
    parts = qualified.split(".")
    for position, part in enumerate(parts):
        if part[:1].isupper():
            return ".".join(parts[position:])
    return parts[-1]
