"""What is emitted, damaged: each time a scenario must say that the run is not as the plan says. So a comparison that sees nothing
is seen."""

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


# The same for GitLab.
GITLAB_DAMAGES = {
    "a gate that a stage does not need": (
        "the gate on coverage fails",
        ".gitlab/parcels.yml",
        """    - job: gate-production-coverage
      artifacts: false
""",
        "",
    ),
    "a gate that may fail": (
        "the gate on tests fails",
        ".gitlab/parcels.yml",
        """    - job: wave-made
      artifacts: true
  rules:
    - if: $CI_COMMIT_REF_PROTECTED == "true"
      when: on_success
      allow_failure: false
  timeout: 10 minutes
  variables:
    GATE: tests
    STAGE: staging
""",
        """    - job: wave-made
      artifacts: true
  rules:
    - if: $CI_COMMIT_REF_PROTECTED == "true"
      when: on_success
      allow_failure: true
  timeout: 10 minutes
  variables:
    GATE: tests
    STAGE: staging
""",
    ),
    "a gate that passes whatever it finds": (
        "the report of the tests is missing",
        ".gitlab/parcels.yml",
        '--junit .clearway/job/gate.xml "${subjects[@]/#/--subject=}"',
        '--junit .clearway/job/gate.xml "${subjects[@]/#/--subject=}" || true',
    ),
    "a window that nobody looks at": (
        "on a Sunday",
        ".gitlab/parcels.production.yml",
        "clearway window check ",
        "echo ",
    ),
    "an approval that is not looked at": (
        "one rejects",
        ".gitlab/parcels.yml",
        "clearway approval verify ",
        "echo ",
    ),
    "a stage that waits for no approval": (
        "nobody approved",
        ".gitlab/parcels.yml",
        """    - job: approval-production-board
      artifacts: false
""",
        "",
    ),
    "a deployment that waits for nothing before it": (
        "the first deployment in staging fails",
        ".gitlab/parcels.staging.yml",
        """    - job: deploy-staging-tracking
      artifacts: false
    - job: preflight-staging
""",
        """    - job: preflight-staging
""",
    ),
    "a way back that starts after success alone": (
        "the second deployment in production fails",
        ".gitlab/parcels.production.yml",
        "when: on_failure",
        "when: on_success",
    ),
    "a way back that starts whatever happened": (
        "all passes",
        ".gitlab/parcels.production.yml",
        "when: on_failure",
        "when: always",
    ),
    "a deployment that the records do not stop a second time": (
        "a deployment that succeeded is run again",
        ".gitlab/parcels.production.yml",
        "begin 1 --once ",
        "begin 1 ",
    ),
    "another digest than the one that was built": (
        "all passes",
        ".gitlab/parcels.yml",
        """printf '%s' "${digest}" >""",
        """printf '%s' "sha256:$(printf x | sha256sum | cut -d ' ' -f 1)" >""",
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


def damaged(damages, scenarios):
    """Each damage with the runs that must tell it."""
    return {name: (scenarios[scenario], damaging(*what)) for name, (scenario, *what) in damages.items()}
