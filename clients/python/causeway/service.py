"""A service as it was at one moment."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional
from urllib.parse import urlsplit

from .errors import platform_error


@dataclass(frozen=True)
class Answer:
    """What a service answered to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Service:
    name: str
    team: str
    status: str
    """pending, building, deploying, running, failed or deleting."""
    url: Optional[str]
    clone_url: Optional[str]
    release: Optional[str]
    """The release that takes production traffic."""
    commit: Optional[str]
    object: Mapping[str, Any] = field(repr=False)
    """The whole resource."""

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> "Service":
        status = resource.get("status") or {}
        return cls(
            name=resource["metadata"]["name"],
            team=resource["metadata"].get("namespace", ""),
            status=status.get("phase", "Pending").lower(),
            url=status.get("url"),
            clone_url=status.get("cloneUrl"),
            release=status.get("release"),
            commit=status.get("commit"),
            object=resource,
        )

    def fetch(
        self,
        path: str = "/",
        method: str = "GET",
        body: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: float = 30,
    ) -> Answer:
        """Asks the service. Works for ``*.localhost`` names, which Python does not resolve."""
        if not self.url:
            raise platform_error("Unavailable", f"{self.name} does not serve yet: it has no URL.")
        url = urlsplit(self.url)
        host = url.hostname or ""
        dial = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(dial, url.port, timeout=timeout)
        try:
            connection.request(method, path, body, {"Host": url.netloc, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        except (OSError, http.client.HTTPException) as error:
            raise platform_error("Unavailable", f"{self.url} does not answer.", [str(error)]) from error
        finally:
            connection.close()
