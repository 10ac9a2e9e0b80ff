"""Buckets: objects under an address such as s3://bucket/prefix, listed and read through obstore."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from ingather.errors import InputError, OutsideError
from ingather.sources.listing import Entry

SCHEMES = ("s3://", "s3a://", "gs://", "az://", "abfs://", "file://", "memory://")


def is_address(path: str) -> bool:
    """Whether a path is the address of a bucket."""
    return path.lower().startswith(SCHEMES)


def object_entries(address: str, store: Any = None) -> Iterator[Entry]:
    """Every object under an address, in the order of the names.

    Keys and regions come from the environment, as the bucket's own tools read them (AWS_ACCESS_KEY_ID,
    AWS_ENDPOINT_URL, ...).

    Args:
        address: such as s3://bucket/prefix.
        store: an obstore store to use instead of opening one.

    Raises:
        InputError: the address is none.
        OutsideError: the bucket cannot be reached or may not be read.
    """
    import obstore

    opened = store if store is not None else open_bucket(address)
    try:
        found = [meta for block in obstore.list(opened, chunk_size=1000) for meta in block]
    except Exception as error:
        raise _outside(address, error) from error
    base = address.rstrip("/")
    for meta in sorted(found, key=lambda meta: str(meta["path"])):
        name = str(meta["path"])
        if name.endswith("/") or name.rpartition("/")[2].startswith("."):
            continue
        tag = meta.get("e_tag") or meta["last_modified"].isoformat()
        stamp = f"{meta['size']}-{str(tag).strip(chr(34))}"
        yield Entry(
            name, int(meta["size"]), stamp, None, partial(_read, opened, name, base), f"{base}/{name}"
        )


def open_bucket(address: str) -> Any:
    """The obstore store of an address.

    Raises:
        InputError: the address is none.
    """
    from obstore.store import from_url

    try:
        return from_url(address)
    except Exception as error:
        raise InputError(
            f"'{address}' cannot be opened: {_first_line(error)}.",
            why="A bucket is named like s3://bucket/prefix; its keys come from the environment.",
            fix="Put the address right, and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION.",
            where=address,
        ) from error


def _read(store: Any, name: str, address: str) -> BinaryIO:
    import obstore

    try:
        return io.BytesIO(bytes(obstore.get(store, name).bytes()))
    except FileNotFoundError as error:
        raise OSError("it is gone since it was listed") from error
    except Exception as error:
        raise _outside(f"{address}/{name}", error) from error


def _outside(address: str, error: Exception) -> OutsideError:
    return OutsideError(
        f"'{address}' cannot be read: {_first_line(error)}.",
        why="The bucket is not there, cannot be reached, or these keys may not read it.",
        fix="Check the address, the network and the keys in the environment, then run this again.",
        where=address,
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300].rstrip(".")
