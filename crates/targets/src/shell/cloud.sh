# Takes a role of AWS with the token of the job.
take_aws() {
  local answer
  answer="$(printf '%s' "${CLEARWAY_DEPLOY_TOKEN}" | curl --fail --silent --show-error --retry 3 --header 'Accept: application/json' \
    --data-urlencode Action=AssumeRoleWithWebIdentity --data-urlencode Version=2011-06-15 \
    --data-urlencode "RoleArn=${ROLE}" --data-urlencode "RoleSessionName=clearway-${SESSION}" \
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
