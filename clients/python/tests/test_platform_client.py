from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from causeway import AlreadyExists, Credentials, PlatformClient, PlatformError, Timeout, Unavailable, find_credentials


def resource(phase: str = "Pending", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "orders", "namespace": "default"}, "spec": {}, "status": {"phase": phase, **status}}


def playing(*states: Any):
    """A POST records; each GET answers the next state, the last one for ever."""
    left = list(states)

    def answer(method: str, path: str, body: Any):
        if method == "POST":
            return 201, {**body, "metadata": {**body["metadata"], "namespace": "default"}}
        said = left.pop(0) if len(left) > 1 else left[0]
        return said if isinstance(said, tuple) else (200, said)

    return answer


def client_of(stand_in) -> PlatformClient:
    return PlatformClient(Credentials(server=stand_in.url, token="secret"))


def test_create_service_returns_when_it_runs(stand_in):
    stand_in.answer = playing(
        resource(), resource("Building"), (503, b""), resource("Running", url="http://orders.localhost:1", release="orders.1")
    )
    seen: list[str] = []
    service = client_of(stand_in).create_service(name="orders", on_progress=lambda one: seen.append(one.status))

    assert service.status == "running"
    assert (service.name, service.team, service.release) == ("orders", "default", "orders.1")
    assert seen == ["pending", "building", "running"]
    method, path, body, headers = stand_in.requests[0]
    assert (method, path) == ("POST", "/apis/causeway.dev/v1/namespaces/default/services")
    assert body["spec"] == {"template": "http-service"}
    assert body["metadata"]["annotations"]["causeway.dev/decided-at"]
    assert headers["Authorization"] == "Bearer secret"


def test_a_first_release_that_fails_raises_cause_and_evidence(stand_in):
    failure = {"code": "TestsFailed", "message": "npm test ended with 1", "evidence": ["1 failing"], "next": "Correct."}
    stand_in.answer = playing(resource("Failed", failure=failure))
    with pytest.raises(PlatformError) as caught:
        client_of(stand_in).create_service(name="orders")
    assert caught.value.code == "TestsFailed"
    assert str(caught.value) == "npm test ended with 1\n  1 failing\nnext: Correct."


def test_the_template_empty_is_done_when_its_repository_is_ready(stand_in):
    ready = {"type": "RepositoryReady", "status": "True", "message": ""}
    stand_in.answer = playing(resource(), resource(conditions=[ready], cloneUrl="c"))
    assert client_of(stand_in).create_service(name="orders", template="empty").clone_url == "c"


def test_a_wait_that_ends_says_what_it_waits_for(stand_in):
    waiting = {"type": "Ready", "status": "False", "message": "orders.1 is being built."}
    stand_in.answer = playing(resource("Building", conditions=[waiting]))
    with pytest.raises(Timeout) as caught:
        client_of(stand_in).create_service(name="orders", timeout=0.2)
    assert caught.value.evidence == ["orders.1 is being built."]


def test_errors_of_the_api_keep_code_evidence_and_next(stand_in):
    status = {
        "kind": "Status",
        "message": "services \"orders\" already exists. Take another.",
        "reason": "AlreadyExists",
        "code": 409,
        "details": {
            "causes": [
                {"reason": "FieldValueInvalid", "field": "metadata.name", "message": "is taken"},
                {"reason": "Code", "message": "AlreadyExists", "field": "code"},
                {"reason": "Evidence", "message": "by team shop", "field": "evidence"},
                {"reason": "Next", "message": "Take another.", "field": "next"},
            ]
        },
    }
    stand_in.answer = lambda *_: (409, status)
    with pytest.raises(AlreadyExists) as caught:
        client_of(stand_in).create_service(name="orders")
    assert caught.value.message == 'services "orders" already exists'
    assert caught.value.evidence == ["metadata.name: is taken", "by team shop"]
    assert caught.value.next == "Take another."

    stand_in.answer = lambda *_: (403, {"title": "Forbidden", "detail": "not yours", "code": "Forbidden", "next": "Ask."})
    with pytest.raises(PlatformError, match="not yours"):
        client_of(stand_in).get_service("orders")
    stand_in.answer = lambda *_: (502, b"<h1>Bad Gateway</h1>")
    with pytest.raises(Unavailable, match="Bad Gateway"):
        client_of(stand_in).get_service("orders")


def test_a_server_that_is_away_is_named():
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
    with pytest.raises(Unavailable, match=f"The platform at {url} cannot be reached"):
        PlatformClient(Credentials(server=url)).list_services()


@pytest.mark.parametrize("name", ["Payments", "a_b", "", "-a", "a" * 64, "../x", "a\n"])
def test_names_are_checked_before_anything_is_sent(stand_in, name):
    with pytest.raises(PlatformError) as caught:
        client_of(stand_in).create_service(name=name)
    assert caught.value.code == "Invalid"
    assert stand_in.requests == []


def test_fetch_asks_a_service_at_a_name_that_python_does_not_resolve(stand_in):
    def answer(method: str, path: str, body: Any):
        if path == "/hello":
            return 200, b"hello"
        return 200, resource("Running", url=f"http://orders.localhost:{stand_in.port}")

    stand_in.answer = answer
    answered = client_of(stand_in).get_service("orders").fetch("/hello")
    assert (answered.status, answered.text) == (200, "hello")
    assert stand_in.requests[-1][3]["Host"] == f"orders.localhost:{stand_in.port}"


def test_credentials_variables_then_login_then_up(tmp_path):
    with pytest.raises(Unavailable, match="no platform here"):
        find_credentials(str(tmp_path), env={})
    folder = tmp_path / "credentials"
    folder.mkdir()
    admin = {"server": "http://127.0.0.1:7070", "user": "root", "token": "of-admin"}
    (folder / "admin.json").write_text(json.dumps(admin))
    found = find_credentials(env={"CAUSEWAY_HOME": str(tmp_path)})
    assert (found.server, found.token, found.team) == (admin["server"], "of-admin", "default")
    assert "of-admin" not in repr(found)
    elsewhere = find_credentials(str(tmp_path), env={"CAUSEWAY_SERVER": "https://causeway.example"})
    assert elsewhere.token is None, "a stored token stays with its server"
    (folder / "user.json").write_text(json.dumps({**admin, "user": "eve", "team": "shop"}))
    assert (find_credentials(str(tmp_path), env={}).user, find_credentials(str(tmp_path), env={}).team) == ("eve", "shop")
    (folder / "user.json").write_text('{"token": "of-e')
    with pytest.raises(PlatformError) as caught:
        find_credentials(str(tmp_path), env={})
    assert "of-e" not in str(caught.value)
