# The first parent of what is checked out is what the change would be merged into.
before="$(git rev-parse 'HEAD^1')"
clearway="${RUNNER_TEMP}/clearway/clearway"
folder="${RUNNER_TEMP}/review"
page="${folder}/review.md"
mkdir -p "${folder}"
# Of each reviewer the last word counts, and only on the revision that is looked at; GitHub lists reviews in the order in which they came.
gh api --paginate "repos/${GITHUB_REPOSITORY}/pulls/${NUMBER}/reviews" \
  --jq '.[] | select(.user != null and (.state == "APPROVED" or .state == "CHANGES_REQUESTED" or .state == "DISMISSED")) | [.user.login, .state, .commit_id] | @tsv' \
  > "${RUNNER_TEMP}/reviews.tsv"
mapfile -t accepted < <(awk -F '\t' -v "head=${REVISION}" \
  '{ word[$1] = $2 " " $3 } END { for (login in word) if (word[login] == "APPROVED " head) print login }' "${RUNNER_TEMP}/reviews.tsv" | sort)
compare() {
  "${clearway}" diff "$1" "$2" --format markdown --fail-on weaker \
    --accept-by "${GROUP}" --named-on github --author "${AUTHOR}" "${accepted[@]/#/--accepted=}"
}
verdict=0
# A spec that does not hold before the change is not even like itself: then the plans alone are compared, so that it can be mended.
if git cat-file -e "${before}:clearway.toml" 2> /dev/null \
  && "${clearway}" diff "${before}:./" "${before}:./" --fail-on weaker > /dev/null 2>&1; then
  compare "${before}:./" . > "${page}" || verdict=$?
fi
# Pipelines go by the plan that was built, whatever the spec says.
if git cat-file -e "${before}:.clearway/plan.json" 2> /dev/null; then
  built=0
  compare "${before}:.clearway/plan.json" .clearway/plan.json > "${folder}/built.md" || built=$?
  ((built <= verdict)) || verdict="${built}"
  if [[ -s "${page}" ]]; then
    printf '\n<details><summary>the plans that were built</summary>\n\n%s\n\n</details>\n' "$(cat "${folder}/built.md")" >> "${page}"
  else
    mv "${folder}/built.md" "${page}"
  fi
elif [[ ! -s "${page}" ]]; then
  echo 'Nothing was there before that holds: there is nothing to compare with.' > "${page}"
fi
rm -f "${folder}/built.md"
cat "${page}" >> "${GITHUB_STEP_SUMMARY}"
if "${clearway}" plan . --format markdown > "${folder}/plan.md" 2> /dev/null; then
  cat "${folder}/plan.md" >> "${GITHUB_STEP_SUMMARY}"
else
  rm -f "${folder}/plan.md"
fi
echo "verdict=${verdict}" >> "${GITHUB_OUTPUT}"
