"""What obstore does not read by itself of the providers' usual variables and files."""

from __future__ import annotations

import os

from dagwright.store.errors import StoreError
from dagwright.store.trouble import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Settings = dict[str, Any]


def _s3(url: str) -> Settings:
    """AWS: profiles of ``~/.aws``, where an instance's metadata are, an endpoint without TLS, an authority of one's own."""
    settings: Settings = {}
    if not _owns_credentials() or not os.environ.get("AWS_REGION"):
        from dagwright.store.aws_profiles import from_files

        settings = from_files(url, credentials=not _owns_credentials())
        if metadata := os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"):
            settings["metadata_endpoint"] = metadata
    endpoint = aws_endpoint(url) or settings.get("endpoint", "")
    if endpoint:
        settings["endpoint"] = endpoint
        _allow_http(settings, endpoint)
    if authorities := aws_authorities(url):
        settings.setdefault("client_options", {})["root_certificate"] = authorities
    return settings


def aws_authorities(url: str) -> str:
    """Certificates of the authorities that ``AWS_CA_BUNDLE`` adds, or nothing.

    Raises:
        StoreError: Their file cannot be read.
    """
    path = os.environ.get("AWS_CA_BUNDLE")
    if not path:
        return ""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        text = f"store {url} cannot be opened: AWS_CA_BUNDLE names {path}, which cannot be read: {shown(error)}; correct it"
        raise StoreError(text, transient=False) from error


def _owns_credentials() -> bool:
    """Whether variables give credentials, or say where the pod's role is found; botocore looks at files after these, too."""
    return bool(os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"))


def aws_endpoint(url: str) -> str:
    """The endpoint that variables name, or nothing.

    Raises:
        StoreError: It is none; obstore would panic.
    """
    found = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    scheme, _, rest = found.partition("://")
    host = rest.partition("/")[0]
    if found and (scheme not in ("http", "https") or not host or len(found.split()) != 1 or host.count("[") != host.count("]")):
        text = f"store {url} cannot be opened: the endpoint {found!r} of AWS_ENDPOINT_URL must be an http:// or https:// URL"
        raise StoreError(text, transient=False)
    return found


def _gs(_url: str) -> Settings:
    """Google: the emulator that its own clients know, which takes requests without credentials."""
    emulator = os.environ.get("STORAGE_EMULATOR_HOST", "")
    if not emulator:
        return {}
    endpoint = emulator if "://" in emulator else f"http://{emulator}"
    settings: Settings = {"base_url": endpoint.rstrip("/"), "bearer_token": "emulated"}
    _allow_http(settings, endpoint)
    return settings


def _az(_url: str) -> Settings:
    """Azure: the connection string that its portal shows, and an endpoint without TLS."""
    settings: Settings = {}
    names = {
        "AccountName": "account_name",
        "AccountKey": "account_key",
        "SharedAccessSignature": "sas_key",
        "BlobEndpoint": "endpoint",
    }
    for part in os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";"):
        name, _, value = part.partition("=")
        if name in names:
            settings[names[name]] = value
    endpoint = os.environ.get("AZURE_STORAGE_ENDPOINT") or os.environ.get("AZURE_ENDPOINT") or settings.get("endpoint", "")
    _allow_http(settings, endpoint)
    return settings


def _allow_http(settings: Settings, endpoint: str) -> None:
    if endpoint.startswith("http://"):
        settings["client_options"] = {"allow_http": True}


PROVIDERS: dict[str, Callable[[str], Settings]] = {"s3": _s3, "gs": _gs, "az": _az}
"""Arguments of obstore's store by scheme of the URL."""
