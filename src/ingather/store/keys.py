"""Names that cannot be guessed: sample ids and pseudonyms, keyed with the workspace's secret."""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

SECRET_BYTES = 32


def load_secret(path: Path) -> bytes:
    """The workspace's secret, made at the first call and readable by its owner only."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        fresh = path.with_suffix(f".{os.getpid()}.new")
        with open(fresh, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # never replaces: two first calls agree on one secret
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_bytes()


def sample_id(secret: bytes, source: str, key: str) -> str:
    """128 bits of HMAC-SHA-256 over source and key, as 32 hex digits."""
    return hmac.digest(secret, f"{source}\0{key}".encode(), sha256).hex()[:32]


def pseudonym(secret: bytes, source: str, name: str) -> str:
    """A contributor's name inside: 80 bits of keyed hash, ``p-`` in front."""
    return "p-" + hmac.digest(secret, f"person\0{source}\0{name}".encode(), sha256).hex()[:20]
