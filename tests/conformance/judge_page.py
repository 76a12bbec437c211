"""What a real browser makes of `clearway report html`: drawn, to be used by mouse and keyboard, nothing loaded, no accessibility rule broken."""

import base64
import hashlib
import re
import shutil
from pathlib import Path

from browser import looked_at
from judge_examples import ROOT
from tools import TARGET, Broken, built, run

NOW = "2026-11-02T09:00:00Z"
PAGES = TARGET / "pages"
# An edit of the shop that makes something weaker, something stronger and something neither.
WEAKENED = [
    ("approvals.cw", "need     = 3", "need     = 2"),
    ("environments.cw", 'oidc("deploy-eu", ttl = 15 m)', 'oidc("deploy-eu", ttl = 10 m)'),
    ("services/orders.cw", "make -C src/checkoutservice image", "make -C src/checkoutservice container"),
]


def written(name, arguments):
    """The page of a project, written where the browser reads it."""
    code, out, err = run([built(), "report", "html", *map(str, arguments), "--now", NOW])
    if code:
        raise Broken(f"no page of {arguments[0]} is written: {err.strip()}")
    path = PAGES / f"{name}.html"
    path.write_text(out, encoding="utf-8")
    return path


def changed():
    """The page of the shop with a change to look at."""
    before = ROOT / "examples" / "online-boutique"
    after = PAGES / "online-boutique"
    shutil.rmtree(after, ignore_errors=True)
    shutil.copytree(before, after)
    for file, old, new in WEAKENED:
        text = (after / file).read_text(encoding="utf-8")
        if old not in text:
            raise Broken(f"{file} of the shop has no `{old}` any more")
        (after / file).write_text(text.replace(old, new), encoding="utf-8")
    return written("changed", [after, "--against", before])


def pages():
    """The pages of all examples, and of a change."""
    PAGES.mkdir(parents=True, exist_ok=True)
    examples = sorted(path.parent for path in (ROOT / "examples").glob("*/clearway.toml"))
    # A project without a release has nothing to show.
    examples = [path for path in examples if "\nrelease " in "".join(one.read_text("utf-8") for one in path.rglob("*.cw"))]
    if not examples:
        raise Broken("there are no examples")
    found = [{"file": str(written(path.name, [path])), "compared": False} for path in examples]
    return [{"file": str(changed()), "compared": True}, *found]


def judge(files):
    """The findings as texts, and how many pages there are: the ones given, or those of the examples."""
    asked = [{"file": str(Path(file).resolve()), "compared": False} for file in files] or pages()
    found = zip(asked, looked_at(asked))
    return [f"{page['file']}: {one}" for page, wrong in found for one in wrong], len(asked)


def digest(text):
    """As a policy names a text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def replaced(page, old, new):
    """A page with a text of its style or script replaced, and let in by its policy again."""
    for tag in ("style", "script"):
        inner = re.search(f"<{tag}>(.*?)</{tag}>", page, re.S).group(1)
        if old in inner:
            other = inner.replace(old, new)
            return page.replace(inner, other).replace(digest(inner), digest(other))
    raise Broken(f"the page has no `{old}` in its style or script")


def weaker_last(page):
    """The changes with the weaker ones behind the others."""
    parts = re.findall(r'<section class="verdict .*?</section>', page, re.S)
    if len(parts) < 2:
        raise Broken("there are no two verdicts to exchange")
    first, last = parts[0], parts[-1]
    return page.replace(first, "\0").replace(last, first).replace("\0", last)


# What must be told: how a page is damaged, and how what is found of it begins.
DAMAGES = {
    "the graph is not drawn": (lambda page: re.sub(r'(<section id="graph".*?)<svg.*?</svg>', r"\1<svg aria-label='x'></svg>", page, flags=re.S), "graph:"),
    "boxes cover each other": (lambda page: re.sub(r'(<rect) x="\d+" y="\d+"( width="\d+" height="\d+" rx="5")', r'\1 x="9" y="9"\2', page), "graph:"),
    "an edge is missing": (lambda page: re.sub(r'(<section id="graph".*?)<path class="edge[^>]*>', r"\1", page, count=1, flags=re.S), "graph:"),
    "a click shows nothing": (lambda page: replaced(page, "facts.hidden = false", "facts.hidden = true"), "facts:"),
    "a click shows others": (lambda page: replaced(page, "[...article.childNodes]", "[...document.querySelectorAll('article')[1].childNodes]"), "facts:"),
    "the edges of what is chosen are not shown": (lambda page: replaced(page, "edge.dataset.from === name ||", "false &&"), "facts:"),
    "the search hides what is found": (lambda page: replaced(page, "!words.every", "words.every"), "search:"),
    "the weaker changes come last": (weaker_last, "changes:"),
    "the filter shows all": (lambda page: replaced(page, "section.hidden = chosen", "section.hidden = false && chosen"), "changes:"),
    "the script is broken": (lambda page: replaced(page, "let shown = 0;", "nobody.knows();"), "script:"),
    "something is loaded": (lambda page: page.replace("</main>", '<img alt="" src="https://clearway.invalid/x.png"></main>').replace("img-src data:", "img-src https:"), "network:"),
    "another script is let in": (lambda page: page.replace("script-src ", "script-src 'unsafe-inline' "), "policy:"),
    "a text became a handler": (lambda page: page.replace("<main ", '<main onclick="x()" ', 1), "policy:"),
    "a script that the policy does not know": (lambda page: page.replace("</main>", "<script>1</script></main>"), "console:"),
    "too pale in the light": (lambda page: replaced(page, "--soft: #57606a", "--soft: #b0b8c0"), "light"),
    "too pale in the dark": (lambda page: replaced(page, "--soft: #a9b1ba", "--soft: #4b5157"), "dark"),
    "a field without a name": (lambda page: page.replace('<label for="find">Search</label>', ""), "light"),
}


def damages():
    """Of each damage, whether it changed the page at all, and what was found."""
    PAGES.mkdir(parents=True, exist_ok=True)
    good = changed().read_text(encoding="utf-8")
    asked = []
    for number, (name, (damage, start)) in enumerate(DAMAGES.items()):
        bad = damage(good)
        if bad == good:
            raise Broken(f"the damage `{name}` changes nothing")
        path = PAGES / f"damaged-{number}.html"
        path.write_text(bad, encoding="utf-8")
        asked.append({"file": str(path), "compared": True, "enough": start})
    told = looked_at(asked)
    return {name: [one for one in wrong if one.startswith(start)] for (name, (_, start)), wrong in zip(DAMAGES.items(), told)}
