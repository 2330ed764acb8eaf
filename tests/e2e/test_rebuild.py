"""Redis and the local stores are caches: without them everything is the same, to the byte."""

import http.client
import json
import signal

import desk
from live import wait, web

CODINGS = ("identity", "gzip", "br")


class RebuildTest(desk.Case):
    def setUp(self):
        super().setUp()
        article = self.create(headline="One")
        self.ctl.ok("articles", "update", article["name"], "--headline", "One, corrected")
        killed = self.create(key="killed")
        self.ctl.ok("articles", "kill", killed["name"], "--reason", "untrue")
        self.wait_item(self.create(key="last"))
        self.names = [article["name"], killed["name"]]

    def served(self, replica):
        """All that partners can see of a replica: path and coding -> status, validators, bytes."""
        index = web.ask(self.feeds[replica], "/", headers={"Accept": "application/json"}).json()
        paths = [web.feed_path(feed["section"], feed["language"], suffix)
                 for feed in index["feeds"] for suffix in ("rss", "json")]
        paths += [web.article_path(name) for name in self.names]
        seen = {"/": json.dumps(index)}
        for path in paths:
            for coding in CODINGS:
                answer = web.ask(self.feeds[replica], path, headers={"Accept-Encoding": coding})
                seen[path, coding] = (answer.status, answer.etag, answer.body)
        return seen

    def assert_same(self, before, after):
        self.assertEqual(before.keys(), after.keys())
        self.assertEqual([key for key in before if before[key] != after[key]], [])

    def test_redis_flushed_while_all_run(self):
        before = [self.served(replica) for replica in (0, 1)]
        self.assert_same(*before)
        self.assertTrue(self.stack.redis("FLUSHALL").startswith(b"+OK"))
        for replica in (0, 1):
            self.assert_same(before[replica], self.served(replica))
        # And with nothing in memory either: rendered again.
        self.stack.redis("FLUSHALL")
        self.stack.stop("feeds-1")
        self.stack.start("feeds-1")
        self.stack.redis("FLUSHALL")
        self.assert_same(before[1], self.served(1))
        # Stories go on, too.
        self.wait_item(self.create(key="after"))

    def test_without_redis_feeds_are_served_and_stories_come_through(self):
        before = self.served(0)
        self.stack.kill("redis")
        try:
            self.assert_same(before, self.served(0))
            self.wait_item(self.create(key="without"))
        finally:
            self.stack.start("redis")
        self.assert_same(self.served(0), self.served(1))

    def test_without_the_broker_feeds_are_served_and_stories_wait(self):
        before = [self.served(replica) for replica in (0, 1)]
        self.stack.kill("kafka")
        fresh = None
        try:
            self.stack.kill("feeds-1")
            self.stack.start("feeds-1")
            for replica in (0, 1):
                self.assert_same(before[replica], self.served(replica))
            # One that knows nothing yet says so; it does not say that there is nothing.
            fresh = self.stack.child("feeds-3")
            address = self.stack.address("feeds-3")
            for path in (web.feed_path("all"), web.article_path(self.names[0]), "/"):
                status = wait.until(lambda p=path: self.status_of(address, p), 20, "it listens")
                self.assertEqual(status, 503, path)
            self.assertEqual(web.ask(self.stack.admin_address("feeds-3"), "/readyz").status, 503)
            told = self.ctl("articles", "create", "--source", desk.SOURCE, "--key", self.key("wait"),
                            "--headline", "A story", "--section", self.section, "--language", "en",
                            "--new-section", "--body-file", "-", "--timeout-seconds", "2",
                            stdin=b"It waits.")
            self.assertEqual(told.code, 3, told)
        finally:
            self.stack.start("kafka")
            if fresh is not None:
                fresh.send_signal(signal.SIGTERM)
                self.assertEqual(fresh.wait(40), 0)
        # Safe to repeat: one article, whether the first try reached the log or not.
        article = wait.until(lambda: self.try_create(), 60, "the broker is back")
        self.wait_item(article)
        self.assertEqual(self.versions(article["name"]), [1])

    def try_create(self):
        answer = self.callers[0].answer("CreateArticle", self.draft("wait",
                                        body_html="<p>It waits.</p>"))
        return answer.get("response")

    @staticmethod
    def status_of(address, path):
        """None while nobody listens."""
        try:
            return web.ask(address, path).status
        except (OSError, http.client.HTTPException):
            return None

    def test_the_store_of_feeds_deleted(self):
        before = self.served(1)
        self.stack.stop("feeds-1")
        self.stack.delete_store("feeds-1")
        self.stack.redis("FLUSHALL")
        self.stack.start("feeds-1")
        self.assert_same(before, self.served(1))
        self.assert_same(before, self.served(0))

    def test_the_store_of_feeds_deleted_after_a_crash(self):
        before = self.served(0)
        self.stack.kill("feeds-0")
        self.stack.delete_store("feeds-0")
        self.stack.start("feeds-0")
        self.assert_same(before, self.served(0))

    def store_file(self, name):
        return next((self.stack.settings.data / name).rglob("data.mdb"))

    def test_a_flipped_letter_in_the_store_of_feeds_is_not_served(self):
        before = self.served(0)
        self.stack.stop("feeds-1")
        file = self.store_file("feeds-1")
        right = file.read_bytes()
        wrong = right.replace(b"One, corrected", b"One, korrected")
        self.assertNotEqual(right, wrong)
        file.write_bytes(wrong)
        self.stack.redis("FLUSHALL")
        self.stack.start("feeds-1")
        process = self.stack.service("feeds-1").process
        pid = process.pid()
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.article_page(self.names[0], 1)
        wait.until(lambda: process.pid() not in (None, pid)
                   and self.stack.service("feeds-1").why_not_ready() is None, 60, "feeds-1 is back")
        self.assertIn("does not fit its checksum", self.stack.log("feeds-1"))
        desk.expected_exits.append(("feeds-1", "will be emptied at the next start"))
        self.assert_same(before, self.served(1))
        self.assert_same(before, self.served(0))

    def test_the_store_of_feeds_cut_short(self):
        before = self.served(0)
        self.stack.stop("feeds-1")
        file = self.store_file("feeds-1")
        with file.open("r+b") as data:
            data.truncate(file.stat().st_size // 8192 * 4096)
        self.stack.start("feeds-1")
        self.assertIn("says that it has", self.stack.log("feeds-1"))
        self.assert_same(before, self.served(1))

    def told(self, replica):
        """What a replica of ingestion says of itself."""
        ask = self.callers[replica]
        articles = ask.all("ListArticles", {}, "articles")
        return {"articles": articles, "sources": ask.all("ListSources", {}, "sources"),
                "versions": [ask.all("ListArticleVersions", {"name": name}, "articles")
                             for name in self.names],
                "whole": [ask("GetArticle", {"name": one["name"]}) for one in articles]}

    def test_the_store_of_ingestion_deleted(self):
        before = self.told(0)
        self.assertEqual(before, self.told(1))
        create = {**self.draft("repeated"), "request_id": "5d0e1f6c-0b0a-4c0e-9a53-3f4be1b5f9d2"}
        first = self.callers[1]("CreateArticle", create)
        before = wait.until(lambda: self.told(0) == self.told(1) and self.told(0),
                            desk.VISIBLE_SECONDS_MAX, "both know the story")
        self.stack.stop("ingestion-1")
        self.stack.delete_store("ingestion-1")
        self.stack.start("ingestion-1")
        self.assertEqual(before, self.told(1))
        # It remembers what was asked, too, and goes on deciding.
        self.assertEqual(self.callers[1]("CreateArticle", create), self.as_repeated(first))
        self.assertEqual(self.versions(first["name"], 1), [1])
        self.wait_item(self.callers[1]("CreateArticle", self.draft("after")))
