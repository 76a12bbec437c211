"""The table of what can go wrong names what is there, and is what the page says."""

import re
import unittest

import emitted_examples
import judge_examples
import scenario_table
from tools import HERE


class Table(unittest.TestCase):
    """Scenarios, claims and the page."""

    def test_every_scenario_and_every_claim_is_there(self):
        scenarios = {product: set(names) for product, names in scenario_table.scenarios().items()}
        for at, product in enumerate(scenario_table.PRODUCTS):
            claims = HERE.parent.parent / "crates" / "verify" / "src" / product / "claims" / "mod.rs"
            known = set(re.findall(r'\("([a-z-]+)", &\[', claims.read_text(encoding="utf-8")))
            self.assertGreater(len(known), 10)
            for row, cells in scenario_table.ROWS.items():
                with self.subTest(product=product, row=row):
                    cell = cells[at]
                    if isinstance(cell, scenario_table.Executed):
                        self.assertTrue(cell.names and set(cell.names) <= scenarios[product])
                    else:
                        self.assertTrue(cell.because and cell.claims and set(cell.claims) <= known)

    def test_every_test_that_proves_is_there(self):
        named = re.findall(r"proved: ([`\w, ]+) in `([\w/]+)`", scenario_table.where())
        self.assertEqual(len(named), 9)
        for names, folder in named:
            main = (HERE.parent.parent / folder / "main.rs").read_text(encoding="utf-8")
            for name in re.findall(r"\w+", names):
                with self.subTest(test=name, folder=folder):
                    self.assertRegex(main, rf"#\[test\]\nfn {name}\(")

    def test_what_is_executed_of_examples_is_a_row_and_an_example(self):
        examples = {path.name for path in judge_examples.examples_below(judge_examples.ROOT / "examples")}
        self.assertLessEqual(set(emitted_examples.KNOWN), examples)
        for name in examples:
            for rows in scenario_table.executed_of(name).values():
                with self.subTest(example=name):
                    self.assertTrue(rows and set(rows) <= set(scenario_table.ROWS))
        self.assertEqual(scenario_table.executed_of("no-example"), {})

    def test_every_damage_of_examples_is_of_one_that_is_executed(self):
        for product, damages in emitted_examples.DAMAGES.items():
            for name, scenario, *_ in damages.values():
                self.assertIn(scenario, emitted_examples.worlds(emitted_examples.KNOWN[name], product))

    def test_three_rows_of_five_are_executed_on_github_and_on_gitlab(self):
        for product in ("github", "gitlab"):
            self.assertGreaterEqual(scenario_table.count(product) * 5, len(scenario_table.ROWS) * 3)

    def test_the_page_has_the_table(self):
        self.assertEqual(scenario_table.in_readme(), scenario_table.table())
