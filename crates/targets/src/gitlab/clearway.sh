# What the jobs share that call clearway: the binary, the keys to the ledger, what every command is told.
set -eo pipefail
folder="${CI_PROJECT_DIR}/.clearway/job"
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

clearway() {
  local keys=()
  if [[ -f "${folder}/ledger-token" ]]; then
    keys=("AWS_ROLE_ARN=${CLEARWAY_LEDGER_ROLE}" "AWS_WEB_IDENTITY_TOKEN_FILE=${folder}/ledger-token"
      "AWS_ROLE_SESSION_NAME=clearway-${CI_JOB_ID}" "AWS_REGION=${CLEARWAY_LEDGER_REGION}")
  fi
  env --unset=AWS_ACCESS_KEY_ID --unset=AWS_SECRET_ACCESS_KEY --unset=AWS_SESSION_TOKEN \
    "${keys[@]}" "CLEARWAY_GITLAB_TOKEN=${CLEARWAY_GITLAB_TOKEN:-}" "${folder}/clearway" "$@"
}
told=(--ledger "${CLEARWAY_LEDGER}" --run "${CLEARWAY_RUN}" --build "${CLEARWAY_BUILD}" --release "${RELEASE}")
step=(--plan .clearway/run/plan.json "${told[@]}" --path "${WAY}")

# What ships: a line service=version@digest for each.
subjects() {
  local service maker slug version digest
  while read -r service maker slug; do
    if [[ -z "${service}" ]]; then continue; fi
    version="$(sed -n "s/^version-${slug}=//p" .clearway/run/basis)"
    digest=""
    if [[ -f ".clearway/run/digests/${maker}" ]]; then digest="@$(< ".clearway/run/digests/${maker}")"; fi
    printf '%s=%s%s\n' "${service}" "${version}" "${digest}"
  done <<< "${SHIPS:-}"
}

# Whether a step may begin: begin NAME [ARGUMENT…]. What is said of it stays in a file of that name.
begin() {
  local name="$1"
  shift
  clearway record begin "${step[@]}" --step "${STEP}" --commit "${CI_COMMIT_SHA}" --actor "${GITLAB_USER_LOGIN}" \
    --output "${folder}/begun-${name}" "$@"
}
said() { sed -n "s/^$2=//p" "${folder}/begun-$1"; }
goes() { [[ "$(said "$1" go)" == true ]]; }

# How a step ended that had begun: ended NAME RESULT.
ended() {
  local service=()
  if [[ -f "${folder}/service-$1" ]]; then service=(--service "$(< "${folder}/service-$1")"); fi
  clearway record end "${step[@]}" --step "${STEP}" --result "$2" "${service[@]}"
  touch "${folder}/ended-$1"
}

# Whatever had begun and was not told to have ended, ended as the job did.
settle() {
  local result=failure file name
  if [[ "${CI_JOB_STATUS:-}" == canceled ]]; then result=cancelled; fi
  for file in "${folder}"/begun-*; do
    name="${file##*/begun-}"
    if [[ -f "${file}" && ! -f "${folder}/ended-${name}" ]] && goes "${name}"; then ended "${name}" "${result}"; fi
  done
}

# Takes a role of AWS with the token of the job.
take_aws() {
  local answer
  answer="$(printf '%s' "${CLEARWAY_DEPLOY_TOKEN}" | curl --fail --silent --show-error --retry 3 --header 'Accept: application/json' \
    --data-urlencode Action=AssumeRoleWithWebIdentity --data-urlencode Version=2011-06-15 \
    --data-urlencode "RoleArn=${ROLE}" --data-urlencode "RoleSessionName=clearway-${CI_JOB_ID}" \
    --data-urlencode "DurationSeconds=${TTL}" --data-urlencode WebIdentityToken@- "https://sts.${AWS_REGION}.amazonaws.com/" |
    jq --exit-status '.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials')"
  unset CLEARWAY_DEPLOY_TOKEN
  AWS_ACCESS_KEY_ID="$(jq --raw-output .AccessKeyId <<< "${answer}")"
  AWS_SECRET_ACCESS_KEY="$(jq --raw-output .SecretAccessKey <<< "${answer}")"
  AWS_SESSION_TOKEN="$(jq --raw-output .SessionToken <<< "${answer}")"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
}

# Takes a service account of Google with the token of the job.
take_google() {
  (umask 077 && printf '%s' "${CLEARWAY_DEPLOY_TOKEN}" > "${folder}/deploy-token")
  unset CLEARWAY_DEPLOY_TOKEN
  jq --null-input --arg provider "${CLEARWAY_IDENTITY_PROVIDER}" --arg role "${ROLE}" --arg file "${folder}/deploy-token" --argjson ttl "${TTL}" '{
    type: "external_account", audience: ("//iam.googleapis.com/" + $provider),
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt", token_url: "https://sts.googleapis.com/v1/token",
    credential_source: {file: $file},
    service_account_impersonation_url: ("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/" + $role + ":generateAccessToken"),
    service_account_impersonation: {token_lifetime_seconds: $ttl}
  }' > "${folder}/google.json"
  export GOOGLE_APPLICATION_CREDENTIALS="${folder}/google.json" CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE="${folder}/google.json"
}

# Writes what kubectl and helm read, with the token of the job.
take_cluster() {
  (umask 077
    printf '%s' "${CLEARWAY_DEPLOY_TOKEN}" > "${folder}/deploy-token"
    jq --null-input --arg server "${CLEARWAY_CLUSTER_SERVER:-}" --arg ca "${CLEARWAY_CLUSTER_CA:-}" --rawfile token "${folder}/deploy-token" '{
      apiVersion: "v1", kind: "Config", "current-context": "clearway",
      clusters: [{name: "clearway", cluster: {server: $server, "certificate-authority-data": $ca}}],
      users: [{name: "clearway", user: {token: $token}}],
      contexts: [{name: "clearway", context: {cluster: "clearway", user: "clearway"}}]
    }' > "${folder}/kubeconfig")
  unset CLEARWAY_DEPLOY_TOKEN
  export KUBECONFIG="${folder}/kubeconfig" CLEARWAY_TOKEN_FILE="${folder}/deploy-token"
}
