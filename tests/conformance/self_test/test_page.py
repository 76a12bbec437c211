"""The browser finds nothing wrong with a good page, and tells every damage."""

import unittest

import judge_page


class Page(unittest.TestCase):
    """A page of a change."""

    def test_a_good_page_is_good(self):
        judge_page.PAGES.mkdir(parents=True, exist_ok=True)
        page = {"file": str(judge_page.changed()), "compared": True}
        self.assertEqual(judge_page.looked_at([page]), [[]])

    def test_every_damage_is_told(self):
        for name, told in judge_page.damages().items():
            with self.subTest(name):
                self.assertTrue(told)
