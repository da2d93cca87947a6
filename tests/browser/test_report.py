"""The hardware report, looked at in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, page
from tests.unit.domain.outliers.fleets import inspected, machines
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.survey import survey
from tripleo_cli.domain.outliers.tolerance import Tolerances
from tripleo_cli.rendering.report import Heading, render_report
from tripleo_cli.resources import shipped

pytestmark = pytest.mark.browser

SEED = 4
SLOW = "m0003"
FEW, MANY = 12, 1000
SECTIONS = ("odd", "groups", "fleet", "benchmarks", "firmware", "cabling")
SCHEMES = ("light", "dark")
ENOUGH_CONTRAST = 4.5
"""Of text, source: WCAG 2.2, success criterion 1.4.3."""

CONTRASTS = """
(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => {
      v /= 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) { return c; }
    }
    return [255, 255, 255];
  };
  const poor = {};
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.getClientRects().length || e.closest("title,script,style")) {
      continue;
    }
    const style = getComputedStyle(e);
    const ink = e.ownerSVGElement ? style.fill : style.color;
    const [a, b] = [light(rgb(ink)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < LIMIT) { poor[e.tagName + "." + e.getAttribute("class")] = ratio; }
  }
  return poor;
})()
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def fleet(count: int, model: str = "") -> list[Node]:
    """Give a fleet in which one node's memory is slow."""
    return [
        inspected(machine, SEED, {"mem": 0.7} if machine.name == SLOW else {})
        for machine in machines(SEED, count, model)
    ]


def written(folder: Path, nodes: list[Node]) -> Path:
    templates = shipped("templates") / "report"
    texts = {entry.name: entry.read_text() for entry in templates.iterdir()}
    heading = Heading(source="a test", made_at="2026-01-01 00:00 UTC")
    path = folder / "report.html"
    path.write_text(render_report(survey(nodes, Tolerances()), heading, texts))
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("small"), fleet(FEW, "compute"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("large"), fleet(MANY))


def test_the_page_needs_nothing_but_itself(browser: Browser, small: Path) -> None:
    with page(browser, small) as opened:
        assert set(opened.requests) - {"data:,"} == {small.as_uri()}
        assert opened.complaints == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_seen(browser: Browser, small: Path, section: str) -> None:
    with page(browser, small) as opened:
        box = f"document.getElementById('{section}').getBoundingClientRect()"

        assert opened.run(f"{box}.width") > 600
        assert opened.run(f"{box}.height") > 60


def test_a_slow_node_stands_out_by_shape_and_by_reason(
    browser: Browser, small: Path
) -> None:
    with page(browser, small) as opened:
        titles = opened.run(
            "[...document.querySelectorAll('path.s title')].map(t => t.textContent)"
        )
        row = opened.run(f"document.querySelector('tr[data-node={SLOW}]').innerText")

    assert titles
    assert {title.partition(":")[0] for title in titles} == {SLOW}
    assert "slow" in row
    assert "below the median of" in row


def test_dots_lie_within_their_strips(browser: Browser, small: Path) -> None:
    outside = """
    [...document.querySelectorAll('.strips circle, .strips path.s')].filter((e) => {
      const dot = e.getBoundingClientRect();
      const strip = e.ownerSVGElement.getBoundingClientRect();
      return dot.left < strip.left - 1 || dot.right > strip.right + 1
        || dot.top < strip.top - 1 || dot.bottom > strip.bottom + 1;
    }).length
    """
    with page(browser, small) as opened:
        assert opened.run("document.querySelectorAll('.strips circle').length") > FEW
        assert opened.run(outside) == 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_text_has_contrast(browser: Browser, small: Path, scheme: str) -> None:
    with page(browser, small, scheme=scheme) as opened:
        dark = opened.run("matchMedia('(prefers-color-scheme: dark)').matches")
        poor = opened.run(CONTRASTS.replace("LIMIT", str(ENOUGH_CONTRAST)))

    assert dark is (scheme == "dark")
    assert poor == {}


@pytest.mark.parametrize("width", [390, 800, 1280, 2200])
def test_the_page_fits_every_screen(browser: Browser, small: Path, width: int) -> None:
    with page(browser, small, width=width) as opened:
        assert opened.run("document.documentElement.scrollWidth") <= width


def test_a_node_is_found_by_its_name(browser: Browser, large: Path) -> None:
    search = """
    const field = document.getElementById('find');
    field.value = NAME;
    field.dispatchEvent(new Event('input'));
    document.querySelectorAll('.found').length
    """
    with page(browser, large) as opened:
        assert opened.run(search.replace("NAME", f"'{SLOW.upper()}'")) > 10
        assert opened.run("!!document.querySelector('details[open] circle.found')")
        assert opened.run("document.getElementById('answer').innerText") != ""


def test_a_thousand_nodes_make_a_page_of_a_few_megabytes(
    browser: Browser, large: Path
) -> None:
    with page(browser, large) as opened:
        assert opened.run("document.querySelectorAll('circle').length") > 10 * MANY
        assert opened.complaints == []

    assert large.stat().st_size < 5_000_000


def test_names_are_text_and_never_markup(browser: Browser, tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&"
    nodes = [replace(node, name=f"{evil}{node.name}") for node in fleet(4, "compute")]

    with page(browser, written(tmp_path, nodes)) as opened:
        assert opened.run("document.querySelectorAll('img').length") == 0
        assert evil in opened.run("document.body.innerText")
        assert opened.complaints == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_pictures_are_kept_for_people_to_look_at(
    browser: Browser,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    size: str,
    scheme: str,
) -> None:
    folder = Path(os.environ.get("TRIPLEO_TEST_PICTURES", tmp_path))
    picture = folder / f"report-{size}-{scheme}.png"

    with page(browser, request.getfixturevalue(size), scheme=scheme) as opened:
        opened.screenshot(picture, 3000)

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 50_000
