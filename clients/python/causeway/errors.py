"""What fails, in the platform's words: code, message, evidence, next."""

from __future__ import annotations

import json
from typing import Any, Sequence


class PlatformError(Exception):
    """What failed, why (evidence), and what to do now (next). ``code`` is one of the platform's error catalogue."""

    def __init__(self, code: str, message: str, evidence: Sequence[str] = (), next: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.evidence = list(evidence)
        self.next = next

    def __str__(self) -> str:
        lines = [self.message, *(f"  {line}" for line in self.evidence)]
        if self.next:
            lines.append(f"next: {self.next}")
        return "\n".join(lines)


class NotFound(PlatformError):
    """There is no such thing."""


class AlreadyExists(PlatformError):
    """The name is taken."""


class Forbidden(PlatformError):
    """The role of the user does not allow it."""


class Unavailable(PlatformError):
    """The platform cannot be reached, or does not run."""


class Timeout(PlatformError):
    """It did not happen in time; it may still."""


_CLASSES = {
    "NotFound": NotFound,
    "AlreadyExists": AlreadyExists,
    "Forbidden": Forbidden,
    "Unavailable": Unavailable,
    "NotRunning": Unavailable,
    "Timeout": Timeout,
}

_CODES = {
    400: "BadRequest",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    413: "TooLarge",
    422: "Invalid",
    429: "TooManyRequests",
    502: "Unavailable",
    503: "Unavailable",
    504: "Timeout",
}


def platform_error(code: str, message: str, evidence: Sequence[str] = (), next: str = "") -> PlatformError:
    """The error of the class that fits the code."""
    return _CLASSES.get(code, PlatformError)(code, message, evidence, next)


def _carried(causes: Sequence[Any], reason: str) -> list[str]:
    found = (c for c in causes if isinstance(c, dict) and c.get("reason") == reason)
    return [str(c.get("message", "")) for c in found]


def decode_error(status: int, body: bytes, asked: str) -> PlatformError:
    """A failed answer as an error: a Kubernetes Status, RFC 9457 problem details, or anything else."""
    fallback = _CODES.get(status, "Internal" if status >= 500 else "BadRequest")
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        excerpt = " ".join(body.decode("utf-8", "replace").split())[:200]
        return platform_error(fallback, f"{asked} was answered with {status}.", [excerpt] if excerpt else [])
    if said.get("kind") != "Status":
        message = str(said.get("detail") or said.get("title") or f"{asked} was answered with {status}.")
        return platform_error(
            str(said.get("code") or fallback), message, said.get("evidence") or [], str(said.get("next") or "")
        )
    causes = (said.get("details") or {}).get("causes") or []
    code = (_carried(causes, "Code") or [None])[0]
    if code is None:
        code = "AlreadyExists" if said.get("reason") == "AlreadyExists" else fallback
    next_step = (_carried(causes, "Next") or [""])[0]
    message = str(said.get("message") or f"{asked} was answered with {status}.")
    if next_step and message.endswith(f". {next_step}"):
        message = message[: -len(next_step) - 2]
    wrong = [f"{c['field']}: {c.get('message')}" for c in causes if _is_field(c)]
    return platform_error(code, message, wrong + _carried(causes, "Evidence"), next_step)


def _is_field(cause: Any) -> bool:
    return isinstance(cause, dict) and "field" in cause and cause.get("reason") not in ("Code", "Evidence", "Next")
