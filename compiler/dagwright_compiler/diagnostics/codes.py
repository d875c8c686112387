"""The registry of diagnostic codes: one flat constant a code, in the order of numbers.

1xx reading, 2xx names, 3xx types, 4xx graph, 50x policy, 53x and 54x Argo, 55x Batch, 59x settings and comments, 6xx run time. A number is never
reused, not even when its code is gone. A test holds every constant to this form and to a use somewhere in the sources.
"""

from __future__ import annotations

from dagwright_compiler.diagnostics.model import Code

# 1xx: reading (front end)
INVALID_SYNTAX = Code("DW101", "error", "the file is not valid Python")
UNDECODABLE_SOURCE = Code("DW102", "error", "the bytes of the file are not text in its declared encoding")
NESTED_TOO_DEEPLY = Code("DW103", "error", "the code is nested too deeply to be read")
UNREADABLE_FILE = Code("DW104", "error", "the file cannot be read")
UNIMPORTABLE_FILE_NAME = Code("DW105", "error", "a module of this file name cannot be imported")
DUPLICATE_MODULE = Code("DW106", "error", "two files that define tasks, workflows or classes have the same module name")

# 2xx: names (front end, driver)
UNRESOLVED_NAME = Code("DW201", "error", "a name is not found")
UNRESOLVED_IMPORT = Code("DW202", "error", "an import names nothing in the project")
UNSTABLE_NAME = Code("DW204", "error", "a name is defined under a condition or more than once")
REDEFINED = Code("DW205", "warning", "a definition is replaced by a later one")
NOT_SUPPORTED_YET = Code("DW206", "error", "a known name of flytekit or dagwright is not supported yet")
NOT_A_TASK = Code("DW207", "error", "a workflow calls something that is neither task nor workflow")
MISPLACED_DEFINITION = Code("DW208", "error", "a task or workflow is defined where it cannot be imported from")
READ_BEFORE_ASSIGNMENT = Code("DW209", "error", "a name is read before it has a value")
SAME_NAME = Code("DW210", "error", "two workflows get the same name in a cluster")
LEFT_OUT = Code("DW229", "warning", "something beside the workflow is not compiled with it")
NO_SUCH_DEFINITION = Code("DW290", "error", "the file defines no workflow or task of this name")
NO_WORKFLOW = Code("DW291", "error", "the file defines no workflow")
AMBIGUOUS_NAME = Code("DW292", "error", "a short name fits several definitions")
UNNAMEABLE_WORKFLOW = Code("DW293", "error", "a workflow's name has no letter or digit that a manifest could hold")

# 3xx: types (front end)
MISSING_ANNOTATION = Code("DW301", "error", "a parameter has no type annotation")
UNREADABLE_ANNOTATION = Code("DW302", "error", "an annotation is not a type that is known while compiling")
UNSUPPORTED_TYPE = Code("DW303", "error", "values of this type cannot travel between tasks")
EDGE_MISMATCH = Code("DW304", "error", "a result does not fit the input it is passed to")
CONSTANT_MISMATCH = Code("DW305", "error", "a constant does not fit the input it is passed to")
DEFAULT_MISMATCH = Code("DW306", "error", "a default does not fit its annotation")
RETURN_MISMATCH = Code("DW307", "error", "what a workflow returns does not fit its annotation")
NOT_A_LIST = Code("DW308", "error", "a map takes its elements from something that is not a list")
UNSUPPORTED_PARAMETER = Code("DW310", "error", "a parameter of this kind cannot be an input")
NO_VALUE = Code("DW311", "error", "the result of something that gives no value is used")
UNKNOWN_PART = Code("DW312", "error", "a part is read that a value of this type does not have")
IMPOSSIBLE_CLASS = Code("DW313", "error", "a class is written in a way that Python refuses")

# 4xx: graph (front end, passes)
MISSING_ARGUMENT = Code("DW401", "error", "a call lacks an argument")
UNKNOWN_ARGUMENT = Code("DW402", "error", "a call passes an argument that does not exist")
REPEATED_ARGUMENT = Code("DW403", "error", "a call passes an argument twice")
TOO_MANY_ARGUMENTS = Code("DW404", "error", "a call passes too many positional arguments")
UNPACKING_MISMATCH = Code("DW405", "error", "the number of names differs from the number of values")
UNSUPPORTED_STATEMENT = Code("DW406", "error", "a statement is not supported in a workflow")
UNSUPPORTED_EXPRESSION = Code("DW407", "error", "an expression is not supported in a workflow")
PROMISE_OPERATION = Code("DW408", "error", "an operation needs a value that exists only when the workflow runs")
DROPPED_PRINT = Code("DW409", "warning", "a print in a workflow is dropped")
NOT_STATIC = Code("DW410", "error", "a value is not known while compiling")
STATIC_BUDGET = Code("DW411", "error", "a value takes too much work or space to be computed while compiling")
WRONG_OVERRIDE = Code("DW412", "error", "an override does not apply to this call")
WRONG_MAP = Code("DW413", "error", "a map is built or called in a way that is not supported")
WRONG_ORDER = Code("DW414", "error", "`>>` stands between things that have no order")
WRONG_NODE_NAME = Code("DW415", "error", "a node name cannot be used")
TASK_IN_TASK = Code("DW416", "warning", "a task calls another task, which runs as a plain function there")
UNREACHABLE_CODE = Code("DW417", "warning", "statements after a return are never reached")
SECRET_IN_SOURCE = Code("DW430", "warning", "a constant looks like a secret")
FILE_LEFT_BEHIND = Code("DW431", "warning", "a task reads a file that does not travel with it")
MODULE_LEFT_BEHIND = Code("DW432", "warning", "a task imports a module whose name only a run knows")
SECRET_NOT_REQUESTED = Code("DW433", "warning", "a task reads a secret that it does not ask for")
DECK_NOT_KEPT = Code("DW434", "warning", "a task makes a deck that is not kept")
WORKFLOW_RECURSION = Code("DW490", "error", "a workflow calls itself")
ORDER_CYCLE = Code("DW491", "error", "calls wait for each other in a circle")
TOO_MANY_NODES = Code("DW492", "error", "a workflow has too many calls once the workflows that it calls are put in place")
UNUSED_RESULT = Code("DW493", "warning", "the result of a call is never used")
DUPLICATE_CALL = Code("DW494", "warning", "the same task is called twice with the same arguments")

# 50x: policy (front end)
UNKNOWN_OPTION = Code("DW501", "error", "a decorator or an override has an unknown keyword")
UNSUPPORTED_OPTION = Code("DW502", "error", "a keyword of flytekit is not supported yet")
WRONG_OPTION = Code("DW503", "error", "a keyword has a value of the wrong form")
INVALID_QUANTITY = Code("DW504", "error", "a resource quantity is invalid")
LIMIT_BELOW_REQUEST = Code("DW505", "error", "a resource limit is lower than the request")
RETRIES_OUT_OF_RANGE = Code("DW506", "error", "retries are not between 0 and 10")
INVALID_TIMEOUT = Code("DW507", "error", "a timeout is not positive")
CACHE_WITHOUT_VERSION = Code("DW508", "error", "a cached task has no cache version")
INCONSISTENT_CACHE = Code("DW509", "error", "cache keywords contradict each other or the signature")

# 52x: policy (passes)
GPU_MISMATCH = Code("DW510", "error", "a GPU limit differs from the request")
UNKNOWN_IMAGE = Code("DW511", "error", "an image is named that no setting describes")
WRONG_FUNCTION = Code("DW512", "error", "a function of this kind cannot be a task or workflow")
UNREADABLE_DECORATOR = Code("DW513", "error", "a function of the project makes tasks in a way that cannot be read")

# 53x and 54x: Argo
ARGO_SETTING = Code("DW530", "error", "a setting of the Argo target cannot be used")
ARGO_NO_STORE = Code("DW531", "warning", "no store is configured for Argo")
ARGO_NAME = Code("DW532", "error", "Argo or Kubernetes does not take a name")
ARGO_NO_TASK = Code("DW533", "error", "a workflow without a task has nothing to run on Argo")
ARGO_ITEMS = Code("DW534", "error", "a workflow has more items of one kind than Argo takes")
ARGO_WAITS = Code("DW535", "warning", "splitting a large workflow makes some tasks wait longer")
ARGO_SIZE = Code("DW536", "error", "a workflow outgrows what the cluster stores of it")
ARGO_CODE_SIZE = Code("DW537", "error", "the code is too large for a ConfigMap")
ARGO_INPUT_SIZE = Code("DW538", "error", "inputs are too large for the environment of a pod")
ARGO_LIVE_TEXT = Code("DW539", "error", "a text would not reach its pod unchanged")
ARGO_POD_TEMPLATE = Code("DW540", "error", "a pod of Argo cannot take a part of a pod template")
ARGO_IGNORED = Code("DW541", "warning", "Argo has no use for something that a task asks for")
ARGO_SECRET = Code("DW542", "error", "a secret has no place among the Secrets of Kubernetes")
ARGO_PLUGIN = Code("DW543", "error", "Argo cannot run tasks of this plugin")
ARGO_SAME_ID = Code("DW544", "warning", "a run has so many pods that two may get the same id")

# 55x: AWS Batch
BATCH_SETTING = Code("DW550", "error", "a setting of AWS Batch is wrong or missing")
BATCH_UNSET = Code("DW551", "warning", "a setting of AWS Batch becomes a parameter of the plan")
BATCH_RESOURCES = Code("DW552", "error", "AWS Batch cannot grant the resources of a task")
BATCH_CHANGED = Code("DW553", "warning", "AWS Batch grants other resources than a task asks for")
BATCH_LIMIT = Code("DW554", "error", "a request breaks a limit of AWS Batch")
BATCH_IGNORED = Code("DW555", "warning", "AWS Batch has no use for a keyword of a task")
BATCH_SECRET = Code("DW556", "error", "a secret has no ARN for AWS Batch")
BATCH_UNSUPPORTED = Code("DW557", "error", "AWS Batch cannot give a task what it asks for")
BATCH_PLUGIN = Code("DW558", "error", "AWS Batch cannot run tasks of this plugin")

# 59x: settings, and comments that say what is shown
UNREADABLE_SETTINGS = Code("DW590", "error", "a settings file cannot be read")
UNKNOWN_SETTING = Code("DW591", "warning", "a setting has an unknown name")
WRONG_SETTING = Code("DW592", "error", "a setting has a value of the wrong form")
WRONG_PRAGMA = Code("DW593", "warning", "a comment to dagwright cannot be understood")
UNUSED_PRAGMA = Code("DW594", "warning", "a comment ignores a finding that is not there")

# 6xx: run time

ALL = {code.id: code for code in list(globals().values()) if isinstance(code, Code)}
"""Every code by its id."""
