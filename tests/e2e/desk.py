"""The newsroom's desk of these tests: one stack, one source, and a section for each test."""

import datetime
import itertools
import time
import unittest

from live import calls, wait, web
from live.stack import ROOT

PAGES = ROOT / "tests" / "testdata" / "pages"
SOURCE = "desk.example"
TERMS = "Use of materials only with a hyperlink to the source."
LINK = "https://desk.example/"
VISIBLE_SECONDS_MAX = 20  # a bound for waiting, not a promise

_open = {}
expected_exits = []  # (replica, words of its last log line) of those that a test has caused on purpose
_numbers = itertools.count(1)


def open_desk(stack):
    ctl = calls.Telexctl(stack)
    callers = [calls.Caller(stack, stack.address(f"ingestion-{i}")) for i in (0, 1)]
    _open.update(stack=stack, ctl=ctl, callers=callers, run=int(time.time()) % 1_000_000)
    ctl.ok("sources", "create", SOURCE, "--display-name", "The Desk", "--home-page", LINK,
           "--usage-terms", TERMS, "--default-language", "en")
    wait.until(lambda: all(one.answer("GetSource", {"name": f"sources/{SOURCE}"})["code"] == "OK"
                           for one in callers), VISIBLE_SECONDS_MAX, "both replicas know the source")


def close_desk():
    for caller in _open["callers"]:
        caller.close()


def instant(seconds_ahead):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_ahead)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Case(unittest.TestCase):
    """`section` is this test's own; keys need not be unique beyond it."""

    def setUp(self):
        self.stack, self.ctl, self.callers = _open["stack"], _open["ctl"], _open["callers"]
        # Letters alone, as sections on pages are; new ones in each run, for a stack that was kept.
        number = next(_numbers)
        self.section = "case" + "".join(chr(ord("a") + int(digit)) for digit in
                                        f"{_open['run']}{number:03}")
        self.feeds = [self.stack.address("feeds-0"), self.stack.address("feeds-1")]

    # -- stories in ------------------------------------------------------------------------
    def create(self, key="story", headline="A story", body="The body of the story.", language="en",
               flags=()):
        """An article made through telexctl, as JSON."""
        return self.ctl.ok("articles", "create", "--source", SOURCE, "--key", self.key(key),
                           "--headline", headline, "--section", self.section, "--new-section",
                           "--language", language, "--body-file", "-", *flags, stdin=body.encode())

    def key(self, key):
        return f"{self.section}/{key}"

    def draft(self, key="story", **fields):
        """A CreateArticleRequest, for what telexctl cannot say."""
        return {"article": {"source": f"sources/{SOURCE}", "key": self.key(key),
                            "headline": "A story", "body_html": "<p>The body of the story.</p>",
                            "section": self.section, "language": "en", **fields}}

    def page(self, body="The ferry leaves at nine. It comes back at ten, as it did last year.",
             headline="The ferry leaves at nine"):
        """A page as people copy it."""
        return (f"{self.section.upper()}\n\n{headline}\n\n18 April 2025 14:25\n\n{body}\n\n"
                "Nobody at the quay was surprised by it, and the captain said so twice.\n").encode()

    def import_page(self, page, *flags):
        return self.ctl("import", "-", "--source", SOURCE, "--key", self.key("page"), *flags,
                        stdin=page)

    @staticmethod
    def as_repeated(answer):
        """What a repeat of the request is answered."""
        return {**answer, "result": {**answer["result"], "repeated": True}}

    def versions(self, name, replica=0):
        """Version numbers, newest first."""
        answer = self.callers[replica].all("ListArticleVersions", {"name": name}, "articles")
        return [int(article["version"]) for article in answer]

    # -- what partners see -----------------------------------------------------------------
    def feed(self, suffix="json", replica=0, section=None, language="en", **more):
        path = web.feed_path(section or self.section, language, suffix)
        return web.ask(self.feeds[replica], path, **more)

    def item(self, name, replica=0, section=None, language="en"):
        """The item in the JSON Feed, or None."""
        answer = self.feed(replica=replica, section=section, language=language)
        return web.item_of(answer.json(), name) if answer.status == 200 else None

    def wait_item(self, article, section=None, language="en"):
        """Waits until both replicas show this version of the article; its item as the first one has
        it."""
        name, version = article["name"], int(article["version"])

        def shown(replica):
            item = self.item(name, replica, section, language)
            return item if item and item["_telex"]["version"] == version else None

        items = [wait.until(lambda r=replica: shown(r), VISIBLE_SECONDS_MAX,
                            f"{name}@{version} on feeds-{replica}") for replica in (0, 1)]
        self.assertEqual(items[0], items[1])
        return items[0]

    def article_page(self, name, replica=0, **more):
        return web.ask(self.feeds[replica], web.article_path(name), **more)

    def assert_tombstone(self, item):
        self.assertIn(item["_telex"]["pubstatus"], ("withheld", "canceled"))
        self.assertEqual(item.get("content_text", ""), "")
        self.assertNotIn("content_html", item)
        self.assertLessEqual(item["_telex"]["expires"], item["date_modified"])
        self.assert_credit(item)

    def assert_credit(self, item):
        self.assertTrue(item["_telex"]["attribution"]["url"].startswith("http"), item)
        self.assertTrue(item["_telex"]["attribution"]["text"], item)
        self.assertTrue(item["_telex"]["usage_terms"], item)

    def assert_problem(self, answer, status, reason):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"].partition(";")[0],
                         "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["reason"], reason)
        self.assertTrue(problem["title"])
        self.assertTrue(problem["detail"])
