"""Corrections, takedowns, and what makes no version."""

import threading
import uuid

import desk
from live import calls, web


class VersionsTest(desk.Case):
    def test_a_correction_moves_updated_and_nothing_else_that_identifies(self):
        first = self.create()
        before, tag = self.wait_item(first), self.feed().etag
        corrected = self.ctl.ok("articles", "update", first["name"], "--headline", "A corrected story")
        self.assertEqual(int(corrected["version"]), 2)
        after = self.wait_item(corrected)
        answer = self.feed()
        self.assertEqual(after["title"], "A corrected story")
        self.assertEqual(after["id"], before["id"])
        self.assertEqual(after["date_published"], before["date_published"])
        self.assertGreater(after["date_modified"], before["date_modified"])
        self.assertNotEqual(answer.etag, tag)
        self.assertEqual(self.feed(headers={"If-None-Match": tag}).status, 200)
        self.assertEqual(self.versions(first["name"]), [2, 1])
        old = self.ctl.ok("articles", "get", f"{first['name']}@1")
        self.assertEqual(old["headline"], "A story")

    def test_a_story_that_changes_its_section_leaves_the_old_feed(self):
        article = self.create()
        self.wait_item(article)
        other = f"{self.section}b"
        moved = self.ctl.ok("articles", "update", article["name"], "--section", other,
                            "--new-section")
        self.wait_item(moved, section=other)
        for replica in (0, 1):
            self.assertIsNone(self.item(article["name"], replica))
        # Whoever found it there must hear that it was taken back all the same.
        killed = self.ctl.ok("articles", "kill", article["name"], "--reason", "untrue")
        for section in (other, self.section, "all"):
            self.assert_tombstone(self.wait_item(killed, section=section))
        back = self.ctl.ok("articles", "reinstate", article["name"])
        self.wait_item(back, section=other)
        self.assertIsNone(self.item(article["name"]))

    def test_withheld_and_reinstated(self):
        article = self.create()
        before = self.wait_item(article)
        withheld = self.ctl.ok("articles", "withhold", article["name"], "--reason", "being checked")
        item = self.wait_item(withheld)
        self.assert_tombstone(item)
        self.assertEqual(item["_telex"]["pubstatus"], "withheld")
        self.assertEqual(item["id"], before["id"])
        self.assertNotIn(b"The body of the story", self.feed("rss").body)
        self.assert_problem(self.article_page(article["name"]), 410, "ARTICLE_WITHDRAWN")
        back = self.ctl.ok("articles", "reinstate", article["name"])
        item = self.wait_item(back)
        self.assertEqual(item["_telex"]["pubstatus"], "usable")
        self.assertEqual(item["date_published"], before["date_published"])
        self.assertIn("The body of the story", item["content_html"])
        self.assertEqual(self.article_page(article["name"]).status, 200)
        self.assertEqual(self.versions(article["name"]), [3, 2, 1])

    def test_a_kill_outlasts_the_same_and_a_new_text(self):
        article = self.import_page(self.page()).json()["items"][0]["article"]
        self.wait_item(article)
        killed = self.ctl.ok("articles", "kill", article["name"], "--reason", "untrue")
        item = self.wait_item(killed)
        self.assert_tombstone(item)
        self.assertEqual(item["_telex"]["pubstatus"], "canceled")
        self.assert_problem(self.article_page(article["name"]), 410, "ARTICLE_WITHDRAWN")
        again = self.import_page(self.page())
        self.assertEqual((again.code, again.json()["items"][0]["verdict"]), (0, "VERDICT_UNCHANGED"))
        self.assertEqual(self.versions(article["name"]), [2, 1])
        newer = self.import_page(self.page(body="The ferry leaves at eleven. Nobody knew of it before."))
        answer = newer.json()["items"][0]["article"]
        self.assertEqual(answer["pub_status"], "PUB_STATUS_CANCELED")
        self.assert_tombstone(self.wait_item(answer))
        self.assertEqual(self.article_page(article["name"]).status, 410)
        # To withhold is less than to kill.
        self.ctl("articles", "withhold", article["name"], "--reason", "again")
        self.assertEqual(self.ctl.ok("articles", "get", article["name"])["pub_status"],
                         "PUB_STATUS_CANCELED")

    def test_unchanged_content_makes_no_version(self):
        article = self.create()
        self.wait_item(article)
        tag = self.feed().etag
        self.assertEqual(article["result"]["verdict"], "VERDICT_ACCEPTED")
        updated = self.ctl.ok("articles", "update", article["name"], "--headline", "A story")
        for told in (self.create(), updated):
            self.assertEqual(told["version"], article["version"])
            self.assertEqual((told["result"]["verdict"], told["result"]["reason"]),
                             ("VERDICT_UNCHANGED", "SAME_CONTENT"))
        self.assertEqual(self.versions(article["name"]), [1])
        self.assertEqual(self.feed().etag, tag)

    def test_other_content_under_the_same_key_is_not_a_create(self):
        article = self.create()
        told = self.ctl("articles", "create", "--source", desk.SOURCE, "--key", self.key("story"),
                        "--headline", "Another story", "--section", self.section, "--language", "en",
                        "--body-file", "-", stdin=b"Another body.")
        self.assertEqual((told.code, told.error["reason"]), (1, "ARTICLE_EXISTS"))
        self.assertEqual(told.error["metadata"]["name"], article["name"])
        self.assertEqual(self.versions(article["name"]), [1])

    def test_a_change_that_changes_nothing_says_so(self):
        name = self.create()["name"]
        self.ctl.ok("articles", "kill", name, "--reason", "untrue")
        for words in (("kill", name, "--reason", "untrue"), ("withhold", name, "--reason", "why")):
            told = self.ctl("articles", *words)
            self.assertEqual(told.code, 0, told)
            article = told.json()
            self.assertEqual(article["status_reason"], "untrue")
            self.assertEqual((article["result"]["verdict"], article["result"]["reason"]),
                             ("VERDICT_UNCHANGED", "ALREADY_SO"))
        self.assertEqual(self.versions(name), [2, 1])

    def test_an_etag_is_taken_without_the_quotes_that_a_shell_takes_away(self):
        first = self.create()
        second = self.ctl.ok("articles", "update", first["name"], "--headline", "Second", "--etag",
                             first["etag"].strip('"'))
        self.assertEqual(int(second["version"]), 2)

    def test_an_etag_that_is_not_the_newest_is_refused(self):
        first = self.create()
        second = self.ctl.ok("articles", "update", first["name"], "--headline", "Second", "--etag",
                             first["etag"])
        told = self.ctl("articles", "update", first["name"], "--headline", "Third", "--etag",
                        first["etag"])
        self.assertEqual((told.code, told.error["reason"], told.error["code"]),
                         (1, "STALE_ETAG", "ABORTED"))
        self.assertEqual(told.error["metadata"]["version"], "2")
        told = self.ctl("articles", "update", first["name"], "--headline", "Third", "--etag", "hocus")
        self.assertEqual((told.code, told.error["code"]), (2, "USAGE"))
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("UpdateArticle",
                            {"article": {"name": first["name"], "headline": "Third", "etag": "2"},
                             "update_mask": "headline"})
        self.assertEqual(caught.exception.fields, {"article.etag": "FIELD_INVALID"})
        self.assertEqual(self.versions(first["name"]), [2, 1])
        self.assertEqual(second["headline"],
                         self.ctl.ok("articles", "get", first["name"])["headline"])

    def test_a_repeated_request_gets_the_same_answer(self):
        request_id = str(uuid.uuid4())
        create = {**self.draft(), "request_id": request_id}
        first = self.callers[0]("CreateArticle", create)
        update = {"article": {"name": first["name"], "headline": "Corrected"},
                  "update_mask": "headline", "request_id": str(uuid.uuid4())}
        corrected = self.callers[0]("UpdateArticle", update)
        later = self.ctl.ok("articles", "update", first["name"], "--headline", "Corrected again")
        self.assertEqual(int(later["version"]), 3)
        # Whatever happened since, and whoever is asked.
        for caller in self.callers:
            with self.subTest(caller=self.callers.index(caller)):
                self.assertEqual(caller("CreateArticle", create), self.as_repeated(first))
                self.assertEqual(caller("UpdateArticle", update), self.as_repeated(corrected))
        self.assertEqual(self.versions(first["name"]), [3, 2, 1])

    def test_a_repeated_kill_is_one_kill(self):
        article = self.create()
        kill = {"name": article["name"], "reason": "untrue", "request_id": str(uuid.uuid4())}
        killed = self.callers[0]("KillArticle", kill)
        self.ctl.ok("articles", "reinstate", article["name"])
        self.assertEqual(self.callers[1]("KillArticle", kill)["version"], killed["version"])
        self.assertEqual(self.ctl.ok("articles", "get", article["name"])["pub_status"],
                         "PUB_STATUS_USABLE")

    def test_one_story_at_two_replicas_at_once_is_one_article(self):
        for number in range(5):
            answers = self.at_once("CreateArticle", [self.draft(number), self.draft(number)])
            results = [answer.pop("result") for answer in answers]
            self.assertEqual(answers[0], answers[1])
            # Each is told which of them made it.
            self.assertEqual(sorted(result["verdict"] for result in results),
                             ["VERDICT_ACCEPTED", "VERDICT_UNCHANGED"])
            self.assertEqual(self.versions(answers[0]["name"]), [1])
            self.assertEqual(answers[0]["version"], "1")
        listed = self.callers[0].all("ListArticles", {"section": self.section}, "articles")
        self.assertEqual(len(listed), 5)
        self.wait_item(answers[0])
        self.assertEqual(len({item["id"] for item in self.feed().json()["items"]}), 5)

    def test_two_stories_under_one_key_at_once_are_one_article_and_one_refusal(self):
        for number in range(3):
            one, two = self.at_once("CreateArticle", [
                self.draft(number, headline="One"), self.draft(number, headline="Two")])
            refused = one if isinstance(one, calls.Refused) else two
            made = two if refused is one else one
            self.assertIsInstance(refused, calls.Refused)
            self.assertEqual(refused.reason, "ARTICLE_EXISTS")
            self.assertEqual(self.versions(made["name"]), [1])

    def test_two_corrections_at_once_are_both_made(self):
        article = self.create()
        answers = self.at_once("UpdateArticle", [
            {"article": {"name": article["name"], "headline": "One"}, "update_mask": "headline",
             "request_id": str(uuid.uuid4())},
            {"article": {"name": article["name"], "byline": "Two"}, "update_mask": "byline",
             "request_id": str(uuid.uuid4())}])
        self.assertEqual(sorted(answer["version"] for answer in answers), ["2", "3"])
        newest = max(answers, key=lambda answer: answer["version"])
        self.assertEqual((newest["headline"], newest["byline"]), ("One", "Two"))

    def at_once(self, method, requests):
        """The same moment, one request for each replica."""
        answers = [None, None]
        barrier = threading.Barrier(2)

        def call(replica):
            barrier.wait()
            try:
                answers[replica] = self.callers[replica](method, requests[replica])
            except calls.Refused as refused:
                answers[replica] = refused

        threads = [threading.Thread(target=call, args=(replica,)) for replica in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_lists_come_in_pages(self):
        names = {self.callers[0]("CreateArticle", self.draft(n))["name"] for n in range(5)}
        seen, token = [], ""
        while True:
            page = self.callers[0]("ListArticles", {"section": self.section, "page_size": 2,
                                                    "page_token": token})
            seen += page.get("articles", [])
            token = page.get("next_page_token", "")
            if not token:
                break
        self.assertEqual(len(seen), 5)
        self.assertEqual({article["name"] for article in seen}, names)
        times = [article["versioncreated"] for article in seen]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertTrue(all("body_html" not in article for article in seen))

    def test_a_request_id_is_that_of_one_request(self):
        made = self.create()
        name, request_id = made["name"], str(uuid.uuid4())
        withhold = {"name": name, "reason": "a doubt", "request_id": request_id}
        first = self.callers[0]("WithholdArticle", withhold)
        self.assertEqual((int(first["version"]), first["result"].get("repeated", False)), (2, False))
        # The same again, at whichever replica, is the same; a kill under its id is refused.
        again = self.callers[-1]("WithholdArticle", withhold)
        self.assertEqual(again, self.as_repeated(first))
        kill = {"name": name, "reason": "untrue", "request_id": request_id}
        with self.assertRaises(calls.Refused) as caught:
            self.callers[-1]("KillArticle", kill)
        self.assertEqual(caught.exception.fields, {"request_id": "REQUEST_ID_REUSED"})
        killed = self.callers[0]("KillArticle", {**kill, "request_id": str(uuid.uuid4())})
        self.assertEqual((int(killed["version"]), killed["pub_status"]), (3, "PUB_STATUS_CANCELED"))

    def test_what_is_checked_only_is_not_made(self):
        told = self.import_page(self.page(), "--validate-only")
        self.assertEqual(told.code, 0, told)
        name = told.json()["items"][0]["article"]["name"]
        self.assertEqual(self.ctl("articles", "get", name).error["reason"], "ARTICLE_NOT_FOUND")
        self.assertEqual(self.article_page(name).status, 404)
        preview = self.callers[0]("CreateArticle", {**self.draft(), "validate_only": True})
        self.assertEqual(self.ctl("articles", "get", preview["name"]).code, 1)
        made = self.create()
        self.assertEqual(made["name"], preview["name"])
        self.assertEqual(web.urn_of(made["name"]), self.wait_item(made)["id"])
