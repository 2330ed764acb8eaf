"""A partner that polls a feed and remembers what it saw: law 7, nobody sees time run backwards."""

import http.client
import threading
import time

from . import web


class Reader(threading.Thread):
    """Polls one feed, hopping between replicas with its newest ETag, until told to stop. No answer,
    or a 503, is a replica that is down: the next one is asked."""

    def __init__(self, addresses, path, pause_seconds=0.05):
        super().__init__(daemon=True)
        self._addresses, self._path, self._pause = addresses, path, pause_seconds
        self._halt = threading.Event()
        self.etag = None
        self.versions = {}  # item id -> the newest version seen
        self.withdrawn = {}  # item id -> the version that withdrew it
        self.first_seen = {}  # item id -> when, in seconds since 1970
        self.faults = []
        self.polls = self.news = self.silent = 0

    def halt(self):
        self._halt.set()
        self.join(30)

    def run(self):
        turn = 0
        while not self._halt.is_set():
            self.poll(self._addresses[turn % len(self._addresses)])
            turn += 1
            self._halt.wait(self._pause)

    def poll(self, address):
        """The status, or None when there was no answer."""
        headers = {"If-None-Match": self.etag} if self.etag else {}
        try:
            answer = web.ask(address, self._path, headers=headers, seconds=5)
        except (OSError, http.client.HTTPException):
            self.silent += 1
            return None
        self.polls += 1
        if answer.status == 200:
            self._take(answer, address)
        elif answer.status == 404 and self.etag is not None:
            self.faults.append(f"{address}: the feed vanished")
        elif answer.status not in (304, 404, 503):
            self.faults.append(f"{address}: {answer.status} {answer.body[:200]!r}")
        return answer.status

    def _take(self, answer, address):
        self.news += 1
        now = time.time()
        for item in answer.json()["items"]:
            name, version = item["id"], item["_telex"]["version"]
            usable = item["_telex"]["pubstatus"] == "usable"
            if version < self.versions.get(name, 0):
                self.faults.append(f"{address}: {name} went from version {self.versions[name]} back "
                                   f"to {version} (ETag {self.etag} -> {answer.etag})")
            if usable and version <= self.withdrawn.get(name, 0):
                self.faults.append(f"{address}: {name} was withdrawn by version "
                                   f"{self.withdrawn[name]} and is back as {version}")
            self.first_seen.setdefault(name, now)
            self.versions[name] = max(version, self.versions.get(name, 0))
            if not usable:
                self.withdrawn[name] = version
        self.etag = answer.etag
