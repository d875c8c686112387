"""What to do about an operation that failed for good, by provider. Imported only then."""

from __future__ import annotations

from dagwright.store.trouble import BAD_ENDPOINT, NO_CREDENTIALS, TRANSIENT, UNTRUSTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.trouble import Trouble

_CREDENTIALS = {
    "s3": "give the pod credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role",
    "gs": "give the pod credentials: GOOGLE_APPLICATION_CREDENTIALS, or a service account by workload identity",
    "az": "give the pod credentials: AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, "
    "or a workload identity",
}
_WRONG_CREDENTIALS = {
    "s3": "correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
    "gs": "correct GOOGLE_APPLICATION_CREDENTIALS",
    "az": "correct AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_RIGHTS = {
    "s3": "grant s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket to the pod's role",
    "gs": "grant storage.objects.get, create, delete and list to the pod's service account (role Storage Object User)",
    "az": "grant the role Storage Blob Data Contributor to the pod's identity",
}
_ROOM = {
    "s3": "create the bucket, or correct the store's URL",
    "gs": "create the bucket, or correct the store's URL",
    "az": "create the container, or correct the store's URL",
}
_PLACE = {
    "s3": "set AWS_REGION to the bucket's region, and check AWS_ENDPOINT_URL and the credentials",
    "gs": "check the store's URL, STORAGE_EMULATOR_HOST and the credentials",
    "az": "check AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ENDPOINT and the credentials",
}
_REACH = {
    "s3": "check AWS_ENDPOINT_URL, AWS_REGION and the network",
    "gs": "check the network, and STORAGE_EMULATOR_HOST where it is set",
    "az": "check AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ENDPOINT and the network",
}
_TRUST = {
    "s3": "name the file of its authority's certificate in AWS_CA_BUNDLE, and check AWS_ENDPOINT_URL",
    "gs": "name the file of its authority's certificate in SSL_CERT_FILE, and check STORAGE_EMULATOR_HOST",
    "az": "name the file of its authority's certificate in SSL_CERT_FILE, and check AZURE_STORAGE_ENDPOINT",
}
_KEYS_ARE_WRONG = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed", "InvalidToken"})
_TOKEN_IS_OLD = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_OTHERS = {
    "credentials": "give the pod credentials for it, as fsspec and its driver expect them",
    "room": "create it, or correct the store's URL",
    "place": "check the store's URL and what fsspec's driver is configured with",
    "reach": "check the store's URL and the network",
    "trust": "make the pod trust the authority of its certificate",
    "rights": "give the pod the right to read, write, list and delete there",
}


def remedy(scheme: str, trouble: Trouble) -> str:
    """Say what to do; empty where nothing better than to try later is known."""
    status, code = trouble.status, trouble.code
    if code == BAD_ENDPOINT:
        return "the endpoint must be an http:// or https:// URL"
    if code == UNTRUSTED:
        return _TRUST.get(scheme, _OTHERS["trust"])
    if code in _TOKEN_IS_OLD:
        return "the session's token expired: give new credentials, or a role that renews them"
    if code == "RequestTimeTooSkewed":
        return "set the clock of the node"
    if code in _KEYS_ARE_WRONG:
        return _WRONG_CREDENTIALS.get(scheme, _OTHERS["credentials"])
    if code == NO_CREDENTIALS or status == 401:
        return _CREDENTIALS.get(scheme, _OTHERS["credentials"])
    if status == 403:
        return _RIGHTS.get(scheme, _OTHERS["rights"])
    if status == 404:
        return _ROOM.get(scheme, _OTHERS["room"])
    if status in (301, 307, 400):
        return _PLACE.get(scheme, _OTHERS["place"])
    if status == 0 and trouble.kind == TRANSIENT:
        return _REACH.get(scheme, _OTHERS["reach"])
    return "the store is overloaded: try later, or with fewer pods at once" if status in (429, 503) else ""
