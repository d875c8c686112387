"""Profiles of the AWS command line, which obstore does not read: ``~/.aws/credentials`` and ``~/.aws/config``.

Keys, region and endpoint that stand there are taken as they are. A profile that gets its credentials otherwise (SSO, a role to
assume, a process) needs botocore, where it is installed.
"""

from __future__ import annotations

import os

from dagwright.store.errors import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INDIRECT = ("sso_session", "sso_start_url", "role_arn", "credential_process", "web_identity_token_file", "login_session")


def from_files(url: str, *, credentials: bool) -> dict[str, Any]:
    """Give what obstore is to be told of the profile that ``AWS_PROFILE`` names: nothing where there are no files.

    Args:
        url: The store's, for complaints.
        credentials: Whether to look for credentials, too.

    Raises:
        StoreError: A file is malformed, the profile that was asked for is in none of them, or needs botocore.
    """
    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""
    found, named = _read(url, profile or "default")
    if not named:
        if profile and credentials:
            raise _refusal(url, f"the profile {profile!r} of AWS_PROFILE is in no file of the AWS command line; write it there")
        return {}
    settings: dict[str, Any] = {}
    if "region" in found and not os.environ.get("AWS_REGION") and not os.environ.get("AWS_DEFAULT_REGION"):
        settings["region"] = found["region"]
    if "endpoint_url" in found:
        settings["endpoint"] = found["endpoint_url"]
    if not credentials:
        return settings
    if found.get("aws_access_key_id") and found.get("aws_secret_access_key"):
        settings["access_key_id"] = found["aws_access_key_id"]
        settings["secret_access_key"] = found["aws_secret_access_key"]
        if found.get("aws_session_token"):
            settings["session_token"] = found["aws_session_token"]
    elif any(name in found for name in _INDIRECT):
        settings["credential_provider"] = _provider(url, profile or "default")
    return settings


def _read(url: str, profile: str) -> tuple[dict[str, str], bool]:
    """Settings of a profile from both files, and whether it is in one; the file of credentials counts more."""
    found: dict[str, str] = {}
    named = False
    config = os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config"
    shared = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    for place, section in ((config, profile if profile == "default" else f"profile {profile}"), (shared, profile)):
        path = os.path.expanduser(place)
        if not os.path.exists(path):
            continue
        import configparser

        parser = configparser.RawConfigParser()
        try:
            parser.read(path, "utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            raise _refusal(url, f"{path} is malformed ({' '.join(str(error).split())}); correct it") from error
        if parser.has_section(section):
            named = True
            found.update(parser.items(section))
    return found, named


def _provider(url: str, profile: str) -> Any:
    """What gives obstore fresh credentials whenever it asks."""
    try:
        from botocore.session import Session
    except ImportError:
        raise _refusal(
            url,
            f"the AWS profile {profile!r} gets its credentials from elsewhere, for which boto3 is needed; install it, or write "
            "`eval $(aws configure export-credentials --format env)`",
        ) from None
    credentials = Session(profile=profile).get_credentials()

    def provide() -> dict[str, Any]:
        from datetime import datetime, timedelta, timezone

        frozen = credentials.get_frozen_credentials()
        soon = datetime.now(timezone.utc) + timedelta(minutes=10)
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": frozen.secret_key,
            "token": frozen.token,
            "expires_at": soon,  # botocore renews them; obstore need only ask again
        }

    return provide


def _refusal(url: str, text: str) -> StoreError:
    return StoreError(f"store {url} cannot be opened: {text}", transient=False)
