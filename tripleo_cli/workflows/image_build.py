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
from tripleo_cli.domain.image.description import TAR, ImageDescription
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
    role_problems,
    unwritten_services,
)
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import HostError, InvalidInputError, Problem
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
    known: tuple[Mapping[str, Role], Mapping[str, Service]],
    report: Reporter,
) -> list[Recipe]:
    """Find out everything that decides what will be in images; changes nothing.

    Returns:
        A recipe for each format of each image; what archives they are made of is said
        in them.

    Raises:
        InvalidInputError: Images name roles or elements that there are none of.
    """
    roles, services = known
    elements = tools.builder.elements(tools.elements)
    problems = [
        problem
        for image in images
        for problem in (
            *role_problems(image, roles),
            *_element_problems(image, elements),
        )
    ]
    if problems:
        raise InvalidInputError("images", problems)
    targets = tools.builder.apt_targets()
    recipes: list[Recipe] = []
    for image in images:
        for name in unwritten_services(image, roles, services):
            report(Noted(f"{image.name} has nothing for {name}: it has no file."))
        packages = derived_packages(image, roles, services)
        sources = "\n".join(source_lines(image.environment, targets))
        recipes += _recipes(tools, image, packages, sources)
    return recipes


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
    base = tools.store.find(recipe.base.digest) if recipe.base else None
    return Place(
        program=tools.builder.program(),
        elements=tools.elements,
        work=work.folder,
        temp=work.temp,
        kept=str(tools.store.kept()),
        sources=tools.store.write(work, "sources.list", recipe.ingredients.sources),
        settings=tools.store.write(work, "apt.conf", "\n".join(settings)),
        archive=tools.store.path(base, base.files[0].name) if base else "",
    )


def _run(
    tools: Tools, recipe: Recipe, place: Place, target: Target, report: Reporter
) -> None:
    """Build, and tell how far it is; a failed build's log is kept in the output."""
    name = recipe.image.name
    log = BuildLog()

    def follow(line: str) -> None:
        report(Progressed(TASK, recipe.label, log.read(line)))

    path = f"{place.work}/{LOG}"
    code = tools.builder.build(build_call(recipe, place), path, follow)
    if code:
        kept = tools.store.keep_log(Path(path), target.output / f"{name}.log")
        raise HostError(
            f"building {recipe.label} failed (exit code {code}):\n"
            f"{_cause(log, recipe)}",
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


def _element_problems(
    image: ImageDescription, elements: Mapping[str, str]
) -> Iterator[Problem]:
    where = f"disk_images.{image.name}"
    named = {"elements": image.elements, "disk_elements": image.disk_elements}
    # Without the builder its own are not known.
    for key, names in named.items() if "vm" in elements else ():
        for name in names:
            if name not in elements:
                meant = did_you_mean(name, list(elements))
                yield Problem(f"{where}.{key}", f"no element {name}", meant)
