"""The laws of translations find what they are there for."""

import collections
import copy
import json
import random
import unittest

from live import web
from storm import times, translations, translators
from storm.ledger import Ledger
from storm.marks import MARK, cyrillic, marks_in
from test_laws import BEGIN, MARK as A_MARK, NAME, Served, article, instant, line, log, purged

JOB, REQUEST, ENGINE = translations.job_of(NAME, "ru"), "request-ru", "engines/translation-0"
KEY = f"{NAME}@1/translations/ru@5"
PAGE = web.article_path(web.translation_of(NAME, "ru"))


def head(version=1, **more):
    return article(version, language="en", section="world", published=instant(0), **more)


def text(target="Заголовок", **more):
    return {"segments": [{"place": "headline", "source": "H", "target": target, "origin": "ORIGIN_PERSON", **more}],
            "headline": target}


def translation(version=1, revision=5, language="ru", actor="telexctl", **more):
    """As it lies in the log."""
    key = f"{NAME}@{version}/translations/{language}@{revision}"
    return {"key": key, "partition": 0, "offset": revision, "value": {
        "article": NAME, "version": str(version), "language": language, "revision": str(revision), "actor": actor,
        "text": text(), "time_ms": str((BEGIN + revision) * 1000), **more}}


def fact(record, request_id=REQUEST, **more):
    """The completion that a translation is of."""
    value = record["value"]
    return {"key": f"{translations.job_of(NAME, value['language'])}/1", "partition": 0,
            "offset": int(value["revision"]), "value": {
                "actor": value["actor"], "request_id": request_id,
                "completed": {"version": value["version"], "text": value["text"], **more}}}


def tombstone(key):
    return {"key": key, "partition": 0, "offset": 99, "value": None}


def completion(outcome="acknowledged", **more):
    return translators.Completion(**{
        "job": JOB, "version": 1, "request_id": REQUEST, "token": "3", "segments": {"headline": "Заголовок"},
        "outcome": outcome, "revision": 5 if outcome == "acknowledged" else 0, **more})


def published(records, facts=None, articles=None):
    facts = [fact(one) for one in records if one["value"] and "text" in one["value"]] if facts is None else facts
    return translations.Published(log(articles or [head()]), records, facts)


class Told:
    """A replica of translation that answers so: {method: [(words of the request, response)]}."""

    def __init__(self, **answers):
        self._answers = answers

    def answer(self, method, request):
        words = json.dumps(request)
        for asked, response in self._answers.get(method, ()):
            if asked in words:
                return {"code": "OK", "response": response}
        return {"code": "NOT_FOUND", "reason": ""}

    def __call__(self, method, request):
        return self.answer(method, request).get("response", {})


class TranslationLogTest(unittest.TestCase):
    def test_a_revision_has_one_text_and_a_version_one_revision(self):
        def faults(*records, articles=None):
            return translations.the_log_contradicts_itself_nowhere(published(records, articles=articles))

        one, two = translation(), translation(2, 7)
        self.assertEqual(faults(one, one, two, one), [])
        self.assertEqual(faults(one, tombstone(KEY), articles=[head(), purged(2)]), [])
        for bad in ((one, translation(text=text("Другой"))), (two, one), (one, translation(1, 6)),
                    (translation(2, 5), translation(1, 7)), (one, tombstone(KEY)), ()):
            self.assertTrue(faults(*bad), bad)

    def test_each_text_is_somebodys(self):
        def faults(record, of=None, done=completion()):
            return translations.every_text_was_submitted([done], published([record], [of or fact(record)]))

        self.assertEqual(faults(translation()), [])
        for of in (fact(translation(), text=text("Другой")), fact(translation(), version="2"),
                   fact(translation(), request_id="nobody's"), fact(translation(language="es")), tombstone("x"),
                   fact(translation(actor="another"))):
            self.assertTrue(faults(translation(), of), of)
        for done in (completion(segments={"headline": "Другой"}), completion(version=2), completion(job=f"{JOB}x")):
            self.assertTrue(faults(translation(), done=done), done)

    def test_engines_do_what_engines_are_asked_for(self):
        def faults(language, origin):
            record = translation(language=language, actor=ENGINE, text=text(origin=origin))
            return translations.every_text_was_submitted([], published([record]))

        self.assertEqual(faults("es", "ORIGIN_ENGINE") + faults("ru", "ORIGIN_CARRIED"), [])
        self.assertTrue(faults("ru", "ORIGIN_ENGINE"))
        self.assertTrue(faults("es", "ORIGIN_PERSON"))

    def test_what_was_acknowledged_is_published_and_what_was_refused_is_not(self):
        def lost(done, *records, articles=None):
            return translations.what_was_acknowledged_is_published(
                [done, completion(job=f"{JOB}x", is_draft=True)], published(records, articles=articles))

        self.assertEqual(lost(completion(), translation()), [])
        for done, records in ((completion(), ()), (completion(), (translation(1, 6),)),
                              (completion(segments={"headline": "Другой"}), (translation(),))):
            self.assertTrue(lost(done, *records), done)
        self.assertTrue(lost(completion("refused"), translation()))  # nothing was acknowledged at all
        self.assertEqual(len(lost(completion(), articles=[head(), purged(2)])), 1)

        def lied(done):
            return translations.what_was_refused_is_not_published([done], published([translation()]))

        self.assertEqual(lied(completion()) + lied(completion("refused", request_id="another")), [])
        self.assertTrue(lied(completion("refused")))


class TranslationReplicasTest(unittest.TestCase):
    def test_a_story_that_is_lost_or_stale(self):
        def faults(requested=(), **versions):
            told = Told(GetTranslation=[(f'"{language}"', {"version": version})
                                        for language, version in versions.items()])
            return translations.nothing_is_lost_or_stale(published([], articles=[head(), head(2)]), requested, told)

        self.assertEqual(faults(es="2", ru="2") + faults([NAME], es="2", ru="2", fr="2"), [])
        self.assertTrue(faults([NAME], es="2", ru="2", fr="1"))
        for versions in ({"es": "2", "ru": "1"}, {"es": "2"}, {"es": "2", "ru": "3"}):
            self.assertTrue(faults(**versions), versions)
        self.assertTrue(translations.nothing_is_lost_or_stale(published([], articles=[purged(1)]), (), Told()))

    def test_a_story_of_a_source_that_is_not_the_storms_is_in_no_language(self):
        other = article(1, language="en", section="world", published=instant(0), source="sources/other.example")
        self.assertEqual(published([], articles=[other]).wanted(()), [])
        self.assertEqual([language for _, language in published([]).wanted(())], ["es", "ru"])

    def test_jobs_that_are_not_done(self):
        def faults(**stats):
            return translations.all_is_done([Told(GetQueueStats=[("", stats)])])

        self.assertEqual(faults(done="7", canceled="2", open="0"), [])
        for state in ("open", "claimed", "waiting", "dead"):
            self.assertTrue(faults(**{state: "1"}), state)

    def test_replicas_that_disagree(self):
        def faults(one, other):
            return translations.replicas_agree(published([]), [
                Told(GetJob=[("ru", {"version": of})], GetTranslation=[("ru", {"text": of})]) for of in (one, other)])

        self.assertEqual(faults("1", "1"), [])
        self.assertEqual(len(faults("1", "2")), 2)

    def test_a_replica_says_what_is_published(self):
        record = translation()

        def faults(told, articles=None):
            there = published([record], articles=articles)
            return translations.say_what_is_published(there, Told(GetTranslation=[("ru", told)] if told else []))

        self.assertEqual(faults(record["value"]), [])
        for told in (None, {**record["value"], "revision": "4"}, {**record["value"], "text": text("Другой")}):
            self.assertTrue(faults(told), told)
        self.assertEqual(faults(None, [head(), purged(2)]), [])
        self.assertTrue(faults(record["value"], [head(), purged(2)]))


class TranslatedFeedsTest(unittest.TestCase):
    def item(self, version=6, revision=5, stale=False, title="Заголовок", **more):
        return {"id": web.urn_of(web.translation_of(NAME, "ru")), "title": title, "language": "ru", "_telex": {
            "version": version, "pubstatus": "usable", "translation": {
                "original": web.urn_of(NAME), "original_version": 1, "revision": revision, "stale": stale}}, **more}

    def faults(self, *items, articles=None, records=None):
        Served(self, {web.feed_path("world", "ru"): (200, json.dumps({"items": list(items)}))})
        expected = translations.Expected(published(records or [translation()], articles=articles))
        return translations.feeds_show_what_stands("there", expected, ["world"])

    def test_what_stands(self):
        self.assertEqual(self.faults(self.item()), [])
        stale = self.item(7, stale=True)
        self.assertEqual(self.faults(stale, articles=[head(), head(2)]), [])
        for bad in (self.item(7), self.item(revision=4), self.item(stale=True), self.item(title="Другой"),
                    self.item(language="es"), self.item(id="urn:uuid:another")):
            self.assertTrue(self.faults(bad), bad)
        self.assertTrue(self.faults(self.item(), records=[translation(), translation(1, 8)]))
        self.assertTrue(self.faults())

    def test_what_cannot_be_seen_any_more(self):
        gone = [head(), head(2, pub_status="PUB_STATUS_CANCELED")]
        shown = self.item(7, stale=True)
        withdrawn = {**shown, "_telex": {"version": 7, "pubstatus": "canceled"}}
        self.assertTrue(self.faults(shown, articles=gone))
        self.assertEqual(self.faults(withdrawn, articles=gone), [])
        self.assertTrue(self.faults({**withdrawn, "content_html": "<p>Текст.</p>"}, articles=gone))
        self.assertTrue(self.faults(withdrawn))

    def test_none_is_left_out(self):
        other = "articles/6d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2"
        later = json.loads(json.dumps(translation(1, 9)).replace(NAME, other))
        articles = [head(), {**head(), "name": other}]
        self.assertTrue(self.faults(self.item(), records=[translation(), later], articles=articles))
        self.assertTrue(self.faults(self.item(), records=[translation(), translation(language="es")]))
        earlier = json.loads(json.dumps(translation(1, 4)).replace(NAME, other))
        self.assertEqual(self.faults(self.item(), records=[translation(), earlier], articles=articles), [])

    def test_of_the_same_moment_that_with_the_smaller_id_comes_first(self):
        shown = web.translation_of(NAME, "ru")
        missed = set()
        for number in range(8):
            other = f"articles/{number}d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2"
            alike = json.loads(json.dumps(translation()).replace(NAME, other))
            faults = self.faults(self.item(), records=[translation(), alike], articles=[head(), {**head(), "name": other}])
            self.assertEqual(bool(faults), web.translation_of(other, "ru") < shown)
            missed.add(bool(faults))
        self.assertEqual(missed, {True, False})

    def test_pages(self):
        def faults(status, *articles):
            Served(self, {PAGE: (status, "")})
            expected = translations.Expected(published([translation()], articles=articles))
            return translations.pages_show_what_stands(["there"], expected, list(expected.items))

        self.assertEqual(faults(200, head()) + faults(410, head(), purged(2)), [])
        self.assertTrue(faults(404, head()))
        self.assertTrue(faults(200, head(), purged(2)))

    def test_a_translation_is_seen_before_its_storys_time(self):
        def faults(when):
            urn = web.urn_of(web.translation_of(NAME, "es"))
            return times.nothing_was_seen_before_its_time(Ledger([line(embargoed=BEGIN + 5)]), [(urn, when)])

        self.assertEqual(faults(BEGIN + 5), [])
        self.assertTrue(faults(BEGIN + 4))


class ForgottenTest(unittest.TestCase):
    GONE = (head(), purged(2))

    def forgotten(self, *records, facts=()):
        return translations.Forgotten(published(records, list(facts), self.GONE), {A_MARK: NAME})

    def test_compaction_leaves_nothing(self):
        record, says_so = translation(), translation(2, 6)
        del says_so["value"]["text"]
        of = fact(record)
        self.assertEqual(self.forgotten(record, says_so, tombstone(KEY), facts=[of, tombstone(of["key"])])
                         .lie_in_no_record(), [])
        for records, facts in (((record,), ()), ((record, tombstone(KEY), record), ()),
                               ((record, tombstone(KEY)), (of,))):
            self.assertTrue(self.forgotten(*records, facts=facts).lie_in_no_record(), records)
        elsewhere = {**translation(), "key": "articles/other@1/translations/ru@5"}
        elsewhere["value"]["text"] = text(cyrillic(A_MARK))
        self.assertTrue(self.forgotten(elsewhere).lie_in_no_record())

    def test_replicas_answer_nothing(self):
        def faults(**answers):
            return self.forgotten().are_in_no_answer(Told(**answers))

        self.assertEqual(faults(ListTranslations=[("", {"translations": [{"version": "2"}]})]), [])
        for answers in ({"GetTranslation": [("ru", {"text": text()})]}, {"ListJobs": [("", {"jobs": [{}]})]},
                        {"GetJob": [("es", {"headline": A_MARK})]}, {"GetJobText": [("", {"s": cyrillic(A_MARK)})]}):
            self.assertTrue(faults(**answers), answers)


class TranslatorsTest(unittest.TestCase):
    """What they submit can be told from all else, and their stories' marks stay."""

    def test_what_is_no_word_stays(self):
        self.assertEqual(translators.translated("Prices <1>rose</1> &amp; <2/> https://a.example/b c", "ru"),
                         "Прицес <1>росе</1> &amp; <2/> https://a.example/b ц")
        self.assertEqual(translators.translated(f"harbour, {A_MARK}.", "es"), f"harbouro, {A_MARK}.")
        for language in translators.LANGUAGES:
            self.assertEqual(marks_in(translators.translated(f"a {A_MARK}.", language)), {A_MARK})
        self.assertTrue(MARK.fullmatch(A_MARK))
        self.assertEqual(len({translators.signature(n) for n in range(1000)}), 1000)

    def desk(self, *answers, repeats=0.0):
        """At one desk with one story to do, and these answers in their order."""
        self.addCleanup(setattr, translators, "REPEATED", translators.REPEATED)
        translators.REPEATED = repeats
        team = translators.Translators(["one", "other"], None, 7)
        team.asked, left = [], iter(answers)

        def answer(method, request, **_):
            team.asked.append((method, copy.deepcopy(request)))
            return next(left)

        caller = collections.namedtuple("Caller", "answer")(answer)
        desk = translators._Desk(team, caller, "ru", random.Random(1))  # noqa: SLF001
        desk._submit(desk._translation_of(JOB, "3", {  # noqa: SLF001
            "version": "1", "segments": [{"place": "headline", "source": "H"}]}))
        return team

    def test_a_call_is_repeated_under_its_id_until_it_is_answered(self):
        team = self.desk({"code": "UNAVAILABLE"}, {"code": "OK", "response": {"revision": "5"}})
        self.assertEqual(team.asked[0], team.asked[1])
        self.assertEqual([(one.outcome, one.revision, one.tries) for one in team.completions],
                         [("acknowledged", 5, 2)])

    def test_what_is_named_is_overruled(self):
        team = self.desk({"code": "INVALID_ARGUMENT", "reason": "", "fields": [
            {"field": 'segments["headline"]', "reason": "LENGTH_UNLIKELY"}]},
            {"code": "OK", "response": {"revision": "5"}})
        [overruled] = team.asked[1][1]["segments"][0]["overruled"]
        self.assertEqual(overruled["check"], "LENGTH_UNLIKELY")
        self.assertEqual(team.asked[0][1]["request_id"], team.asked[1][1]["request_id"])

    def test_a_repeat_is_answered_as_the_first_call_was(self):
        def faults(**answer):
            return self.desk({"code": "OK", "response": {"revision": "5"}}, answer, repeats=1.0).faults

        self.assertEqual(faults(code="OK", response={"revision": "5"}) + faults(code="NOT_FOUND", reason=""), [])
        for answer in ({"code": "OK", "response": {"revision": "6"}},
                       {"code": "INVALID_ARGUMENT", "reason": "", "fields": []},
                       {"code": "OK", "response": {"revision": "5", "is_draft": True}}):
            self.assertTrue(faults(**answer), answer)

    def test_what_is_refused(self):
        team = self.desk({"code": "FAILED_PRECONDITION", "reason": "LEASE_LOST"})
        self.assertEqual((team.completions[0].outcome, team.faults), ("refused", []))
        self.assertTrue(self.desk({"code": "INTERNAL", "reason": ""}).faults)
