"""Manifests of steps."""

from __future__ import annotations

from tripleo_cli.domain.overcloud.service import Service, StepWork
from tripleo_cli.domain.overcloud.work import ServiceWork
from tripleo_cli.rendering.puppet import manifest_of


def test_classes_come_first_and_code_stands_in_a_class_of_its_own() -> None:
    work = StepWork(
        classes=("glance", "glance::api"),
        manifest="$x = 1\nnotice($x)\n",
        bootstrap_classes=("glance::db::sync",),
        bootstrap_manifest="notice('first')",
    )

    text = manifest_of(4, [ServiceWork(service=Service(name="glance-api"), work=work)])

    assert text == (
        "# Step 4\n"
        "# glance-api\n"
        "include glance::db::sync\n"
        "class tripleo_step4_glance_api_bootstrap {\n"
        "notice('first')\n"
        "}\n"
        "include tripleo_step4_glance_api_bootstrap\n"
        "include glance\n"
        "include glance::api\n"
        "class tripleo_step4_glance_api {\n"
        "$x = 1\n"
        "notice($x)\n"
        "}\n"
        "include tripleo_step4_glance_api\n"
    )


def test_nothing_to_do_is_no_manifest() -> None:
    assert manifest_of(4, []) == ""
