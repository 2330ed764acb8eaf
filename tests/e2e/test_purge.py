"""A story that is erased for ever: what partners see, what is left in the log."""

import desk
from live import wait

PERSON = "Petrova of the harbour office"


class PurgeTest(desk.Case):
    def test_a_purged_story_is_gone_for_everybody(self):
        told = self.import_page(self.page(body=f"{PERSON} missed the ferry. She was late again."))
        self.assertEqual(told.code, 0, told)
        article = told.json()["items"][0]["article"]
        name = article["name"]
        self.wait_item(self.ctl.ok("articles", "update", name, "--headline", f"{PERSON} was late"))

        refused = self.ctl("articles", "purge", name, "--reason", "request 14")
        self.assertEqual(refused.code, 2, refused)
        self.assertIn(f"--confirm {name.partition('/')[2]}", refused.error["hint"])
        self.assertEqual(self.versions(name), [2, 1])
        purged = self.ctl.ok("articles", "purge", name, "--reason", "request 14", "--confirm", name)
        self.assertEqual((purged["version"], purged["purged"]), ("3", True))

        # Partners are told to take it down.
        for section in (self.section, "all"):
            self.assert_tombstone(self.wait_item(purged, section=section))
        for replica in (0, 1):
            self.assert_problem(self.article_page(name, replica), 410, "ARTICLE_PURGED")
            for suffix in ("json", "rss"):
                answer = self.feed(suffix, replica)
                self.assertEqual(answer.status, 200)
                self.assertNotIn(PERSON.encode(), answer.body)

        # No replica knows an earlier version, and no document or story comes back under its key.
        for replica in (0, 1):
            wait.until(lambda r=replica: self.versions(name, r) == [3], desk.VISIBLE_SECONDS_MAX,
                       f"ingestion-{replica} has forgotten")
        self.assertEqual(self.ctl("articles", "get", f"{name}@1").error["reason"],
                         "ARTICLE_NOT_FOUND")
        again = self.import_page(self.page(body=f"{PERSON} missed the ferry. She was late again."))
        self.assertEqual((again.code, again.error["reason"]), (1, "ARTICLE_PURGED"))

        # What compaction leaves: the last record of each key.
        last = {}
        for topic in ("telex.articles.v1", "telex.originals.v1"):
            for record in self.ctl.records(topic):
                last[topic, record["key"]] = record.get("value")
        for version in (1, 2):
            self.assertIsNone(last["telex.articles.v1", f"{name}@{version}"])
        self.assertIsNone(last["telex.originals.v1", article["document"]])
        self.assertFalse([key for key, value in last.items() if PERSON in str(value)])

    def test_a_purge_is_of_the_version_that_was_looked_at(self):
        name = self.create()["name"]
        self.ctl.ok("articles", "update", name, "--headline", "Another")
        told = self.ctl("articles", "purge", name, "--reason", "request 14", "--confirm", name,
                        "--etag", "1")
        self.assertEqual((told.code, told.error["reason"]), (1, "STALE_ETAG"))
        self.assertEqual(self.versions(name), [2, 1])
        self.assertEqual(self.ctl("articles", "erase", name).code, 2)
