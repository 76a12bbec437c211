"""Runs the self-test and closes with how many tests passed and failed."""

import sys
import unittest
from pathlib import Path


def main():
    """Exit code 0 only when every test passed, and there were some."""
    here = Path(__file__).resolve().parent
    suite = unittest.TestLoader().discover(str(here), top_level_dir=str(here.parent))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    # A skipped test has not passed.
    failed += len(result.skipped)
    print(f"conformance: {result.testsRun - failed} passed, {failed} failed")
    return 0 if result.testsRun and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
