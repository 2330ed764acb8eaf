"""The only sleeps of these tests: polling, with an end."""

import time

POLL_SECONDS = 0.05


def until(predicate, seconds, what):
    """The first truthy answer of `predicate`. AssertionError with the last one when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; at last: {answer!r}")
        time.sleep(POLL_SECONDS)


def until_or_last(predicate, seconds):
    """Whether `predicate` became true in time: for whoever tells himself what is wrong."""
    try:
        until(predicate, seconds, "")
    except AssertionError:
        return False
    return True


def hold(seconds):
    """For states that last: nothing tells when they have lasted long enough."""
    time.sleep(seconds)


def always(predicate, seconds, what):
    """Holds that `predicate` stays true for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not predicate():
            raise AssertionError(f"did not hold for {seconds} s: {what}")
        time.sleep(POLL_SECONDS)
