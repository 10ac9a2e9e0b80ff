"""``ingather`` and ``python -m ingather``: the command line, from the first moment on."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits with its code; an interruption while it loads is one too."""
    try:
        from ingather.cli.main import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted before anything was begun. The same call starts it.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
