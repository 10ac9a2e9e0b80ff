"""``python -m ingather`` is the command line."""

from ingather.cli.main import main

main()
