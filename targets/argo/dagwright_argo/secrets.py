"""Secrets of tasks -> keys of Kubernetes Secrets, as variables or files where flytekit's conventions look for them.

A pod starts without a Secret that is absent: the attempt then says which one it lacks, where Kubernetes would wait for it without end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dagwright.contract.secrets import SECRETS_FOLDER, secret_path, secret_variable
from dagwright_argo import model
from dagwright_argo.naming import VARIABLE_NAME, Names, dns_name
from dagwright_argo.settings import TABLE
from dagwright_compiler.diagnostics.codes import ARGO_IGNORED, ARGO_SECRET
from dagwright_compiler.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_argo.settings import ArgoSettings
    from dagwright_compiler.ir.program import Secret

_KEY = re.compile(r"(?!\.\.)(?!\.\Z)[-._a-zA-Z0-9]{1,253}")
_OBJECT_NAME_LENGTH = 253


class SecretParts(NamedTuple):
    """What a pod gets for its secrets."""

    variables: tuple[model.Variable, ...] = ()
    sources: tuple[model.EnvironmentSource, ...] = ()
    volumes: tuple[model.Volume, ...] = ()
    mounts: tuple[model.Mount, ...] = ()


def is_file(secret: Secret) -> bool:
    """Whether a secret arrives as a file; without a wish a single key is a variable, and a whole group a folder."""
    return secret.mount == "file" or (secret.mount is None and secret.key is None)


def object_name(group: str, settings: ArgoSettings) -> str:
    """Name of the Secret that a group stands for; empty where there is none."""
    named = settings.secret_names.get(group) if group else settings.secret_group
    return named or dns_name(group)


def secret_parts(secrets: tuple[Secret, ...], settings: ArgoSettings) -> SecretParts:
    """Describe variables, volumes and mounts, each once, in the order of the source."""
    variables: dict[str, model.Variable] = {}
    sources: dict[str, model.EnvironmentSource] = {}
    for secret in secrets:
        name = object_name(secret.group, settings)
        if is_file(secret):
            if secret.env_var:
                path = f"{SECRETS_FOLDER}/{secret_path(secret.group, secret.key or '')}"
                variables[secret.env_var] = model.Variable(name=secret.env_var, value=path)
        elif secret.key is None:
            sources[secret.group] = model.EnvironmentSource(
                prefix=f"{secret_variable(secret.group, '')}_", secret_ref=model.SecretRef(name=name, optional=True)
            )
        else:
            key = model.VariableSource(secret_key_ref=model.SecretKey(name=name, key=secret.key, optional=True))
            for variable in filter(None, (secret_variable(secret.group, secret.key), secret.env_var)):
                variables[variable] = model.Variable(name=variable, value_from=key)
    volumes, mounts = _files([secret for secret in secrets if is_file(secret)], settings)
    return SecretParts(tuple(variables.values()), tuple(sources.values()), volumes, mounts)


def _files(secrets: list[Secret], settings: ArgoSettings) -> tuple[tuple[model.Volume, ...], tuple[model.Mount, ...]]:
    """One volume a group. Keys without a group stand in the folder of secrets itself, so each is mounted by itself."""
    groups: dict[str, dict[str, str] | None] = {}
    for secret in secrets:
        files = groups.setdefault(secret.group, {})
        if secret.key is None:
            groups[secret.group] = None
        elif files is not None:
            files[secret.key] = secret_path("", secret.key)
    names = Names()
    volumes: list[model.Volume] = []
    mounts: list[model.Mount] = []
    for group, files in groups.items():
        volume = names.take(f"dagwright-secret-{dns_name(group)}"[:60].rstrip("-"))
        items = None if files is None else tuple(model.KeyPath(key=key, path=path) for key, path in files.items())
        source = model.SecretSource(secret_name=object_name(group, settings), items=items, optional=True)
        volumes.append(model.Volume(name=volume, secret=source))
        if group:
            mounts.append(model.Mount(name=volume, mount_path=f"{SECRETS_FOLDER}/{secret_path(group, '')}", read_only=True))
        else:
            mounts.extend(
                model.Mount(name=volume, mount_path=f"{SECRETS_FOLDER}/{path}", sub_path=path, read_only=True)
                for path in (files or {}).values()
            )
    return tuple(volumes), tuple(mounts)


def secret_problems(secrets: tuple[Secret, ...], settings: ArgoSettings) -> Iterator[Diagnostic]:
    """Say what Kubernetes has no place for."""
    groups: dict[str, str] = {}
    for secret in secrets:
        what = _described(secret)
        name = object_name(secret.group, settings)
        if not secret.group and (secret.key is None or not name):
            message = f"{what} names no group, and Kubernetes keeps every secret in a named Secret"
            yield Diagnostic(
                ARGO_SECRET, message, help=f'write group="...", or name the Secret of all such keys as secret_group in {TABLE}'
            )
            continue
        if not name or len(name) > _OBJECT_NAME_LENGTH:
            message = f"the group {secret.group!r} gives no name of a Secret"
            yield Diagnostic(
                ARGO_SECRET, message, help=f'name the Secret in {TABLE}: secret_names = {{"{secret.group}" = "..."}}'
            )
        other = groups.setdefault(name, secret.group)
        if other != secret.group:
            message = f"the groups {other!r} and {secret.group!r} both stand for the Secret {name}"
            yield Diagnostic(ARGO_SECRET, message, help=f"give one of them another Secret with secret_names in {TABLE}")
        yield from _problems_of_one(secret, what)


def _problems_of_one(secret: Secret, what: str) -> Iterator[Diagnostic]:
    if secret.key is not None and not _KEY.fullmatch(secret.key):
        message = f"{what}: Kubernetes takes letters, digits, -, _ and . in a Secret's key, not .. at its beginning"
        yield Diagnostic(ARGO_SECRET, message, help="rename the key")
    elif is_file(secret):
        path = secret_path(secret.group, secret.key or "")
        if ":" in path or ".." in path.split("/") or "{{" in path:
            message = f"{what} cannot become a file at {SECRETS_FOLDER}/{path}"
            yield Diagnostic(ARGO_SECRET, message, help="take it as a variable (mount_requirement ENV_VAR), or rename the group")
    else:
        for variable in filter(None, (secret_variable(secret.group, secret.key or ""), secret.env_var)):
            if not VARIABLE_NAME.fullmatch(variable):
                message = f"{what} cannot become a variable: Kubernetes does not take the name {variable}"
                yield Diagnostic(ARGO_SECRET, message, help="take it as a file (mount_requirement FILE), or rename the group")
    if secret.env_var is not None and (secret.env_var.startswith("DAGWRIGHT_") or not VARIABLE_NAME.fullmatch(secret.env_var)):
        message = f"{what}: the variable {secret.env_var!r} has a name that Kubernetes or dagwright does not take"
        yield Diagnostic(ARGO_SECRET, message, help="rename env_var")
    if secret.version:
        message = (
            f"{what} asks for version {secret.version}, and Secrets of Kubernetes have no versions: the task gets what is there"
        )
        yield Diagnostic(ARGO_IGNORED, message, help="keep each version in a Secret of its own, and name that as the group")


def _described(secret: Secret) -> str:
    return f"the secret {'/'.join(filter(None, (secret.group, secret.key))) or 'without group and key'}"


def variables_of(parts: SecretParts) -> frozenset[str]:
    """Names of the variables that hold secrets."""
    return frozenset(variable.name for variable in parts.variables)
