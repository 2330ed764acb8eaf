"""People who look at the stories of a storm, and what of it must be counted."""

import collections
import http.client
import json
import random
import threading
import uuid

from live import web

THREADS = 4
PAUSE_SECONDS = 0.2  # of each, between two looks
AGAIN_SECONDS = 0.25  # until a page sends a look again that was not taken
ASK_SECONDS = 5
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


class Viewers:
    """Follows the lines of telex-load. Each look is a reader of its own, and is sent again, under the same
    id and to one replica after the other, until it is answered: as a page does while it is open."""

    def __init__(self, addresses, lines, seed):
        self._addresses, self._lines = addresses, lines
        self._halt = threading.Event()
        self._mutex = threading.Lock()
        self._names = []
        self.answered = collections.Counter()  # article -> looks that were taken
        self.refused = collections.Counter()  # status -> answers that take none
        self.faults = []
        self._threads = [threading.Thread(target=self._look_on, args=(random.Random(f"{seed} {n}"),),
                                          daemon=True) for n in range(THREADS)]
        self._follower = threading.Thread(target=self._follow, daemon=True)

    def start(self):
        for thread in (self._follower, *self._threads):
            thread.start()

    def halt(self, seconds):
        """What was begun is answered first."""
        self._halt.set()
        for thread in (self._follower, *self._threads):
            if thread.ident is not None:
                thread.join(seconds)
                if thread.is_alive():
                    self.faults.append(f"a look was not answered within {seconds} s")

    def _follow(self):
        begun = ""  # a line that is being written
        with open(self._lines, encoding="utf-8") as lines:
            while not self._halt.wait(PAUSE_SECONDS):
                *whole, begun = (begun + lines.read()).split("\n")
                names = [line["name"] for line in map(json.loads, whole)
                         if line["code"] == "OK" and line["step"] == "create"]
                with self._mutex:
                    self._names += names

    def _look_on(self, chance):
        while not self._halt.wait(PAUSE_SECONDS):
            with self._mutex:
                # Some stories are looked at by many, and old ones are, too.
                name = self._names[int(len(self._names) * chance.random() ** 3)] if self._names else None
            if name is not None:
                self._look(name, uuid.UUID(int=chance.getrandbits(128), version=4), chance)

    def _look(self, name, event, chance):
        path = f"/v1/views/{name.partition('/')[2]}.gif?id={event}"
        turn = chance.randrange(len(self._addresses))
        while True:
            status = self._ask(self._addresses[turn % len(self._addresses)], path, event)
            if status == 200:
                with self._mutex:
                    self.answered[name] += 1
                return
            with self._mutex:
                self.refused[status] += 1
            if status == 410:  # purged
                return
            turn += 1
            self._halt.wait(AGAIN_SECONDS)

    @staticmethod
    def _ask(address, path, event):
        try:
            return web.ask(address, path, seconds=ASK_SECONDS,
                           headers={"User-Agent": f"{FIREFOX} reader/{event}"}).status
        except (OSError, http.client.HTTPException):
            return None


def told_by(address, name):
    """The views that a replica tells of an article; None when it tells none."""
    try:
        answer = web.ask(address, f"/v1/counts/{name.partition('/')[2]}")
    except (OSError, http.client.HTTPException):
        return None
    return answer.json()["views"] if answer.status == 200 else None


def differences(address, answered, purged):
    """Where a replica's counts differ from the looks that were answered."""
    faults = []
    for name, looks in sorted(answered.items()):
        told = told_by(address, name)
        if told != (None if name in purged else looks):
            faults.append(f"{name}: {looks} looks were answered, {told} are told"
                          + (", and it was purged" if name in purged else ""))
    return faults
