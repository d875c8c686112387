import importlib
from importlib import import_module

from dagwright import task, workflow

SCALE = "steps.scale"


@task
def apply(step: str, x: float) -> float:
    return float(import_module(f"steps.{step}").run(x))  # W: DW432 modules of `steps` that nothing else imports


@task
def load(name: str) -> str:
    for known in ("json", "csv"):
        importlib.import_module(known)
    importlib.import_module("sklearn." + name)
    try:
        importlib.import_module(name)
    except ImportError:
        return ""
    return str(importlib.import_module(name))  # W: DW432 modules of this project that nothing else imports


@task
def constant(x: float) -> float:
    return float(import_module(SCALE).run(x))  # W: DW432 the module `steps.scale` of this project


@workflow
def main(x: float) -> tuple[float, str]:
    return apply(step="scale", x=constant(x=x)), load(name="json")
