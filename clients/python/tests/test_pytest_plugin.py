from __future__ import annotations

from test_platform_client import playing, resource


def test_the_fixture_gives_a_running_service_and_tidies_up(pytester, stand_in, monkeypatch):
    monkeypatch.setenv("CAUSEWAY_SERVER", stand_in.url)
    monkeypatch.setenv("CAUSEWAY_TOKEN", "secret")
    stand_in.answer = playing(resource("Running", url="http://orders.localhost:1"))
    pytester.makepyfile(
        """
        def test_orders_runs(platform_client):
            service = platform_client.create_service(name="orders")
            assert service.status == "running"
        """
    )
    pytester.runpytest_inprocess("-p", "causeway.pytest_plugin").assert_outcomes(passed=1)
    assert [(method, path) for method, path, *_ in stand_in.requests if method == "DELETE"] == [
        ("DELETE", "/apis/causeway.dev/v1/namespaces/default/services/orders")
    ]
    stand_in.requests.clear()
    pytester.runpytest_inprocess("-p", "causeway.pytest_plugin", "--keep-services").assert_outcomes(passed=1)
    assert not any(method == "DELETE" for method, *_ in stand_in.requests)


def test_without_a_platform_the_test_says_how_to_get_one(pytester, monkeypatch, tmp_path):
    monkeypatch.delenv("CAUSEWAY_SERVER", raising=False)
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    pytester.makepyfile("def test_it(platform_client): pass")
    result = pytester.runpytest_inprocess("-p", "causeway.pytest_plugin")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*next: Start one with `platform up`*"])
