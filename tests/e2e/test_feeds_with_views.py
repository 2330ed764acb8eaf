"""Feeds that show views: looks come in, and partners who ask for the numbers read them."""

import contextlib
import urllib.parse
import uuid

import desk
from feed_rules import json_feed_faults, rss_faults
from live import wait, web

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
REPLICAS = ("feeds-2", "feeds-3")
# No test waits for a minute.
SETTINGS = {"TELEX_FEEDS_VIEWS_SECONDS": "2"}
SHOWN_SECONDS_MAX = 60
NAMESPACE = "{urn:telex:feeds}"


class FeedsWithViewsTest(desk.Case):
    def setUp(self):
        super().setUp()
        self.article = self.create()
        self.uuid = self.article["name"].partition("/")[2]
        self.wait_item(self.article)
        with contextlib.ExitStack() as stack:
            for name in REPLICAS:
                stack.callback(self.end, name, self.stack.child(name, **SETTINGS))
            self.addCleanup(stack.pop_all().close)
        for name in REPLICAS:
            wait.until(lambda n=name: self.stack.service(n).why_not_ready() is None, 60, f"{name} is ready")

    def end(self, name, child):
        child.terminate()
        self.assertEqual(child.wait(40), 0)
        self.stack.delete_store(name)  # another test starts one that knows nothing

    def look(self, number):
        def taken():
            answer = web.ask(self.stack.address("views-0", "http"),
                             f"/v1/views/{self.uuid}.gif?id={uuid.uuid4()}",
                             headers={"User-Agent": f"{FIREFOX} reader/{number}"})
            return answer.status == 200
        wait.until(taken, desk.VISIBLE_SECONDS_MAX, "the look is taken")

    def ask(self, replica, suffix="json", query="?views=1", **more):
        return web.ask(self.stack.address(replica), web.feed_path(self.section, suffix=suffix) + query, **more)

    def shown(self, replica):
        answer = self.ask(replica)
        self.assertEqual(answer.status, 200, answer)
        return web.item_of(answer.json(), self.article["name"])["_telex"].get("views")

    def wait_shown(self, views):
        for name in REPLICAS:
            wait.until(lambda n=name: self.shown(n) == views, SHOWN_SECONDS_MAX, f"{name} shows {views} views")

    def test_looks_are_shown_where_they_are_asked_for(self):
        self.wait_shown(0)
        plain = self.ask(REPLICAS[0], query="")
        for number in range(3):
            self.look(number)
        self.wait_shown(3)
        with self.subTest("one state is the same bytes and the same tag on every replica"):
            for suffix in ("json", "rss"):
                first, second = (self.ask(name, suffix) for name in REPLICAS)
                self.assertEqual(first.body, second.body)
                self.assertEqual(first.etag, second.etag)
                for name in REPLICAS:
                    again = self.ask(name, suffix, headers={"If-None-Match": first.etag})
                    self.assertEqual((again.status, again.etag), (304, first.etag))
        with self.subTest("rss"):
            answer = self.ask(REPLICAS[0], "rss")
            self.assertEqual([one.text for one in answer.xml().iter(f"{NAMESPACE}views")], ["3"])
            url = answer.xml().find("channel/{http://www.w3.org/2005/Atom}link").get("href")
            self.assertEqual(urllib.parse.urlsplit(url).query, "views=1")
            self.assertEqual(rss_faults(answer.body, answer.headers["content-type"], url), [])
        with self.subTest("json"):
            answer = self.ask(REPLICAS[0])
            self.assertEqual(json_feed_faults(answer.body, answer.headers["content-type"],
                                              answer.json()["feed_url"]), [])
        with self.subTest("the feed without views is what it was"):
            for name in (*REPLICAS, "feeds-0"):
                still = self.ask(name, query="")
                self.assertEqual((still.body, still.etag), (plain.body, plain.etag))

    def test_a_takedown_does_not_wait_for_numbers(self):
        self.look(1)
        self.wait_shown(1)
        ahead = self.ask(REPLICAS[0])
        self.ctl.ok("articles", "kill", self.article["name"], "--reason", "untrue")
        for name in REPLICAS:
            def taken_down(replica=name):
                answer = self.ask(replica, headers={"If-None-Match": ahead.etag})
                return answer.status == 200 and \
                    web.item_of(answer.json(), self.article["name"])["_telex"]["pubstatus"] == "canceled"
            wait.until(taken_down, desk.VISIBLE_SECONDS_MAX, f"{name} tells of the takedown")
            item = web.item_of(self.ask(name).json(), self.article["name"])
            self.assert_tombstone(item)
            self.assertNotIn("views", item["_telex"])

    def test_the_numbers_have_one_address(self):
        moved = self.ask(REPLICAS[0], query="?views=1&x=2")
        self.assertEqual(moved.status, 301)
        self.assertTrue(moved.headers["location"].endswith(".json?views=1"), moved)
        refused = self.ask(REPLICAS[0], query="?views=yes")
        self.assertEqual((refused.status, refused.json()["reason"]), (400, "FIELD_INVALID"))
