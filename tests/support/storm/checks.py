"""One line a check as the test goes on, with the time since it began."""

import time

FAULTS_SHOWN = 10


class Checks:
    def __init__(self):
        self._begin = time.monotonic()
        self.passed, self.failed = 0, []

    def say(self, text):
        print(f"{time.monotonic() - self._begin:6.1f} s  {text}", flush=True)

    def check(self, what, faults):
        """`faults`: in words; none: it holds."""
        self.say(f"{'FAILED' if faults else 'ok':6}  {what}{_shown(faults) if faults else ''}")
        if faults:
            self.failed.append(what)
        else:
            self.passed += 1


def _shown(faults):
    more = f"\n  and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
    return "\n  " + "\n  ".join(faults[:FAULTS_SHOWN]) + more
