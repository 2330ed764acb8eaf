"""What a source's settings do to its stories."""

import desk
from live import wait


class SourcesTest(desk.Case):
    def test_a_new_text_on_an_edited_story_is_held_or_applied_as_the_source_says(self):
        article = self.import_page(self.page()).json()["items"][0]["article"]
        edited = self.ctl.ok("articles", "update", article["name"], "--headline", "Edited here")
        self.assertEqual(int(edited["version"]), 2)
        self.assertEqual(self.import_page(self.page()).json()["items"][0]["verdict"],
                         "VERDICT_UNCHANGED")
        newer = self.page(body="The ferry leaves at eleven. Nobody knew of it before today.")
        held = self.import_page(newer)
        self.assertEqual((held.code, held.error["reason"]), (1, "ARTICLE_HELD"))
        self.assertEqual(self.versions(article["name"]), [2, 1])
        self.assertEqual(self.wait_item(edited)["title"], "Edited here")
        try:
            self.set_policy("apply")
            applied = self.import_page(newer)
            self.assertEqual(applied.code, 0, applied)
            self.assertEqual(int(applied.json()["items"][0]["article"]["version"]), 3)
        finally:
            self.set_policy("hold")

    def set_policy(self, policy):
        self.ctl.ok("sources", "update", desk.SOURCE, "--edited-policy", policy)
        wanted = f"EDITED_POLICY_{policy.upper()}"
        wait.until(lambda: all(one("GetSource", {"name": f"sources/{desk.SOURCE}"})["edited_policy"]
                               == wanted for one in self.callers),
                   desk.VISIBLE_SECONDS_MAX, "both replicas know the policy")

    def test_aliases_of_sections_and_languages(self):
        source = f"alias-{self.section}.example"
        self.ctl.ok("sources", "create", source, "--display-name", "Alias", "--home-page",
                    "https://alias.example", "--usage-terms", "With a link.", "--default-language",
                    "en", "--section-alias", f"STRASSE={self.section}", "--language-alias", "arm=hy")
        article = self.ctl.ok("articles", "create", "--source", source, "--key", "1", "--headline",
                              "A story", "--section", "Strasse", "--language", "arm", "--body-file",
                              "-", stdin=b"A body.")
        self.assertEqual((article["section"], article["language"]), (self.section, "hy"))
        self.wait_item(article, language="hy")

    def test_a_source_is_made_once(self):
        flags = ("--display-name", "Twice", "--home-page", "https://twice.example", "--usage-terms",
                 "With a link.", "--default-language", "en")
        name = f"twice-{self.section}.example"
        first = self.ctl.ok("sources", "create", name, *flags)
        again = self.ctl.ok("sources", "create", name, *flags)
        self.assertEqual((first.pop("result")["verdict"], again.pop("result")["verdict"]),
                         ("VERDICT_ACCEPTED", "VERDICT_UNCHANGED"))
        self.assertEqual(first, again)
        told = self.ctl("sources", "create", name, *flags, "--attribution", "Somebody else")
        self.assertEqual((told.code, told.error["reason"]), (1, "SOURCE_EXISTS"))
        told = self.ctl("sources", "update", name, "--attribution", "Else", "--etag", '"7"')
        self.assertEqual((told.code, told.error["reason"]), (1, "STALE_ETAG"))

    def test_a_source_must_have_what_its_items_carry(self):
        told = self.ctl("sources", "create", f"bare-{self.section}.example", "--display-name", "Bare",
                        "--home-page", "ftp://bare.example", "--default-language", "klingon-")
        self.assertEqual(told.code, 1, told)
        fields = {one["field"] for one in told.error["fields"]}
        self.assertTrue(fields & {"source.home_page", "source.usage_terms", "source.default_language"},
                        told.error)
        self.assertEqual(self.ctl("sources", "get", f"bare-{self.section}.example").error["reason"],
                         "SOURCE_NOT_FOUND")
