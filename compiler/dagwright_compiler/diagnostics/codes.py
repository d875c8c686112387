"""The registry of diagnostic codes: one flat constant a code, in the order of numbers.

1xx reading, 2xx names, 3xx types, 4xx graph, 50x policy, 53x Argo, 55x Batch, 59x settings, 6xx run time. A number is never
reused, not even when its code is gone. A test holds every constant to this form and to a use somewhere in the sources.
"""

from __future__ import annotations

from dagwright_compiler.diagnostics.model import Code

# 1xx: reading (front end)

# 2xx: names (front end, driver)
NO_SUCH_DEFINITION = Code("DW290", "error", "the file defines no workflow or task of this name")
NO_WORKFLOW = Code("DW291", "error", "the file defines no workflow")
AMBIGUOUS_NAME = Code("DW292", "error", "a short name fits several definitions")
UNNAMEABLE_WORKFLOW = Code("DW293", "error", "a workflow's name has no letter or digit that a manifest could hold")

# 3xx: types (front end)

# 4xx: graph (front end, passes)
WORKFLOW_RECURSION = Code("DW490", "error", "a workflow calls itself")
ORDER_CYCLE = Code("DW491", "error", "calls wait for each other in a circle")
TOO_MANY_NODES = Code("DW492", "error", "a workflow has too many calls once the workflows that it calls are put in place")
UNUSED_RESULT = Code("DW493", "warning", "the result of a call is never used")
DUPLICATE_CALL = Code("DW494", "warning", "the same task is called twice with the same arguments")

# 50x: policy (front end)

# 53x: Argo

# 55x: AWS Batch

# 59x: settings
UNREADABLE_SETTINGS = Code("DW590", "error", "a settings file cannot be read")
UNKNOWN_SETTING = Code("DW591", "warning", "a setting has an unknown name")
WRONG_SETTING = Code("DW592", "error", "a setting has a value of the wrong form")

# 6xx: run time

ALL = {code.id: code for code in list(globals().values()) if isinstance(code, Code)}
"""Every code by its id."""
