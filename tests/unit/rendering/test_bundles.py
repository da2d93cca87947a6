"""What each node of an overcloud is given."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.overcloud.examples import (
    COMPUTE,
    CONTROL,
    GLANCE,
    HAPROXY,
    KEYSTONE,
    PASSWORDS,
    ROLES,
    SERVICES,
    a_layout,
)
from tripleo_cli.domain.overcloud.bundle import LAYERS, Bundle, bundle_to_dict
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.service import Check, Service, StepWork
from tripleo_cli.rendering.bundles import make_bundles

BALANCED = {"Controller": ("haproxy", *CONTROL), "Compute": ("nova-compute",)}
CONTROLLER, COMPUTER = "oc-controller-0", "oc-compute-0"


def bundles_of(layout: Layout, **passwords: str) -> dict[str, Bundle]:
    made = make_bundles(layout, {**PASSWORDS, **passwords})
    return {bundle.hostname: bundle for bundle in made}


def keys_of(bundle: Bundle) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for layer in reversed(LAYERS):
        found |= bundle.hiera[layer]
    return found


def hashes_of(bundles: Mapping[str, Bundle]) -> dict[tuple[str, int], str]:
    return {
        (name, step): work.hash
        for name, bundle in bundles.items()
        for step, work in bundle.steps.items()
    }


def changed(before: Layout, after: Layout, **passwords: str) -> set[tuple[str, int]]:
    """The nodes and steps whose hash is another one; of new nodes nothing is said."""
    one, other = (
        hashes_of(bundles_of(before)),
        hashes_of(bundles_of(after, **passwords)),
    )
    return {place for place in one if one[place] != other.get(place)}


def test_a_bundle_is_plain_json() -> None:
    data = bundle_to_dict(bundles_of(a_layout())[CONTROLLER])

    assert json.loads(json.dumps(data)) == data
    assert data["format"] == 1
    assert sorted(data["steps"]) == ["1", "2", "3", "4"]
    assert data["packages"] == ["glance-api", "mariadb-server", "puppet-module-glance"]
    assert "10.0.1.1 oc-controller-0.localdomain oc-controller-0\n" in data["hosts"]


def test_a_node_holds_no_password_that_it_does_not_need() -> None:
    bundles = bundles_of(a_layout())

    assert bundles[COMPUTER].hiera["passwords"] == {"NovaPassword": "secret-of-nova"}
    assert "NovaPassword" not in bundles[CONTROLLER].hiera["passwords"]
    assert "secret-of-glance" in json.dumps(bundle_to_dict(bundles[CONTROLLER]))
    assert "secret" not in repr(bundles)


def test_databases_bring_their_passwords_with_them() -> None:
    keys = keys_of(bundles_of(a_layout())[CONTROLLER])

    assert keys["databases"] == [
        {
            "name": "glance",
            "user": "glance",
            "password": "%{lookup('GlancePassword')}",
        },
        {
            "name": "keystone",
            "user": "keystone",
            "password": "%{lookup('AdminPassword')}",
        },
    ]
    assert keys["AdminPassword"] == "secret-of-admin"


def test_addresses_without_a_balancer_are_those_of_first_nodes() -> None:
    keys = keys_of(bundles_of(a_layout({"Controller": 2, "Compute": 1}))[COMPUTER])

    assert keys["keystone_url"] == "http://10.0.1.1:5000"
    assert keys["vip"] == "10.0.1.1"


def test_what_listens_is_at_the_vip_and_what_does_not_is_not() -> None:
    layout = a_layout(roles=BALANCED, vip="10.0.0.250")

    keys = keys_of(bundles_of(layout)[CONTROLLER])

    assert keys["keystone_url"] == "http://10.0.0.250:5000"
    assert keys["mysql_host"] == "10.0.1.1"
    assert keys["vip"] == "10.0.0.250"
    assert [one["name"] for one in keys["listens"]] == ["glance_api", "keystone"]
    assert keys["listens"][1] == {
        "name": "keystone",
        "port": 5000,
        "mode": "http",
        "check": "/v3",
        "servers": [{"hostname": CONTROLLER, "ip": "10.0.1.1"}],
    }


def test_only_the_first_node_of_a_service_does_what_is_done_once() -> None:
    bundles = bundles_of(a_layout({"Controller": 2, "Compute": 1}))

    assert "glance::db::sync" in bundles[CONTROLLER].steps[3].manifest
    assert "glance::db::sync" not in bundles["oc-controller-1"].steps[3].manifest
    assert 2 not in bundles["oc-controller-1"].steps


def test_checks_on_nodes_are_told_what_they_name() -> None:
    steps = bundles_of(a_layout({"Controller": 3, "Compute": 1}))[CONTROLLER].steps

    assert steps[1].checks == (
        {
            "name": "cluster",
            "service": "mysql",
            "timeout_s": 30.0,
            "cluster": {"of": "mysql", "size": 3},
        },
    )
    assert steps[4].checks == (
        {
            "name": "glance answers",
            "service": "glance-api",
            "timeout_s": 30.0,
            "http": {"port": 9292, "path": "/healthcheck"},
        },
    )


def test_a_check_of_an_unknown_key_is_refused() -> None:
    check = Check(name="odd", kind="tcp", values={"port": "%{alias('Nobody')}"})
    services = {**SERVICES, "glance-api": replace(GLANCE, checks={4: (check,)})}

    with pytest.raises(ValueError, match="odd"):
        bundles_of(a_layout(services=services))


def test_a_parameter_changes_the_steps_of_its_service_only() -> None:
    places = changed(a_layout(), a_layout(GlanceWorkers=7))

    assert places == {(CONTROLLER, 3), (CONTROLLER, 4)}


def test_a_parameter_counts_where_a_module_may_use_its_class() -> None:
    """Modules of OpenStack may make databases; looking something up does not."""
    places = changed(a_layout(), a_layout(MysqlMaxConnections=7))

    assert places == {(CONTROLLER, 1), (CONTROLLER, 3), (CONTROLLER, 4)}


def test_a_step_that_only_looks_a_key_up_does_not_see_its_neighbours() -> None:
    sync = "notice(lookup('glance::api::db::database_connection'))"
    work = {3: StepWork(bootstrap_manifest=sync), 4: GLANCE.steps[4]}
    services = {**SERVICES, "glance-api": replace(GLANCE, steps=work)}

    def layout(**extra: Any) -> Layout:
        return a_layout(services=services, **extra)

    assert changed(layout(), layout(GlanceWorkers=7)) == {(CONTROLLER, 4)}
    moved = {"glance::api::db::database_connection": "mysql://elsewhere"}
    assert changed(layout(), layout(ExtraConfig=moved)) == {
        (CONTROLLER, 3),
        (CONTROLLER, 4),
    }
    assert changed(layout(), layout(), GlancePassword="new") >= {(CONTROLLER, 3)}


@pytest.mark.parametrize(
    "code",
    ["notice(lookup($x))", "include lookup('GlancePort')", "epp('glance/x.epp')"],
)
def test_a_step_whose_code_may_look_up_anything_sees_all(code: str) -> None:
    work = {**GLANCE.steps, 5: StepWork(manifest=code)}
    services = {**SERVICES, "glance-api": replace(GLANCE, steps=work)}

    before = a_layout(services=services)
    after = a_layout(services=services, MysqlMaxConnections=7)

    assert (CONTROLLER, 5) in changed(before, after)


def test_a_class_of_a_module_that_nobody_knows_may_use_any_other() -> None:
    work = {**GLANCE.steps, 5: StepWork(classes=("ours",))}
    services = {**SERVICES, "glance-api": replace(GLANCE, steps=work)}

    before = a_layout(services=services)
    after = a_layout(services=services, MysqlMaxConnections=7)

    assert (CONTROLLER, 5) in changed(before, after)


def test_a_password_changes_those_who_know_it() -> None:
    layout = a_layout()

    assert changed(layout, layout, GlancePassword="new") == {
        (CONTROLLER, 2),
        (CONTROLLER, 3),
        (CONTROLLER, 4),
    }
    assert changed(layout, layout, NovaPassword="new") == {(COMPUTER, 4)}


def test_one_more_compute_changes_nothing_on_the_others() -> None:
    before = a_layout({"Controller": 1, "Compute": 1}, roles=BALANCED, vip="10.0.0.9")
    after = a_layout({"Controller": 1, "Compute": 2}, roles=BALANCED, vip="10.0.0.9")

    assert changed(before, after) == set()


def test_one_more_controller_is_known_to_the_balancer() -> None:
    before = a_layout({"Controller": 1, "Compute": 1}, roles=BALANCED, vip="10.0.0.9")
    after = a_layout({"Controller": 2, "Compute": 1}, roles=BALANCED, vip="10.0.0.9")

    assert changed(before, after) == {(CONTROLLER, 1)}


@pytest.mark.parametrize(
    ("extra", "steps"),
    [
        ({"glance::api::pipeline": "x"}, {3, 4}),
        ({"glance::api::workers": 9}, {3, 4}),
        ({"mysql::server::options": "x"}, {1, 3, 4}),
        ({"nobody::knows": "x"}, {1, 2, 3, 4}),
        ({"lookup_options": {"a": {"merge": "hash"}}}, {1, 2, 3, 4}),
        ({"GlanceWorkers": 7}, {3, 4}),
        ({"a_plain_key": 7}, set()),
    ],
)
def test_extra_config_changes_the_steps_that_can_see_it(
    extra: dict[str, Any], steps: set[int]
) -> None:
    after = a_layout(ControllerExtraConfig=extra)

    assert changed(a_layout(), after) == {(CONTROLLER, step) for step in steps}
    assert keys_of(bundles_of(after)[CONTROLLER]).items() >= extra.items()


def test_a_class_of_another_services_module_sees_its_keys() -> None:
    """Two services of one module share keys that only one of their files gives."""
    other = Service(
        name="glance-cache", steps={5: StepWork(classes=("glance::cache",))}
    )
    roles = {"Controller": (*CONTROL, "glance-cache")}
    services = {**SERVICES, "glance-cache": other}

    places = changed(
        a_layout(roles=roles, services=services),
        a_layout(roles=roles, services=services, GlanceWorkers=7),
    )

    assert places == {(CONTROLLER, 3), (CONTROLLER, 4), (CONTROLLER, 5)}


def test_any_service_moves_to_a_role_of_its_own() -> None:
    roles = {
        "Controller": ("glance-api",),
        "Database": ("mysql",),
        "Identity": ("keystone",),
        "Compute": ("nova-compute",),
    }

    bundles = bundles_of(a_layout(roles=roles))

    keys = keys_of(bundles[CONTROLLER])
    assert keys["mysql_host"] == bundles["oc-database-0"].address
    assert keys["keystone_url"] == f"http://{bundles['oc-identity-0'].address}:5000"
    assert sorted(bundles["oc-database-0"].hiera["passwords"]) == [
        "AdminPassword",
        "GlancePassword",
    ]


def test_nothing_is_made_of_no_nodes() -> None:
    assert make_bundles(a_layout({"Controller": 0}), PASSWORDS) == ()


def shuffled(values: Mapping[str, Any], seed: int) -> dict[str, Any]:
    items = list(values.items())
    random.Random(seed).shuffle(items)  # noqa: S311 - not a secret
    return dict(items)


@settings(max_examples=30, deadline=None)
@given(st.integers(), st.integers(0, 4))
def test_the_order_of_files_and_keys_does_not_matter(seed: int, computes: int) -> None:
    counts = {"Controller": 2, "Compute": computes}
    known = [KEYSTONE, GLANCE, COMPUTE, HAPROXY, SERVICES["mysql"]]
    services = {
        one.name: replace(
            one,
            hiera=shuffled(one.hiera, seed),
            steps=dict(reversed([*one.steps.items()])),
        )
        for one in known
    }
    usual = a_layout(counts, roles=BALANCED, vip="10.0.0.9")
    other = a_layout(
        counts, roles=BALANCED, services=shuffled(services, seed), vip="10.0.0.9"
    )
    configurations = shuffled(other.configurations, seed)

    made = make_bundles(replace(other, configurations=configurations), PASSWORDS)

    assert made == make_bundles(usual, shuffled(PASSWORDS, seed))


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(PASSWORDS)), st.text("abc", min_size=1)),
    st.integers(1, 3),
)
def test_equal_hashes_mean_equal_work(
    passwords: dict[str, str], controllers: int
) -> None:
    """What a step looks up is the same wherever its hash is."""
    before = bundles_of(a_layout())
    after = bundles_of(a_layout({"Controller": controllers, "Compute": 1}), **passwords)

    for name, step in hashes_of(before).items() & hashes_of(after).items():
        host, number = name
        assert before[host].steps[number].manifest == after[host].steps[number].manifest
        assert step in after[host].steps[number].hash


def test_roles_are_not_mixed_up() -> None:
    bundles = bundles_of(a_layout(dict.fromkeys(ROLES, 2)))

    assert [bundle.role for bundle in bundles.values()] == [
        "Controller",
        "Controller",
        "Compute",
        "Compute",
    ]
    assert keys_of(bundles["oc-compute-1"])["node_services"] == ["nova-compute"]
