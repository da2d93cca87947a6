"""What ``overcloud image build`` does with its options."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tripleo_cli.domain.events import Reporter
from tripleo_cli.domain.image.apt import MIRROR
from tripleo_cli.domain.image.description import ImageDescription
from tripleo_cli.inputs.document import Problems
from tripleo_cli.inputs.image_config import (
    FOLDER,
    check_elements,
    choose_images,
    load_images,
    parse_formats,
)
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.inputs.services import FOLDER as SERVICES
from tripleo_cli.inputs.services import load_services
from tripleo_cli.plugin import make_image_tools
from tripleo_cli.resources import shipped
from tripleo_cli.workflows.image_build import (
    BuildResult,
    Inputs,
    Target,
    build_images,
    plan_recipes,
)


def build(options: argparse.Namespace, report: Reporter) -> list[BuildResult]:
    """Build the images that an operator chose.

    Raises:
        TripleoError: Options, descriptions or the machine are not fit for it, or a
            build failed.
    """
    templates = shipped("templates")
    check_elements(options.elements_path)
    said = load_images(options.config_file, templates / FOLDER, options.distribution)
    images = [
        _adjusted(image, options)
        for image in choose_images(said.images, options.image_name)
    ]
    inputs = Inputs(
        roles=load_roles([shipped("roles"), *options.roles_path]),
        services=load_services([templates / SERVICES, *options.services_path]),
        said=said,
    )
    tools = make_image_tools(options.cache_directory, options.elements_path)
    recipes = plan_recipes(tools, images, inputs, report)
    target = Target(
        output=options.output_directory.resolve(),
        temp=options.temp_dir.resolve(),
        again=options.no_skip,
    )
    return build_images(tools, recipes, target, report)


def _adjusted(image: ImageDescription, options: argparse.Namespace) -> ImageDescription:
    """Let options override what is described."""
    if options.types is not None:
        problems = Problems("--type")
        formats = parse_formats(problems, "", options.types)
        problems.check()
        image = replace(image, formats=formats)
    if options.mirror is not None:
        image = replace(
            image, environment={**image.environment, MIRROR: options.mirror}
        )
    return image
