"""The table of what can go wrong names what is there, and is what the page says."""

import re
import unittest

import emitted_argo
import emitted_scenarios
import scenario_table
from tools import HERE


class Table(unittest.TestCase):
    """Scenarios, claims and the page."""

    def test_every_scenario_and_every_claim_is_there(self):
        scenarios = {
            "github": set(emitted_scenarios.SCENARIOS),
            "gitlab": set(),
            "argo": {scenario.name for scenario in emitted_argo.SCENARIOS},
        }
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

    def test_the_page_has_the_table(self):
        self.assertEqual(scenario_table.in_readme(), scenario_table.table())
