"""Embargo and expiry: the log says when, and late rather than early."""

import datetime

import desk
from live import wait

SECONDS_AHEAD = 3


def parsed(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class TimesTest(desk.Case):
    def test_a_story_under_embargo_is_seen_by_nobody_and_then_by_all(self):
        until = desk.instant(SECONDS_AHEAD)
        article = self.create(flags=["--embargoed", until])
        name = article["name"]
        self.assertEqual(article["availability"], "AVAILABILITY_EMBARGOED")

        def hidden():
            """True when nothing was seen; what was asked after the embargo's end is not judged."""
            seen = [self.item(name, replica) is not None or
                    self.item(name, replica, section="all") is not None or
                    self.article_page(name, replica).status != 404 for replica in (0, 1)]
            return not any(seen) or now() >= parsed(until)

        wait.always(hidden, SECONDS_AHEAD - 1, "nothing of it is seen")
        article = {**article, "version": int(article["version"]) + 1}
        item = self.wait_item(article)
        self.assertGreaterEqual(now(), parsed(until))
        self.assertEqual(parsed(item["date_published"]), parsed(until))
        self.assertEqual(self.article_page(name).status, 200)
        self.assertEqual(self.versions(name), [2, 1])

    def test_an_embargo_that_is_lifted_by_an_editor(self):
        article = self.create(flags=["--embargoed", desk.instant(3600)])
        self.assertIsNone(self.item(article["name"]))
        free = self.ctl.ok("articles", "update", article["name"], "--embargoed", "")
        self.wait_item(free)

    def test_a_story_expires(self):
        until = desk.instant(SECONDS_AHEAD)
        article = self.create(flags=["--expires", until])
        item = self.wait_item(article)
        self.assertEqual(item["_telex"]["pubstatus"], "usable")
        self.assertEqual(parsed(item["_telex"]["expires"]), parsed(until))
        item = self.wait_item({**article, "version": int(article["version"]) + 1})
        self.assertGreaterEqual(now(), parsed(until))
        self.assertNotIn("content_html", item)
        self.assertNotEqual(item["_telex"]["pubstatus"], "usable")
        self.assert_credit(item)
        self.assert_problem(self.article_page(article["name"]), 410, "ARTICLE_WITHDRAWN")

    def test_an_embargo_that_ends_while_nobody_decides(self):
        """Feeds read no clock: without ingestion the story stays hidden, and comes when that is back."""
        until = desk.instant(SECONDS_AHEAD)
        article = self.create(flags=["--embargoed", until])
        for name in ("ingestion-0", "ingestion-1"):
            self.stack.kill(name)
        try:
            wait.until(lambda: now() > parsed(until) + datetime.timedelta(seconds=1), 10,
                       "the embargo has ended")
            self.assertIsNone(self.item(article["name"]))
            self.assert_problem(self.article_page(article["name"]), 404, "ARTICLE_NOT_FOUND")
        finally:
            for name in ("ingestion-0", "ingestion-1"):
                self.stack.start(name)
        item = self.wait_item({**article, "version": int(article["version"]) + 1})
        self.assertEqual(parsed(item["date_published"]), parsed(until))

    def test_a_kill_under_embargo_never_shows(self):
        until = desk.instant(SECONDS_AHEAD)
        article = self.create(flags=["--embargoed", until])
        self.ctl.ok("articles", "kill", article["name"], "--reason", "untrue")
        wait.until(lambda: now() > parsed(until) + datetime.timedelta(seconds=1), 10,
                   "the embargo has ended")
        self.assertIsNone(self.item(article["name"]))
        self.assertIn(self.article_page(article["name"]).status, (404, 410))
