"""Translators at their desk: claims as files, checks, completion, corrections, all through telexctl."""

import pathlib
import re
import tempfile

import test_translation
from live import wait

class TranslatorsTest(test_translation.TranslationCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def translations(self, *words):
        return self.ctl("translations", *words)

    def claimed(self, article, name, form="text"):
        """The story as a file of the translator."""
        file = self.folder / name
        self.ctl.ok("translations", "request", article["name"], "ru", "--workflow", "person")
        self.ctl.ok("translations", "claim", article["name"], "ru", "--format", form, "--out", str(file))
        return file

    @staticmethod
    def write(file, texts):
        """Translates what has no translation yet."""
        text = file.read_text(encoding="utf-8")
        for place, target in texts.items():
            if file.suffix == ".xlf":
                unit = rf'(<unit id="{re.escape(place)}">.*?</source>\n)(\s*</segment>)'
                text = re.sub(unit, rf"\g<1><target>{target}</target>\g<2>", text, flags=re.DOTALL)
            else:
                text = re.sub(rf"(\[\[{re.escape(place)}\]\]\n(?:#.*\n)+)\n", rf"\g<1>{target}\n", text)
        file.write_text(text, encoding="utf-8")

    def test_a_story_goes_out_and_comes_back_as_a_file(self):
        for form, name in (("text", "story.txt"), ("xliff", "story.xlf")):
            with self.subTest(form):
                # Another one's sentences, as the memory knows the first one's by now.
                self.setUp()
                article = self.story(key=form)
                file = self.claimed(article, name, form)
                missing = self.translations("check", str(file))
                self.assertEqual(missing.code, 1)
                self.assertEqual({one["reason"] for one in missing.json()["findings"]}, {"TRANSLATION_MISSING"})
                self.write(file, {**self.russian, "body.p2.s1": self.russian["body.p2.s1"].replace("240", "24")})
                refused = self.translations("complete", str(file))
                self.assertEqual(refused.error["reason"], "NUMBERS_DIFFER", refused)
                told = self.ctl.ok("translations", "complete", str(file), "--overrule",
                                   "body.p2.s1:NUMBERS_DIFFER=it is a small ferry")
                published = self.wait_translation(article, "ru")
                self.assertEqual(published["revision"], told["revision"])
                [segment] = [one for one in published["text"]["segments"] if one["place"] == "body.p2.s1"]
                self.assertEqual(segment["overruled"][0]["reason"], "it is a small ferry")

    def test_a_correction_meanwhile_leaves_what_is_new_to_be_done(self):
        article = self.story()
        file = self.claimed(article, "old.txt")
        self.write(file, self.russian)
        corrected = self.ctl.ok("articles", "update", article["name"], "--body-file", "-",
                                stdin=self.body.replace("quay", "pier").encode())
        job = {"name": f"jobs/{article['name'].removeprefix('articles/')}.ru"}
        wait.until(lambda: self.job(job["name"])["version"] == corrected["version"],
                   test_translation.QUEUE_SECONDS_MAX, "the claim has moved to the correction")
        self.assertTrue(self.ctl.ok("translations", "complete", str(file))["is_draft"])
        fresh = self.folder / "new.txt"
        self.ctl.ok("translations", "export", job["name"], "--out", str(fresh))
        self.assertIn("#~ changed; before: Nobody at quay", fresh.read_text(encoding="utf-8"))
        pier = self.russian["body.p3.s1"].replace("причале", "пирсе")
        self.write(fresh, {"body.p3.s1": pier})
        self.assertIn(job["name"], [one["name"] for one in
                                    self.ctl.ok("translations", "queue", "--mine", "--to", "ru")["jobs"]])
        self.ctl.ok("translations", "complete", str(fresh))
        published = self.wait_translation(article, "ru", version=corrected["version"])
        self.assertIn(pier, published["text"]["body_html"])
        self.assertIn(self.russian["body.p2.s1"], published["text"]["body_html"])
