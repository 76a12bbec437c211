"""Actions that ask a service outside for an identity, or sign with one: what it would refuse is refused here too."""

import hashlib
import json
import os
import re
import sys

from common import STATE, boolean, called, environment, fail, need, output, text


def attest():
    """actions/attest and actions/attest-build-provenance."""
    action = os.environ["GITHUB_ACTION_REPOSITORY"]
    need("id-token", "write", "an attestation")
    need("attestations", "write", "an attestation")
    given = [name for name in ("subject-path", "subject-digest", "subject-checksums") if text(name)]
    if not given:
        fail("One of subject-path, subject-digest, or subject-checksums must be provided")
    if len(given) > 1:
        fail("Only one of subject-path, subject-digest, or subject-checksums may be provided")
    if text("subject-digest"):
        if not text("subject-name"):
            fail("subject-name must be provided when using subject-digest")
        if not re.fullmatch(r"sha256:[0-9a-fA-F]{64}", text("subject-digest")):
            fail('subject-digest must be in the format "sha256:<hex-digest>"')
    for name in ("subject-path", "subject-checksums"):
        if text(name) and not re.search(r"[*?\n,]", text(name)) and not os.path.exists(text(name)):
            fail(f"Could not find subject at path {text(name)}")
    if boolean("push-to-registry"):
        if not text("subject-name"):
            fail("subject-name must be provided when pushing to a registry")
        need("packages", "write", "pushing an attestation to the registry")
    called(action)
    number = hashlib.sha256(json.dumps([text(name) for name in given + ["subject-name"]]).encode()).hexdigest()[:8]
    bundle = STATE / f"attestation-{number}.json"
    bundle.write_text(json.dumps({"stub": action, **{name: text(name) for name in given}}) + "\n", encoding="utf-8")
    output("bundle-path", bundle)
    output("attestation-id", int(number, 16))
    output("attestation-url", f"https://github.com/{os.environ['GITHUB_REPOSITORY']}/attestations/{int(number, 16)}")


def docker():
    """docker/login-action."""
    if not text("registry-auth") and not (text("username") and text("password")):
        fail("Username and password required")
    called("docker/login-action")


def aws():
    """aws-actions/configure-aws-credentials."""
    if not text("aws-region"):
        fail("Input required and not supplied: aws-region")
    if text("role-to-assume") and not text("aws-access-key-id"):
        need("id-token", "write", "taking an AWS role by OIDC")
    elif not text("aws-access-key-id"):
        fail("Could not load credentials from any providers")
    called("aws-actions/configure-aws-credentials")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment(name, f"stub-{name.lower().replace('_', '-')}")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        environment(name, text("aws-region"))


def google():
    """google-github-actions/auth."""
    by_oidc, by_key = bool(text("workload_identity_provider")), bool(text("credentials_json"))
    if by_oidc == by_key:
        fail("exactly one of \"workload_identity_provider\" or \"credentials_json\" must be specified")
    if by_oidc:
        need("id-token", "write", "taking a Google identity by OIDC")
    called("google-github-actions/auth")
    file = STATE / "google-credentials.json"
    file.write_text('{"type": "external_account"}\n', encoding="utf-8")
    output("credentials_file_path", file)
    output("project_id", text("project_id"))
    environment("GOOGLE_APPLICATION_CREDENTIALS", file)
    environment("GOOGLE_GHA_CREDS_PATH", file)


def azure():
    """azure/login."""
    if not text("creds"):
        if not (text("client-id") and text("tenant-id")):
            fail("Login failed: 'client-id' and 'tenant-id' must be given")
        if not text("subscription-id") and not boolean("allow-no-subscriptions"):
            fail("Login failed: 'subscription-id' must be given, or 'allow-no-subscriptions' be true")
        need("id-token", "write", "taking an Azure identity by OIDC")
    called("azure/login")


if __name__ == "__main__":
    {"attest": attest, "docker": docker, "aws": aws, "google": google, "azure": azure}[sys.argv[1]]()
