"""One server over kept HTTP connections. Failures leave as PlatformError."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any, Optional
from urllib.parse import urlsplit

from .credentials import Credentials
from .errors import decode_error, platform_error

_TIMEOUT_SECONDS = 90


class Connection:
    def __init__(self, credentials: Credentials) -> None:
        url = urlsplit(credentials.server)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise platform_error(
                "Usage", f"{credentials.server!r} is not the address of a server.", next="Give it as http://HOST:PORT."
            )
        self.server = credentials.server.rstrip("/")
        self._prefix = url.path.rstrip("/")
        self._token = credentials.token
        if url.scheme == "https":
            context = ssl.create_default_context(cadata=credentials.ca)
            self._http: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.hostname, url.port, timeout=_TIMEOUT_SECONDS, context=context
            )
        else:
            self._http = http.client.HTTPConnection(url.hostname, url.port, timeout=_TIMEOUT_SECONDS)

    def request(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        """The parsed JSON of the answer, None for an empty one."""
        try:
            status, content = self._exchange(method, path, body, content_type)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
            # The server closed an idle connection. Asking again is safe for reads alone.
            if method != "GET":
                raise self._unreachable(error) from error
            try:
                status, content = self._exchange(method, path, body, content_type)
            except (OSError, http.client.HTTPException) as again:
                raise self._unreachable(again) from again
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        if status >= 300:
            raise decode_error(status, content, f"{method} {self.server}{path}")
        if not content:
            return None
        try:
            return json.loads(content)
        except ValueError:
            excerpt = content.decode("utf-8", "replace")[:200]
            raise platform_error(
                "Unavailable",
                f"{self.server} did not answer with JSON: it may not be a Causeway server.",
                [excerpt],
                "Check the address of the server.",
            ) from None

    def close(self) -> None:
        self._http.close()

    def _exchange(self, method: str, path: str, body: Any, content_type: str) -> tuple[int, bytes]:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = content_type
        try:
            self._http.request(method, self._prefix + path, None if body is None else json.dumps(body), headers)
            response = self._http.getresponse()
            return response.status, response.read()
        except BaseException:
            # A connection with half an answer in it is of no use any more.
            self._http.close()
            raise

    def _unreachable(self, error: Optional[BaseException]) -> Exception:
        return platform_error(
            "Unavailable",
            f"The platform at {self.server} cannot be reached.",
            [str(error) or type(error).__name__],
            "Start it with `platform up`, or name another with CAUSEWAY_SERVER.",
        )
