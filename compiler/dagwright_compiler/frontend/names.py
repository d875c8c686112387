"""The one table of qualified names that the compiler knows, and the symbol that each stands for.

Everything else in the front end asks for symbols (``task``, ``Resources``, ``typing.Optional``), never for spellings, so that
``from flytekit import task as t``, ``fl.task`` and ``flytekit.core.task.task`` are one thing.
"""

from __future__ import annotations

from dagwright.contract.files import DIRECTORY_ALIASES, FILE_ALIASES
from dagwright.contract.flytekit_names import MODULES, PUBLIC, tail_of

AUTHORING = ("dagwright", "flytekit")
"""Packages whose names are ours: never resolved to a file of the project."""

SUPPORTED = frozenset(
    {
        "task",
        "workflow",
        "map_task",
        "approve",
        "sleep",
        "wait_for_input",
        "Resources",
        "Cache",
        "ImageSpec",
        "Secret",
        "PodTemplate",
        "GPUAccelerator",
        "HashMethod",
        "StructuredDataset",
        "TaskMetadata",
        "CacheFunctionBody",
        "DeckField",
        "Description",
        "Documentation",
        "ExecutionBehavior",
        "SourceCode",
        "WorkflowFailurePolicy",
        "FlyteError",
        "RunFailure",
    }
)
"""Authoring names that this version compiles."""

OWN = frozenset(
    {
        *(
            "Cache",
            "CacheFunctionBody",
            "Deck",
            "Directory",
            "File",
            "HashMethod",
            "ImageSpec",
            "PodTemplate",
            "RecoverableError",
            "Resources",
            "RunFailure",
            "Secret",
        ),
        *("StructuredDataset", "TaskMetadata", "ValueCodec", "accelerators", "approve", "current_context", "map_task", "sleep"),
        *("task", "wait_for_input", "workflow"),
    }
)
"""What ``dagwright`` itself gives: its names, and the module that is meant to be imported."""

NOT_YET = {
    "dynamic": "move the loop into one task, or map a task over a list with `map_task`",
    "eager": "write a `@workflow`, or do the work in one task",
    "conditional": "move the decision into a task",
    "array_node": "map the tasks of the workflow one after the other with `map_task`",
    "create_node": "call the task directly; `a >> b` orders calls",
    "LaunchPlan": "write the schedule and its inputs as `[tool.dagwright.argo.schedules.NAME]` in the settings",
    "CronSchedule": "write the schedule and its inputs as `[tool.dagwright.argo.schedules.NAME]` in the settings",
    "FixedRate": "write the schedule and its inputs as `[tool.dagwright.argo.schedules.NAME]` in the settings",
    "reference_task": "import the task from its module",
    "reference_workflow": "import the workflow from its module",
    "reference_launch_plan": "import the workflow from its module",
    "ContainerTask": "call the program from a Python task",
    "ShellTask": "run the command from a Python task with `subprocess`",
    "Workflow": "write the workflow as a function with `@workflow`",
    "ImperativeWorkflow": "write the workflow as a function with `@workflow`",
    "FlyteSchema": "write `StructuredDataset`, or the class of the frame: `pandas.DataFrame`",
    "Deck": "write the report as a `str` output",
    "Artifact": "pass the value itself",
    "current_context": "read what the task needs from its inputs",
    "SQLTask": "run the query from a Python task",
    "Email": "send the message from a task",
    "Slack": "send the message from a task",
    "CachePolicy": "write `Cache(policies=[CacheFunctionBody()])`, or a literal `version`",
    "Annotations": "write a dict: `annotations={...}`",
    "AuthRole": "set `service_account` in `[tool.dagwright.argo]`",
    "Checkpoint": "write `current_context().checkpoint` inside a task",
    "FlyteContext": "read what the task needs from its inputs and `current_context()`",
    "FlyteContextManager": "read what the task needs from its inputs and `current_context()`",
    "FlyteRemote": "start runs with `dagwright run`, or with the tools of the system where they run",
    "ImageSpec.from_env": "list the packages: `ImageSpec(packages=[...])`",
    "get_reference_entity": "import the task or workflow from its module",
    "Labels": "write a dict: `labels={...}`",
    "Options": "set labels and annotations for the target in `[tool.dagwright.argo]`",
    "PagerDuty": "send the message from a task",
    "PythonFunctionTask": "decorate a function with `@task`",
    "PythonInstanceTask": "decorate a function with `@task`",
    "SecurityContext": 'write `secret_requests=[Secret(group="...", key="...")]`',
    "V5E": "ask for TPUs in a `pod_template`",
    "V5P": "ask for TPUs in a `pod_template`",
    "V6E": "ask for TPUs in a `pod_template`",
    "VersionParameters": "write `Cache(policies=[CacheFunctionBody()])`, or a literal `version`",
}
"""Authoring names that are known but not compiled yet, with the nearest form that works."""

GATES = frozenset({"approve", "wait_for_input", "sleep"})
"""Authoring names whose calls in a workflow let its runs wait, and fail anywhere else."""

ONLY_IN_TASKS = {
    "current_context": "`current_context()` tells of a running task, and nothing runs here",
    "Deck": "a `Deck` is made by a running task, and nothing runs here",
}
"""Authoring names that tasks use and nothing else can: what is wrong with each elsewhere."""

_AUTHORING_NAMES = SUPPORTED | NOT_YET.keys()

_KNOWN = {
    "builtins.None": "none",
    "types.NoneType": "none",
    "typing.List": "list",
    "typing.Dict": "dict",
    "typing.Tuple": "tuple",
    "typing.Set": "set",
    "typing.FrozenSet": "frozenset",
    "builtins.object": "typing.Any",
    "typing_extensions.Any": "typing.Any",
    "types.UnionType": "typing.Union",
    "dataclasses.dataclass": "dataclass",
    "dataclasses.field": "dataclass.field",
    "dataclasses.KW_ONLY": "dataclass.KW_ONLY",
    "dataclasses.InitVar": "dataclass.InitVar",
    "dataclasses_json.dataclass_json": "dataclass_json",
    "dataclasses_json.api.dataclass_json": "dataclass_json",
    "dataclasses_json.DataClassJsonMixin": "plain_base",
    "dataclasses_json.api.DataClassJsonMixin": "plain_base",
    "mashumaro.DataClassDictMixin": "plain_base",
    "mashumaro.mixins.dict.DataClassDictMixin": "plain_base",
    "mashumaro.mixins.json.DataClassJSONMixin": "plain_base",
    "mashumaro.mixins.orjson.DataClassORJSONMixin": "plain_base",
    "mashumaro.mixins.yaml.DataClassYAMLMixin": "plain_base",
    "abc.ABC": "plain_base",
    "enum.Enum": "enum",
    "enum.IntEnum": "enum",
    "enum.StrEnum": "enum",
    "enum.auto": "enum.auto",
    "enum.unique": "enum.unique",
    "collections.namedtuple": "namedtuple",
    "datetime.datetime": "datetime",
    "datetime.timedelta": "timedelta",
    "datetime.timezone": "timezone",
    "datetime.date": "date",
    "datetime.time": "time",
    "decimal.Decimal": "decimal",
    "uuid.UUID": "uuid",
    "pathlib.Path": "path",
    "flytekit.types.pickle.FlytePickle": "typing.Any",
    "flytekit.types.pickle.pickle.FlytePickle": "typing.Any",
    "os.PathLike": "file",
    "dagwright.File": "file",
    "dagwright.Directory": "directory",
    "numpy.ndarray": "ndarray",
    "numpy.typing.NDArray": "ndarray",
    "numpy.array": "ndarray",
    "torch.Tensor": "tensor",
    "torch._tensor.Tensor": "tensor",
    "pandas.DataFrame": "table[pandas.DataFrame]",
    "pandas.core.frame.DataFrame": "table[pandas.DataFrame]",
    "pandera.typing.DataFrame": "table[pandas.DataFrame]",
    "pandera.typing.pandas.DataFrame": "table[pandas.DataFrame]",
    "pandera.typing.polars.DataFrame": "table[polars.DataFrame]",
    "pandera.typing.polars.LazyFrame": "table[polars.LazyFrame]",
    "polars.DataFrame": "table[polars.DataFrame]",
    "polars.dataframe.frame.DataFrame": "table[polars.DataFrame]",
    "polars.LazyFrame": "table[polars.LazyFrame]",
    "polars.lazyframe.frame.LazyFrame": "table[polars.LazyFrame]",
    "pyarrow.Table": "table[pyarrow.Table]",
    "pyarrow.lib.Table": "table[pyarrow.Table]",
    "functools.partial": "functools.partial",
    "flytekitplugins.auto_cache.CacheFunctionBody": "CacheFunctionBody",
    "flytekitplugins.auto_cache.cache_function_body.CacheFunctionBody": "CacheFunctionBody",
}
_MODELS = ("pydantic", "pydantic.main", "pydantic.fields", "pydantic.v1", "pydantic.v1.main", "pydantic.v1.fields")
_KNOWN.update({f"{home}.BaseModel": "pydantic.model" for home in _MODELS})
_KNOWN.update({f"{home}.Field": "pydantic.Field" for home in _MODELS})
_CHECKED_BY_MODELS = {
    "int": ("PositiveInt", "NegativeInt", "NonNegativeInt", "NonPositiveInt", "StrictInt"),
    "float": ("PositiveFloat", "NegativeFloat", "NonNegativeFloat", "NonPositiveFloat", "StrictFloat", "FiniteFloat"),
    "str": ("StrictStr", "EmailStr"),
    "bool": ("StrictBool",),
    "bytes": ("StrictBytes",),
    "uuid": ("UUID1", "UUID3", "UUID4", "UUID5"),
    "path": ("FilePath", "DirectoryPath", "NewPath"),
}
_KNOWN.update({f"pydantic.{name}": symbol for symbol, names in _CHECKED_BY_MODELS.items() for name in names})
_BUILTIN_TYPES = ("int", "float", "bool", "str", "bytes", "list", "dict", "tuple", "set", "frozenset")
_KNOWN.update({f"builtins.{name}": name for name in _BUILTIN_TYPES})
_TYPING = (
    *("Any", "Optional", "Union", "Annotated", "NamedTuple", "TypeVar", "ClassVar", "Final", "Literal", "Generic", "Protocol"),
    *("Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Mapping", "MutableMapping", "Callable", "Type"),
    *("TypedDict", "Required", "NotRequired", "ReadOnly", "NewType", "TypeAlias", "TYPE_CHECKING", "NoReturn", "Self"),
    *(
        "Never",
        "Generator",
        "AsyncGenerator",
        "AsyncIterator",
        "AsyncIterable",
        "Awaitable",
        "Coroutine",
        "IO",
        "TextIO",
        "BinaryIO",
    ),
)
_KNOWN.update({f"typing.{name}": f"typing.{name}" for name in _TYPING})
_KNOWN.update({f"typing_extensions.{name}": f"typing.{name}" for name in _TYPING})
_ABSTRACT = (
    *("Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Mapping", "MutableMapping", "Callable"),
    *("Generator", "AsyncGenerator", "AsyncIterator", "AsyncIterable", "Awaitable", "Coroutine"),
)
_KNOWN.update({f"collections.abc.{name}": f"typing.{name}" for name in _ABSTRACT})
_KNOWN.update({"collections.abc.MutableSet": "set", "typing.MutableSet": "set", "builtins.type": "typing.Type"})
_KNOWN.update({"typing.Text": "str", "typing.ByteString": "bytes"})
_KNOWN.update({"collections.abc.Set": "typing.AbstractSet", "typing.AbstractSet": "typing.AbstractSet"})

CONCRETE = frozenset(
    {
        *("torch.nn.Module", "pandas.DataFrame", "pandas.Series", "polars.DataFrame", "pyarrow.Table"),
        *("fractions.Fraction", "pathlib.PurePath", "sklearn.base.BaseEstimator"),
    }
)
"""Opaque classes known to be ordinary classes: a number, text or container is never one of them."""

BUILTINS = frozenset(
    [
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "BaseExceptionGroup",
        "BlockingIOError",
        "BrokenPipeError",
        "BufferError",
        "BytesWarning",
        "ChildProcessError",
        "ConnectionAbortedError",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "DeprecationWarning",
        "EOFError",
        "Ellipsis",
        "EncodingWarning",
        "EnvironmentError",
        "Exception",
        "ExceptionGroup",
        "False",
        "FileExistsError",
        "FileNotFoundError",
        "FloatingPointError",
        "FutureWarning",
        "GeneratorExit",
        "IOError",
        "ImportError",
        "ImportWarning",
        "IndentationError",
        "IndexError",
        "InterruptedError",
        "IsADirectoryError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "ModuleNotFoundError",
        "NameError",
        "None",
        "NotADirectoryError",
        "NotImplemented",
        "NotImplementedError",
        "OSError",
        "OverflowError",
        "PendingDeprecationWarning",
        "PermissionError",
        "ProcessLookupError",
        "RecursionError",
        "ReferenceError",
        "ResourceWarning",
        "RuntimeError",
        "RuntimeWarning",
        "StopAsyncIteration",
        "StopIteration",
        "SyntaxError",
        "SyntaxWarning",
        "SystemError",
        "SystemExit",
        "TabError",
        "TimeoutError",
        "True",
        "TypeError",
        "UnboundLocalError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "UnicodeError",
        "UnicodeTranslateError",
        "UnicodeWarning",
        "UserWarning",
        "ValueError",
        "Warning",
        "ZeroDivisionError",
        "__debug__",
        "__doc__",
        "__file__",
        "__import__",
        "__name__",
        "__package__",
        "abs",
        "aiter",
        "all",
        "anext",
        "any",
        "ascii",
        "bin",
        "bool",
        "breakpoint",
        "bytearray",
        "bytes",
        "callable",
        "chr",
        "classmethod",
        "compile",
        "complex",
        "copyright",
        "credits",
        "delattr",
        "dict",
        "dir",
        "divmod",
        "enumerate",
        "eval",
        "exec",
        "exit",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "globals",
        "hasattr",
        "hash",
        "help",
        "hex",
        "id",
        "input",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "license",
        "list",
        "locals",
        "map",
        "max",
        "memoryview",
        "min",
        "next",
        "object",
        "oct",
        "open",
        "ord",
        "pow",
        "print",
        "property",
        "quit",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "slice",
        "sorted",
        "staticmethod",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "vars",
        "zip",
    ]
)
"""Names of the interpreter, stated here so that the result never depends on the one that compiles."""


_LOCATED = {"FlyteFile": "file", "FlyteDirectory": "directory"}
_ALIASES = {
    **{f"types.file.{name}": f"file[{form}]" for name, form in FILE_ALIASES.items()},
    **{f"types.directory.{name}": f"directory[{form}]" for name, form in DIRECTORY_ALIASES.items()},
}
"""Names of flytekit for a class of a format: ``JPEGImageFile`` is a ``FlyteFile["jpeg"]``."""


def symbol_of(qualified: str) -> str:
    """Symbol of a qualified name, or ``""`` when the compiler does not know it."""
    found = _KNOWN.get(qualified)
    if found is not None:
        return found
    root, _, rest = qualified.partition(".")
    if root in AUTHORING and rest:
        home, _, name = rest.rpartition(".")
        if home.rpartition(".")[2][:1].isupper():
            return ""  # a method of the name of another thing: `FlyteContextManager.current_context`
        if name in _AUTHORING_NAMES:
            return name
        return _LOCATED.get(name) or _ALIASES.get(rest, "")
    return ""


def unsupported(qualified: str) -> str:
    """What of ``NOT_YET`` a qualified name is, or is an attribute of: ``LaunchPlan`` for ``flytekit.LaunchPlan.get_or_create``; else empty."""
    symbol = symbol_of(qualified)
    if symbol in NOT_YET:
        return symbol
    if symbol or qualified.partition(".")[0] not in AUTHORING:
        return ""
    tail = tail_of(qualified)
    return next((name for name in (tail, tail.partition(".")[0]) if name in NOT_YET), "")


def of_package(package: str) -> frozenset[str]:
    """All names of ``dagwright`` or ``flytekit`` themselves."""
    return OWN if package == "dagwright" else PUBLIC | MODULES


def authoring_names() -> tuple[str, ...]:
    """All known authoring names in order, for suggestions."""
    return tuple(sorted(name for name in (*_AUTHORING_NAMES, *_LOCATED) if "." not in name))
