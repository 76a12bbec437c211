#!/usr/bin/env bash
# Says of a run that you agree to a step of its approvals, or that you do not:
#   argo/approve.sh RUN STEP [approved|rejected]
# RUN is the name of the workflow, STEP the name of its job (approval-…). Once all who must agree have, resume what waits for them:
#   argo resume RUN --namespace @NAMESPACE@ --node-field-selector displayName=ask-…
set -euo pipefail
run="${1:?which run? approve.sh RUN STEP}"
step="${2:?which step? approve.sh RUN STEP}"
decision="${3:-approved}"
namespace='@NAMESPACE@'

workflow="$(kubectl get workflows.argoproj.io "${run}" --namespace "${namespace}" --output json)"
person="$(kubectl auth whoami --output 'jsonpath={.status.userInfo.username}')"
known="$(jq --exit-status --raw-output --arg step "${step}" '
  def kept(name): [.status.nodes[] | select(.displayName == name) | .outputs.parameters[]? | select(.name == "kept") | .value][0];
  if any(.status.storedTemplates[]?, .status.storedWorkflowTemplateSpec.templates[]?; .name == $step) then kept("wave-made") // kept("preflight")
  else error("the run has no such step") end' <<< "${workflow}")"

jq --null-input --arg run "$(jq --raw-output .metadata.uid <<< "${workflow}")" --arg name "${run}" --arg step "${step}" \
  --arg known "${known}" --arg person "${person}" --arg decision "${decision}" '{
    apiVersion: "v1", kind: "ConfigMap", immutable: true,
    metadata: {generateName: "approval-", labels: {"clearway.dev/approval": $run}},
    data: {run: $name, step: $step, known: $known, person: $person, decision: $decision}
  }' | kubectl create --namespace "${namespace}" --filename -
