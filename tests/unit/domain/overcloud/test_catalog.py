"""What an overcloud's Keystone should know, and what it lacks."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.overcloud import BOOTSTRAPPED
from tripleo_cli.domain.overcloud.catalog import (
    Catalogue,
    Change,
    CloudService,
    Domain,
    Endpoint,
    Grant,
    Project,
    Role,
    User,
    catalogue_of,
    changes,
)
from tripleo_cli.domain.overcloud.configuration import RoleConfiguration
from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.service import (
    Keystone,
    KeystoneService,
    KeystoneUser,
    Listen,
    Service,
)

GLANCE = Service(
    name="glance-api",
    listen=(Listen(name="glance_api", port=9292),),
    keystone=Keystone(
        users=(KeystoneUser(name="glance", password="GlancePw", roles=("admin",)),),
        services=(KeystoneService(name="glance", type="image", port=9292, path="/x"),),
    ),
)
HEAT = Service(
    name="heat-engine",
    keystone=Keystone(
        roles=("heat_stack_user",),
        users=(
            KeystoneUser(
                name="heat_admin",
                password="HeatPw",
                roles=("admin",),
                project="",
                domain="heat_stack",
            ),
        ),
    ),
)
PASSWORDS = {"GlancePw": "g", "HeatPw": "h"}
EMPTY = Catalogue(items=BOOTSTRAPPED)


def a_layout(*services: Service, address: str = "192.0.2.10", vip: str = "") -> Layout:
    return Layout(
        configurations={"Controller": RoleConfiguration(role="C", services=services)},
        nodes=(
            DeployedNode(
                hostname="c-0",
                fqdn="c-0.example",
                role="Controller",
                index=0,
                address=address,
            ),
        ),
        vip=vip,
    )


def test_a_service_gets_a_user_with_roles_and_three_endpoints() -> None:
    wanted = catalogue_of(a_layout(GLANCE), PASSWORDS)

    assert User(name="glance") in wanted.items
    assert Grant(user="glance", role="admin", project="service") in wanted.items
    assert Project(name="service") in wanted.items
    endpoints = [item for item in wanted.items if isinstance(item, Endpoint)]
    assert {each.interface for each in endpoints} == {"public", "internal", "admin"}
    assert {each.url for each in endpoints} == {"http://192.0.2.10:9292/x"}
    assert [user.password for user in wanted.users] == ["g"]


def test_users_reach_a_balanced_service_at_the_vip() -> None:
    wanted = catalogue_of(a_layout(GLANCE, vip="2001:db8::5"), PASSWORDS)

    urls = {item.url for item in wanted.items if isinstance(item, Endpoint)}
    assert urls == {"http://[2001:db8::5]:9292/x"}


def test_a_user_of_another_domain_has_its_role_in_that_domain() -> None:
    wanted = catalogue_of(a_layout(HEAT), PASSWORDS)

    assert Domain(name="heat_stack") in wanted.items
    assert Role(name="heat_stack_user") in wanted.items
    grant = Grant(user="heat_admin", role="admin", domain="heat_stack")
    assert grant in wanted.items
    assert not [item for item in wanted.items if isinstance(item, Project)]


def test_the_region_is_a_parameter_of_keystone() -> None:
    layout = a_layout(GLANCE)
    (configuration,) = layout.configurations.values()
    told = replace(configuration, parameters={"KeystoneRegion": "east"})

    wanted = catalogue_of(
        replace(layout, configurations={"Controller": told}), PASSWORDS
    )

    assert wanted.region == "east"
    assert {e.region for e in wanted.items if isinstance(e, Endpoint)} == {"east"}


def test_what_two_services_want_is_wanted_once() -> None:
    wanted = catalogue_of(a_layout(GLANCE, HEAT), PASSWORDS)

    keys = [item.key for item in wanted.items]
    assert len(keys) == len(set(keys))


def test_changes_stand_in_an_order_in_which_they_can_be_made() -> None:
    wanted = catalogue_of(a_layout(GLANCE, HEAT), PASSWORDS)

    kinds = [change.item.key[0] for change in changes(EMPTY, wanted)]

    assert kinds.index("domain") < kinds.index("user") < kinds.index("grant")
    assert kinds.index("service") < kinds.index("endpoint")
    assert kinds.count("role") == 1, "admin is there after the bootstrap"


def test_nothing_is_to_do_where_all_is_there() -> None:
    wanted = catalogue_of(a_layout(GLANCE), PASSWORDS)
    others = CloudService(name="backup", type="backup")

    assert changes(Catalogue(items=(*wanted.items, others)), wanted) == ()


def test_what_differs_is_corrected_and_not_made_twice() -> None:
    wanted = catalogue_of(a_layout(GLANCE), PASSWORDS)
    before = catalogue_of(a_layout(GLANCE, address="192.0.2.99"), PASSWORDS)

    todo = changes(before, wanted)

    assert len(todo) == 3
    assert not any(change.is_new for change in todo)
    assert str(todo[0]) == ("endpoint glance public http://192.0.2.10:9292/x corrected")


def test_no_text_of_a_catalogue_shows_a_password() -> None:
    wanted = catalogue_of(a_layout(GLANCE), {"GlancePw": "very-secret"})

    told = [repr(wanted), *(str(change) for change in changes(EMPTY, wanted))]

    assert not any("very-secret" in text for text in told)


def test_changes_are_named_as_an_operator_would() -> None:
    grants = (
        Grant(user="a", role="admin", project="service"),
        Grant(user="b", role="admin", domain="heat_stack"),
    )

    assert [str(Change(item=grant, is_new=True)) for grant in grants] == [
        "grant admin of a in project service made",
        "grant admin of b in heat_stack made",
    ]
