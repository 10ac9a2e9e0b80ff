"""Passwords, codes and tokens: only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Signs of a code on paper: none that is taken for another."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second choice: 19 MiB


def hash_password(password: str) -> str:
    """Argon2id, with its salt and costs."""
    return _hasher().hash(password)


def is_password(hashed: str | None, password: str) -> bool:
    """Whether it is that password; takes as long where there is none."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(hashed or _nobody(), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return hash_password(secrets.token_hex(16))


def new_secret() -> str:
    """A token of 256 bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A code of 100 bits for paper, in five groups of four and a half."""
    signs = "".join(secrets.choice(_LETTERS) for _ in range(20))
    return "-".join(signs[at : at + 4] for at in range(0, 20, 4))


def hashed(secret: str) -> str:
    """SHA-256 of a secret that is too long to be guessed; codes may be written in any case and spacing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def plain_code(code: str) -> str:
    """A code as it was made, however it was typed."""
    signs = "".join(sign for sign in code.lower() if sign.isalnum())
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))
