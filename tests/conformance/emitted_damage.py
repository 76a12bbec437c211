"""What is emitted, damaged: each time a scenario must say that the run is not as the plan says. So a comparison that sees nothing
is seen."""

from emitted_scenarios import SCENARIOS

# By name: the scenario that must tell, the file, what is written there, and what is put in its place.
DAMAGES = {
    "a gate that passes whatever it finds": (
        "the gate on tests fails",
        ".github/workflows/parcels.yml",
        '--reports reports --commit "${GITHUB_SHA}" --summary "${GITHUB_STEP_SUMMARY}" \\\n            "${subjects[@]/#/--subject=}"\n',
        '--reports reports --commit "${GITHUB_SHA}" --summary "${GITHUB_STEP_SUMMARY}" \\\n            "${subjects[@]/#/--subject=}" || true\n',
    ),
    "a window that nobody looks at": (
        "on a Sunday",
        ".github/workflows/parcels.production.yml",
        'clearway" window check ',
        'clearway" --version || echo ',
    ),
    "a look at the basis that stops nothing": (
        "somebody else deployed in the midst of the run",
        ".github/workflows/parcels.production.yml",
        "steps.begin.outputs.go == 'true'",
        "always()",
    ),
    "a deployment that waits for nothing before it": (
        "the first deployment in staging fails",
        ".github/workflows/parcels.staging.yml",
        "!cancelled() && needs.deploy-staging-tracking.result == 'success'",
        "always()",
    ),
    "a way back that starts after success alone": (
        "the second deployment in production fails",
        ".github/workflows/parcels.production.yml",
        """contains(fromJSON('["failure", "cancelled"]'), needs.deploy-production-dispatch.result)""",
        "false",
    ),
    "a way back that starts whatever happened": (
        "all passes",
        ".github/workflows/parcels.production.yml",
        """always() && (contains(""",
        """always() && (true || contains(""",
    ),
    "an outcome that is always good": (
        "nobody approved",
        ".github/workflows/parcels.yml",
        "jq --exit-status",
        "true || jq --exit-status",
    ),
    "an approval that is not looked at": (
        "one person approved twice",
        ".github/workflows/parcels.yml",
        'clearway" approval verify ',
        'clearway" --version || echo ',
    ),
    "a record that nobody signs": (
        "all passes",
        ".github/workflows/parcels.production.yml",
        "CLEARWAY_LEDGER_KEY: ${{ secrets.CLEARWAY_LEDGER_KEY }}",
        "CLEARWAY_LEDGER_KEY: ''",
    ),
    "another digest than the one that was built": (
        "all passes",
        ".github/workflows/parcels.yml",
        'echo "digest=${digest}"',
        'echo "digest=sha256:$(printf x | sha256sum | cut -d " " -f 1)"',
    ),
}


def damaging(path, old, new):
    """Writes something else into an emitted file, wherever the old text stands."""

    def damage(repository):
        file = repository / path
        text = file.read_text(encoding="utf-8")
        if old not in text:
            raise LookupError(f"{path} does not have: {old}")
        file.write_text(text.replace(old, new), encoding="utf-8")

    return damage


def damaged():
    """Each damage with the runs that must tell it."""
    return {name: (SCENARIOS[scenario], damaging(*what)) for name, (scenario, *what) in DAMAGES.items()}
