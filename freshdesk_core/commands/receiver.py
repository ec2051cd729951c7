"""``receiver``: the event endpoint as a process of its own; the app serves the same one."""

import argparse
import json
import logging
import threading

from freshdesk_core import logs
from freshdesk_core.commands.options import say
from freshdesk_core.commands.stopping import told_by_signals
from freshdesk_core.errors import ConfigError
from freshdesk_core.loopback import is_own_address
from freshdesk_core.text import gettext as _

HOST = "127.0.0.1"
PORT = 8502


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser("receiver", help="take events from Freshdesk until stopped")
    parser.add_argument("--host", default=HOST, help=f"where to listen (default: {HOST})")
    parser.add_argument("--port", type=_port, default=PORT, help=f"0 takes a free one (default: {PORT})")
    parser.epilog = (
        'When it is ready it prints one line, {"url": "http://HOST:PORT"}. It speaks plain HTTP: let others '
        "reach it only through a proxy that speaks TLS, or keys can be read on the way."
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    from freshdesk_core.events import server

    logs.to_stderr()
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        listener = server.listen(args.host, args.port)
    except (OSError, ValueError) as error:  # no name of a host at all is a ValueError
        where = f"{args.host}:{args.port}"
        raise ConfigError(
            "cannot-listen", where=where, cause=getattr(error, "strerror", None) or str(error)
        ) from error
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    if not is_own_address(host):
        say(
            _(
                "Others can reach {host}. The receiver speaks plain HTTP: put a proxy that speaks TLS "
                "before it, or keys can be read on the way (docs/deploy.md)."
            ).format(host=f"{shown}:{port}")
        )
    stop = threading.Event()
    with told_by_signals(stop, lambda: None), listener:
        print(json.dumps({"url": f"http://{shown}:{port}"}), flush=True)
        server.serve(listener, stop)
    return 0


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(_("not a number from 0 to 65535"))
    return port
