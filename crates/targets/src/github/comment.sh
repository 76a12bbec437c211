mark='<!-- clearway review -->'
run="${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}"
# GitHub refuses a comment as too long from 65,536 characters on. It is cut between lines, and what is folded is closed.
limit=60000
text="$(cat review/review.md)"
if ((${#text} > limit)); then
  text="${text:0:limit}"
  text="${text%$'\n'*}"
  if (($(grep -c '<details>' <<< "${text}") > $(grep -c '</details>' <<< "${text}"))); then
    text+=$'\n\n</details>'
  fi
  text+=$'\n\n'"The rest, and the plan, are in the [summary of the run](${run})."
elif [[ -f review/plan.md ]]; then
  plan="$(printf '\n\n<details><summary>the plan</summary>\n\n%s\n\n</details>' "$(cat review/plan.md)")"
  if ((${#text} + ${#plan} > limit)); then
    plan=$'\n\n'"The plan is longer than a comment can be, and is in the [summary of the run](${run})."
  fi
  text+="${plan}"
fi
known="$(gh api --paginate "repos/${GITHUB_REPOSITORY}/issues/${NUMBER}/comments" \
  --jq '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- clearway review -->"))) | .id' | sed -n 1p)"
body="$(jq --null-input --arg mark "${mark}" --arg text "${text}" '{body: ($mark + "\n" + $text)}')"
if [[ -n "${known}" ]]; then
  gh api --silent --method PATCH "repos/${GITHUB_REPOSITORY}/issues/comments/${known}" --input - <<< "${body}"
else
  gh api --silent --method POST "repos/${GITHUB_REPOSITORY}/issues/${NUMBER}/comments" --input - <<< "${body}"
fi
