"""The linters of Argo Workflows and Argo Rollouts, built from the Go modules of the products; and Prometheus' own, from Debian's package."""

from pathlib import Path

import programs
from servers import prometheus
from tools import HERE

SOURCES = HERE / "argo" / "lint"

MODULES = {
    "workflows": "github.com/argoproj/argo-workflows/v4",
    "rollouts": "github.com/argoproj/argo-rollouts",
}


def built(name):
    """The path of a linter."""
    return str(programs.of_module(f"{name}-lint", MODULES[name], (), {"cmd/lint": SOURCES / f"{name}.go"}) / "lint")


def promtool():
    """Prometheus' own judge of rules and queries."""
    return str(Path(prometheus()).with_name("promtool"))
