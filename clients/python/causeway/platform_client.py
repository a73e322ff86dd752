"""The client: creates services and waits until they run."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from typing import Any, Callable, Mapping, Optional

from .connection import Connection
from .credentials import Credentials, find_credentials
from .errors import PlatformError, Unavailable, platform_error
from .service import Service

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5


def _label(value: str, what: str) -> str:
    if _LABEL.fullmatch(value):
        return value
    raise platform_error(
        "Invalid",
        f"{value!r} cannot be the name of a {what}.",
        next="Use lower-case letters, digits and '-', starting and ending with a letter or digit, at most 63.",
    )


def _condition(resource: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    conditions = (resource.get("status") or {}).get("conditions") or []
    return next((c for c in conditions if c.get("type") == kind), {})


def _creation_failure(resource: Mapping[str, Any]) -> PlatformError:
    failure = (resource.get("status") or {}).get("failure")
    name = resource["metadata"]["name"]
    if failure:
        return platform_error(failure["code"], failure["message"], failure.get("evidence", []), failure.get("next", ""))
    message = _condition(resource, "Ready").get("message") or f"{name} failed."
    return platform_error("Invalid", message, next=f"See `platform describe service {name}`.")


class PlatformClient:
    """One platform and who asks it. Every method raises PlatformError. Not for several threads at once."""

    def __init__(self, credentials: Credentials) -> None:
        self.team = credentials.team
        self.user = credentials.user
        self._connection = Connection(credentials)

    @property
    def server(self) -> str:
        return self._connection.server

    def create_service(
        self,
        name: str,
        *,
        template: str = "http-service",
        team: Optional[str] = None,
        description: Optional[str] = None,
        spec: Optional[Mapping[str, Any]] = None,
        wait: bool = True,
        timeout: float = 600,
        on_progress: Optional[Callable[[Service], None]] = None,
    ) -> Service:
        """Creates a service and returns when it runs (template ``empty``: when its repository is ready).

        ``spec`` adds to the resource's spec, such as ``{"replicas": 2}``. ``timeout`` is in seconds.
        ``on_progress`` is called when the status changes. A first release that fails raises its cause, with evidence.
        """
        decided_at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        wanted = {
            "apiVersion": "causeway.dev/v1",
            "kind": "Service",
            "metadata": {"name": _label(name, "service"), "annotations": {"causeway.dev/decided-at": decided_at}},
            "spec": {**(spec or {}), "template": template, **({"description": description} if description else {})},
        }
        team = _label(team or self.team, "team")
        created = self._record(team, wanted)
        if not wait:
            return Service.of(created)
        return self._wait(team, name, template != "empty", timeout, on_progress)

    def get_service(self, name: str, team: Optional[str] = None) -> Service:
        return Service.of(self._get(_label(team or self.team, "team"), _label(name, "service")))

    def list_services(self, team: Optional[str] = None) -> list[Service]:
        answer = self._connection.request("GET", self._path(_label(team or self.team, "team")))
        return [Service.of(item) for item in answer["items"]]

    def delete_service(self, name: str, team: Optional[str] = None) -> None:
        self._connection.request("DELETE", self._path(_label(team or self.team, "team"), _label(name, "service")))

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Anything else of the API: the parsed JSON of the answer. A PATCH is a JSON merge patch."""
        content_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
        return self._connection.request(method, path, body, content_type)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "PlatformClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _record(self, team: str, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._connection.request("POST", self._path(team), resource)

    def _path(self, team: str, name: Optional[str] = None) -> str:
        services = f"/apis/causeway.dev/v1/namespaces/{team}/services"
        return services if name is None else f"{services}/{name}"

    def _get(self, team: str, name: str) -> Mapping[str, Any]:
        return self._connection.request("GET", self._path(team, name))

    def _wait(
        self,
        team: str,
        name: str,
        expects_release: bool,
        timeout: float,
        on_progress: Optional[Callable[[Service], None]],
    ) -> Service:
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE_SECONDS
        told: Optional[str] = None
        waits_for: list[str] = []
        while True:
            try:
                resource = self._get(team, name)
            except Unavailable as error:
                # A server that restarts is back in about a second.
                waits_for = [error.message]
            else:
                service = Service.of(resource)
                if on_progress and service.status != told:
                    on_progress(service)
                told = service.status
                if service.status == "failed":
                    raise _creation_failure(resource)
                if service.status == "running" and service.url:
                    return service
                if not expects_release and _condition(resource, "RepositoryReady").get("status") == "True":
                    return service
                waits_for = [message] if (message := _condition(resource, "Ready").get("message")) else []
            if time.monotonic() + pause > deadline:
                raise platform_error(
                    "Timeout",
                    f"{name} is not there after {timeout:g} s.",
                    waits_for,
                    f"It goes on by itself: `platform describe service {name}` shows how far it is.",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def connect(home: Optional[str] = None) -> PlatformClient:
    """The platform of CAUSEWAY_SERVER and CAUSEWAY_TOKEN, or of the folder (CAUSEWAY_HOME, ``~/.causeway``)."""
    return PlatformClient(find_credentials(home))
