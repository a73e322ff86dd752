"""Kubernetes' own Python client as a user of the API. Run by kubernetes-python.test.ts, which starts the API."""

import os
import threading

import pytest
from kubernetes import client, dynamic, watch
from kubernetes.client.rest import ApiException

GROUP, VERSION, TEAM, PLURAL = "causeway.dev", "v1", "shop", "services"
ADDRESS = (GROUP, VERSION, TEAM, PLURAL)


def service(name, **spec):
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Service",
        "metadata": {"name": name, "namespace": TEAM},
        "spec": spec,
    }


@pytest.fixture(scope="module")
def api():
    configuration = client.Configuration(host=os.environ["API_URL"])
    configuration.ssl_ca_cert = os.environ["API_AUTHORITY"]
    configuration.api_key = {"authorization": "Bearer " + os.environ["API_TOKEN"]}
    with client.ApiClient(configuration) as connection:
        yield connection


def test_custom_objects(api):
    objects = client.CustomObjectsApi(api)
    created = objects.create_namespaced_custom_object(*ADDRESS, service("one", replicas=2))
    assert created["spec"]["replicas"] == 2
    patched = objects.patch_namespaced_custom_object(
        *ADDRESS, "one", {"metadata": {"labels": {"tier": "web"}}}
    )
    assert patched["metadata"]["labels"] == {"tier": "web"}
    objects.create_namespaced_custom_object(*ADDRESS, service("two"))
    selected = objects.list_namespaced_custom_object(*ADDRESS, label_selector="tier=web")
    assert [one["metadata"]["name"] for one in selected["items"]] == ["one"]
    first = objects.list_namespaced_custom_object(*ADDRESS, limit=1)
    second = objects.list_namespaced_custom_object(
        *ADDRESS, limit=1, _continue=first["metadata"]["continue"]
    )
    names = [one["metadata"]["name"] for one in first["items"] + second["items"]]
    assert names == ["one", "two"]
    stale = dict(created, spec={"replicas": 5})
    with pytest.raises(ApiException) as caught:
        objects.replace_namespaced_custom_object(*ADDRESS, "one", stale)
    assert caught.value.status == 409
    for name in names:
        objects.delete_namespaced_custom_object(*ADDRESS, name)
    with pytest.raises(ApiException) as caught:
        objects.get_namespaced_custom_object(*ADDRESS, "one")
    assert caught.value.status == 404


def test_dynamic_client_discovers_and_applies(api):
    services = dynamic.DynamicClient(api).resources.get(api_version=f"{GROUP}/{VERSION}", kind="Service")
    assert services.namespaced and "patch" in services.verbs
    services.create(body=service("found", replicas=1), namespace=TEAM)
    applied = services.server_side_apply(
        body=service("found", replicas=3), namespace=TEAM, field_manager="test", force_conflicts=True
    )
    assert applied.spec.replicas == 3
    assert services.get(name="found", namespace=TEAM).spec.replicas == 3
    assert [one.metadata.name for one in services.get(namespace=TEAM).items] == ["found"]
    services.delete(name="found", namespace=TEAM)


def test_watch_streams_what_happens_in_order(api):
    objects = client.CustomObjectsApi(api)
    version = objects.list_namespaced_custom_object(*ADDRESS)["metadata"]["resourceVersion"]

    def work():
        objects.create_namespaced_custom_object(*ADDRESS, service("seen"))
        objects.patch_namespaced_custom_object(*ADDRESS, "seen", {"spec": {"description": "changed"}})
        objects.delete_namespaced_custom_object(*ADDRESS, "seen")

    worker = threading.Thread(target=work)
    worker.start()
    events = []
    stream = watch.Watch()
    for event in stream.stream(
        objects.list_namespaced_custom_object, *ADDRESS, resource_version=version, timeout_seconds=30
    ):
        events.append((event["type"], event["object"]["spec"].get("description")))
        if event["type"] == "DELETED":
            stream.stop()
    worker.join()
    assert events == [("ADDED", None), ("MODIFIED", "changed"), ("DELETED", "changed")]


def test_a_version_that_is_no_longer_kept_is_gone(api):
    objects = client.CustomObjectsApi(api)
    with pytest.raises(ApiException) as caught:
        for _ in watch.Watch().stream(
            objects.list_namespaced_custom_object, *ADDRESS, resource_version="1", timeout_seconds=30
        ):
            pass
    assert caught.value.status == 410
