"""Studio: the web application where people give samples and keep a hold on them."""

from __future__ import annotations

import os
from dataclasses import asdict

import typer

from ingather.cli.output import say
from ingather.cli.settings import workspace
from ingather.errors import InputError, MissingExtra


def command(
    host: str = typer.Option("", "--host", help="Address to listen on; default: this machine alone."),
    port: int = typer.Option(8765, "--port", min=1, max=65535, help="Port to listen on."),
    workers: int = typer.Option(1, "--workers", min=1, help="Processes; more than one needs PostgreSQL."),
    lan: bool = typer.Option(
        False, "--lan", help="Serve phones on this network over HTTPS, with an authority of one's own."
    ),
    certificate: str = typer.Option(
        "", "--certificate", "--cert", help="Certificate (PEM): phones record only over HTTPS."
    ),
    key: str = typer.Option("", "--key", help="The certificate's private key (PEM)."),
    root_path: str = typer.Option(
        "", "--base-path", "--root-path", help="Path under which a proxy shows it."
    ),
    secure: bool = typer.Option(False, "--behind-https", help="A proxy in front of it speaks HTTPS."),
    new_link: bool = typer.Option(
        False, "--new-link", help="Print a new link that makes an owner's account."
    ),
) -> None:
    """Serves the studio of this workspace until it is ended; the first start prints the owner's link."""
    try:
        import uvicorn

        from ingather.studio.app import ENVIRONMENT, create_app, first_link
    except ModuleNotFoundError as missing:
        raise MissingExtra("studio", "The studio") from missing
    import orjson

    from ingather.plan.read import read_plan
    from ingather.studio.settings import Settings
    from ingather.studio.state import Studio

    place = workspace()
    read_plan(place.plan_path)
    if bool(certificate) != bool(key):
        raise InputError("--certificate and --key go together.", fix="Name both files, or neither.")
    if lan and certificate:
        raise InputError(
            "--lan makes a certificate itself.", fix="Leave out --certificate and --key, or --lan."
        )
    names: list[str] = []
    if lan:
        from ingather.studio.authority import FOLDER, certificate_for, own_names

        names = own_names()
        made = certificate_for(place.folder / FOLDER, names)
        certificate, key = str(made.certificate), str(made.key)
    host = host or ("0.0.0.0" if lan else "127.0.0.1")
    if workers > 1 and place.database.dialect.name == "sqlite":
        raise InputError(
            "Several processes need PostgreSQL.",
            why="SQLite lets one process write at a time.",
            fix="Name it in the plan: database: postgresql://user@host/name, or leave out --workers.",
        )
    settings = Settings(secure=secure or bool(certificate), root_path=root_path.rstrip("/"))
    studio = Studio(place, settings)
    token = first_link(studio, again=new_link)
    studio.close()
    shown = names[0] if lan and host == "0.0.0.0" else host
    address = f"{'https' if certificate else 'http'}://{shown}:{port}{settings.root_path}"
    say(f"The studio is at {address}")
    if token:
        say(f"Make the owner's account with this link, once: {address}/first#{token}")
    if lan:
        _tell_phones(address)
    if host not in ("127.0.0.1", "localhost", "::1") and not settings.secure:
        say("Phones cannot record here: browsers give the microphone only over HTTPS.")
        say("Use --lan, or --certificate and --key.")
    more = {"ssl_certfile": certificate, "ssl_keyfile": key} if certificate else {}
    common = {"host": host, "port": port, "access_log": False, "log_level": "warning", **more}
    if workers == 1:
        uvicorn.run(create_app(place, settings), **common)  # type: ignore[arg-type]
        return
    told = {"folder": str(place.root), "settings": asdict(settings)}
    os.environ[ENVIRONMENT] = orjson.dumps(told).decode()
    uvicorn.run("ingather.studio.app:from_environment", factory=True, workers=workers, **common)  # type: ignore[arg-type]


def _tell_phones(address: str) -> None:
    """Trust in words, and the address as a picture that a phone can read."""
    import io

    import segno

    from ingather.studio.authority import TRUST

    say(TRUST.format(url=address))
    drawn = io.StringIO()
    segno.make(address, error="m").terminal(out=drawn, compact=True)
    say(drawn.getvalue())
