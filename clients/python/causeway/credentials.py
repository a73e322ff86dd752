"""Which platform, as whom: the same places as the command looks at."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Mapping, Optional

from .errors import platform_error


@dataclass(frozen=True)
class Credentials:
    server: str
    token: Optional[str] = field(default=None, repr=False)
    user: Optional[str] = None
    team: str = "default"
    ca: Optional[str] = field(default=None, repr=False)
    """PEM certificates to trust for the server."""


def data_folder(home: Optional[str] = None, env: Mapping[str, str] = os.environ) -> Path:
    """The platform's folder: what is given, else CAUSEWAY_HOME, else ``~/.causeway``."""
    return Path(home or env.get("CAUSEWAY_HOME") or Path.home() / ".causeway").absolute()


def _read(path: Path) -> Optional[Credentials]:
    try:
        content = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise platform_error(
            "DataUnusable",
            f"{path} cannot be read ({error.strerror}).",
            next="Run as the user who ran `platform up`, or sign in with `platform login`.",
        ) from error
    try:
        fields = json.loads(content)
        server = fields["server"]
    except (ValueError, KeyError, TypeError):
        # Without the content and the error that quotes it: it may hold a token.
        raise platform_error(
            "DataUnusable",
            f"{path} does not hold credentials.",
            next="Remove the file, then run `platform up` or `platform login --server URL`.",
        ) from None
    return Credentials(
        server=server,
        token=fields.get("token"),
        user=fields.get("user"),
        team=fields.get("team") or "default",
        ca=fields.get("ca"),
    )


def find_credentials(home: Optional[str] = None, env: Mapping[str, str] = os.environ) -> Credentials:
    """CAUSEWAY_SERVER with CAUSEWAY_TOKEN, else what the platform's folder holds. CAUSEWAY_TEAM chooses the team.

    A stored token is never sent to a server that it was not given for.
    """
    data = data_folder(home, env) / "credentials"
    stored = _read(data / "user.json") or _read(data / "admin.json")
    server = env.get("CAUSEWAY_SERVER") or (stored.server if stored else None)
    if not server:
        raise platform_error(
            "NotRunning",
            "There is no platform here, and none you have signed in to.",
            [f"{data / 'admin.json'} does not exist"],
            "Start one with `platform up`, or sign in to one with `platform login --server URL`.",
        )
    if stored and stored.server.rstrip("/") == server.rstrip("/"):
        found = stored
    else:
        found = Credentials(server=server, team=stored.team if stored else "default")
    return replace(found, token=env.get("CAUSEWAY_TOKEN") or found.token, team=env.get("CAUSEWAY_TEAM") or found.team)
