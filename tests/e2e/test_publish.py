"""From a newsroom's page to partners' feeds."""

import email.utils
import re

import desk
from feed_rules import json_feed_faults, rss_faults
from live import wait, web

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
DCTERMS = "{http://purl.org/dc/terms/}"
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


class PublishTest(desk.Case):
    def test_an_imported_page_reaches_every_feed_of_its_section_and_language(self):
        told = self.import_page(self.page())
        self.assertEqual(told.code, 0, told)
        self.assertEqual(told.json()["items"][0]["verdict"], "VERDICT_ACCEPTED")
        article = told.json()["items"][0]["article"]
        self.assertEqual(article["section"], self.section)
        for section in (self.section, "all"):
            item = self.wait_item(article, section=section)
            self.assertEqual(item["title"], "The ferry leaves at nine")
            self.assertEqual(item["date_published"], "2025-04-18T14:25:00.000Z")
            self.assertIn("The ferry leaves at nine. It comes back", item["content_html"])
            rss = self.feed("rss", section=section)
            self.assertEqual(rss.status, 200)
            guids = [guid.text for guid in rss.xml().iter("guid")]
            self.assertEqual(guids.count(web.urn_of(article["name"])), 1)

    def test_a_page_of_a_new_publisher_brings_its_source_along(self):
        page = (desk.PAGES / "en-full-furniture.txt").read_bytes()
        known = self.ctl("sources", "get", "northern-courier.example").code == 0  # by an earlier run
        told = self.ctl("import", "-", stdin=page)
        self.assertEqual(told.code, 0, told)
        self.assertEqual("Made the source sources/northern-courier.example" in told.err, not known)
        source = self.ctl.ok("sources", "get", "northern-courier.example")
        self.assertIn("hyperlink", source["usage_terms"])
        item = self.wait_item(told.json()["items"][0]["article"], section="harbour")
        self.assertEqual(item["_telex"]["attribution"]["url"],
                         "https://www.northern-courier.example/")
        self.assertIn("hyperlink", item["_telex"]["usage_terms"])
        again = self.ctl("import", "-", stdin=page)
        self.assertEqual(again.code, 0, again)
        self.assertEqual(again.json()["items"][0]["verdict"], "VERDICT_UNCHANGED")

    def test_pages_of_every_language_come_in(self):
        source = f"{self.section}.example"
        self.ctl.ok("sources", "create", source, "--display-name", "Many tongues", "--home-page",
                    f"https://{source}", "--usage-terms", desk.TERMS, "--default-language", "en",
                    "--section-alias", "ПОЛИТИКА=politics", "--section-alias", "Մշակույթ=culture",
                    "--section-alias", "dünya=world")
        for file, language in (("hy-page.txt", "hy"), ("az-page.txt", "az"), ("de-page.txt", "de"),
                               ("ru-courier.txt", "ru")):
            with self.subTest(file):
                told = self.ctl("import", desk.PAGES / file, "--source", source, "--key", file)
                self.assertEqual(told.code, 0, told)
                article = told.json()["items"][0]["article"]
                self.assertEqual(article["language"], language)
                item = self.wait_item(article, section="all", language=language)
                self.assertEqual(item["language"], language)
                rss = self.feed("rss", section="all", language=language).xml()
                self.assertIn(article["headline"], [t.text for t in rss.iter("title")])

    def test_a_first_page_in_another_script_comes_in_without_flags(self):
        for file, host, printed, slug in (
                ("ru-courier.txt", "vestnik-doliny.example", "Политика", "politika"),
                ("hy-page.txt", "hovit-lur.example", "ՄՇԱԿՈՒՅԹ", "mshakuyt")):
            with self.subTest(file):
                mine = f"{self.section}.{host}"
                page = (desk.PAGES / file).read_bytes().replace(host.encode(), mine.encode())
                told = self.ctl("import", "-", "--strict", stdin=page)
                self.assertEqual((told.code, told.error["reason"]), (1, "UNKNOWN_SOURCE"))
                checked = self.ctl("import", "-", "--validate-only", stdin=page)
                self.assertEqual(checked.code, 0, checked)
                self.assertEqual(checked.json()["items"][0]["article"]["section"], slug)
                known = self.ctl("sources", "get", mine)
                self.assertEqual(known.error["reason"], "SOURCE_NOT_FOUND")
                told = self.ctl("import", "-", stdin=page)
                self.assertEqual(told.code, 0, told)
                self.assertIn(f"Section '{printed}' stands as {slug}", told.err)
                article = told.json()["items"][0]["article"]
                self.assertEqual(article["name"], checked.json()["items"][0]["article"]["name"])
                self.wait_item(article, section=slug, language=article["language"])

    def test_a_section_without_an_alias_is_refused_with_the_one_that_would_do(self):
        source = f"tongues-{self.section}.example"
        self.ctl.ok("sources", "create", source, "--display-name", "Tongues", "--home-page",
                    f"https://{source}", "--usage-terms", desk.TERMS, "--default-language", "az")
        told = self.ctl("import", desk.PAGES / "az-page.txt", "--source", source)
        self.assertEqual((told.code, told.error["reason"]), (1, "UNKNOWN_SECTION"), told)
        self.assertEqual(told.error["metadata"]["section_alias"], "DÜNYA=dunya")
        self.assertIn(f"sources update sources/{source} --section-alias", told.error["hint"])
        self.ctl.ok("sources", "update", source, "--section-alias", f"Dünya={self.section}")
        told = self.ctl("import", desk.PAGES / "az-page.txt", "--source", source)
        self.assertEqual(told.code, 0, told)
        self.assertEqual(told.json()["items"][0]["article"]["section"], self.section)

    def test_what_is_published_is_seen_within_a_moment(self):
        article = self.create()
        item = self.wait_item(article)
        self.assertEqual(item["id"], web.urn_of(article["name"]))
        page = self.article_page(article["name"])
        self.assertEqual(page.status, 200)
        self.assertEqual(page.json()["uri"], item["id"])
        self.assertEqual(page.json()["pubStatus"], "usable")
        self.assertEqual(page.json()["usageTerms"], desk.TERMS)

    def test_the_index_lists_the_feed(self):
        self.wait_item(self.create())
        listed = web.ask(self.feeds[0], "/", headers={"Accept": "application/json"}).json()
        mine = [feed for feed in listed["feeds"] if feed["section"] == self.section]
        self.assertEqual([feed["language"] for feed in mine], ["en"])
        for url in mine[0]["formats"].values():
            # The public address is that of the first replica.
            self.assertEqual(web.ask(self.feeds[0], url.partition(self.feeds[0])[2]).status, 200)

    def test_every_item_carries_link_and_terms(self):
        told = self.create(flags=["--canonical-url", "https://desk.example/stories/1"])
        item = self.wait_item(told)
        self.assert_credit(item)
        self.assertEqual(item["_telex"]["usage_terms"], desk.TERMS)
        link = item["_telex"]["attribution"]["url"]
        self.assertEqual(link, "https://desk.example/stories/1")
        self.assertIn(f'<a href="{link}">', item["content_html"])
        self.assertIn(desk.TERMS, item["content_html"])
        for rss in (self.feed("rss").xml(), self.feed("rss", section="all").xml()):
            for entry in rss.iter("item"):
                self.assertTrue(entry.findtext(f"{DC}rights"))
                self.assertTrue(entry.find("source").get("url").startswith("http"))
                self.assertTrue(entry.findtext("source"))
                body = entry.findtext(f"{CONTENT}encoded")
                if body is not None:
                    self.assertIn(f'<a href="{entry.find("source").get("url")}">',
                                  body.replace("&amp;", "&"))

    def test_a_story_without_an_address_links_to_its_page_here(self):
        told = self.create()
        item = self.wait_item(told)
        self.assertEqual(item["url"], f"http://{self.feeds[0]}{web.article_path(told['name'])}")
        self.assertEqual(web.ask(self.feeds[0], web.article_path(told["name"])).status, 200)
        self.assertEqual(self.feed("rss").xml().find("channel/item").findtext("link"), item["url"])
        self.assertEqual(item["_telex"]["attribution"]["url"], desk.LINK)

    def test_right_to_left_stories_say_so(self):
        for language, body in (("ar", "<p>خبر</p>"), ("he", "<p>חדשות</p>")):
            article = self.callers[0]("CreateArticle", self.draft(
                key=language, language=language, body_html=body))
            html = self.wait_item(article, language=language)["content_html"]
            self.assertTrue(html.startswith(f'<div dir="rtl">{body}'), html)
            entry = self.feed("rss", language=language).xml().find("channel/item")
            self.assertEqual(entry.findtext(f"{CONTENT}encoded"), html)
            self.assertTrue(entry.findtext("description").startswith('<div dir="rtl">'))
            page = self.article_page(article["name"]).json()
            self.assertEqual(page["bodies"][0]["value"], html)

    def test_controls_are_dropped_in_every_format(self):
        article = self.callers[0]("CreateArticle", self.draft(
            headline="a\x93b \ufdd0c", body_html="<p>d\x93e</p>"))
        item = self.wait_item(article)
        self.assertEqual(item["title"], "ab c")
        self.assertNotIn("\x93", item["content_html"])
        self.assertEqual(self.feed("rss").xml().find("channel/item").findtext("title"), "ab c")
        page = self.article_page(article["name"]).json()
        self.assertEqual(page["headlines"][0]["value"], "ab c")

    def test_rss_keeps_its_rules(self):
        for number in range(3):
            last = self.create(key=number, headline=f"Story {number}")
        self.wait_item(last)
        answer = self.feed("rss")
        self.assertEqual(answer.headers["content-type"], "application/rss+xml; charset=utf-8")
        rss = answer.xml()
        self.assertEqual((rss.tag, rss.get("version")), ("rss", "2.0"))
        channel = rss.find("channel")
        for tag in ("title", "link", "description", "language", "ttl", "lastBuildDate"):
            self.assertEqual(len(channel.findall(tag)), 1, tag)
        own = channel.find(f"{ATOM}link[@rel='self']").get("href")
        self.assertTrue(own.endswith(web.feed_path(self.section, "en", "rss")), own)
        self.assertEqual(rss_faults(answer.body, answer.headers["content-type"], own), [])
        items = channel.findall("item")
        self.assertEqual([item.findtext("title") for item in items],
                         ["Story 2", "Story 1", "Story 0"])
        modified = []
        for item in items:
            self.assertEqual(item.find("guid").get("isPermaLink"), "false")
            self.assertTrue(item.findtext("link").startswith("http"))
            published = item.findtext("pubDate")
            self.assertRegex(published, r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d (GMT|\+0000)$")
            self.assertIsNotNone(email.utils.parsedate_to_datetime(published))
            self.assertIsNone(item.find(f"{ATOM}rights"))
            modified.append(item.findtext(f"{DCTERMS}modified"))
        built = email.utils.parsedate_to_datetime(channel.findtext("lastBuildDate"))
        self.assertEqual(built.strftime("%Y-%m-%dT%H:%M:%S"), max(modified).partition(".")[0])
        self.assertEqual(len({item.findtext("guid") for item in items}), 3)

    def test_json_feed_keeps_its_rules(self):
        for number in range(3):
            last = self.create(key=number)
        self.wait_item(last)
        answer = self.feed()
        self.assertEqual(answer.headers["content-type"], "application/feed+json; charset=utf-8")
        feed = answer.json()
        self.assertEqual(feed["version"], "https://jsonfeed.org/version/1.1")
        self.assertTrue(feed["title"])
        self.assertTrue(feed["feed_url"].endswith(web.feed_path(self.section)))
        self.assertEqual(feed["language"], "en")
        self.assertEqual(len(feed["items"]), 3)
        for item in feed["items"]:
            self.assertIsInstance(item["id"], str)
            self.assertTrue(item["url"].startswith("http"))
            self.assertEqual(("content_html" in item) + ("content_text" in item), 1)
            self.assertRegex(item["date_published"], RFC3339)
            self.assertRegex(item["date_modified"], RFC3339)
            self.assertTrue(all(author["name"] for author in item["authors"]))
            self.assertEqual(item["tags"], [self.section])
        self.assertEqual(feed["_telex"]["updated"],
                         max(item["date_modified"] for item in feed["items"]))
        self.assertEqual(
            json_feed_faults(answer.body, answer.headers["content-type"], feed["feed_url"]), [])

    def test_hostile_text_stays_text_and_scripts_are_gone(self):
        headline = "<b>Ferry</b> & \"quay\" ]]> 'ու' \U0001f6a2 </title>"
        body = ('<p onclick="x()">Safe <a href="javascript:alert(1)">link</a> and ]]&gt;</p>'
                "<script>alert(1)</script><p>End.</p>")
        article = self.callers[0]("CreateArticle", self.draft(headline=headline, body_html=body))
        item = self.wait_item(article)
        self.assertEqual(item["title"], headline)
        for text in (item["content_html"], self.feed("rss").body.decode()):
            for bad in ("<script", "javascript:", "onclick", "alert(1)"):
                self.assertNotIn(bad, text)
        entry = self.feed("rss").xml().find("channel/item")
        # Readers that take a title for HTML show the same as those that do not.
        self.assertEqual(entry.findtext("title"), re.sub("<(?=[a-z/])", "＜", headline))
        self.assertEqual(entry.findtext(f"{CONTENT}encoded"), item["content_html"])

    def test_the_largest_story_there_may_be(self):
        paragraph = "<p>" + "Սա երկար պատմություն է։ " * 400 + "</p>"
        body = paragraph * (768 * 1024 // len(paragraph.encode()))
        article = self.callers[0]("CreateArticle", self.draft(headline="Հ" * 500, body_html=body))
        item = self.wait_item(article)
        self.assertEqual(item["title"], "Հ" * 500)
        self.assertTrue(item["content_html"].startswith(article["body_html"][:1000]))
        corrected = self.ctl.ok("articles", "update", article["name"], "--headline", "Shorter")
        self.assertEqual(self.wait_item(corrected)["title"], "Shorter")
        for suffix in ("rss", "json"):
            answers = [self.feed(suffix, replica) for replica in (0, 1)]
            self.assertEqual(answers[0].body, answers[1].body)

    def test_media_that_is_not_licensed_stays_out(self):
        media = [{"href": "https://desk.example/free.jpg", "media_type": "image/jpeg",
                  "credit": "M. Oyelaran", "syndicated": True},
                 {"href": "https://desk.example/ours.jpg", "media_type": "image/jpeg"}]
        article = self.callers[0]("CreateArticle", self.draft(media=media))
        item = self.wait_item(article)
        self.assertEqual([one["url"] for one in item["attachments"]],
                         ["https://desk.example/free.jpg"])
        for answer in (self.feed(), self.feed("rss"), self.article_page(article["name"])):
            self.assertIn(b"free.jpg", answer.body)
            self.assertNotIn(b"ours.jpg", answer.body)

    def test_a_feed_is_its_newest_hundred(self):
        for number in range(102):
            article = self.callers[number % 2]("CreateArticle", self.draft(
                number, firstcreated=f"2024-01-01T00:{number // 60:02}:{number % 60:02}Z",
                headline=f"Story {number}"))
        self.wait_item(article)

        def full():
            feed = self.feed().json()
            return len(feed["items"]) == 100 and feed

        feed = wait.until(full, desk.VISIBLE_SECONDS_MAX, "a hundred items")
        titles = [f"Story {number}" for number in range(101, 1, -1)]
        self.assertEqual([item["title"] for item in feed["items"]], titles)
        # A partner may have older ones: that they are taken back is told behind the hundred.
        oldest = self.callers[0].all("ListArticles", {"section": self.section}, "articles")[-1]
        killed = self.callers[0]("KillArticle", {"name": oldest["name"], "reason": "untrue"})
        self.assert_tombstone(self.wait_item(killed))
        items = self.feed().json()["items"]
        self.assertEqual([item["title"] for item in items[:100]], titles)
        self.assertEqual([item["id"] for item in items[100:]], [web.urn_of(killed["name"])])
