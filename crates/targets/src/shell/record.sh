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
  clearway record begin "${step[@]}" --step "${STEP}" --commit "${COMMIT}" --actor "${ACTOR}" \
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

# Whatever had begun and was not told to have ended, ended as the job did: settled RESULT.
settled() {
  local file name
  for file in "${folder}"/begun-*; do
    name="${file##*/begun-}"
    if [[ -f "${file}" && ! -f "${folder}/ended-${name}" ]] && goes "${name}"; then ended "${name}" "$1"; fi
  done
}
