"""Feeds over HTTP: conditional requests, codings, methods, refusals (RFC 9110, RFC 9457)."""

import html
import urllib.parse

import desk
from live import wait, web

LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"


class ConditionalTest(desk.Case):
    def setUp(self):
        super().setUp()
        self.wait_item(self.create(body="The body of the story, long enough to be worth packing. " * 20))
        self.full = self.feed("rss")
        self.assertEqual(self.full.status, 200)

    def ask(self, method="GET", **headers):
        return self.feed("rss", method=method,
                         headers={name.replace("_", "-"): value for name, value in headers.items()})

    def test_a_match_is_304_with_its_validators_and_no_body(self):
        answer = self.ask(If_None_Match=self.full.etag)
        self.assertEqual((answer.status, answer.body), (304, b""))
        self.assertEqual(answer.etag, self.full.etag)
        for name in ("cache-control", "vary"):
            self.assertEqual(answer.headers[name], self.full.headers[name])

    def test_comparison_is_weak_and_reads_lists(self):
        for field in (f"W/{self.full.etag}", f'"other", {self.full.etag}', f'"a",W/{self.full.etag}',
                      "*", f'{self.full.etag} , "b"'):
            with self.subTest(field):
                self.assertEqual(self.ask(If_None_Match=field).status, 304)

    def test_what_does_not_match_is_sent(self):
        for field in ('"other"', "hocus", '"1.2"', '""', self.full.etag.strip('"'), 'W/"'):
            with self.subTest(field):
                answer = self.ask(If_None_Match=field)
                self.assertEqual((answer.status, answer.body), (200, self.full.body))

    def test_dates_are_no_condition(self):
        """A takedown may be older than the newest story: a date cannot tell that it came in."""
        self.assertNotIn("last-modified", self.full.headers)
        for name in ("If_Modified_Since", "If_Unmodified_Since"):
            for date in (LATER, LONG_AGO, "yesterday"):
                self.assertEqual(self.ask(**{name: date}).status, 200)
        self.assertEqual(self.ask(If_None_Match=self.full.etag, If_Modified_Since=LONG_AGO).status, 304)
        self.assertEqual(self.ask(If_None_Match='"other"', If_Modified_Since=LATER).status, 200)

    def test_preconditions(self):
        article = web.article_path(self.create(key="other")["name"])
        wait.until(lambda: web.ask(self.feeds[0], article).status == 200,
                   desk.VISIBLE_SECONDS_MAX, "the article has its page")
        for path in (web.feed_path(self.section, suffix="rss"), web.feed_path(self.section), article, "/"):
            with self.subTest(path):
                def ask(**headers):
                    return web.ask(self.feeds[0], path, headers={
                        name.replace("_", "-"): value for name, value in headers.items()})
                tag = ask().etag
                for failing in ('"x"', f"W/{tag}"):
                    self.assert_problem(ask(If_Match=failing), 412, "PRECONDITION_FAILED")
                    self.assertEqual(ask(If_Match=failing, If_None_Match=tag).status, 412)
                for holding in (tag, f'"x", {tag}', "*"):
                    self.assertEqual(ask(If_Match=holding).status, 200)
                self.assertEqual(ask(If_Match=tag, If_None_Match=tag).status, 304)

    def test_a_tag_says_nothing_at_another_address(self):
        name = self.create(key="other")["name"]
        self.wait_item({"name": name, "version": 1})
        pages = [web.feed_path(section, suffix=suffix) for section in (self.section, "all")
                 for suffix in ("json", "rss")] + [web.article_path(name), "/"]
        answers = {path: web.ask(self.feeds[0], path) for path in pages}
        for path in pages:
            for other, answer in answers.items():
                with self.subTest(path=path, tag_of=other):
                    told = web.ask(self.feeds[0], path, headers={"If-None-Match": answer.etag})
                    self.assertEqual(told.status, 304 if other == path else 200)

    def test_head_is_get_without_a_body(self):
        for coding in ("identity", "gzip", "br"):
            with self.subTest(coding):
                got = self.ask(Accept_Encoding=coding)
                head = self.ask("HEAD", Accept_Encoding=coding)
                self.assertEqual((head.status, head.body), (200, b""))
                got.headers.pop("date"), head.headers.pop("date")
                self.assertEqual(head.headers, got.headers)
        self.assertEqual(self.ask("HEAD", If_None_Match=self.full.etag).status, 304)

    def test_each_coding_has_its_own_etag_and_the_same_content(self):
        answers = {coding: self.ask(Accept_Encoding=coding) for coding in ("identity", "gzip", "br")}
        self.assertEqual(len({answer.etag for answer in answers.values()}), 3)
        self.assertNotIn("content-encoding", answers["identity"].headers)
        for coding in ("gzip", "br"):
            self.assertEqual(answers[coding].headers["content-encoding"], coding)
            self.assertLess(len(answers[coding].body), len(answers["identity"].body))
        self.assertEqual(answers["gzip"].plain(), answers["identity"].body)
        for coding, answer in answers.items():
            self.assertIn("accept-encoding", answer.headers["vary"].lower())
            self.assertEqual(answer.headers["content-length"], str(len(answer.body)))
            self.assertFalse(answer.etag.startswith("W/"), "strong")
            again = self.ask(Accept_Encoding=coding, If_None_Match=answer.etag)
            self.assertEqual((again.status, again.etag), (304, answer.etag))

    def test_codings_are_negotiated(self):
        for field, chosen in (("gzip;q=0, br;q=0", None), ("gzip, br;q=0.1", "gzip"), ("*", None),
                              ("deflate", None), ("identity;q=0, gzip", "gzip"), ("GZIP", "gzip")):
            with self.subTest(field):
                answer = self.ask(Accept_Encoding=field)
                self.assertEqual(answer.status, 200)
                if field == "*":  # any is right
                    continue
                self.assertEqual(answer.headers.get("content-encoding"), chosen)

    def test_bytes_do_not_depend_on_the_moment_or_the_replica(self):
        for suffix in ("rss", "json"):
            for coding in ("identity", "gzip", "br"):
                answers = [self.feed(suffix, replica, headers={"Accept-Encoding": coding})
                           for replica in (0, 1, 0)]
                self.assertEqual(len({(answer.etag, answer.body) for answer in answers}), 1)

    def test_articles_are_conditional_too(self):
        name = self.create(key="other")["name"]
        self.wait_item({"name": name, "version": 1})
        answer = self.article_page(name)
        self.assertEqual(answer.status, 200)
        again = self.article_page(name, headers={"If-None-Match": answer.etag})
        self.assertEqual((again.status, again.body), (304, b""))


class RefusedRequestsTest(desk.Case):
    def ask(self, path, method="GET", **more):
        return web.ask(self.feeds[0], path, method=method, **more)

    def test_what_is_not_there(self):
        absent = "/articles/00000000-0000-5000-8000-000000000000.json"
        for path, reason in (("/feeds/nothing.en.rss", "FEED_NOT_FOUND"),
                             ("/feeds/all.xx.json", "FEED_NOT_FOUND"),
                             ("/feeds/all.en.pdf", "FORMAT_NOT_FOUND"),
                             ("/feeds/", "FORMAT_NOT_FOUND"),
                             (absent, "ARTICLE_NOT_FOUND"),
                             ("/articles/hocus.json", "ARTICLE_NOT_FOUND"),
                             ("/articles/hocus", "FORMAT_NOT_FOUND"),
                             ("/hocus", "PATH_NOT_FOUND"),
                             ("/feeds/%2e%2e/%2e%2e/etc/passwd", "FORMAT_NOT_FOUND")):
            with self.subTest(path):
                self.assert_problem(self.ask(path), 404, reason)
                self.assert_problem(self.ask(path, headers={"If-None-Match": "*"}), 404, reason)
                head = self.ask(path, "HEAD")
                self.assertEqual((head.status, head.body), (404, b""))

    def test_other_spellings_lead_to_the_one_address(self):
        name = self.create()["name"]
        self.wait_item({"name": name, "version": 1})
        feed, article = web.feed_path(self.section, suffix="rss"), web.article_path(name)
        for spelled, address in ((feed.replace("feeds", "%66eeds"), feed),
                                 (feed.replace(".en.", ".EN."), feed),
                                 (feed.replace(".en.", "%2een%2E"), feed),
                                 (feed.replace(".en.", ".En.") + "?a=%20", feed + "?a=%20"),
                                 ("/articles/" + article[10:46].upper() + ".json", article)):
            for method in ("GET", "HEAD"):
                with self.subTest(spelled, method=method):
                    answer = self.ask(spelled, method)
                    self.assertEqual((answer.status, answer.body), (301, b""))
                    location = urllib.parse.urljoin(spelled, answer.headers["location"])
                    self.assertEqual(location, address)
                    self.assertEqual(self.ask(location, method).status, 200)
        shown = self.ctl.ok("feeds", "show", f"{self.section}.EN")
        self.assertEqual(len(shown["items"]), 1)

    def test_only_get_and_head(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            with self.subTest(method):
                answer = self.ask("/feeds/all.en.rss", method, headers={"Content-Length": "0"})
                self.assert_problem(answer, 405, "METHOD_NOT_ALLOWED")
                self.assertEqual({one.strip() for one in answer.headers["allow"].split(",")},
                                 {"GET", "HEAD"})

    def test_what_was_taken_back_is_gone(self):
        article = self.create()
        self.wait_item(self.ctl.ok("articles", "kill", article["name"], "--reason", "untrue"))
        for replica in (0, 1):
            self.assert_problem(self.article_page(article["name"], replica), 410, "ARTICLE_WITHDRAWN")
            head = self.article_page(article["name"], replica, method="HEAD")
            self.assertEqual((head.status, head.body), (410, b""))

    def test_partners_read_why_and_the_note(self):
        name = self.create(flags=["--ednote", "names checked"])["name"]
        self.wait_item({"name": name, "version": 1})

        def seen():
            item = next(one for one in self.feed("rss").xml().iter("item")
                        if one.findtext("guid") == web.urn_of(name))
            return self.item(name)["_telex"], item.findtext("description")

        for command, pubstatus in (("withhold", "withheld"), ("kill", "canceled")):
            note = f"please take it down & <{command}> it"
            told = self.ctl.ok("articles", command, name, "--reason", "untrue", "--note", note)
            self.assert_tombstone(self.wait_item(told))
            extension, description = seen()
            self.assertEqual((extension["status_reason"], extension["ednote"]), ("untrue", note))
            self.assertEqual(html.unescape(description), f"untrue — {note}")
            for replica in (0, 1):
                for _ in range(2):  # read from the disk, then known
                    answer = self.article_page(name, replica)
                    self.assert_problem(answer, 410, "ARTICLE_WITHDRAWN")
                    self.assertEqual(answer.json()["detail"], f"The article is {pubstatus}; take it "
                                                              f"down. Why: untrue — {note}")
        self.wait_item(self.ctl.ok("articles", "reinstate", name, "--note", "it stands"))
        extension, _ = seen()
        self.assertEqual(extension["ednote"], "it stands\nnames checked")
        self.assertNotIn("status_reason", extension)
        self.assertEqual(self.article_page(name).json()["edNote"], "it stands\nnames checked")

    def test_a_story_that_was_never_seen_is_not_gone_but_absent(self):
        article = self.create(flags=["--embargoed", desk.instant(3600)])
        self.ctl.ok("articles", "kill", article["name"], "--reason", "untrue")
        other = self.create(key="other")
        self.wait_item(other)
        self.assert_problem(self.article_page(article["name"]), 404, "ARTICLE_NOT_FOUND")
        self.assertIsNone(self.item(article["name"]))
