"""What puppet code can see: rather too much than too little."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.overcloud.puppet_code import Sight, sight_of
from tripleo_cli.domain.overcloud.puppet_modules import USES, used_by

HEREDOC = """
file { '/x': content => @(PYTHON), mode => lookup('Mode') }
  from nova.cmd import manage
  manage.main({"it's": None})
  | PYTHON
include glance::api
"""


@pytest.mark.parametrize(
    "code",
    [
        "",
        "file { '/x': content => lookup('Title') }",
        "file { '/x': content => lookup('glance::api::workers') }",
        """exec { 'x': command => "${join(['b'])} {c (d)}", require => File['/x'] }""",
        """if lookup('Is') { notice('foo') } else { fail("it's") }""",
        "$x = lookup('List').map |$one| { upcase($one) }",
        "# include nothing, lookup(nothing)",
        "case $x { 'a': { notice('b') } default: { } }",
    ],
)
def test_plain_code_sees_what_it_looks_up_and_no_module(code: str) -> None:
    sight = sight_of(code)

    assert sight.is_bounded
    assert not sight.modules


def test_keys_that_stand_in_calls_are_names() -> None:
    sight = sight_of("notice(lookup('A'), lookup('b::c', String, 'first', ''))")

    assert sight == Sight(names=frozenset({"A", "b::c"}))


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("include glance", {"glance"}),
        ("include glance, nova::api", {"glance", "nova"}),
        ("contain('glance::api')", {"glance"}),
        ("class { 'glance': workers => 1 }", {"glance"}),
        ("class { '::glance::api': workers => lookup('W') }", {"glance"}),
        ("glance::backend::file { 'x': }", {"glance"}),
        ("Anchor['glance::install::end'] -> File['/x']", {"glance"}),
        ("$x = mysql::password('a')", {"mysql"}),
        ("mysql_database { 'x': }", {"mysql"}),
        ("concat { '/x': }", {"concat"}),
        ("file_line { 'x': }", {"stdlib"}),
        ("ini_setting { 'x': }", {"inifile"}),
        (HEREDOC, {"glance"}),
    ],
)
def test_modules_are_named_in_many_ways(code: str, modules: set[str]) -> None:
    sight = sight_of(code)

    assert sight.modules == modules
    assert sight.is_bounded


@pytest.mark.parametrize(
    "code",
    [
        "notice(lookup($key))",
        'notice(lookup("${service}_ips"))',
        """file { '/x': content => "a ${lookup("${x}_ips")} b" }""",
        "$x = 'glance::workers'.lookup",
        "notice(hiera_hash($x))",
        "include $classes",
        "$classes.include",
        "include(['a', 'b'])",
        'class { "${x}": }',
        "class { $x: }",
        'include "glance::${x}"',
        "create_resources('class', $x)",
        "Resource['class'] { 'x': }",
        "file { '/x': content => template('glance/x.erb') }",
        "file { '/x': content => epp('glance/x.epp') }",
        "a_define_of_nobody { 'x': }",
        "$x = a_function_of_nobody('x')",
        "$x = 'a'.function_of_nobody",
        """$x = "a ${function_of_nobody('x')} b" """,
    ],
)
def test_code_that_may_look_up_anything_is_not_bounded(code: str) -> None:
    assert not sight_of(code).is_bounded


def test_two_sights_see_what_both_see() -> None:
    both = sight_of("include glance") | sight_of("notice(lookup($x))")

    assert both.modules == {"glance"}
    assert not both.is_bounded


def test_a_module_reaches_what_it_uses_and_so_on() -> None:
    assert sorted(used_by(["kmod"]) or ()) == ["kmod"]
    assert sorted(used_by(["memcached"]) or ()) == ["firewall", "memcached", "stdlib"]
    assert "mysql" in (used_by(["glance"]) or ())
    assert "glance" not in (used_by(["keystone", "nova", "neutron"]) or ())


def test_a_module_that_nobody_knows_may_use_any() -> None:
    assert used_by(["glance", "ours"]) is None


def test_every_module_that_is_used_is_known() -> None:
    assert {name for uses in USES.values() for name in uses} <= USES.keys()
