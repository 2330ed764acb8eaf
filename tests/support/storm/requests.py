"""An editor who asks for translations that no policy asks for, while the stories are corrected."""

import collections
import json
import random
import threading
import uuid

from .translators import REQUESTED, ask_until_answered

PAUSE_SECONDS = 0.2
SHARE = 0.15  # of the stories


class Requests:
    """Follows the lines of telex-load. Each story is asked for once, at whatever version it has by then."""

    def __init__(self, addresses, caller, lines, seed):
        self._addresses, self._caller, self._lines = addresses, caller, lines
        self._chance = random.Random(f"{seed} requests")
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.acknowledged = set()  # articles
        self.counts = collections.Counter()
        self.faults = []

    def start(self):
        self._thread.start()

    def halt(self, seconds):
        """What was begun is answered first."""
        self._halt.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                self.faults.append(f"a request was not answered within {seconds} s")

    def _work(self):
        begun = ""  # a line that is being written
        asked = set()
        with open(self._lines, encoding="utf-8") as lines:
            while not self._halt.wait(PAUSE_SECONDS):
                *whole, begun = (begun + lines.read()).split("\n")
                for line in map(json.loads, whole):
                    if line["code"] == "OK" and line["name"] not in asked and self._chance.random() < SHARE:
                        asked.add(line["name"])
                        self._request(line["name"])
        self._caller.close()

    def _request(self, name):
        request = {"article": name, "language": REQUESTED, "workflow": "WORKFLOW_PERSON",
                   "request_id": str(uuid.UUID(int=self._chance.getrandbits(128), version=4))}
        answer, _ = ask_until_answered(self._caller, self._addresses, self._chance, self._halt,
                                       "RequestTranslation", request, lambda why: self.counts.update([why]))
        self.counts[f"{answer['code']} {answer.get('reason', '')}"] += 1
        if answer["code"] == "OK":
            self.acknowledged.add(name)
