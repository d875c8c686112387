"""The client botocore (what boto3 is made of): buckets of S3, where the image has no obstore."""

from __future__ import annotations

import os
from contextlib import suppress

from dagwright.store import trouble
from dagwright.store.errors import StoreError
from dagwright.store.obstore_settings import aws_authorities, aws_endpoint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from dagwright.store.clients import Repeat
    from dagwright.store.trouble import Trouble
    from dagwright.store.verbs import Listed

_CONNECTIONS = 20
"""More than operations at a time: botocore says on standard error that it has too few."""
_UPLOAD = "dagwright-upload"
"""Name of the metadata that tells our upload from another's when the answer to its completion was lost."""


class BotoClient:
    """Bucket and prefix of a URL; see ``clients.Client``.

    Raises:
        ImportError: botocore is not installed.
        StoreError: A setting is malformed, or botocore is too old to create without overwriting.
    """

    __slots__ = ("_bucket", "_errors", "_prefix", "_s3")
    conditional = True

    def __init__(self, url: str) -> None:
        import botocore.exceptions

        bucket, _, prefix = url.partition("://")[2].partition("/")
        self._errors: Any = botocore.exceptions
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        aws_authorities(url)  # botocore itself complains of a file that is not there when it is asked for a value, and of TLS
        try:
            self._s3 = _open(url)
        except (botocore.exceptions.BotoCoreError, ValueError, OSError) as error:
            text = f"store {url} cannot be opened: {trouble.shown(error)}; check the AWS_* variables and the files in ~/.aws"
            raise StoreError(text, transient=False) from error
        if "IfNoneMatch" not in self._s3.meta.service_model.operation_model("PutObject").input_shape.members:
            text = f"store {url} needs boto3 1.35 or newer (in an image: RUN pip install --upgrade boto3)"
            raise StoreError(text, transient=False)

    def get(self, key: str) -> bytes:
        """Read a value; see ``Client``."""
        with self._s3.get_object(**self._at(key))["Body"] as body:
            return bytes(body.read())

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of a value; see ``Client``."""
        with self._s3.get_object(**self._at(key), Range=f"bytes={start}-{start + length - 1}")["Body"] as body:
            return bytes(body.read())

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; see ``Client``."""
        try:
            self._s3.put_object(**self._at(key), Body=data, IfNoneMatch="*")
        except self._errors.ClientError as error:
            if _answer(error)[0] == 412:
                return False
            raise
        return True

    def put(self, key: str, data: bytes) -> None:
        """Write a value; see ``Client``."""
        self._s3.put_object(**self._at(key), Body=data)

    def put_parts(self, key: str, parts: Iterator[bytes], part_bytes: int, repeat: Repeat) -> None:
        """Write a value from its parts; see ``Client``. Each part is repeated alone."""
        first = next(parts, b"")
        if len(first) < part_bytes:
            self._s3.put_object(**self._at(key), Body=first)
            return
        token = os.urandom(16).hex()
        upload = repeat(lambda: self._s3.create_multipart_upload(**self._at(key), Metadata={_UPLOAD: token}))["UploadId"]
        there = {**self._at(key), "UploadId": upload}
        try:
            sent = [self._send(there, 1, first, repeat)]
            sent.extend(self._send(there, number, part, repeat) for number, part in enumerate(parts, 2))
            repeat(lambda: self._finish(there, sent, token))
        except BaseException:
            with suppress(Exception):
                self._s3.abort_multipart_upload(**there)
            raise

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder; see ``Client``."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/")
        own = len(self._prefix)
        return [
            (entry["Key"][own:], entry["Size"], entry["LastModified"].timestamp())
            for page in pages
            for entry in page.get("Contents", ())
        ]

    def delete(self, key: str) -> None:
        """Remove a value; see ``Client``."""
        self._s3.delete_object(**self._at(key))

    def trouble(self, error: Exception, verb: str) -> Trouble:
        """Explain what a method raised; see ``Client``."""
        if isinstance(error, self._errors.ClientError):
            status, code = _answer(error)
            text = f"{self._s3.meta.endpoint_url} answered {status}" + (f" ({code})" if code else "")
            return trouble.of_answer(status, code, text, verb)
        errors = self._errors
        line = trouble.shown(error)
        if isinstance(error, (errors.NoCredentialsError, errors.PartialCredentialsError, errors.CredentialRetrievalError)):
            return trouble.Trouble(trouble.FATAL, line, code=trouble.NO_CREDENTIALS)
        if isinstance(error, RecursionError):  # what botocore makes of a region that sends on to others for ever
            return trouble.Trouble(trouble.FATAL, f"{self._s3.meta.endpoint_url} sends on to another region", status=301)
        if isinstance(error, errors.SSLError):
            return trouble.Trouble(trouble.FATAL, line, code=trouble.UNTRUSTED)
        fatal = isinstance(error, (errors.ParamValidationError, ValueError, TypeError))
        return trouble.Trouble(trouble.FATAL if fatal else trouble.TRANSIENT, line)

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _send(self, there: dict[str, Any], number: int, part: bytes, repeat: Repeat) -> dict[str, Any]:
        answer = repeat(lambda: self._s3.upload_part(**there, PartNumber=number, Body=part))
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _finish(self, there: dict[str, Any], sent: list[dict[str, Any]], token: str) -> None:
        """Make an object of the parts. An upload that is gone may have become it, in a request whose answer was lost."""
        try:
            self._s3.complete_multipart_upload(**there, MultipartUpload={"Parts": sent})
        except self._errors.ClientError as error:
            if _answer(error)[1] != "NoSuchUpload":
                raise
            found = self._s3.head_object(Bucket=there["Bucket"], Key=there["Key"])
            if found.get("Metadata", {}).get(_UPLOAD) != token:
                raise


def _open(url: str) -> Any:
    """Make a client that repeats nothing, for the endpoint, region and credentials of the usual variables and files."""
    from botocore.config import Config
    from botocore.session import Session

    endpoint = aws_endpoint(url) or None
    virtual = os.environ.get("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "").lower() == "true"
    # Servers of one's own rarely have a name for each bucket; obstore does the same.
    style = "path" if endpoint and not virtual else "auto"
    config = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": style},
        max_pool_connections=_CONNECTIONS,
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    authorities = None if os.environ.get("AWS_CA_BUNDLE") else os.environ.get("SSL_CERT_FILE")
    return Session().create_client("s3", region_name=region, endpoint_url=endpoint, config=config, verify=authorities)


def _answer(error: Any) -> tuple[int, str]:
    response = error.response
    return response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0), str(response.get("Error", {}).get("Code", ""))
