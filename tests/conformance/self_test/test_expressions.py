"""Rewriting expressions touches what is meant and nothing else."""

import tempfile
import unittest
from pathlib import Path

from act_assume import after_cancelling, assume, shown_as_cancelled
from act_expressions import call, in_value, literal, reference, uses_status
from act_scenario import Assumed, Refused
from act_workflow import load, permissions_of, take_out


class Expressions(unittest.TestCase):
    """The parts that the experiments do not show one by one."""

    def test_a_reference_is_replaced_in_expressions_only(self):
        rules = [(reference("needs.deploy.result"), literal("it's"))]
        for text, wanted in (
            ("${{ needs.deploy.result }}", "${{ 'it''s' }}"),
            ("${{ needs['deploy'].result }}", "${{ 'it''s' }}"),
            ("${{ needs.deploy-eu.result }}", "${{ needs.deploy-eu.result }}"),
            ("${{ needs.deploy.results }}", "${{ needs.deploy.results }}"),
            ("${{ 'needs.deploy.result' }}", "${{ 'needs.deploy.result' }}"),
            ("echo needs.deploy.result", "echo needs.deploy.result"),
            ("a ${{ NEEDS . deploy . result }} b ${{ needs.deploy.result }}", "a ${{ 'it''s' }} b ${{ 'it''s' }}"),
        ):
            self.assertEqual(in_value(text, rules), wanted)

    def test_a_condition_is_an_expression_without_braces(self):
        job = {"if": "needs.a.result == 'x'", "steps": [{"run": "needs.a.result", "if": "needs.a.result != ''"}]}
        changed = in_value(job, [(reference("needs.a.result"), literal("y"))])
        self.assertEqual(changed, {"if": "'y' == 'x'", "steps": [{"run": "needs.a.result", "if": "'y' != ''"}]})

    def test_a_status_function_in_a_text_is_none(self):
        self.assertTrue(uses_status("! Cancelled ( ) && true", {"cancelled"}))
        self.assertFalse(uses_status("contains('failure()', x)", {"failure"}))
        self.assertEqual(in_value({"if": "!cancelled()"}, [(call("cancelled"), "true")]), {"if": "!true"})

    def test_all_needs_at_once_show_the_cancelled_one(self):
        job = {"env": {"A": "${{ toJSON( needs ) }}", "B": "${{ contains(needs.*.result, 'failure') }}"}}
        changed = shown_as_cancelled("a", ["a", "b"], job)["env"]
        seen = "(needs.a.result == 'failure' && 'cancelled' || needs.a.result)"
        self.assertEqual(
            changed["A"],
            '${{ format(\'{{"a":{{"result":"{0}","outputs":{1}}},"b":{{"result":"{2}","outputs":{3}}}}}\', '
            + seen
            + ", toJSON(needs.a.outputs), needs.b.result, toJSON(needs.b.outputs)) }}",
        )
        wanted = "${{ contains(fromJSON(format('[\"{0}\",\"{1}\"]', " + seen + ", needs.b.result)), 'failure') }}"
        self.assertEqual(changed["B"], wanted)

    def test_after_cancelling_only_what_asks_for_it_starts(self):
        self.assertIs(after_cancelling("a", {})["if"], False)
        self.assertIs(after_cancelling("a", {"if": "needs.b.result == 'x'"})["if"], False)
        self.assertEqual(after_cancelling("a", {"if": "!cancelled() && x"})["if"], "!true && x")
        self.assertEqual(after_cancelling("a", {"if": "always()"})["if"], "always()")
        with self.assertRaises(Refused):
            after_cancelling("a", {"if": "failure()"})

    def test_what_cannot_be_put_right_is_refused(self):
        jobs = {"a": {"steps": []}, "b": {"needs": "a", "if": "always()"}, "c": {"needs": ["b"], "if": "failure()"}}
        with self.assertRaisesRegex(Refused, "`c` calls `failure\\(\\)`"):
            assume({"jobs": jobs}, "a", Assumed("cancelled"))

    def test_yaml_is_read_as_github_reads_it(self):
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "a.yml"
            path.write_text("on: push\na: yes\nb: 2026-01-01\nc: 010\nd: 1:30\ne: true\nf:\ng: 1.5\n", encoding="utf-8")
            wanted = {"on": "push", "a": "yes", "b": "2026-01-01", "c": 10, "d": "1:30", "e": True, "f": None, "g": 1.5}
            self.assertEqual(load(path), wanted)
            path.write_text("a: [\n", encoding="utf-8")
            with self.assertRaises(Refused):
                load(path)

    def test_permissions_are_those_of_the_job_then_of_the_workflow(self):
        self.assertEqual(permissions_of({"permissions": {"contents": "write"}}, {"permissions": {}}), {})
        self.assertEqual(permissions_of({"permissions": {"contents": "write"}}, {}), {"contents": "write"})
        self.assertEqual(permissions_of({}, {}), {"contents": "read", "packages": "read"})
        self.assertNotIn("id-token", permissions_of({"permissions": "read-all"}, {}))
        self.assertEqual(permissions_of({"permissions": "write-all"}, {})["id-token"], "write")

    def test_what_is_taken_out_is_told(self):
        job = {"runs-on": "x", "concurrency": {"group": "g", "queue": "max"}, "container": "c", "steps": [{"run": "x"}]}
        removed, ignored = take_out({"on": "push", "jobs": {"a": job}})
        self.assertEqual(removed, ["jobs.a.concurrency.queue", "jobs.a.container"])
        self.assertEqual(ignored, ["jobs.a.concurrency", "jobs.a.runs-on"])
