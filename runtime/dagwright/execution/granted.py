"""The secrets that an attempt's task asks for: variables of the user's own choice, and a word on what is absent."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright.contract.schema import Secret


def chosen_variables(secrets: Sequence[Secret]) -> dict[str, str]:
    """Give the variables that ``env_var`` names and that nobody has set: the secret's value, or the path of its file."""
    from dagwright.authoring.context import Secrets, find_secret

    chosen = {}
    for secret in secrets:
        name = secret.get("env_var")
        if name is None or name in os.environ:
            continue
        group, key = secret["group"], secret.get("key", "")
        if secret.get("mount") == "file":
            path = Secrets().get_secrets_file(group, key)
            if os.path.exists(path):
                chosen[name] = path
            continue
        value = find_secret(group, key, secret.get("version", ""))
        if value is not None:
            chosen[name] = value
    return chosen


def absent(secrets: Sequence[Secret]) -> list[str]:
    """Name the secrets that are nowhere: one line of the log beats a puzzle. A whole group is not looked for."""
    from dagwright.authoring.context import find_secret

    names = []
    for secret in secrets:
        group, key, chosen = secret["group"], secret.get("key", ""), secret.get("env_var", "")
        if key and chosen not in os.environ and find_secret(group, key, secret.get("version", "")) is None:
            names.append("/".join(filter(None, (group, key))))
    return names
