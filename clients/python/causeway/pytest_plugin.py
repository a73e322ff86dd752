"""The fixture ``platform_client``: installing the package is enough for pytest to know it."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

import pytest

from .credentials import Credentials, find_credentials
from .errors import NotFound
from .platform_client import PlatformClient


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("causeway").addoption(
        "--keep-services", action="store_true", help="Do not delete the services that the tests create."
    )


class _TidyClient(PlatformClient):
    """Remembers what it created, so that a test run leaves nothing behind."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__(credentials)
        self._created: list[tuple[str, str]] = []

    def _record(self, team: str, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        recorded = super()._record(team, resource)
        self._created.append((team, recorded["metadata"]["name"]))
        return recorded

    def tidy(self) -> None:
        for team, name in self._created:
            try:
                self.delete_service(name, team=team)
            except NotFound:
                pass


@pytest.fixture(scope="session")
def platform_client(request: pytest.FixtureRequest) -> Iterator[PlatformClient]:
    """The platform of this machine, or of CAUSEWAY_SERVER and CAUSEWAY_TOKEN."""
    with _TidyClient(find_credentials()) as client:
        yield client
        if not request.config.getoption("--keep-services"):
            client.tidy()
