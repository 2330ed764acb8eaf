"""Two replicas of feeds that stand at different positions."""

import concurrent.futures

import desk
from live import wait, web
from live.reader import Reader

ROUNDS = 4


class ReplicasTest(desk.Case):
    def test_an_older_replica_never_answers_a_newer_client_with_the_past(self):
        article = self.create()
        name = article["name"]
        self.wait_item(article)
        old = self.feed(replica=1)
        for number in range(ROUNDS):
            self.stack.pause("feeds-1")
            try:
                corrected = self.ctl.ok("articles", "update", name, "--headline", f"Story {number}")
                version = int(corrected["version"])
                newer = wait.until(lambda: self.newer_than(old.etag), desk.VISIBLE_SECONDS_MAX,
                                   "the first replica shows the correction")
                self.assertEqual(web.item_of(newer.json(), name)["_telex"]["version"], version)
                with concurrent.futures.ThreadPoolExecutor() as pool:
                    # Sent while it stands still: read the moment it goes on, before its fold does.
                    asked = pool.submit(self.feed, replica=1, headers={"If-None-Match": newer.etag})
                    self.stack.resume("feeds-1")
                    answers = [asked.result()]
                    answers += [self.feed(replica=1, headers={"If-None-Match": newer.etag})
                                for _ in range(3)]
            finally:
                self.stack.run("resume", "feeds-1", check=False)
            for answer in answers:
                if answer.status == 304:
                    continue
                self.assertEqual(answer.status, 200)
                self.assertGreaterEqual(web.item_of(answer.json(), name)["_telex"]["version"], version)
            self.wait_item(corrected)
            old = self.feed(replica=1)
            # The other way round: who comes with the older ETag gets the newer state.
            self.assertEqual(old.etag, newer.etag)

    def test_an_articles_page_never_runs_backwards(self):
        """Neither a takedown nor a reinstatement that a client has seen is undone by a replica that
        has not."""
        name = self.create()["name"]
        self.wait_item({"name": name, "version": 1})
        for command, flags, status, allowed in (
                ("withhold", ("--reason", "being checked"), 410, (410, 503)),
                ("reinstate", (), 200, (200, 304)),
                ("kill", ("--reason", "untrue"), 410, (410, 503))):
            self.stack.pause("feeds-1")
            try:
                told = self.ctl.ok("articles", command, name, *flags)
                seen = wait.until(lambda s=status: self.page_with(name, s), desk.VISIBLE_SECONDS_MAX,
                                  f"the first replica answers {status}")
                self.assertTrue(seen.etag)
                with concurrent.futures.ThreadPoolExecutor() as pool:
                    asked = pool.submit(self.article_page, name, 1,
                                        headers={"If-None-Match": seen.etag})
                    self.stack.resume("feeds-1")
                    answers = [asked.result()]
                    answers += [self.article_page(name, 1, headers={"If-None-Match": seen.etag})
                                for _ in range(3)]
            finally:
                self.stack.run("resume", "feeds-1", check=False)
            for answer in answers:
                self.assertIn(answer.status, allowed, command)
                if answer.status == 503:
                    self.assert_problem(answer, 503, "NOT_CAUGHT_UP")
                    self.assertIn("retry-after", answer.headers)
            self.wait_item(told)
            self.assertEqual(self.article_page(name, 1).etag, seen.etag)

    def page_with(self, name, status):
        answer = self.article_page(name)
        return answer if answer.status == status else None

    def newer_than(self, etag):
        answer = self.feed(replica=0, headers={"If-None-Match": etag})
        return answer if answer.status == 200 else None

    def test_a_client_that_hops_sees_nothing_run_backwards(self):
        article = self.create()
        self.wait_item(article)
        reader = Reader(self.feeds, web.feed_path(self.section), pause_seconds=0.001)
        reader.start()
        try:
            for number in range(30):
                article = self.callers[number % 2]("UpdateArticle", {
                    "article": {"name": article["name"], "headline": f"Story {number}"},
                    "update_mask": "headline"})
            killed = self.callers[0]("KillArticle", {"name": article["name"], "reason": "untrue"})
            wait.until(lambda: reader.versions.get(web.urn_of(article["name"])) ==
                       int(killed["version"]), desk.VISIBLE_SECONDS_MAX, "the kill was seen")
        finally:
            reader.halt()
        self.assertEqual(reader.faults, [])
        self.assertGreater(reader.news, 2)
