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
