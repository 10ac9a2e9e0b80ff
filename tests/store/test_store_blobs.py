from __future__ import annotations

import hashlib
from pathlib import Path

from ingather.store.blobs import Blobs


def test_bytes_and_files_are_named_by_their_hash_and_stored_once(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * (3 << 20))
    blobs = Blobs(tmp_path / "blobs")
    named = blobs.put([b"one", None, large, b"one", b""])
    assert named[1] is None
    assert named[0] == named[3] == (hashlib.sha256(b"one").hexdigest(), 3)
    assert named[2] == (hashlib.sha256(b"x" * (3 << 20)).hexdigest(), 3 << 20)
    assert named[4] == (hashlib.sha256(b"").hexdigest(), 0)
    assert len(list(blobs.digests())) == 3
    assert blobs.read(named[0][0]) == b"one"
    assert not list((tmp_path / "blobs" / "new").iterdir())


def test_what_a_crash_left_behind_is_swept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    blobs.put([b"one"])
    (tmp_path / "blobs" / "new" / "1.0").write_bytes(b"half")
    assert blobs.sweep() == 1
    assert blobs.put([b"two"])[0] is not None
