"""What the studio is told when it starts, and the defaults of a campaign."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process of the studio runs.

    Attributes:
        secure: whether pages come over HTTPS: then cookies go nowhere else.
        root_path: the path under which a proxy shows it, such as /studio.
        hold_seconds: how long a task that was handed out is reserved.
        session_seconds: how long a sign-in lasts.
        most_bytes: the largest recording that is taken in one piece.
        most_upload: the largest upload in pieces, whatever the plan allows.
        gate_workers: processes that measure recordings; 0 measures in a thread.
        rate: requests that one address may make in ten seconds; 0 does not count.
    """

    secure: bool = False
    root_path: str = ""
    hold_seconds: float = 900.0
    session_seconds: float = 30 * 86400.0
    most_bytes: int = 64 << 20
    most_upload: int = 4 << 30
    gate_workers: int = 2
    rate: int = 600
