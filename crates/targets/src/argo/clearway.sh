# What the jobs share: the revision, what other jobs made, the binary, the keys to the ledger, what every command is told.
set -eo pipefail
folder=/scratch/job
SESSION="${BUILD_NAME}" ACTOR="${STARTED_BY}"
mkdir -p "${folder}" /scratch/home /scratch/kept /scratch/source
export HOME=/scratch/home
cd /scratch/source

# What a person says who starts a run is one line of plain text.
for given in STARTED_BY ${SAID:-}; do
  if [[ -n "${!given:-}" && ! "${!given}" =~ ^[A-Za-z0-9][A-Za-z0-9\ ._/@=:#+,-]*$ ]]; then
    echo "${given} is not taken: letters, digits, spaces and ._/@=:#+,- are" >&2
    exit 1
  fi
done
if [[ -z "${COMMIT:-}" ]]; then
  # The clock says no commit: the newest one that was reviewed is meant.
  COMMIT="$(git -c credential.helper='store --file=/clearway/git/credentials' ls-remote "${REPOSITORY}" "refs/heads/${BRANCH}" | cut -f 1)"
fi
if [[ ! "${COMMIT}" =~ ^[0-9a-f]{40}$ ]]; then
  echo 'the commit is not taken: 40 hexadecimal digits are' >&2
  exit 1
fi

# Gets the revision of the run: checkout [ARGUMENT…]. What a run knows is never in it.
checkout() {
  git init --quiet
  git remote add origin "${REPOSITORY}"
  if [[ -f /clearway/git/credentials ]]; then
    git config credential.helper 'store --file=/clearway/git/credentials'
  fi
  git fetch --quiet "$@" origin "${COMMIT}"
  git checkout --quiet --detach FETCH_HEAD
  rm -rf .clearway/run .clearway/job
}
if [[ "${CHECKOUT:-}" == true ]]; then checkout --depth 1; fi
mkdir -p .clearway/run/digests .clearway/run/reports

# Takes what other jobs made, a line for each with its digest, which the controller kept and not the store of the files.
while read -r maker digest; do
  if [[ -z "${maker}" ]]; then continue; fi
  echo "${digest}  /taken/${maker}.tar" | sha256sum --check --strict --quiet
  tar -xf "/taken/${maker}.tar"
done <<< "${TAKEN:-}"

# The key that signs records is for the commands of clearway alone: nothing else of the job has it in its environment.
ledger_key="${CLEARWAY_LEDGER_KEY:-}"
unset CLEARWAY_LEDGER_KEY

clearway() {
  local keys=()
  if [[ ! -x "${folder}/clearway" ]]; then
    get_binary
    chmod +x "${folder}/clearway"
  fi
  if [[ -f /clearway/ledger/token ]]; then
    keys=("AWS_ROLE_ARN=${CLEARWAY_LEDGER_ROLE:-}" AWS_WEB_IDENTITY_TOKEN_FILE=/clearway/ledger/token
      "AWS_ROLE_SESSION_NAME=clearway-${SESSION}" "AWS_REGION=${CLEARWAY_LEDGER_REGION:-}")
  fi
  CLEARWAY_LEDGER_KEY="${ledger_key}" env --unset=AWS_ACCESS_KEY_ID --unset=AWS_SECRET_ACCESS_KEY --unset=AWS_SESSION_TOKEN \
    "${keys[@]}" "${folder}/clearway" "$@"
}
get_binary() {
@GET@
}
told=(--ledger "${CLEARWAY_LEDGER}" --run "${RUN}" --build "${BUILD_NAME}" --release "${RELEASE}")
step=(--plan .clearway/run/plan.json "${told[@]}" --path "${WAY}")

@RECORD@
# Hands on what is named, a line for each, and its digest.
keep() {
  local paths=() path
  while IFS= read -r path; do
    if [[ -e "${path}" ]]; then paths+=("${path}"); fi
  done <<< "${KEEPS}"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf /scratch/kept/kept.tar -- "${paths[@]}"
  sha256sum /scratch/kept/kept.tar | cut -d ' ' -f 1 | tr -d '\n' > /scratch/kept/digest
}

# Whatever becomes of a job: what had begun is told to have ended, and what was made is handed on.
ending() {
  local code="$1" result=failure task
  trap - EXIT TERM
  if [[ "${code}" == 143 ]]; then result=cancelled; fi
  # Each in a shell of its own, so that none is left out because another one failed.
  for task in "settled ${result}" "${PATTERNS:+gather}" "${KEEPS:+keep}"; do
    set +e
    (set -e; ${task})
    code=$((code | $?))
  done
  exit "${code}"
}
gather() {
@GATHER@
}
trap 'ending "$?"' EXIT
trap 'exit 143' TERM

@CLOUD@
