"""What is refused: with the field, a reason, the right exit code, and nothing stored."""

import base64

import desk
from live import calls, wait

REFUSED, USAGE, NO_ANSWER, NOT_ALLOWED = 1, 2, 3, 4
TOPICS = ("telex.submissions.v1", "telex.decisions.v1", "telex.articles.v1", "telex.originals.v1",
          "telex.resources.v1")


class RefusalsTest(desk.Case):
    """Nothing else is submitted meanwhile, so the log's length tells whether anything was stored."""

    def setUp(self):
        super().setUp()
        self.before = self.lengths()

    def tearDown(self):
        self.assertEqual(self.lengths(), self.before, "something was stored")

    def lengths(self):
        listed = self.ctl.ok("topics", "list")
        return {topic["name"]: topic["records_max"] for topic in listed if topic["name"] in TOPICS}

    def assert_refused(self, told, reason, field, code=REFUSED):
        self.assertEqual(told.code, code, told)
        self.assertEqual(told.out, "")
        self.assertEqual(told.error["reason"], reason, told.error)
        self.assertTrue(told.error["message"])
        if field is not None:
            found = {(one["field"], one["reason"]) for one in told.error["fields"]}
            self.assertIn((field, reason), found, told.error)

    def attempt(self, *flags, stdin=b"The body of the story.", **changed):
        """telexctl articles create, with some flags changed; None leaves one out."""
        wanted = {"source": desk.SOURCE, "key": self.key("refused"), "headline": "A story",
                  "section": self.section, "language": "en", **changed}
        words = [word for name, value in wanted.items() if value is not None
                 for word in (f"--{name}", value)]
        return self.ctl("articles", "create", *words, "--body-file", "-", *flags, stdin=stdin)

    # -- documents -------------------------------------------------------------------------
    def test_a_document_that_is_too_large(self):
        told = self.import_page(b"a" * (4 * 1024 * 1024 + 1))
        self.assertEqual(told.code, REFUSED, told)  # it does not leave the house
        self.assertEqual(told.error["reason"], "DOCUMENT_TOO_LARGE")
        self.assertIn("4 MiB", told.error["message"])
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("ImportDocument", {
                "document": base64.b64encode(b"a" * (4 * 1024 * 1024 + 1)).decode(),
                "media_type": "text/plain", "source": f"sources/{desk.SOURCE}"})
        self.assertEqual(caught.exception.reason, "DOCUMENT_TOO_LARGE", caught.exception)
        self.assertIn("document", caught.exception.fields)

    def test_a_document_that_is_not_utf8(self):
        self.assert_refused(self.import_page(self.page().replace(b"nine", b"n\xefne")),
                            "NOT_UTF8", "document")

    def test_a_document_of_another_kind(self):
        told = self.import_page(self.page(), "--media-type", "application/pdf")
        self.assert_refused(told, "UNSUPPORTED_MEDIA_TYPE", "media_type")

    def test_an_empty_document(self):
        self.assert_refused(self.import_page(b""), "NOT_AN_ARTICLE", "document")

    def test_pages_that_are_no_story(self):
        for name, words in (("refuse-list-page", "list"), ("refuse-list-with-teasers", "list"),
                            ("refuse-login", "login"), ("refuse-cookie-wall", "cookie"),
                            ("refuse-error", "error"), ("refuse-no-body", "no body"),
                            ("refuse-no-headline", "no headline")):
            with self.subTest(name):
                told = self.import_page((desk.PAGES / f"{name}.txt").read_bytes())
                self.assert_refused(told, "NOT_AN_ARTICLE", "document")
                self.assertIn(words, told.error["message"])

    def test_strict_import_asks_for_a_key_and_proposes_one(self):
        told = self.ctl("import", "-", "--source", desk.SOURCE, "--strict", stdin=self.page())
        self.assert_refused(told, "NEEDS_KEY", "document.key")
        self.assertTrue(told.error["metadata"]["proposed_key"])
        self.assertIn("--key", told.error["hint"])

    def test_strict_import_asks_for_a_source(self):
        told = self.ctl("import", "-", "--strict", "--key", "1", stdin=self.page())
        self.assert_refused(told, "UNKNOWN_SOURCE", "source")
        told = self.ctl("import", "-", "--strict", "--source", "nobody.example", stdin=self.page())
        self.assert_refused(told, "UNKNOWN_SOURCE", "source")

    def test_a_bad_line_in_the_tokens_file_is_told_and_the_callers_before_stand(self):
        file = self.stack.folder / "tokens" / "tokens.txt"
        right = file.read_text()
        try:
            file.write_text(right + "courier-cms source\n")
            told = wait.until(lambda: self.ctl.ok("sources", "list") and self.status("callers"),
                              desk.VISIBLE_SECONDS_MAX, "a replica tells it")
            self.assertIn("three columns", told)
        finally:
            file.write_text(right)
        wait.until(lambda: self.ctl.ok("sources", "list") and not self.status("callers"),
                   desk.VISIBLE_SECONDS_MAX, "it is mended")

    def status(self, check):
        """Why the check fails at one of the services; empty when it does not."""
        services = self.ctl("status").json()
        return "".join(why for service in services for why in service["why"] if why.startswith(check))

    # -- stories ---------------------------------------------------------------------------
    def test_a_story_without_what_it_needs(self):
        self.assert_refused(self.attempt(headline=""), "FIELD_REQUIRED", "article.headline")
        self.assert_refused(self.attempt(key=None), "NEEDS_KEY", "article.key")
        told = self.ctl("articles", "create", "--source", desk.SOURCE, "--key", "k", "--headline", "H")
        self.assertEqual(told.code, USAGE, told)
        self.assertIn("--body-file", told.error["message"])
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("CreateArticle", self.draft(body_html=""))
        self.assertEqual(caught.exception.reason, "FIELD_REQUIRED")
        self.assertEqual(caught.exception.fields, {"article.body_html": "FIELD_REQUIRED"})

    def test_a_story_that_is_too_long(self):
        self.assert_refused(self.attempt(stdin=b"word " * 180_000), "FIELD_TOO_LONG",
                            "article.body_html")
        self.assert_refused(self.attempt(headline="h" * 1001), "FIELD_TOO_LONG", "article.headline")
        self.assert_refused(self.attempt(key="k" * 2001), "FIELD_TOO_LONG", "article.key")

    def test_a_body_that_is_not_utf8(self):
        told = self.attempt(stdin=b"The caf\xe9 is closed.")
        self.assertIn(told.code, (REFUSED, USAGE), told)
        self.assertIn("UTF-8", told.error["message"])
        self.assertNotIn("libprotobuf", told.err)

    def test_an_unknown_source_section_or_language(self):
        self.assert_refused(self.attempt(source="nobody.example"), "UNKNOWN_SOURCE", "article.source")
        self.assert_refused(self.attempt(section="!!"), "UNKNOWN_SECTION", "article.section")
        self.assert_refused(self.attempt(language="no-such-tongue-x"), "UNKNOWN_LANGUAGE",
                            "article.language")

    def test_a_date_in_the_far_future(self):
        for flag in ("embargoed", "expires"):
            self.assert_refused(self.attempt(f"--{flag}", "2199-01-01T00:00:00Z"),
                                "DATE_IN_FAR_FUTURE", f"article.{flag}")
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("CreateArticle", self.draft(firstcreated="2199-01-01T00:00:00Z"))
        self.assertEqual(caught.exception.fields, {"article.firstcreated": "DATE_IN_FAR_FUTURE"})
        told = self.import_page(self.page().replace(b"18 April 2025", b"18 April 2199"))
        self.assertEqual(told.error["reason"], "DATE_IN_FAR_FUTURE", told)

    def test_all_faults_are_told_at_once(self):
        told = self.attempt(headline="", language="no-such-tongue-x", key=None)
        self.assertEqual({one["field"] for one in told.error["fields"]},
                         {"article.headline", "article.language", "article.key"})

    # -- calls -----------------------------------------------------------------------------
    def test_a_bad_page_token(self):
        for method, request in (("ListArticles", {}), ("ListSources", {}),
                                ("ListArticles", {"section": "world"})):
            with self.assertRaises(calls.Refused) as caught:
                self.callers[0](method, {**request, "page_token": "hocuspocus"})
            self.assertEqual(caught.exception.fields, {"page_token": "BAD_PAGE_TOKEN"})

    def test_a_name_that_is_none(self):
        told = self.ctl("articles", "get", "articles/00000000-0000-5000-8000-000000000000")
        self.assert_refused(told, "ARTICLE_NOT_FOUND", None)
        self.assertEqual(self.ctl("articles", "get", "hocus").code, USAGE)
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("GetArticle", {"name": "articles/hocus"})
        self.assertEqual(caught.exception.fields, {"name": "FIELD_INVALID"})

    def test_a_reader_may_read_and_nothing_more(self):
        reader = ("--token-file", self.stack.token_file("feeds"))
        self.assertEqual(self.ctl("articles", "list", *reader).code, 0)
        self.assert_refused(self.attempt(*reader), "ROLE_REQUIRED", None, NOT_ALLOWED)
        name = "articles/00000000-0000-5000-8000-000000000000"
        for words in (("update", name, "--headline", "H"), ("kill", name, "--reason", "r"),
                      ("withhold", name, "--reason", "r"), ("reinstate", name)):
            told = self.ctl("articles", *words, *reader)
            self.assert_refused(told, "ROLE_REQUIRED", None, NOT_ALLOWED)
        told = self.ctl("import", "-", "--source", desk.SOURCE, *reader, stdin=self.page())
        self.assert_refused(told, "ROLE_REQUIRED", None, NOT_ALLOWED)
        told = self.ctl("sources", "update", desk.SOURCE, "--display-name", "Mine", *reader)
        self.assert_refused(told, "ROLE_REQUIRED", None, NOT_ALLOWED)

    def test_a_stranger_may_nothing(self):
        self.assert_refused(self.attempt("--token-file", ""), "UNAUTHENTICATED", None, NOT_ALLOWED)
        wrong = self.stack.folder / "wrong.token"
        wrong.write_text("0" * 64)
        self.assert_refused(self.attempt("--token-file", wrong), "UNAUTHENTICATED", None, NOT_ALLOWED)
        self.assert_refused(self.ctl("articles", "list", "--token-file", wrong), "UNAUTHENTICATED",
                            None, NOT_ALLOWED)

    def test_a_word_that_is_none(self):
        told = self.ctl("articles", "kil", "x")
        self.assertEqual((told.code, told.error["code"]), (USAGE, "USAGE"))
        self.assertIn("'kil'", told.error["message"])
        self.assertIn("telexctl articles kill", told.error["hint"])

    def test_nobody_there(self):
        told = self.ctl("articles", "list", "--ingestion-address", "127.0.0.1:9",
                        "--timeout-seconds", "1")
        self.assertEqual(told.code, NO_ANSWER, told)


class RefusedChangesTest(desk.Case):
    """On a story that is there."""

    def refused(self, request):
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("UpdateArticle", request)
        return caught.exception

    def test_an_unknown_field_in_a_mask(self):
        name = self.create()["name"]
        for mask in ("hocus", "version", "headline,pub_status", "source"):
            refused = self.refused({"article": {"name": name, "headline": "New"},
                                    "update_mask": mask})
            self.assertEqual(refused.fields, {"update_mask": "UNKNOWN_FIELD_IN_MASK"}, mask)
        refused = self.refused({"article": {"name": name, "headline": "New"}})
        self.assertEqual(refused.fields, {"update_mask": "FIELD_REQUIRED"})
        self.assertEqual(self.versions(name), [1])

    def test_a_correction_that_takes_away_what_is_needed(self):
        name = self.create()["name"]
        told = self.ctl("articles", "update", name, "--headline", "")
        self.assertEqual((told.code, told.error["reason"]), (REFUSED, "FIELD_REQUIRED"))
        refused = self.refused({"article": {"name": name}, "update_mask": "body_html"})
        self.assertEqual(refused.fields, {"article.body_html": "FIELD_REQUIRED"})
        self.assertEqual(self.versions(name), [1])

    def test_a_kill_without_a_reason(self):
        name = self.create()["name"]
        self.assertEqual(self.ctl("articles", "kill", name).code, USAGE)
        with self.assertRaises(calls.Refused) as caught:
            self.callers[0]("KillArticle", {"name": name})
        self.assertEqual(caught.exception.fields, {"reason": "FIELD_REQUIRED"})
        told = self.ctl("articles", "kill", name, "--reason", "r" * 2001)
        self.assertEqual((told.code, told.error["reason"]), (REFUSED, "FIELD_TOO_LONG"))
        self.assertEqual(self.versions(name), [1])

    def test_a_section_that_the_source_may_not_use(self):
        source = f"narrow-{self.section}.example"
        self.ctl.ok("sources", "create", source, "--display-name", "Narrow", "--home-page",
                    "https://narrow.example", "--usage-terms", "With a link.", "--default-language",
                    "en", "--sections", f"{self.section},harbour")
        wait.until(lambda: self.callers[0].answer("GetSource", {"name": f"sources/{source}"})["code"]
                   == "OK", desk.VISIBLE_SECONDS_MAX, "the source is known")
        words = ("articles", "create", "--source", source, "--key", "1", "--headline", "H",
                 "--language", "en", "--body-file", "-", "--section")
        told = self.ctl(*words, "", stdin=b"A body.")  # news, which it may not use
        self.assertEqual((told.code, told.error["reason"]), (REFUSED, "UNKNOWN_SECTION"))
        told = self.ctl(*words, "sports", stdin=b"A body.")
        self.assertEqual((told.code, told.error["reason"]), (REFUSED, "UNKNOWN_SECTION"))
        self.assertEqual([one["field"] for one in told.error["fields"]], ["article.section"])
        self.ctl.ok(*words, self.section, stdin=b"A body.")
