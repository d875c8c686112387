"""What Argo's validator, the API server and the kubelet ask of a manifest beyond its schema, of all that this target emits.

A second reading of the rules, which shares nothing with the compiler: golden manifests are held to it, and mutated ones show that each rule can fail.
Input: the objects of a manifest. Output: sentences, by the rule that is broken.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from argo_manifests import live_text
from argo_parts import LOOPS, Json, calls_of, containers_of, parameters_of, templates_of, terms, waited_for
from argo_tags import OF_RETRIES, TEXT, aggregates, ancestors, closed, expressions, tags

Rule = Callable[[Json], Iterator[str]]

_TYPES = frozenset({"container", "containerSet", "dag", "data", "http", "plugin", "resource", "script", "steps", "suspend"})
_RESULTS = frozenset({"Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned"})
_OF_LOOPS = frozenset({"AnySucceeded", "AllFailed"})
_OUTPUTS = {"container": "path", "dag": "parameter", "suspend": "supplied"}
_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,127}")
_PARAMETER = re.compile(r"[-a-zA-Z0-9_]+")
_OBJECT = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?", re.ASCII)
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_QUANTITY = re.compile(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][0-9]+)?|-0")
_TIME = re.compile(r"([0-9]+(ms|s|m|h))+")
_CRON = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every [0-9hms]+)|[-*/?,0-9]+( [-*/?,0-9]+){4}")
_ZONE = re.compile(r"[A-Z][-+\w]*(/[A-Z][-+\w]*)*", re.ASCII)
_KNOWN_LATE = r"workflow\.status|(tasks|steps)\.[-a-z0-9]+\.status|steps\.[-a-z0-9]+\.outputs\.parameters\.[-a-z0-9]+"
_WHEN = re.compile(rf"'\{{\{{({_KNOWN_LATE})\}}\}}' (==|!=) '[A-Za-z]+'( && (?!$)|$)")
_CONTAINERS_OF_ARGO = frozenset({"main", "init", "wait", "supervisor"})
_ENUMERATIONS = {
    "podGC": {"OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"},
    "retryPolicy": {"Always", "OnFailure", "OnError", "OnTransientError"},
    "concurrencyPolicy": {"Allow", "Forbid", "Replace"},
}
_MOST_ITEMS, _MOST_PARAMETERS, _MOST_BYTES = 200, 500, 1_048_576


def broken(documents: Iterable[Json]) -> dict[str, list[str]]:
    """Say which rules the objects of a manifest break, and how."""
    objects = [item for item in documents if item["kind"] != "ConfigMap"]
    workflows = {item["metadata"].get("name"): item for item in objects if item["kind"] != "CronWorkflow"}
    found: dict[str, list[str]] = {}
    for item in objects:
        rules, runs = OF_WORKFLOWS, None
        if item["kind"] == "CronWorkflow":
            runs = workflows.get(item["spec"]["workflowSpec"]["workflowTemplateRef"]["name"])
            rules = OF_SCHEDULES
        for name, rule in rules.items():
            said = list(rule({**item, "runs": runs}))
            if said:
                found.setdefault(name, []).extend(said)
    return found


def _leaf(template: Json) -> bool:
    return "dag" not in template and "steps" not in template


def _existing(document: Json) -> Iterator[str]:
    spec, known = document["spec"], {item["name"] for item in templates_of(document)}
    wanted = [spec["entrypoint"], *([spec["onExit"]] if "onExit" in spec else [])]
    wanted += [call["template"] for item in templates_of(document) for call in calls_of(item)]
    yield from (f"there is no template {name}" for name in wanted if name not in known)


def _unique(document: Json) -> Iterator[str]:
    lists = {"templates": templates_of(document), "arguments": parameters_of(document["spec"], "arguments")}
    for item in templates_of(document):
        lists |= {f"calls of {item['name']}": calls_of(item)}
        lists |= {f"{side} of {item['name']}": parameters_of(item, side) for side in ("inputs", "outputs")}
        lists |= {f"arguments of {call['name']}": parameters_of(call, "arguments") for call in calls_of(item)}
        lists |= {f"volumes of {item['name']}": item.get("volumes", [])}
        lists |= {f"variables of {item['name']}, {number}": box.get("env", []) for number, box in enumerate(containers_of(item))}
    for where, items in lists.items():
        yield from (f"{where}: {name} repeats" for name, count in Counter(item["name"] for item in items).items() if count > 1)


def _names(document: Json) -> Iterator[str]:
    name = document["metadata"].get("name", "generated")
    if len(name) > (52 if document["kind"] == "CronWorkflow" else 63) or not _OBJECT.fullmatch(name):
        yield f"an object is called {name}"
    if document["kind"] == "CronWorkflow":
        return
    of_calls = [item["name"] for template in templates_of(document) for item in (template, *calls_of(template))]
    yield from (f"a template or a call is named {name}" for name in of_calls if not _NAME.fullmatch(name))
    given = [*parameters_of(document["spec"], "arguments")]
    given += [
        item for template in templates_of(document) for side in ("inputs", "outputs") for item in parameters_of(template, side)
    ]
    yield from (f"a parameter is called {item['name']}" for item in given if not _PARAMETER.fullmatch(item["name"]))


def _first_letters(document: Json) -> Iterator[str]:
    for call in (call for item in templates_of(document) for call in calls_of(item)):
        if call["name"][0].isdigit():
            yield f"the name {call['name']} begins with a digit"


def _one_type(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        found = sorted(_TYPES & item.keys())
        if len(found) != 1:
            yield f"{item['name']} is {found}"


def _unused_types(document: Json) -> Iterator[str]:
    """What is refused of resources, scripts and artifacts cannot come up where there are none."""
    for item in templates_of(document):
        for part in (_TYPES - {"container", "dag", "steps", "suspend"}) & item.keys():
            yield f"{item['name']} is a {part}"
        if any("artifacts" in item.get(side, {}) for side in ("inputs", "outputs")):
            yield f"{item['name']} has artifacts"


def _cycles(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        yield from (f"{name} of {item['name']} waits for itself" for name, others in waited_for(item).items() if name in others)
    calls = {item["name"]: {call["template"] for call in calls_of(item)} for item in templates_of(document)}
    while leaves := {name for name, wanted in calls.items() if not wanted & calls.keys()}:
        calls = {name: wanted for name, wanted in calls.items() if name not in leaves}
    if calls:
        yield f"templates call each other in a circle: {sorted(calls)}"


def _dependencies(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        known = {call["name"] for call in calls_of(item)}
        for call in calls_of(item):
            yield from (f"{call['name']} waits for {name}" for name in terms(call) if name not in known)


def _results(document: Json) -> Iterator[str]:
    for call in (call for item in templates_of(document) for call in calls_of(item)):
        for word in re.findall(r"\.(\w+)", call.get("depends", "")):
            if word not in _RESULTS | _OF_LOOPS:
                yield f"{call['name']} waits for the result {word}"


def _results_of_loops(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        loops = {call["name"] for call in calls_of(item) if LOOPS & call.keys()}
        for call in calls_of(item):
            for name, word in re.findall(r"([-a-zA-Z0-9]+)\.(\w+)", call.get("depends", "")):
                if word in _OF_LOOPS and name not in loops:
                    yield f"{call['name']} waits for {word} of {name}, which is no loop"


def _depends_alone(document: Json) -> Iterator[str]:
    for call in (call for item in templates_of(document) for call in calls_of(item)):
        if "depends" in call and call.keys() & {"dependencies", "continueOn"}:
            yield f"{call['name']} says twice what it waits for"


def _grammar_of_depends(document: Json) -> Iterator[str]:
    for call in (call for item in templates_of(document) for call in calls_of(item)):
        text = re.sub(r"[-a-zA-Z0-9]+(\.\w+)?", "x", call.get("depends", "x"))
        if not _is_python(text.replace("&&", " and ").replace("||", " or ").replace("!", " not ")):
            yield f"{call['name']} waits for {call['depends']!r}"


def _is_python(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return False
    return True


def _loops(document: Json) -> Iterator[str]:
    for call in (call for item in templates_of(document) for call in calls_of(item)):
        sequence = call.get("withSequence", {"count": "1"})
        if len(LOOPS & call.keys()) > 1 or len({"count", "end"} & sequence.keys()) != 1:
            yield f"{call['name']} loops in several ways"


def _supplied(document: Json) -> Iterator[str]:
    templates = {item["name"]: item for item in templates_of(document)}
    for caller in templates.values():
        for call in calls_of(caller):
            given = {item["name"] for item in parameters_of(call, "arguments") if "value" in item}
            for item in parameters_of(templates.get(call["template"], {}), "inputs"):
                if "value" not in item and item["name"] not in given:
                    yield f"{call['name']} gives no {item['name']} to {call['template']}"


def _supplied_on_time(schedule: Json) -> Iterator[str]:
    if schedule["runs"] is None:
        yield "a schedule runs what is not there"
        return
    given = {item["name"] for item in parameters_of(schedule["spec"]["workflowSpec"], "arguments")}
    for item in parameters_of(schedule["runs"]["spec"], "arguments"):
        if "value" not in item and item["name"] not in given:
            yield f"a schedule has no value for {item['name']}"


def _deadlines(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        if not _leaf(item) and item.keys() & {"activeDeadlineSeconds", "timeout"}:
            yield f"{item['name']} is no pod and has a deadline"
        if "suspend" in item and "activeDeadlineSeconds" in item:
            yield f"{item['name']} waits and has a deadline"


def _parallelism(document: Json) -> Iterator[str]:
    return (f"{item['name']} has a parallelism" for item in templates_of(document) if _leaf(item) and "parallelism" in item)


def _times(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        backoff = item.get("retryStrategy", {}).get("backoff", {})
        found = [backoff.get(key, "1s") for key in ("duration", "cap", "maxDuration")]
        found += [item.get("timeout", "1s"), item.get("suspend", {}).get("duration", "1s")]
        yield from (f"{item['name']} has the time {text!r}" for text in found if not _TIME.fullmatch(text))


def _words(document: Json) -> Iterator[str]:
    spec = document["spec"]
    found = [("podGC", spec.get("podGC", {}).get("strategy")), ("concurrencyPolicy", spec.get("concurrencyPolicy"))]
    found += [("retryPolicy", item.get("retryStrategy", {}).get("retryPolicy")) for item in spec.get("templates", ())]
    yield from (f"{kind} is {word}" for kind, word in found if word is not None and word not in _ENUMERATIONS[kind])


def _cron(schedule: Json) -> Iterator[str]:
    spec = schedule["spec"]
    yield from (f"a schedule comes {text!r}" for text in spec["schedules"] if not _CRON.fullmatch(text))
    if not spec["schedules"] or not _ZONE.fullmatch(spec["timezone"]):
        yield f"a schedule never comes, or in {spec['timezone']!r}"


def _mounts(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        known = {volume["name"] for volume in item.get("volumes", ())}
        for box in containers_of(item):
            mounts = box.get("volumeMounts", [])
            paths = Counter(mount["mountPath"].rstrip("/") for mount in mounts)
            yield from (f"{item['name']} has two volumes at {path}" for path, count in paths.items() if count > 1)
            yield from (f"{item['name']} mounts {mount['name']}" for mount in mounts if mount["name"] not in known)


def _images(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        yield from (f"{item['name']} has no image" for box in containers_of(item) if not box.get("image", "").strip())


def _outputs(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        (kind,) = _TYPES & item.keys() if len(_TYPES & item.keys()) == 1 else ("",)
        for output in parameters_of(item, "outputs"):
            if [*output.get("valueFrom", {})] != [_OUTPUTS.get(kind)]:
                yield f"{output['name']} of {item['name']} comes from {output.get('valueFrom')}"


def _container_names(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        others = [box["name"] for box in (*item.get("sidecars", ()), *item.get("initContainers", ()))]
        for name, count in Counter(others).items():
            if count > 1 or name in _CONTAINERS_OF_ARGO:
                yield f"{item['name']} has a container {name}"


def _full(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        groups = [item["dag"]["tasks"]] if "dag" in item else item.get("steps", [[0]])
        if not groups or not all(groups):
            yield f"{item['name']} calls nothing"


def _quantities(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        boxes = containers_of(item)
        for text in (item.get("podSpecPatch"), document["spec"].get("podSpecPatch")):
            boxes += json.loads(text).get("containers", []) if text else []
        tables = [box.get("resources", {}).get(field) or {} for box in boxes for field in ("requests", "limits")]
        found = [str(quantity) for table in tables for quantity in table.values()]
        found += [
            volume["emptyDir"]["sizeLimit"] for volume in item.get("volumes", ()) if volume.get("emptyDir", {}).get("sizeLimit")
        ]
        for quantity in found:
            grown = re.findall(r"'([^']*)'", quantity.partition("][")[0]) if quantity.startswith("{{=") else [quantity]
            yield from (f"{item['name']} asks for {text!r}" for text in grown if not _QUANTITY.fullmatch(text))


def _conditions(document: Json) -> Iterator[str]:
    for call in (call for item in templates_of(document) for call in calls_of(item)):
        if "when" in call and _WHEN.sub("", call["when"]):
            yield f"{call['name']} runs when {call['when']}"


def _retries(document: Json) -> Iterator[str]:
    for item in templates_of(document):
        text = item.get("retryStrategy", {}).get("expression", "1 == 1")
        bare = TEXT.sub("0", text).replace("&&", " and ").replace("||", " or ").replace("!(", " not (")
        bare = re.sub(r"\b(contains|startsWith|matches)\b", "<", bare)
        names = re.findall(r"(?<![\w.])[A-Za-z_][\w.]*", bare)
        known = {"and", "or", "not", "in", "asInt", *(f"lastRetry.{field}" for field in OF_RETRIES)}
        if not _is_python(bare) or not set(names) <= known:
            yield f"{item['name']} is tried again if {text}"


def _labels(document: Json) -> Iterator[str]:
    spec = document["spec"]
    units = [
        item for template in spec.get("templates", ()) for call in calls_of(template) for item in parameters_of(call, "arguments")
    ]
    owners = [document, {"metadata": spec.get("podMetadata", {})}, {"metadata": spec.get("workflowMetadata", {})}]
    for owner in (*owners, *spec.get("templates", ())):
        labels, annotations = (owner.get("metadata", {}).get(field) or {} for field in ("labels", "annotations"))
        yield from (f"there is a label or annotation {name!r}" for name in (*labels, *annotations) if not _LABEL.fullmatch(name))
        for name, value in labels.items():
            given = re.fullmatch(r"\{\{inputs\.parameters\.([-\w]+)\}\}", value)
            values = (
                [each["value"] for each in units if each["name"] == given[1] and "{{" not in each["value"]] if given else [value]
            )
            yield from (f"the label {name} is {text!r}" for text in values if not _LABEL_VALUE.fullmatch(text))
    for box in (box for item in spec.get("templates", ()) for box in containers_of(item)):
        names = [item["name"] for item in box.get("env", ())]
        yield from (f"there is a variable {name!r}" for name in names if not _VARIABLE.fullmatch(name))


def _sizes(document: Json) -> Iterator[str]:
    templates = templates_of(document)
    if len(templates) > _MOST_ITEMS or any(len(calls_of(item)) > _MOST_ITEMS for item in templates):
        yield f"a list has more than {_MOST_ITEMS} items"
    if any(len(parameters_of(item, "inputs")) > _MOST_PARAMETERS for item in templates):
        yield f"a template has more than {_MOST_PARAMETERS} inputs"
    if len(parameters_of(document["spec"], "arguments")) > _MOST_PARAMETERS or len(json.dumps(document)) > _MOST_BYTES:
        yield "the workflow is too large"


def _whitelist(document: Json) -> Iterator[str]:
    return (f"{text[:80]} is live" for text in live_text(document))


OF_WORKFLOWS: dict[str, Rule] = {
    "entrypoint, onExit and every template exist": _existing,
    "names are unique": _unique,
    "letters and lengths of names": _names,
    "no name of a call begins with a digit": _first_letters,
    "a template has one type": _one_type,
    "no cycles": _cycles,
    "dependencies are known": _dependencies,
    "results in depends are known": _results,
    "depends without dependencies and continueOn": _depends_alone,
    "AnySucceeded and AllFailed of loops only": _results_of_loops,
    "a loop is of one kind": _loops,
    "every input is supplied": _supplied,
    "every tag is in scope": tags,
    "every expression is in scope": expressions,
    "a task's outputs are read behind it": ancestors,
    "every tag is closed": closed,
    "deadlines of pods only": _deadlines,
    "parallelism of graphs only": _parallelism,
    "times have units": _times,
    "words of enumerations": _words,
    "mounts": _mounts,
    "images": _images,
    "no resources, no artifacts": _unused_types,
    "outputs come from what a type has": _outputs,
    "nobody reads outputs of loops": aggregates,
    "names of containers": _container_names,
    "no empty graph": _full,
    "quantities": _quantities,
    "conditions": _conditions,
    "grammar of depends": _grammar_of_depends,
    "expressions of retries": _retries,
    "labels, annotations and variables": _labels,
    "counts and bytes": _sizes,
    "tags are on the list": _whitelist,
}
OF_SCHEDULES: dict[str, Rule] = {
    "letters and lengths of names": _names,
    "every input is supplied": _supplied_on_time,
    "words of enumerations": _words,
    "schedules and timezones": _cron,
    "labels, annotations and variables": _labels,
}
