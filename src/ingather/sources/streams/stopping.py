"""Ctrl-C ends a stream in order: what came is stored; a second one ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_by_signals(asked: bool) -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets while the block runs, where that is asked for.

    Outside of the main thread, which alone hears signals, nothing is changed.
    """
    stop = threading.Event()
    if not asked or threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {one: signal.getsignal(one) for one in _SIGNALS}

    def first(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        for one, old in before.items():
            signal.signal(one, old)

    for one in _SIGNALS:
        signal.signal(one, first)
    try:
        yield stop
    finally:
        for one, old in before.items():
            signal.signal(one, old)
