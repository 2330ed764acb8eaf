"""The laws' checks find what they are there for: a check that cannot fail proves nothing."""

import copy
import json
import unittest
import zlib

import hurts
from live import web
from live.reader import Reader
from storm import laws, purges, times, verdicts
from storm.ledger import Ledger
from storm.log import Log

BODY = "<p>A body.</p>"
NAME = "articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2"
MARK = "mark0123456789abcdef"
BEGIN = 1_800_000_000  # 2027-01-15T08:00:00Z
SOURCE = "load.example"


def instant(seconds):
    """So many after BEGIN, as JSON has it."""
    return f"2027-01-15T08:{seconds // 60:02}:{seconds % 60:02}Z"


def line(step="create", version=1, code="OK", **more):
    purged = step == "purge"
    return {"key": "load-1-0", "name": NAME, "version": version, "step": step, "code": code,
            "headline": "" if purged else "H", "body_crc32": zlib.crc32(b"" if purged else BODY.encode()),
            "acked": BEGIN + version, "tried": BEGIN, "tries": 1, "embargoed": None, "expires": None,
            "mark": MARK, "request_id": f"request-{step}",
            "result": {"verdict": "VERDICT_ACCEPTED", "reason": "", "version": version, "repeated": False,
                       "decision": f"submissions/0/{version}", "submit_time": BEGIN + version}, **more}


def article(version=1, **more):
    return {"name": NAME, "key": "load-1-0", "version": str(version), "headline": "H", "body_html": BODY,
            "source": f"sources/{SOURCE}", "pub_status": "PUB_STATUS_USABLE",
            "availability": "AVAILABILITY_AVAILABLE", **more}


def purged(version):
    """What a purge leaves."""
    return article(version, key="", headline="", body_html="", pub_status="PUB_STATUS_CANCELED", purged=True)


def record(article, **more):
    """A version as it lies in the log: made by the submission of its number."""
    version = article["version"]
    return {"key": f"{article['name']}@{version}", "partition": 0,
            "value": {"article": article, "position": {"offset": version}}, **more}


def tombstone(version):
    return {"key": f"{NAME}@{version}", "partition": 0, "value": None}


def submission(version, step="create", **more):
    """Submitted as many seconds after BEGIN as its number says."""
    return {"partition": 0, "offset": version, "timestamp": instant(version),
            "value": {"request_id": f"request-{step}", **more}}


def decision(version=1, step="create", **more):
    return {"key": f"submissions/0/{version}", "value": {
        "subject": NAME, "verdict": "VERDICT_ACCEPTED", "version": str(version),
        "request_id": f"request-{step}", "time": instant(version), **more}}


def log(articles, submissions=(), decisions=()):
    return Log([one if "key" in one and "value" in one else record(one) for one in articles],
               submissions, decisions)


class Told:
    """Ingestion, as these articles and versions would have it tell."""

    def __init__(self, articles, versions=None):
        self.articles, self.versions = articles, versions or articles

    def all(self, method, request, _field):
        if "words" in request:
            return [one for one in self.articles if request["words"] in one["headline"]]
        return self.versions if method == "ListArticleVersions" else self.articles

    def answer(self, _method, request):
        found = [one for one in self.versions if request["name"] == f"{one['name']}@{one['version']}"]
        return {"code": "OK", "response": found[0]} if found else {"code": "NOT_FOUND", "reason": ""}


class Served:
    """Stands in for web.ask: {path: (status, text)}."""

    def __init__(self, case, pages):
        self._pages, asked = pages, web.ask
        web.ask = self
        case.addCleanup(lambda: setattr(web, "ask", asked))

    def __call__(self, _address, path, **_):
        status, text = self._pages.get(path, (404, ""))
        return web.Answer(status, {}, text.encode())


class LawsTest(unittest.TestCase):
    def lost(self, articles, lines=(line(),), logged=None):
        there = log(articles if logged is None else logged)
        return laws.nothing_acknowledged_is_lost(Ledger(lines), there, Told(articles), SOURCE)

    def test_what_was_promised_is_there_once_and_as_it_was(self):
        self.assertEqual(self.lost([article()]), [])
        for articles in ([], [article(), article()], [article(headline="Other")], [article(2)],
                         [article(body_html="<p>Other.</p>")], [article(key="other")],
                         [article(pub_status="PUB_STATUS_CANCELED")]):
            self.assertTrue(self.lost(articles), articles)

    def test_the_newest_version_of_the_log_stands(self):
        self.assertTrue(self.lost([article()], logged=[article(), article(2)]))
        self.assertTrue(self.lost([article()], logged=[]))
        self.assertTrue(self.lost([article()], [line(), line("correct", 2)]))

    def test_of_what_was_purged_the_last_version_stands_alone(self):
        lines, logged = [line(), line("purge", 2)], [article(), purged(2)]
        self.assertEqual(self.lost([purged(2)], lines, logged), [])
        for told in ([article(), purged(2)], [article(2)], [{**purged(2), "headline": "H"}]):
            self.assertTrue(self.lost(told, lines, logged), told)

    def test_every_call_is_acknowledged_or_came_too_late(self):
        def faults(is_wrong=False, **failed):
            late = line(code="INVALID_ARGUMENT", expires=BEGIN, acked=BEGIN + 1)
            return laws.every_call_was_acknowledged(Ledger([{**late, **failed}]), lambda _: is_wrong)

        self.assertEqual(faults(), [])
        self.assertEqual(faults(is_wrong=True, acked=BEGIN - 1), [])
        for failed in ({"code": "UNAVAILABLE"}, {"expires": None}, {"acked": BEGIN - 1}):
            self.assertTrue(faults(**failed), failed)

    def test_a_service_that_ended_by_itself_is_a_finding_with_its_last_lines(self):
        self.assertEqual(laws.ended_by_themselves({"feeds-0": [], "ingestion-0": []}), [])
        ending = {"when": "2026-01-31T23:59:59Z", "exit_code": 70, "signal": None,
                  "log": [f"line {n}" for n in range(9)]}
        found = laws.ended_by_themselves({"feeds-0": [], "ingestion-0": [ending]})
        self.assertEqual(len(found), 1)
        for words in ("ingestion-0", "exit code 70", "line 8"):
            self.assertIn(words, found[0])

    def test_an_owner_whose_sequence_the_broker_lost_may_end_and_nothing_else(self):
        def ending(exit_code=70, message="an append failed for good", error="OUT_OF_ORDER_SEQUENCE_NUMBER"):
            return {"views-0": [{"when": "2026-01-31T23:59:59Z", "exit_code": exit_code, "signal": None,
                                 "log": [f'{{"message":"{message}","error":"{error}"}}']}]}

        self.assertEqual(laws.ended_by_themselves(ending()), [])
        self.assertEqual(laws.owners_that_made_way(ending()), 1)
        for other in ({"exit_code": 1}, {"message": "stopped"}, {"error": "MSG_SIZE_TOO_LARGE"}):
            self.assertEqual(len(laws.ended_by_themselves(ending(**other))), 1, other)
            self.assertEqual(laws.owners_that_made_way(ending(**other)), 0, other)

    def test_holes(self):
        def faults(told, logged):
            return laws.versions_have_no_holes(Ledger([line()]), log(logged), Told(told))

        whole = [article(3), article(2), article(1)]
        self.assertEqual(faults(whole, whole), [])
        for versions in (whole[:2], [whole[0], whole[2]], [whole[0], *whole], whole[1:]):
            self.assertTrue(faults(versions, whole))
        forgotten = [purged(3), *whole[1:]]
        self.assertEqual(faults(forgotten[:1], forgotten), [])
        self.assertTrue(faults(forgotten, forgotten))

    def test_the_log(self):
        def faults(*records):
            return laws.the_log_contradicts_itself_nowhere(log(records))

        one, two = record(article()), record(article(2))
        self.assertEqual(faults(one, one, two), [])
        self.assertEqual(faults(one, record(purged(2)), tombstone(1), one, tombstone(1)), [])
        for bad in ([one, record(article(headline="Other"))], [one, record(article(3))], [two],
                    [one, record(article(2), partition=1)], [one, two, tombstone(1)]):
            self.assertTrue(faults(*bad), bad)

    def test_decisions(self):
        self.assertEqual(laws.decisions_agree(log([], (), [decision(), decision()])), [])
        self.assertTrue(laws.decisions_agree(log([], (), [decision(), decision(reason="OTHER")])))

    def test_feeds(self):
        def faults(version, status, *logged):
            item = {"id": web.urn_of(NAME), "_telex": {"version": version, "pubstatus": status}}
            Served(self, {"/feed": (200, json.dumps({"items": [item]}))})
            return laws.feeds_show_what_stands("there", log(logged), ["/feed"])

        killed = article(pub_status="PUB_STATUS_CANCELED")
        expired = article(availability="AVAILABILITY_EXPIRED")
        self.assertEqual(faults(1, "usable", article()), [])
        for gone in (killed, expired):
            self.assertEqual(faults(1, "canceled", gone), [])
            self.assertTrue(faults(1, "usable", gone))
        self.assertTrue(faults(1, "canceled", article()))
        self.assertTrue(faults(1, "usable", article(), article(2)))
        self.assertTrue(faults(1, "usable"))

    def test_a_reader_sees_time_run_backwards(self):
        def seen(*states):
            reader = Reader([], "")
            for version, status in states:
                items = [{"id": "a", "_telex": {"version": version, "pubstatus": status}}]
                answer = web.Answer(200, {"etag": f'"{version}"'}, b"")
                answer.json = lambda items=items: {"items": items}
                reader._take(answer, "there")  # noqa: SLF001
            return reader.faults

        self.assertEqual(seen((1, "usable"), (2, "usable"), (3, "canceled"), (3, "canceled")), [])
        self.assertTrue(seen((2, "usable"), (1, "usable")))
        self.assertTrue(seen((2, "canceled"), (2, "usable")))

    def test_a_seed_keeps_its_hurts_whatever_is_added(self):
        bare = hurts.schedule(7, 1, disks=False)
        for plan in (hurts.schedule(7, 1, True), hurts.schedule(7, 1, True, hurts.SERVICES)):
            self.assertEqual([hurt for hurt in plan if hurt in bare], bare)
            self.assertGreater(len(plan), len(bare))

    def test_a_release_without_a_service_runs_no_replica_of_it(self):
        plan = hurts.schedule(7, 1, False, ("ingestion-0", "feeds-1"))
        self.assertEqual({name for hurt, _, _ in plan for name, how in hurt.items() if how == "other"},
                         {"ingestion-0", "feeds-1"})
        self.assertTrue(all(hurt for hurt, _, _ in plan))


class VerdictsTest(unittest.TestCase):
    def faults(self, call=None, decided=None, stands=None, may_be_silent=False):
        there = log([stands or article()], (), [decided or decision()])
        return verdicts.results_are_what_was_decided(Ledger([call or line()]), there,
                                                     lambda _: may_be_silent)

    @staticmethod
    def answered(**result):
        call = copy.deepcopy(line())
        call["result"].update(result)
        return call

    def test_a_result_is_what_was_decided(self):
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.faults({**self.answered(repeated=True), "tries": 2}), [])
        for call in (self.answered(verdict="VERDICT_UNCHANGED"), self.answered(version=2),
                     self.answered(reason="SAME_CONTENT"), self.answered(decision="submissions/0/2"),
                     self.answered(submit_time=BEGIN), self.answered(repeated=True),
                     line(version=2, result=line()["result"])):
            self.assertTrue(self.faults(call), call)

    def test_it_is_the_decision_of_this_call(self):
        for decided in (decision(step="kill"), decision(subject="articles/other"),
                        decision(repeats={"offset": "1"})):
            self.assertTrue(self.faults(decided=decided), decided)

    def test_what_was_answered_stands(self):
        moved = record(article())
        moved["value"]["position"] = {"offset": "7"}
        self.assertTrue(self.faults(stands=moved))
        self.assertTrue(self.faults(stands=article(name="articles/other")))
        self.assertTrue(self.faults(self.answered(verdict="VERDICT_UNCHANGED"),
                                    decision(verdict="VERDICT_UNCHANGED")))

    def test_a_result_is_missing_from_an_older_release_alone(self):
        both = [line(), line("correct", 2, result=None)]
        there = log([article(), article(2)], (), [decision()])
        for silent in (True, False):
            self.assertEqual(not silent, bool(verdicts.results_are_what_was_decided(
                Ledger(both), there, lambda _, silent=silent: silent)))
        self.assertTrue(self.faults(line(result=None), may_be_silent=True))

    def test_every_version_was_submitted_once(self):
        def faults(*submissions, made=(article(1, expires=instant(2)), article(2, expires=instant(2)))):
            return verdicts.every_version_was_submitted(Ledger([line()]), log(made, submissions), SOURCE)

        def of_the_clock(version, when):
            return submission(2, "", time_reached={"version": version, "instant": when})

        first = submission(1)
        self.assertEqual(faults(first, of_the_clock("1", instant(2))), [])
        for second in (submission(2, "kill"), submission(2), of_the_clock("2", instant(2)),
                       of_the_clock("1", instant(3))):
            self.assertTrue(faults(first, second), second)
        self.assertTrue(faults(first))


class TimesTest(unittest.TestCase):
    def test_nothing_moves_before_its_time(self):
        def faults(ends, expires):
            return times.nothing_moved_before_its_time(log(
                [article(1, availability="AVAILABILITY_EMBARGOED", embargoed=instant(ends)),
                 article(2, embargoed=instant(ends), expires=instant(expires)),
                 article(3, embargoed=instant(ends), expires=instant(expires),
                         availability="AVAILABILITY_EXPIRED")],
                [submission(n) for n in (1, 2, 3)]))

        self.assertEqual(faults(2, 3), [])
        self.assertTrue(faults(3, 3))
        self.assertTrue(faults(2, 4))
        self.assertEqual(len(times.nothing_moved_before_its_time(log([article()], [submission(1)]))), 2)

    def test_what_is_due_has_come(self):
        embargoed = article(embargoed=instant(5), availability="AVAILABILITY_EMBARGOED")
        for waits in (embargoed, article(expires=instant(5))):
            self.assertEqual(times.what_was_due_has_come(log([waits]), BEGIN + 4), [])
            self.assertTrue(times.what_was_due_has_come(log([waits]), BEGIN + 6))
        for over in (article(embargoed=instant(5)), purged(1),
                     article(expires=instant(5), availability="AVAILABILITY_EXPIRED")):
            self.assertEqual(times.what_was_due_has_come(log([over]), BEGIN + 6), [])

    def test_a_story_is_seen_before_its_time(self):
        def faults(*sights):
            return times.nothing_was_seen_before_its_time(Ledger([line(embargoed=BEGIN + 5)]), sights)

        urn = web.urn_of(NAME)
        self.assertEqual(faults((urn, BEGIN + 5), ("urn:uuid:another", BEGIN)), [])
        self.assertTrue(faults((urn, BEGIN + 6), (urn, BEGIN + 4)))
        self.assertTrue(faults(("urn:uuid:another", BEGIN)))

    def test_pages(self):
        def right(*logged):
            """The statuses that are right."""
            statuses = []
            for status in (200, 404, 410):
                Served(self, {web.article_path(NAME): (status, "")})
                if not times.pages_show_what_stands(["there"], log(logged), [NAME]):
                    statuses.append(status)
            return statuses

        embargoed = article(embargoed=instant(5), availability="AVAILABILITY_EMBARGOED")
        self.assertEqual(right(article()), [200])
        self.assertEqual(right(embargoed, article(2, embargoed=instant(5))), [200])
        self.assertEqual(right(embargoed), [404])
        self.assertEqual(right(embargoed, {**embargoed, "version": "2",
                                           "pub_status": "PUB_STATUS_CANCELED"}), [404, 410])
        for gone in (article(2, pub_status="PUB_STATUS_CANCELED"), purged(2),
                     article(2, availability="AVAILABILITY_EXPIRED")):
            self.assertEqual(right(article(), gone), [410])


class PurgesTest(unittest.TestCase):
    LINES = (line(), line("purge", 2))

    def purged(self, *logged, lines=LINES):
        return purges.Purged(Ledger(lines), log(logged or (article(), purged(2), tombstone(1))))

    def test_an_acknowledged_purge_is_one(self):
        self.assertEqual(self.purged().are_purged(), [])
        self.assertTrue(self.purged(article(), article(2)).are_purged())
        self.assertTrue(self.purged(lines=(line(),)).are_purged())

    def test_compaction_leaves_nothing(self):
        self.assertEqual(self.purged().lie_in_no_record(), [])
        first, last = record(article()), record(purged(2))
        self.assertTrue(self.purged(first, last).lie_in_no_record())
        self.assertTrue(self.purged(first, last, tombstone(1), first).lie_in_no_record())
        self.assertTrue(self.purged(first, record({**purged(2), "ednote": MARK}),
                                    tombstone(1)).lie_in_no_record())

    def test_feeds_answer_nothing(self):
        index = json.dumps({"feeds": [{"section": "world", "language": "en"}]})

        def faults(**pages):
            Served(self, {"/": (200, index), **{
                f"/feeds/world.en.{suffix}": (200, text) for suffix, text in pages.items()}})
            return self.purged().are_in_no_answer_of_feeds("there")

        self.assertEqual(faults(rss="of another story, mark0123456789abcdee"), [])
        for suffix in ("rss", "json"):
            self.assertTrue(faults(**{suffix: f"<p>{MARK}.</p>"}), suffix)
        Served(self, {"/": (200, index), web.article_path(NAME): (410, MARK)})
        self.assertTrue(self.purged().are_in_no_answer_of_feeds("there"))

    def test_ingestion_answers_nothing(self):
        def faults(*told):
            return self.purged().are_in_no_answer_of_ingestion(Told([purged(2)], told), SOURCE)

        self.assertEqual(faults(purged(2)), [])
        self.assertTrue(faults(purged(2), article(1, body_html=f"<p>{MARK}.</p>")))
        found = Told([article(2, headline=MARK)])
        self.assertTrue(self.purged().are_in_no_answer_of_ingestion(found, SOURCE))
