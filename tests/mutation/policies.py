"""Keywords of tasks and what their bodies say, as generated projects write them."""

from __future__ import annotations

import random
from collections.abc import Callable

Speller = Callable[[str], str]
"""How the module spells a symbol that it imports on first use."""


def keywords(first: str, use: Speller, chance: random.Random) -> tuple[list[str], bool]:
    """Keywords of a task's decorator, none of which stands twice; and whether they ask for the secret that a body may read.

    Args:
        first: The name of an input, or nothing where there is none.
        use: How the module spells a symbol.
        chance: Where choices are made.
    """
    secret = chance.random() < 0.15
    choices = [
        _cache(first, use, chance) if chance.random() < 0.3 else "",
        chance.choice(["retries=3", f"retries={use('RETRIES')}"]) if chance.random() < 0.3 else "",
        chance.choice([f"timeout={use('WAIT')}", "timeout=90", f"timeout={use('timedelta')}(hours=2)"])
        if chance.random() < 0.2
        else "",
        chance.choice([f"container_image={use('IMAGE')}", f'container_image={use("ImageSpec")}(packages=["pandas"], registry="r.example")'])
        if chance.random() < 0.2
        else "",
        *(_resources(use, chance) if chance.random() < 0.4 else ()),
        'environment={"MODE": "fast"}' if chance.random() < 0.1 else "",
        "interruptible=True" if chance.random() < 0.1 else "",
        f'secret_requests=[{use("Secret")}(group="vault", key="token")]' if secret else "",
        'labels={"team": "data"}' if chance.random() < 0.1 else "",
        "enable_deck=True" if chance.random() < 0.1 else "",
    ]  # fmt: skip
    return [choice for choice in choices if choice], secret


def _cache(first: str, use: Speller, chance: random.Random) -> str:
    version = chance.randint(1, 9)
    ignored = first if first and chance.random() < 0.4 else ""
    if chance.random() < 0.7:
        return f'cache=True, cache_version="{version}"' + (f', cache_ignore_input_vars=("{ignored}",)' if ignored else "")
    return f'cache={use("Cache")}(version="{version}", serialize=True' + (f', ignored_inputs=("{ignored}",))' if ignored else ")")


def _resources(use: Speller, chance: random.Random) -> list[str]:
    if chance.random() < 0.2:
        return [f"requests={use('SMALL')}"]
    name = use("Resources")
    limits = f'limits={name}(cpu="2", mem="1Gi")' if chance.random() < 0.5 else ""
    return [f'requests={name}(cpu="1", mem="500Mi")', limits]


def body_lines(use: Speller, chance: random.Random, *, secret: bool) -> list[str]:
    """What the body of a task does before it returns: nothing that a workflow could not read."""
    if chance.random() < 0.7:
        return []
    context = use("current_context")
    choices = [
        [f"checkpoint = {context}().checkpoint", "if checkpoint.read() is None:", '    checkpoint.write(b"half")'],
        [f"logger = {context}().logging", 'logger.info("run %s", 3)'],
        ["total = 0", "for step in range(3):", "    total += step", 'print(f"so far {total}")'],
        ["try:", "    import torch", "except ImportError:", "    torch = None"],
        ["def inner(value):", "    return [value for _ in range(2)]", "inner(3)"],
        ['with open("notes.txt", "w") as notes:', '    notes.write("done")'],
        ["while True:", "    break"],
    ]
    if secret:
        choices.append([f'token = {context}().secrets.get("vault", "token")', "assert token"])
    return chance.choice(choices)
