# The first parent of what is checked out is what the change would be merged into.
before="$(git rev-parse 'HEAD^1')"
mkdir -p "${RUNNER_TEMP}/review"
page="${RUNNER_TEMP}/review/review.md"
verdict=0
if git cat-file -e "${before}:.clearway/plan.json" 2> /dev/null; then
  # Of each reviewer the last word counts, and only on the revision that is looked at.
  gh api --paginate "repos/${GITHUB_REPOSITORY}/pulls/${NUMBER}/reviews" \
    --jq '.[] | select(.user != null and (.state == "APPROVED" or .state == "CHANGES_REQUESTED" or .state == "DISMISSED")) | [.user.login, .state, .commit_id] | @tsv' \
    > "${RUNNER_TEMP}/reviews.tsv"
  mapfile -t accepted < <(awk -F '\t' -v "head=${REVISION}" \
    '{ word[$1] = $2 " " $3 } END { for (login in word) if (word[login] == "APPROVED " head) print login }' "${RUNNER_TEMP}/reviews.tsv" | sort)
  "${RUNNER_TEMP}/clearway/clearway" diff "${before}:.clearway/plan.json" .clearway/plan.json --format markdown \
    --fail-on weaker --accept-by "${GROUP}" --named-on github --author "${AUTHOR}" "${accepted[@]/#/--accepted=}" \
    > "${page}" || verdict=$?
else
  echo 'Nothing was built before: there is nothing to compare with.' > "${page}"
fi
cat "${page}" >> "${GITHUB_STEP_SUMMARY}"
echo "verdict=${verdict}" >> "${GITHUB_OUTPUT}"
