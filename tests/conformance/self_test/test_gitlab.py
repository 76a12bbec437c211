"""The judges of GitLab find what is seeded for them, and nothing in sound pipelines; nothing is silently passed over."""

import tempfile
import unittest
from pathlib import Path

import judge_gitlab
from tools import Broken

ROOT = """spec:
  inputs:
    pipeline:
      default: '-'
      options: ['-', shop]
    change:
      default: '-'
      regex: ^[A-Za-z0-9-]+$
---
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "web"
include:
  - local: /.gitlab/shop.yml
    inputs:
      change: "$[[ inputs.change ]]"
    rules:
      - if: '"$[[ inputs.pipeline ]]" == "shop"'
"""

SHOP = """spec:
  inputs:
    change:
      regex: ^[A-Za-z0-9][A-Za-z0-9-]*$
---
stages: [Build, production]
build-shop:
  stage: Build
  before_script:
    - . .gitlab/clearway.sh
  script:
    - say "${CI_JOB_NAME}"
deploy-production:
  stage: production
  needs: [build-shop]
  resource_group: shop
  trigger:
    include: [{local: /.gitlab/shop.production.yml}]
    strategy: mirror
"""

STAGE = """workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "parent_pipeline"
stages: [Deploy]
deploy-shop:
  stage: Deploy
  script: ['echo "${CI_JOB_NAME}"']
"""

SHARED = 'say() { echo "$1"; }\n'


class GitLab(unittest.TestCase):
    """A project of our own making, whole and with one mistake at a time."""

    def judged(self, root=ROOT, shop=SHOP, stage=STAGE, shared=SHARED):
        """How many pipelines were judged, and by whom something was found."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / ".gitlab").mkdir()
            files = {".gitlab-ci.yml": root, ".gitlab/shop.yml": shop, ".gitlab/shop.production.yml": stage, ".gitlab/clearway.sh": shared}
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            count, findings = judge_gitlab.judge([folder])
            return count, {finding.judge for finding in findings}

    def found(self, **changed):
        """By whom something was found."""
        return self.judged(**changed)[1]

    def test_sound_pipelines_have_no_findings(self):
        self.assertEqual(self.judged(), (2, set()))

    def test_a_key_that_gitlab_does_not_know_is_found(self):
        self.assertEqual(self.found(shop=SHOP.replace("needs: [build-shop]", "needs: [build-shop]\n  waits: true")), {"gitlab-ci-local"})

    def test_a_need_that_is_not_there_is_found(self):
        self.assertEqual(self.found(shop=SHOP.replace("needs: [build-shop]", "needs: [build-other]")), {"gitlab-ci-local"})

    def test_a_stage_that_is_not_there_is_found_in_a_pipeline_that_another_one_triggers(self):
        self.assertEqual(self.found(stage=STAGE.replace("stage: Deploy", "stage: Nowhere")), {"gitlab-ci-local"})

    def test_a_word_that_a_shell_would_split_is_found(self):
        self.assertEqual(self.found(shared='say() { echo $1; }\n'), {"shellcheck"})
        self.assertEqual(self.found(stage=STAGE.replace('"${CI_JOB_NAME}"', "$CI_JOB_NAME")), {"shellcheck"})

    def test_without_pipelines_nothing_passes(self):
        with tempfile.TemporaryDirectory() as scratch:
            with self.assertRaisesRegex(Broken, "there is no .gitlab-ci.yml"):
                judge_gitlab.judge([scratch])
        with self.assertRaisesRegex(Broken, "what a person can choose"):
            self.judged(root=ROOT.replace("['-', shop]", "['-', shop, other]"))
