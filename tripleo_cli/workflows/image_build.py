"""Build images of nodes, each only if nothing that decides what is in it changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tripleo_cli.domain.events import (
    Began,
    Finished,
    Noted,
    Progressed,
    Reporter,
    Skipped,
)
from tripleo_cli.domain.image.apt import setting_lines, source_lines
from tripleo_cli.domain.image.built import LOG, BuiltImage, Work
from tripleo_cli.domain.image.checks import Supply, description_problems
from tripleo_cli.domain.image.description import TAR, Descriptions, ImageDescription
from tripleo_cli.domain.image.job import Place, build_call
from tripleo_cli.domain.image.machine import (
    BuildMachine,
    builds_in_memory,
    machine_problems,
    needed_packages,
)
from tripleo_cli.domain.image.progress import BuildLog
from tripleo_cli.domain.image.recipe import (
    Ingredients,
    Recipe,
    archive_of,
    derived_packages,
    rest_of,
    unwritten_services,
)
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import HostError, InvalidInputError
from tripleo_cli.workflows.image_ports import ImageBuilder, ImageStore
from tripleo_cli.workflows.ports import Clock

TASK = "Image build"
_MANIFEST = "{name}.d/dib-manifests/dib-manifest-dpkg-{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What building takes; ``elements`` are folders, an operator's first."""

    builder: ImageBuilder
    store: ImageStore
    clock: Clock
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is known: roles, services, and which file said what of images."""

    roles: Mapping[str, Role]
    services: Mapping[str, Service]
    said: Descriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where builds end and what is temporary goes; ``again`` builds in any case."""

    output: Path
    temp: Path
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """One file: whether it was built, and where it is."""

    name: str
    form: str
    path: Path
    action: str


def plan_recipes(
    tools: Tools,
    images: Sequence[ImageDescription],
    inputs: Inputs,
    report: Reporter,
) -> list[Recipe]:
    """Find out everything that decides what will be in images; changes nothing.

    Returns:
        A recipe for each format of each image; what archives they are made of is said
        in them.

    Raises:
        InvalidInputError: Images name roles or elements that there are none of, or
            are for machines of another kind than this one.
    """
    _check(tools, images, inputs)
    roles, services = inputs.roles, inputs.services
    targets = tools.builder.apt_targets()
    recipes: list[Recipe] = []
    for image in images:
        for name in unwritten_services(image, roles, services):
            report(Noted(f"{image.name} has nothing for {name}: it has no file."))
        packages = derived_packages(image, roles, services)
        sources = "\n".join(source_lines(image.environment, targets))
        recipes += _recipes(tools, image, packages, sources)
    return recipes


def _check(tools: Tools, images: Sequence[ImageDescription], inputs: Inputs) -> None:
    elements = tools.builder.elements(tools.elements)
    supply = Supply(
        roles=inputs.roles,
        # Without the builder its own are not known.
        elements=elements if "vm" in elements else None,
        architectures=tools.builder.architectures(),
    )
    problems = [
        problem
        for image in images
        for problem in description_problems(image, supply, inputs.said)
    ]
    if problems:
        raise InvalidInputError("images", problems)


def _recipes(
    tools: Tools,
    image: ImageDescription,
    packages: Mapping[str, tuple[str, ...]],
    sources: str,
) -> Iterator[Recipe]:
    """Give a recipe for each format of an image: the archive, and what it becomes."""
    plain = Ingredients(elements="", builder=tools.builder.version(), sources=sources)

    def complete(recipe: Recipe) -> Recipe:
        digest = tools.builder.digest(recipe.elements, tools.elements)
        return replace(recipe, ingredients=replace(plain, elements=digest))

    archive = complete(
        Recipe(image=archive_of(image), packages=packages, ingredients=plain)
    )
    for form in image.formats:
        rest = Recipe(
            image=rest_of(image, form),
            packages={},
            ingredients=plain,
            form=form,
            base=archive,
        )
        yield archive if form == TAR else complete(rest)


def build_images(
    tools: Tools, recipes: Sequence[Recipe], target: Target, report: Reporter
) -> list[BuildResult]:
    """Build what is not there, and put all files to where the operator wants them.

    Raises:
        InvalidInputError: This machine cannot build them; lists every reason.
        HostError: A build failed; nothing of it is left but its log.
        BusyError: Another build is running.
    """
    ordered = _with_archives(recipes)
    report(Began(TASK, len(ordered)))
    results = []
    for recipe in ordered:
        found = None if target.again else tools.store.find(recipe.digest)
        built = found or _build(tools, recipe, target, report)
        action = "up to date" if found else f"built in {built.seconds:.0f} s"
        event = Skipped if found else Finished
        report(event(TASK, recipe.label, action))
        if recipe in recipes:
            paths = tools.store.publish(built, target.output)
            results += [
                BuildResult(name=built.name, form=each.form, path=path, action=action)
                for each, path in zip(built.files, paths, strict=True)
            ]
    return results


def _with_archives(recipes: Sequence[Recipe]) -> list[Recipe]:
    """List recipes, and the archives that they are made of before them, each once."""
    ordered: list[Recipe] = []
    for recipe in recipes:
        for each in (recipe.base, recipe):
            if each is not None and each not in ordered:
                ordered.append(each)
    return ordered


def _build(
    tools: Tools, recipe: Recipe, target: Target, report: Reporter
) -> BuiltImage:
    began = tools.clock.now()
    machine = _prepared_machine(tools, recipe, target, report)
    with tools.store.work(target.temp) as work:
        in_memory = builds_in_memory(machine, recipe.form)
        place = replace(_place(tools, recipe, work), in_memory=in_memory)
        _run(tools, recipe, place, target, report)
        built = _built(tools, recipe, work, tools.clock.now() - began)
        tools.store.keep(built, work)
    return built


def _prepared_machine(
    tools: Tools, recipe: Recipe, target: Target, report: Reporter
) -> BuildMachine:
    """Check this machine, and install what it lacks."""
    packages = needed_packages(recipe.form)
    machine = tools.builder.machine(packages, str(target.temp))
    problems = list(machine_problems(machine, recipe.form, str(target.temp)))
    if problems:
        raise InvalidInputError("this machine cannot build the image", problems)
    if machine.missing:
        listed = ", ".join(machine.missing)
        report(Progressed(TASK, recipe.label, f"installing {listed}"))
        tools.builder.install(machine.missing)
    return machine


def _place(tools: Tools, recipe: Recipe, work: Work) -> Place:
    """Lay out what a build reads, and say where everything is."""
    settings = setting_lines(tools.builder.apt_settings())
    return Place(
        program=tools.builder.program(),
        elements=tools.elements,
        work=work.folder,
        temp=work.temp,
        kept=str(tools.store.kept()),
        sources=tools.store.write(work, "sources.list", recipe.ingredients.sources),
        settings=tools.store.write(work, "apt.conf", "\n".join(settings)),
        archive=_archive(tools, recipe.base) if recipe.base else "",
    )


def _archive(tools: Tools, recipe: Recipe) -> str:
    """Find what another format is made of; without it there would be a bare system."""
    built = tools.store.find(recipe.digest)
    if built is None:
        raise HostError(
            f"the archive of {recipe.label} ({recipe.digest}) is gone: somebody removed"
            " it, or another build needed its room",
            hint="run the command again: what is missing is built first",
        )
    return tools.store.path(built, built.files[0].name)


def _run(
    tools: Tools, recipe: Recipe, place: Place, target: Target, report: Reporter
) -> None:
    """Build, and tell how far it is; a failed build's log is kept in the output."""
    log = BuildLog()
    call = build_call(recipe, place)

    def follow(line: str) -> None:
        report(Progressed(TASK, recipe.label, log.read(line)))

    path = f"{place.work}/{LOG}"
    code = tools.builder.build(call, path, follow)
    if code == 0:
        return
    name = f"{recipe.image.name}.log"
    kept = tools.store.keep_log(Path(path), target.output / name)
    if code is None:
        raise HostError(
            f"building {recipe.label} took longer than {call.timeout_s / 3600:g} h,"
            f" and was ended; the last that it said:\n{log.end}",
            hint=f"the whole log is {kept}; run the command again, downloaded packages"
            " are kept; --mirror names a mirror that is faster",
        )
    raise HostError(
        f"building {recipe.label} failed (exit code {code}):\n{_cause(log, recipe)}",
        hint=f"the whole log is {kept}",
    )


def _cause(log: BuildLog, recipe: Recipe) -> str:
    """Say what went wrong, and which services want a package that is not there."""
    lines = [log.cause]
    for package in log.unknown_packages:
        wanted = ", ".join(recipe.packages.get(package, ())) or "the description"
        lines.append(f"{package} is wanted by {wanted}")
    return "\n".join(lines)


def _built(tools: Tools, recipe: Recipe, work: Work, seconds: float) -> BuiltImage:
    image = recipe.image
    manifest = tools.store.read(work, _MANIFEST.format(name=image.name))
    listed = json.loads(manifest)["packages"]
    return BuiltImage(
        name=image.name,
        digest=recipe.digest,
        packages_digest=recipe.packages_digest,
        distro=image.distro,
        elements=recipe.elements,
        files=tuple(
            tools.store.describe(Path(work.folder, name), recipe.form)
            for name in recipe.files
        ),
        versions={each["package"]: each["version"] for each in listed},
        seconds=round(seconds, 1),
        built_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
