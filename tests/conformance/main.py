"""The commands of `.ci/conformance`."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import act_run
import emitted_act
import emitted_argo
import emitted_controllers
import emitted_examples
import emitted_local
import emitted_recurring
import emitted_review
import emitted_run
import emitted_workloads
import judge_argo
import judge_argo_cluster
import judge_argo_lint
import judge_examples
import judge_github
import judge_gitlab
import judge_neovim
import judge_page
import judge_tree_sitter
import judge_vscode
import large_release
import running_prometheus
import running_s3
from emitted_damage import DAMAGES, GITLAB_DAMAGES, damaged
from emitted_scenarios import GITLAB, QUICK, SCENARIOS
from self_test.__main__ import main as self_test_main
from tools import Broken, built


def report(arguments, files, findings):
    """Prints what was found; exit code 1 if anything was."""
    if arguments.format == "json":
        json.dump([dataclasses.asdict(finding) for finding in findings], sys.stdout, indent=2)
        print()
    else:
        for finding in findings:
            print(finding)
    print(f"{arguments.command}: {len(findings)} findings in {files} files", file=sys.stderr)
    return 1 if findings else 0


def judge(arguments):
    """Judges folders."""
    return report(arguments, *judge_github.judge(arguments.directory))


def judge_all_examples(arguments):
    """Judges what the examples emit, and a release that is larger than any of them."""
    files, findings = judge_examples.judge()
    more, others = large_release.judge(built())
    return report(arguments, files + more, findings + others)


def judge_for_gitlab(arguments):
    """Judges folders with pipelines of GitLab."""
    return report(arguments, *judge_gitlab.judge(arguments.directory))


def judge_all_examples_for_gitlab(arguments):
    """Judges what the examples emit for GitLab."""
    return report(arguments, *judge_gitlab.judge_examples(built(), judge_examples.ROOT / "examples"))


def judge_the_tree_sitter_grammar(_):
    """Judges the grammar for editors."""
    findings, files = judge_tree_sitter.judge()
    for finding in findings:
        print(finding)
    print(f"judge-tree-sitter: {len(findings)} findings in {files} files", file=sys.stderr)
    return 1 if findings else 0


def judge_pages(arguments):
    """Judges pages in a browser."""
    findings, files = judge_page.judge(arguments.file)
    if not arguments.file:
        findings += [f"nothing is told of a page that is damaged: {name}" for name, told in judge_page.damages().items() if not told]
    for finding in findings:
        print(finding)
    print(f"judge-page: {len(findings)} findings in {files} pages", file=sys.stderr)
    return 1 if findings else 0


def judge_for_argo(arguments):
    """Judges folders with what is emitted for Argo."""
    return report(arguments, *judge_argo.judge(arguments.directory))


def judge_all_examples_for_argo(arguments):
    """Judges what the examples emit for Argo."""
    binary, folder = built(), judge_examples.ROOT / "examples"
    return report(arguments, *judge_argo.judge_examples(binary, folder))


def lint_for_argo(arguments):
    """Lints folders with what is emitted for Argo."""
    return report(arguments, *judge_argo_lint.judge(arguments.directory))


def lint_all_examples_for_argo(arguments):
    """Lints what the examples emit for Argo."""
    binary, folder = built(), judge_examples.ROOT / "examples"
    return report(arguments, *judge_argo_lint.judge_examples(binary, folder))


def apply_for_argo(arguments):
    """Applies folders that were emitted for Argo to a real API server."""
    return report(arguments, *judge_argo_cluster.judge(arguments.directory))


def apply_all_examples_for_argo(arguments):
    """Applies what the built binary emits for every example to a real API server."""
    binary, folder = built(), judge_examples.ROOT / "examples"
    return report(arguments, *judge_argo_cluster.judge_examples(binary, folder))


def execute_for_argo(arguments):
    """Executes what is emitted for Argo."""
    count, wrong = emitted_argo.execute(arguments.name)
    for line in wrong:
        print(line)
    print(f"execute-argo: {count} scenarios, {len(wrong)} of what they say is not so", file=sys.stderr)
    return 1 if wrong else 0


def execute_by_controllers(arguments):
    """Executes what is emitted for Argo by its real controllers."""
    count, wrong = emitted_controllers.execute(arguments.name)
    if not arguments.name:
        more, found = emitted_workloads.execute()
        count, wrong = count + more, wrong + found
    for line in wrong:
        print(line)
    print(f"execute-argo-controllers: {count} scenarios, {len(wrong)} of what they say is not so", file=sys.stderr)
    return 1 if wrong else 0


def act(arguments):
    """Executes scenarios; exit code 2 if one could not be executed, whatever the others came to."""
    path = arguments.scenarios
    try:
        given = json.loads(sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise Broken(f"the scenarios cannot be read: {error}") from error
    except ValueError as error:
        raise Broken(f"the scenarios are not JSON: {error}") from error
    results = act_run.run_all(given if isinstance(given, list) else [given], arguments.jobs)
    json.dump(results if isinstance(given, list) else results[0], sys.stdout, ensure_ascii=False, indent=1)
    print()
    for one in results:
        if "refused" in one:
            print(f"act-run: {one['name'] or 'the scenario'}: {one['refused']}", file=sys.stderr)
    return 2 if any("refused" in one for one in results) else 0


def execute(arguments, product, scenarios, damages):
    """Executes what is emitted, in scenarios; exit code 1 if a run did anything else than the plan says, or no damage was told."""
    names = QUICK if arguments.quick else arguments.name or list(scenarios)
    unknown = [name for name in names if name not in scenarios]
    if unknown:
        raise Broken(f"there is no scenario `{unknown[0]}`; there are: {', '.join(scenarios)}")
    tried = emitted_run.try_all(product, {name: (scenarios[name], None) for name in names}, arguments.jobs, arguments.keep)
    for name, seconds, commands, wrong in tried:
        print(f"{'not as the plan says' if wrong else 'as the plan says'}: {name} ({commands} commands, {seconds} s)")
        for one in wrong:
            print(f"  {one}")
    failed = sum(bool(wrong) for *_, wrong in tried)
    print(f"{arguments.command}: {len(tried) - failed} scenarios as the plan says, {failed} not", file=sys.stderr)
    untold = 0
    if not arguments.name and not arguments.quick:
        for name, _, _, wrong in emitted_run.try_all(product, damaged(damages, scenarios), arguments.jobs, arguments.keep):
            print(f"{'told' if wrong else 'not told'}: {name}{f' ({wrong[0]})' if wrong else ''}")
            untold += not wrong
        print(f"{arguments.command}: {len(damages) - untold} damages told, {untold} not", file=sys.stderr)
    return 1 if failed or untold else 0


def execute_emitted(arguments):
    """Executes what is emitted for GitHub; where nothing less is asked for, what comes round and the workflow that looks at pull requests too."""
    code = execute(arguments, emitted_act, SCENARIOS, DAMAGES)
    if arguments.name or arguments.quick:
        return code
    return max(code, comes_round("github", (), arguments.jobs), execute_review(arguments))


def execute_for_gitlab(arguments):
    """Executes what is emitted for GitLab, in the same way."""
    code = execute(arguments, emitted_local, GITLAB, GITLAB_DAMAGES)
    return code if arguments.name or arguments.quick else max(code, comes_round("gitlab", (), arguments.jobs))


def execute_recurring(arguments):
    """Executes what comes round on a product."""
    return comes_round(arguments.product, arguments.name, arguments.jobs, arguments.keep)


def comes_round(product, names, jobs, keep=None):
    """Executes what comes round; exit code 1 if it did anything else than it must, or no damage was told."""
    unknown = [name for name in names if name not in emitted_recurring.CASES]
    if unknown:
        raise Broken(f"there is no case `{unknown[0]}`; there are: {', '.join(emitted_recurring.CASES)}")
    cases, damages = emitted_recurring.try_all(product, names, jobs, keep)
    for name, seconds, wrong in cases:
        print(f"{'not as it must be' if wrong else 'as it must be'}: {name} ({seconds} s)")
        for one in wrong:
            print(f"  {one}")
    for name, _, wrong in damages:
        print(f"{'told' if wrong else 'not told'}: {name}{f' ({wrong[0].splitlines()[0]})' if wrong else ''}")
    failed, untold = (sum(bool(wrong) for *_, wrong in cases), sum(not wrong for *_, wrong in damages))
    print(f"execute-recurring {product}: {len(cases) - failed} cases as they must be, {failed} not; {untold} damages not told", file=sys.stderr)
    return 1 if failed or untold else 0


def execute_review(arguments):
    """Executes the workflow that looks at pull requests; exit code 1 if it did anything else than it must, or no damage was told."""
    changes, damages = emitted_review.try_all(arguments.jobs)
    for name, seconds, wrong in changes:
        print(f"{'not as it must be' if wrong else 'as it must be'}: {name} ({seconds} s)")
        for one in wrong:
            print(f"  {one}")
    for name, (_, _, wrong) in damages:
        print(f"{'told' if wrong else 'not told'}: {name}{f' ({wrong[0]})' if wrong else ''}")
    failed = sum(bool(wrong) for *_, wrong in changes)
    untold = sum(not wrong for _, (_, _, wrong) in damages)
    print(f"execute-review: {len(changes) - failed} changes as they must be, {failed} not; {untold} damages not told", file=sys.stderr)
    return 1 if failed or untold else 0


def execute_examples(arguments):
    """Executes what is emitted for examples on GitHub and GitLab; exit code 1 if a run did anything else than the plan says, or no damage was told."""
    unknown = [name for name in arguments.name if name not in emitted_examples.KNOWN]
    if unknown:
        raise Broken(f"`{unknown[0]}` is not executed; these are: {', '.join(emitted_examples.KNOWN)}")
    tried, damages = emitted_examples.try_all(arguments.name, arguments.jobs, arguments.keep)
    for (product, name, scenario), seconds, wrong in tried:
        print(f"{'not as the plan says' if wrong else 'as the plan says'}: {name} on {product}: {scenario} ({seconds} s)")
        for one in wrong:
            print(f"  {one}")
    for (product, name), wrong in damages:
        print(f"{'told' if wrong else 'not told'}: {name}, on {product}{f' ({wrong[0]})' if wrong else ''}")
    failed, untold = sum(bool(wrong) for *_, wrong in tried), sum(not wrong for _, wrong in damages)
    print(f"execute-examples: {len(tried) - failed} runs as the plan says, {failed} not; {untold} damages not told", file=sys.stderr)
    return 1 if failed or untold else 0


def judge_extension(_):
    """Judges the extension for VS Code."""
    return found_wrong("judge-vscode", judge_vscode.judge())


def judge_the_settings_of_neovim(_):
    """Judges what is there for Neovim."""
    return found_wrong("judge-neovim", judge_neovim.judge())


def found_wrong(command, wrong):
    """Prints what is wrong; exit code 1 if anything is."""
    for one in wrong:
        print(one)
    print(f"{command}: {len(wrong)} findings", file=sys.stderr)
    return 1 if wrong else 0


def ask_prometheus(arguments):
    """Asks a real Prometheus."""
    return found_wrong(arguments.command, running_prometheus.check())


def write_to_s3(arguments):
    """Writes to real storage."""
    return found_wrong(arguments.command, running_s3.check())


def self_test(_):
    """Runs the self-test."""
    return self_test_main()


def commands():
    """The command line."""
    parser = argparse.ArgumentParser(prog="conformance", description="without a command: self-test")
    sub = parser.add_subparsers(dest="command")
    formats = {"choices": ["text", "json"], "default": "text"}

    one = sub.add_parser("judge-github", help="zizmor, actionlint with shellcheck and GitHub's parser over folders")
    one.add_argument("directory", nargs="+", help="what `clearway build --out` wrote")
    one.add_argument("--format", **formats)
    one.set_defaults(do=judge)

    one = sub.add_parser("judge-examples", help="the same over what every example emits, and over a release that is too large for one workflow")
    one.add_argument("--format", **formats)
    one.set_defaults(do=judge_all_examples)

    one = sub.add_parser("judge-gitlab", help="gitlab-ci-local and shellcheck over folders")
    one.add_argument("directory", nargs="+", help="what `clearway build --out` wrote")
    one.add_argument("--format", **formats)
    one.set_defaults(do=judge_for_gitlab)

    one = sub.add_parser("judge-gitlab-examples", help="the same over what every example emits for GitLab")
    one.add_argument("--format", **formats)
    one.set_defaults(do=judge_all_examples_for_gitlab)

    one = sub.add_parser("judge-vscode", help="the extension for VS Code: types, colours, its client against the server, its package")
    one.set_defaults(do=judge_extension)

    one = sub.add_parser("judge-neovim", help="Neovim with its settings and the built server: what is wrong, hover, completion, definition, rename, formatting, colours")
    one.set_defaults(do=judge_the_settings_of_neovim)

    one = sub.add_parser("judge-tree-sitter", help="tree-sitter with the grammar for editors, over every file of the language")
    one.set_defaults(do=judge_the_tree_sitter_grammar)

    one = sub.add_parser("judge-page", help="Chromium and axe-core over pages of `clearway report html`: those given, or of every example, and damaged ones that must be told")
    one.add_argument("file", nargs="*", help="what `clearway report html` wrote; the pages of the examples and of a change without one")
    one.set_defaults(do=judge_pages)

    one = sub.add_parser("judge-argo", help="the schemas of Argo, of Kubernetes and of the Prometheus operator, and shellcheck, over folders")
    one.add_argument("directory", nargs="+", help="what `clearway build --out` wrote")
    one.add_argument("--format", **formats)
    one.set_defaults(do=judge_for_argo)

    one = sub.add_parser("judge-argo-examples", help="the same over what every example emits for Argo")
    one.add_argument("--format", **formats)
    one.set_defaults(do=judge_all_examples_for_argo)

    one = sub.add_parser("lint-argo", help="the linters of Argo Workflows, of Argo Rollouts and of Prometheus, over folders; builds them first")
    one.add_argument("directory", nargs="+", help="what `clearway build --out` wrote")
    one.add_argument("--format", **formats)
    one.set_defaults(do=lint_for_argo)

    one = sub.add_parser("lint-argo-examples", help="the same over what every example emits for Argo")
    one.add_argument("--format", **formats)
    one.set_defaults(do=lint_all_examples_for_argo)

    one = sub.add_parser("apply-argo", help="a real API server over folders: every object strictly, every policy type-checked; built first")
    one.add_argument("directory", nargs="+", help="what `clearway build --out` wrote")
    one.add_argument("--format", **formats)
    one.set_defaults(do=apply_for_argo)

    one = sub.add_parser("apply-argo-examples", help="the same over what every example emits for Argo")
    one.add_argument("--format", **formats)
    one.set_defaults(do=apply_all_examples_for_argo)

    one = sub.add_parser("execute-argo", help="executes what is emitted for Argo for the project beside; needs root for mount namespaces")
    one.add_argument("name", nargs="*", help="scenarios; all without")
    one.set_defaults(do=execute_for_argo)

    one = sub.add_parser("execute-argo-controllers",
                         help="the same by the real controllers against a real API server, which are built first; needs root for mount namespaces")
    one.add_argument("name", nargs="*", help="scenarios; all without")
    one.set_defaults(do=execute_by_controllers)

    one = sub.add_parser("act-run", help="executes scenarios, one JSON object or a list of them, with act")
    one.add_argument("scenarios", nargs="?", default="-", help="a file; standard input without one")
    one.add_argument("--jobs", type=int, help="how many at once; as many as there are processors without it")
    one.set_defaults(do=act)

    for name, engine, do in (
        ("execute-emitted", "act what is emitted", execute_emitted),
        ("execute-gitlab", "gitlab-ci-local what is emitted for GitLab", execute_for_gitlab),
    ):
        one = sub.add_parser(name, help=f"executes with {engine} for a project of our own")
        one.add_argument("name", nargs="*", help="scenarios; all of them without one")
        one.add_argument("--quick", action="store_true", help="one that passes and one that goes back")
        one.add_argument("--jobs", type=int, help="how many at once; as many as there are processors without it")
        one.add_argument("--keep", help="a new folder that keeps what each scenario left")
        one.set_defaults(do=do)

    one = sub.add_parser("execute-recurring", help="executes the pipelines of what comes round, of GitHub with act or of GitLab with gitlab-ci-local")
    one.add_argument("product", choices=list(emitted_recurring.ENGINES))
    one.add_argument("name", nargs="*", help="cases; all of them without one")
    one.add_argument("--jobs", type=int, help="how many at once; as many as there are processors without it")
    one.add_argument("--keep", help="a new folder that keeps what each case left")
    one.set_defaults(do=execute_recurring)

    one = sub.add_parser("execute-examples", help="executes what is emitted for examples, of GitHub with act and of GitLab with gitlab-ci-local")
    one.add_argument("name", nargs="*", help="examples; all that can be executed without one")
    one.add_argument("--jobs", type=int, help="how many at once; as many as there are processors without it")
    one.add_argument("--keep", help="a new folder that keeps what each run left")
    one.set_defaults(do=execute_examples)

    one = sub.add_parser("execute-review", help="executes with act the workflow that looks at pull requests, over changes of the project beside")
    one.add_argument("--jobs", type=int, help="how many at once; as many as there are processors without it")
    one.set_defaults(do=execute_review)

    one = sub.add_parser("ask-prometheus", help="gates and a watch that ask a real Prometheus")
    one.set_defaults(do=ask_prometheus)

    one = sub.add_parser("write-to-s3", help="16 writers at once to a ledger in real storage that speaks S3")
    one.set_defaults(do=write_to_s3)

    one = sub.add_parser("self-test", help="whether the judges find what they must and the executor tells the truth")
    one.set_defaults(do=self_test)
    parser.set_defaults(do=self_test)
    return parser


def main():
    """Exit codes: 0 fine, 1 findings or failed tests, 2 the check itself could not be done."""
    parser = commands()
    arguments = parser.parse_args()
    try:
        return arguments.do(arguments)
    except Broken as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
