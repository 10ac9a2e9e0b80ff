"""The command line's entry: finds the verb, imports only it, and turns every failure into words."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ingather.cli import settings
from ingather.cli.settings import Settings
from ingather.errors import IngatherError, InputError

EPILOG = (
    "Before or after every verb: -C DIR names the workspace (default: the nearest folder upwards with a "
    "plan.yaml), --json prints one JSON document, --debug shows where an error came from."
)
INTERRUPTED = 130
_COMMANDS = "ingather.cli.commands"
_WAY = (
    "init", "check", "run", "collect", "clean", "annotate", "release", "train", "next", "status", "samples",
    "inspect",
)  # fmt: skip


class _PlainHelp:
    """Makes ``--help`` a plain no where it is not given: a missing value would load pydantic to check it."""

    def get_help_option(self, ctx: Any) -> Any:
        """The option, once for each command."""
        option: Any = super().get_help_option(ctx)  # type: ignore[misc]
        option.default = False
        return option


class Verb(_PlainHelp, TyperCommand):
    """One verb without verbs of its own."""


class Verbs(_PlainHelp, TyperGroup):
    """Lists the verbs by their files and imports one when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order of the way, then the others."""
        names = [
            module.name.rstrip("_") for module in pkgutil.iter_modules(import_module(_COMMANDS).__path__)
        ]
        way = [name for name in _WAY if name in names]
        return way + sorted(set(names) - set(way))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One verb, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{_COMMANDS}.{_module(cmd_name)}")
        if hasattr(module, "app"):
            return typer.main.get_command(module.app)
        app = typer.Typer(rich_markup_mode=None, add_completion=False)
        app.command(cmd_name, cls=Verb, help=module.__doc__)(module.command)
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes verbs and their first lines without importing them."""
        rows = [(name, _first_line(name)) for name in self.list_commands(ctx)]
        with formatter.section("Verbs"):
            formatter.write_dl(rows)


def main() -> None:
    """Runs the command line and exits with its code."""
    arguments, chosen = settings.split(sys.argv[1:])
    settings.use(chosen)
    sys.exit(run(arguments, chosen))


def run(arguments: list[str], chosen: Settings) -> int:
    """Runs one call; returns its exit code."""
    try:
        if chosen.unnamed:
            raise InputError(
                "-C names no folder.",
                why="It names the workspace: the folder that holds the plan.",
                fix="ingather -C FOLDER ...",
            )
        code = _app()(arguments or ["--help"], prog_name="ingather", standalone_mode=False)
        if code == INTERRUPTED:  # what Typer makes of Ctrl-C
            from ingather.cli.failures import tell_interrupted

            return tell_interrupted(chosen)
        return code if isinstance(code, int) else 0
    except IngatherError as error:
        from ingather.cli.failures import tell

        if chosen.debug:
            raise
        tell(error, chosen)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        from ingather.cli.failures import tell_interrupted

        return tell_interrupted(chosen)
    except typer._click.exceptions.ClickException as wrong:
        from ingather.cli.failures import tell_usage

        tell_usage(wrong, chosen)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if chosen.debug:
            raise
        from ingather.cli.failures import tell_unexpected

        return tell_unexpected(error, chosen)


def _app() -> Any:
    app = typer.Typer(cls=Verbs, rich_markup_mode=None, add_completion=False, epilog=EPILOG)

    @app.callback()
    def top(
        version: bool = typer.Option(
            False, "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ) -> None:
        """From a written plan of what a model must learn to a lawful dataset and a trained baseline."""

    return typer.main.get_command(app)


def _print_version(asked: bool) -> None:
    if asked:
        from ingather import __version__

        print(f"ingather {__version__}")
        raise typer.Exit


def _module(name: str) -> str:
    return "next_" if name == "next" else name.replace("-", "_")


def _first_line(name: str) -> str:
    path = Path(str(import_module(_COMMANDS).__path__[0])) / f"{_module(name)}.py"
    with open(path, encoding="utf-8") as file:
        return file.readline().strip().strip('"')
