namespace=(--namespace "${NAMESPACE}")
rollout="rollouts.argoproj.io/${WORKLOAD#*/}"
live() { kubectl get "${rollout}" --output json "${namespace[@]}"; }

# Waits until the Rollout has seen the newest workload and is in one of some states: reaches STATE|STATE [STEP].
reaches() {
  local until=$((SECONDS + 900)) generation
  while ((SECONDS < until)); do
    generation="$(kubectl get "${WORKLOAD}" --output 'jsonpath={.metadata.generation}' "${namespace[@]}")"
    reached="$(live | jq --raw-output --arg generation "${generation}" --arg step "${2:-}" '
      if .status.workloadObservedGeneration != $generation or .status.observedGeneration != (.metadata.generation | tostring) then "unseen"
      elif .status.phase == "Healthy" and .status.stableRS != .status.currentPodHash then "unseen"
      elif .status.phase == "Paused" and any(.status.pauseConditions[]?; .reason == "InconclusiveAnalysisRun") then "Inconclusive"
      elif .status.phase == "Paused" and $step != "" and (.status.currentStepIndex | tostring) != $step then "unseen"
      else .status.phase // "unseen" end')"
    if [[ "|$1|" == *"|${reached}|"* ]]; then return 0; fi
    case "${reached}" in
      Degraded | Inconclusive)
        live | jq --raw-output '"the Rollout is \(.status.phase): \(.status.message // "it does not say why")"' >&2
        return 1
        ;;
    esac
    sleep 5
  done
  echo "the Rollout is not $1 after 15 minutes" >&2
  return 1
}

# Lets it go on from where it waits.
promote() {
  kubectl patch "${rollout}" --subresource status --type merge --patch '{"status":{"pauseConditions":null}}' "${namespace[@]}" > /dev/null
}
