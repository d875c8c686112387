"""An authority that no machine trusts, and its certificate for servers on loopback."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path


class Certificates(NamedTuple):
    """Paths of PEM files: whom to trust, and what a server shows with its key."""

    authority: str
    server: str


def make_certificates(folder: Path) -> Certificates:
    """Write certificates that are good for a day."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority, server = _name("authority of a test"), _name("127.0.0.1")
    root = (
        _builder(authority, authority, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    shown = _builder(server, authority, server_key).add_extension(address, critical=False).sign(authority_key, hashes.SHA256())
    form = serialization.Encoding.PEM
    key = server_key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths = Certificates(str(folder / "authority.pem"), str(folder / "server.pem"))
    (folder / "authority.pem").write_bytes(root.public_bytes(form))
    (folder / "server.pem").write_bytes(key + shown.public_bytes(form))
    return paths


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
