"""Puppet: its configuration for our runs, and a run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tripleo_cli.node import diagnosis, files
from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.errors import NodeError, full_disk
from tripleo_cli.node.layout import LAYERS, Layout
from tripleo_cli.node.report import Failure, Summary, summarize
from tripleo_cli.node.system import Ran, Site

MODULES = (
    "/etc/puppet/code/modules",
    "/usr/share/puppet/modules",
    "/etc/puppetlabs/code/modules",
    "/opt/puppetlabs/puppet/modules",
)
"""Where distributions put modules."""

UNUSED_FACTS = (
    *("rabbitmq_nodename", "rabbitmq_version", "erl_ssl_path"),
    "swift_device_uuids",
)
"""Facts that modules offer and no module uses: each starts programs, together 2.2
CPU-seconds at every start of puppet, and RabbitMQ's is an error while it does not run.
Facts that are given in the environment are not looked for."""

_RESULTS = {0: "nothing to change", 2: "changed", 4: "failures", 6: "changed, failures"}
"""What ``--detailed-exitcodes`` means; 1 is: it could not begin."""


@dataclass(frozen=True)
class Run:
    """How puppet ended; ``reason`` is why it did not, where it did not end well."""

    summary: Summary
    reason: str = ""
    hint: str = ""

    @property
    def is_good(self) -> bool:
        """Whether all is as it should be."""
        return not self.reason and not self.summary.failures


def configure(layout: Layout, bundle: Bundle) -> list[str]:
    """Write puppet's configuration, hiera's layers and the steps' manifests.

    Returns:
        Names of the files that were changed.

    Raises:
        NodeError: A file cannot be written.
    """
    modules = ":".join([str(layout.modules), *MODULES])
    wanted = {
        layout.confdir / "puppet.conf": f"[main]\nvardir = {layout.vardir}\n"
        f"hiera_config = {layout.confdir}/hiera.yaml\nbasemodulepath = {modules}\n"
        "reports =\nshow_diff = false\n",
        layout.confdir / "hiera.yaml": _hierarchy(layout),
    }
    for name in LAYERS[1:]:
        wanted[layout.layer(name)] = _json(bundle.hiera.get(name, {}))
    for number, step in bundle.steps.items():
        wanted[layout.manifest(number)] = step.manifest
    return [path.name for path, text in wanted.items() if files.write(path, text)]


def apply(
    site: Site, bundle: Bundle, step: int, *, noop: bool, timeout_s: float
) -> Run:
    """Let puppet apply a step of a bundle, or only look with ``noop``.

    A look leaves the node's own configuration and log as they are. The caller holds
    the lock.

    Raises:
        NodeError: There is no puppet, or a file cannot be written.
    """
    with _configured(site.layout, bundle, noop=noop) as layout:
        there = replace(site, layout=layout)
        return _run(there, bundle, step, noop=noop, timeout_s=timeout_s)


def forget_preview(layout: Layout) -> None:
    """Remove what a look has written: it has passwords."""
    shutil.rmtree(layout.preview, ignore_errors=True)


@contextmanager
def _configured(layout: Layout, bundle: Bundle, *, noop: bool) -> Iterator[Layout]:
    """Have the configuration that a bundle says; for a look one that goes again."""
    if not noop:
        configure(layout, bundle)
        yield layout
        return
    # One that was killed may have left some.
    forget_preview(layout)
    try:
        configure(layout.previewing, bundle)
        files.folder(layout.previewing.vardir, 0o755)
        yield layout.previewing
    finally:
        forget_preview(layout)


def _run(site: Site, bundle: Bundle, step: int, *, noop: bool, timeout_s: float) -> Run:
    layout = site.layout
    files.write(layout.layer("step"), _json({"step": step}))
    try:
        layout.report.unlink(missing_ok=True)
        layout.confdir.chmod(0o700)
    except OSError as error:
        raise NodeError(f"cannot remove {layout.report}: {error.strerror}") from error
    ran = site.run(_argv(layout, step, noop=noop), timeout_s=timeout_s)
    printed = f"{ran.out}\n{ran.error}"
    if not noop:
        files.write(layout.log(step), bundle.secrets.hide(printed))
    if ran.code is None:
        return Run(
            _reported(layout),
            f"puppet did not end in {timeout_s:.0f} s, and was stopped",
            "the slowest resources are above; --force applies the step once more",
        )
    if not layout.report.exists() or ran.code not in _RESULTS:
        return _not_begun(ran, printed, bundle, step)
    return _judged(_reported(layout), ran)


def _argv(layout: Layout, step: int, *, noop: bool) -> list[str]:
    argv = ["env", *(f"FACTER_{name}=unknown" for name in UNUSED_FACTS)]
    argv += ["puppet", "apply", "--confdir", str(layout.confdir)]
    argv += ["--color", "false", "--detailed-exitcodes"]
    argv += ["--noop", "--show_diff"] if noop else []
    return [*argv, str(layout.manifest(step))]


def _hierarchy(layout: Layout) -> str:
    folder = layout.layer("step").parent
    paths = "".join(f"      - {name}.json\n" for name in LAYERS)
    return (
        f"version: 5\ndefaults:\n  datadir: {folder}\n  data_hash: json_data\n"
        f"hierarchy:\n  - name: From the most special to the most general\n"
        f"    paths:\n{paths}"
    )


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def _reported(layout: Layout) -> Summary:
    text = files.read(layout.report)
    if not text:
        return Summary()
    try:
        return summarize(text)
    except ValueError as error:
        return Summary(failures=(Failure("", str(error), str(layout.report)),))


def _judged(summary: Summary, ran: Ran) -> Run:
    if ran.code in (4, 6) and not summary.failures:
        # Puppet says that something failed, and its report does not know what.
        found = diagnosis.failures(f"{ran.out}\n{ran.error}")
        lost = found or (Failure("", "puppet ended with failures"),)
        summary = replace(summary, failures=lost, failed=len(lost))
    if not summary.failures:
        return Run(summary)
    full = any("No space left" in one.message for one in summary.failures)
    hint = full_disk("apply").hint if full else ""
    count = len(summary.failures)
    noun = "resource" if count == 1 else "resources"
    reason = "the node's disk is full" if full else f"{count} {noun} failed"
    return Run(summary, reason, hint)


def _not_begun(ran: Ran, printed: str, bundle: Bundle, step: int) -> Run:
    if "No space left" in printed:
        error = full_disk("run puppet")
        return Run(Summary(), str(error), error.hint)
    found = diagnosis.failures(printed)
    if not found:
        last = "\n".join(printed.strip().splitlines()[-5:])
        return Run(Summary(), f"puppet ended with code {ran.code}: {last}")
    manifest = bundle.steps[step].manifest
    told = [diagnosis.origin(one, manifest, bundle) for one in found]
    summary = Summary(failures=found, failed=len(found))
    hint = "; ".join(dict.fromkeys(filter(None, told)))
    return Run(summary, "its puppet code does not compile", hint)
