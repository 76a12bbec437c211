mark='<!-- clearway review -->'
text="$(cat review/review.md)"
# A comment holds no more than 65,536 letters.
if ((${#text} > 60000)); then
  text="${text:0:60000}"$'\n\nThe rest is in the summary of the run.'
fi
known="$(gh api --paginate "repos/${GITHUB_REPOSITORY}/issues/${NUMBER}/comments" \
  --jq '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- clearway review -->"))) | .id' | sed -n 1p)"
body="$(jq --null-input --arg mark "${mark}" --arg text "${text}" '{body: ($mark + "\n" + $text)}')"
if [[ -n "${known}" ]]; then
  gh api --silent --method PATCH "repos/${GITHUB_REPOSITORY}/issues/comments/${known}" --input - <<< "${body}"
else
  gh api --silent --method POST "repos/${GITHUB_REPOSITORY}/issues/${NUMBER}/comments" --input - <<< "${body}"
fi
