"""A broker is restarted in order, and then a replica of ingestion: the other one takes over, from
leaders that are others than it has known."""

from live import calls, wait
from live.cluster import LEADER

STORIES = 12  # in most partitions
DECIDED_SECONDS_MAX = 60


def handover(stack, checks, source):
    caller = calls.Caller(stack, stack.address("ingestion-0"))

    def create(key):
        return caller.answer("CreateArticle", {"article": {
            "source": f"sources/{source}", "key": f"handover/{key}", "headline": "A story",
            "body_html": "<p>Before or after.</p>", "section": "handover", "language": "en"}})

    def decided(key):
        """It may be asked for again: the same request is the same story."""
        answer = {}

        def acknowledged():
            answer.update(create(key))
            return answer["code"] == "OK"

        try:
            wait.until(acknowledged, DECIDED_SECONDS_MAX, key)
        except AssertionError:
            return [f"{key}: {answer}"]
        return []

    for number in range(STORIES):
        assert not decided(f"before-{number}")
    broker = stack.named(LEADER)
    stack.stop(broker)
    stack.start(broker)
    stack.await_whole()
    stack.stop("ingestion-1")
    faults = []
    for number in range(STORIES):
        faults += [] if faults else decided(f"after-{number}")
    stack.start("ingestion-1")
    checks.check("a replica takes over after a broker was restarted", faults)
    caller.close()
