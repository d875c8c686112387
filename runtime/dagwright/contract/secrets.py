"""Where a task finds its secrets: the variables and files that flytekit's conventions name.

A manifest puts them there and the runtime looks there; nothing else of a secret stands in a plan.
"""

from __future__ import annotations

SECRETS_FOLDER = "/etc/flyte/secrets"
"""Folder of secrets that are files."""
SECRET_PREFIX = "_FSEC_"  # noqa: S105  # how variables with secrets begin
ENV_SECRETS_FOLDER = "FLYTE_SECRETS_DEFAULT_DIR"
"""Another folder than ``SECRETS_FOLDER``, where the runtime looks."""
ENV_SECRET_PREFIX = "FLYTE_SECRETS_ENV_PREFIX"  # noqa: S105
"""Another prefix than ``SECRET_PREFIX``, where the runtime looks."""
ENV_FILE_PREFIX = "FLYTE_SECRETS_FILE_PREFIX"
"""What the names of secret files begin with; default nothing."""


def secret_variable(group: str, key: str, version: str = "", prefix: str = SECRET_PREFIX) -> str:
    """Name the variable of a secret: ``_FSEC_GROUP_KEY``. Parts that are empty are left out."""
    return prefix + "_".join(part.upper() for part in (group, version, key) if part)


def secret_path(group: str, key: str, version: str = "", file_prefix: str = "") -> str:
    """Name the file of a secret, relative to the folder of secrets: ``group/key``. Parts that are empty are left out."""
    parts = [part.lower() for part in (group, version, key) if part]
    parts[-1:] = [file_prefix + part for part in parts[-1:]]
    return "/".join(parts)
