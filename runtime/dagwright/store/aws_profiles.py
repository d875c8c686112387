"""Profiles of the AWS command line, which obstore does not read: ``~/.aws/credentials`` and ``~/.aws/config``.

Keys, region and endpoint that stand there are taken as they are. A profile that gets its credentials otherwise (SSO, a role to
assume, a process) needs botocore, where it is installed.
"""

from __future__ import annotations

import os

from dagwright.store.errors import StoreError
from dagwright.store.trouble import shown

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
        StoreError: A file is malformed, the profile that was asked for is in none of them, gives nothing or needs botocore, or
            there are credentials nowhere.
    """
    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""
    found, named = _read(url, profile or "default")
    if not named and profile and credentials:
        raise _refusal(url, f"the profile {profile!r} of AWS_PROFILE is in no file of the AWS command line; write it there")
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
    elif _nobody_else_has_any():
        raise _nowhere(url)
    return settings


def _nobody_else_has_any() -> bool:
    """Whether neither a container's agent nor an instance's metadata may be asked; obstore does not know the last variable."""
    agent = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") or os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    unsigned = os.environ.get("AWS_SKIP_SIGNATURE", "").lower() in ("1", "true")
    return not agent and not unsigned and os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"


def _nowhere(url: str) -> StoreError:
    """What to say where no credentials are to be had."""
    from dagwright.store.remedies import remedy
    from dagwright.store.trouble import FATAL, NO_CREDENTIALS, Trouble

    found = Trouble(FATAL, "no credentials were found", code=NO_CREDENTIALS)
    return _refusal(url, f"{found.text}; {remedy('s3', found)}")


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
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:
        raise _refusal(
            url,
            f"the AWS profile {profile!r} gets its credentials from elsewhere, for which boto3 is needed; install it, or write "
            "`eval $(aws configure export-credentials --format env)`",
        ) from None
    session = Session(profile=profile)
    if region := os.environ.get("AWS_REGION"):  # which botocore does not know
        session.set_config_variable("region", region)
    try:
        credentials = session.get_credentials()
    except (BotoCoreError, ValueError) as error:
        raise _refusal(
            url, f"the AWS profile {profile!r} gives no credentials ({shown(error)}); correct it in ~/.aws/config"
        ) from error
    if credentials is None:
        raise _refusal(url, f"the AWS profile {profile!r} gives no credentials; correct it in ~/.aws/config")

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
