"""A reader of the pages of stories that are under embargo, before and after its end."""

import collections
import http.client
import json
import threading
import time

from live import web

AFTER_SECONDS = 1.0  # so long the page is asked for after the embargo's end


class Watcher(threading.Thread):
    """Follows the lines of telex-load, and asks one replica of feeds after the other."""

    def __init__(self, addresses, lines, pause_seconds=0.05):
        super().__init__(daemon=True)
        self._addresses, self._lines, self._pause = addresses, lines, pause_seconds
        self._halt = threading.Event()
        self._stories = collections.deque()
        self.first_seen = {}  # urn -> when its page was first there
        self.hidden = 0  # answers of a page that was not there before its time

    def halt(self):
        self._halt.set()
        self.join(30)

    def run(self):
        turn = 0
        with open(self._lines, encoding="utf-8") as lines:
            while not self._halt.wait(self._pause):
                self._take(lines)
                if self._stories:
                    self._look(self._addresses[turn % len(self._addresses)], self._stories.popleft())
                    turn += 1

    def _take(self, lines):
        for text in iter(lines.readline, ""):
            line = json.loads(text)  # a line is written whole
            if line["code"] == "OK" and line["embargoed"]:
                self._stories.append(line)

    def _look(self, address, story):
        try:
            status = web.ask(address, web.article_path(story["name"]), seconds=5).status
        except (OSError, http.client.HTTPException):
            status = None
        now = time.time()
        if status == 200:
            self.first_seen.setdefault(web.urn_of(story["name"]), now)
        elif status == 404 and now < story["embargoed"]:
            self.hidden += 1
        if now < story["embargoed"] + AFTER_SECONDS:
            self._stories.append(story)
