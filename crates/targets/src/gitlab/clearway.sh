# What the jobs share that call clearway: the binary, the keys to the ledger, what every command is told.
set -eo pipefail
folder="${CI_PROJECT_DIR}/.clearway/job"
COMMIT="${CI_COMMIT_SHA}" ACTOR="${GITLAB_USER_LOGIN}" SESSION="${CI_JOB_ID}"
mkdir -p "${folder}" .clearway/run/digests .clearway/run/reports
if [[ ! -x "${folder}/clearway" ]]; then
@GET@
  chmod +x "${folder}/clearway"
fi

# A token is for the commands of clearway alone: nothing else of the job sees it in its environment.
if [[ -n "${CLEARWAY_LEDGER_TOKEN:-}" ]]; then
  (umask 077 && printf '%s' "${CLEARWAY_LEDGER_TOKEN}" > "${folder}/ledger-token")
  unset CLEARWAY_LEDGER_TOKEN
fi
export -n CLEARWAY_GITLAB_TOKEN

# So is the key that signs records, which GitLab gives as a file.
ledger_key=""
if [[ -n "${CLEARWAY_LEDGER_KEY:-}" ]]; then
  if [[ ! -f "${CLEARWAY_LEDGER_KEY}" ]]; then
    echo 'the variable CLEARWAY_LEDGER_KEY must be of the type file' >&2
    exit 1
  fi
  ledger_key="$(< "${CLEARWAY_LEDGER_KEY}")"
  rm -f -- "${CLEARWAY_LEDGER_KEY}"
  unset CLEARWAY_LEDGER_KEY
fi

clearway() {
  local keys=()
  if [[ -f "${folder}/ledger-token" ]]; then
    keys=("AWS_ROLE_ARN=${CLEARWAY_LEDGER_ROLE}" "AWS_WEB_IDENTITY_TOKEN_FILE=${folder}/ledger-token"
      "AWS_ROLE_SESSION_NAME=clearway-${SESSION}" "AWS_REGION=${CLEARWAY_LEDGER_REGION}")
  fi
  CLEARWAY_LEDGER_KEY="${ledger_key}" env --unset=AWS_ACCESS_KEY_ID --unset=AWS_SECRET_ACCESS_KEY --unset=AWS_SESSION_TOKEN \
    "${keys[@]}" "CLEARWAY_GITLAB_TOKEN=${CLEARWAY_GITLAB_TOKEN:-}" "${folder}/clearway" "$@"
}
told=(--ledger "${CLEARWAY_LEDGER}" --run "${CLEARWAY_RUN}" --build "${CLEARWAY_BUILD}" --release "${RELEASE}")
step=(--plan .clearway/run/plan.json "${told[@]}" --path "${WAY}")

@RECORD@
# How the job ends that changed an environment.
settle() {
  local result=failure
  if [[ "${CI_JOB_STATUS:-}" == canceled ]]; then result=cancelled; fi
  settled "${result}"
}

@CLOUD@