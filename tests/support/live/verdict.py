"""Runs unittest cases and ends with the line `N passed, N failed`."""

import sys
import time
import unittest


class _Result(unittest.TestResult):
    """One line a test as it ends; what failed is explained at once."""

    def __init__(self):
        super().__init__()
        self.passed, self.failed = set(), set()
        self._begin = 0.0

    def startTest(self, test):
        super().startTest(test)
        self._begin = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        if test.id() not in self.failed:
            self.passed.add(test.id())
        word = "FAILED" if test.id() in self.failed else "ok"
        print(f"{word:6} {time.monotonic() - self._begin:6.1f} s  {test.id()}", flush=True)

    def _fail(self, test, error, note=""):
        self.failed.add(test.id())
        print(f"----   {test.id()}{note}\n{self._exc_info_to_string(error, test)}", flush=True)

    def addError(self, test, error):
        self._fail(test, error)

    def addFailure(self, test, error):
        self._fail(test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._fail(test, error, f" {subtest._subDescription()}")  # noqa: SLF001


def run(suite):
    """Exit code 0 when all passed."""
    result = _Result()
    sys.stdout.reconfigure(errors="replace")
    suite.run(result)
    return result


def tell(passed, failed):
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


def select(suite, patterns):
    """The tests whose id contains one of the patterns; all without any."""
    chosen = unittest.TestSuite()
    for test in _flat(suite):
        if not patterns or any(pattern in test.id() for pattern in patterns):
            chosen.addTest(test)
    return chosen


def _flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test
