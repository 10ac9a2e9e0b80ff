"""An authority of one's own for phones on the same network: they record only over HTTPS.

The authority's key stays in the workspace's folder, readable by its owner alone. It signs one certificate for
this machine's names and addresses, which is made anew before it runs out or when an address changes.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

FOLDER = "https"
AUTHORITY = "authority.pem"
_YEARS, _DAYS, _RENEW = 10, 390, 30
"""Phones take no certificate of more than 398 days; it is made anew 30 days before its end."""

TRUST = """To let a phone trust this studio, once:
  1. Open the address below in the phone's browser and go on past the warning.
     Then open {url}/api/authority.crt to load the authority.
  2. Android: Settings > Security > More > Install a certificate > CA certificate, choose the loaded file.
     iPhone: Settings > Profile Downloaded > Install, then Settings > General > About >
     Certificate Trust Settings: switch it on.
  3. Load the page again: it has no warning now, and can record.
To take the trust back, remove the certificate in the same place."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a server's certificate and its key, and of the authority that signed it."""

    certificate: Path
    key: Path
    authority: Path


def own_names() -> list[str]:
    """Names and addresses by which this machine may be reached on its network; the first is its address."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # nothing is sent: it tells which address would be used
            found.append(asking.getsockname()[0])
        except OSError:
            pass
    name = socket.gethostname().split(".")[0]
    return list(dict.fromkeys([*found, name, f"{name}.local", "localhost", "127.0.0.1"]))


def certificate_for(folder: Path, names: list[str]) -> Certificate:
    """The certificate for these names and addresses, made where there is none that still holds.

    Args:
        folder: where they lie; made readable by its owner alone.
        names: host names and IP addresses.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = Certificate(folder / "server.pem", folder / "server.key", folder / AUTHORITY)
    if _holds(found, names):
        return found
    key_path = folder / "authority.key"
    if found.authority.is_file() and key_path.is_file():
        authority = x509.load_pem_x509_certificate(found.authority.read_bytes())
        authority_key: EllipticCurvePrivateKey = load_pem_private_key(key_path.read_bytes(), None)  # type: ignore[assignment]
    else:
        authority_key = _new_key(key_path)
        authority = _sign(
            "Ingather studio " + socket.gethostname()[:40],
            None,
            authority_key,
            authority_key,
            [],
            _YEARS * 365,
        )
        found.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    key = _new_key(found.key)
    signed = _sign(names[0][:60], authority, key, authority_key, names, _DAYS)
    found.certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    return found


def _holds(found: Certificate, names: list[str]) -> bool:
    from cryptography import x509

    if not (found.certificate.is_file() and found.key.is_file() and found.authority.is_file()):
        return False
    there = x509.load_pem_x509_certificate(found.certificate.read_bytes())
    late = datetime.now(UTC) + timedelta(days=_RENEW) > there.not_valid_after_utc
    told = there.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(one.value) for one in told}
    return not late and set(names) <= known


def _new_key(path: Path) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return key


def _sign(
    name: str,
    authority: x509.Certificate | None,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    names: list[str],
    days: int,
) -> x509.Certificate:
    """A certificate of an authority where there is none above it, else one of a server."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    top = authority is None
    built = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own if authority is None else authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=top, path_length=0 if top else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=top, crl_sign=top, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    if not top:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        built = built.add_extension(usage, critical=False)
        built = built.add_extension(
            x509.SubjectAlternativeName([_named(one) for one in names]), critical=False
        )
    return built.sign(signer, hashes.SHA256())


def _named(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
