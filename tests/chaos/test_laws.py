"""The laws' checks find what they are there for: a check that cannot fail proves nothing."""

import unittest
import zlib

from live import web
from live.reader import Reader
from storm import laws

BODY = "<p>A body.</p>"
NAME = "articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2"


def line(step="create", version=1, code="OK", **more):
    return {"key": "load-1-0", "name": NAME, "version": version, "step": step, "code": code,
            "headline": "H", "body_crc32": zlib.crc32(BODY.encode()), "acked": version, **more}


def article(version="1", **more):
    return {"name": NAME, "key": "load-1-0", "version": version, "headline": "H", "body_html": BODY,
            "pub_status": "PUB_STATUS_USABLE", **more}


class Told:
    """Ingestion, as these articles and versions would have it tell."""

    def __init__(self, articles, versions=None):
        self.articles, self.versions = articles, versions or articles

    def all(self, method, _request, _field):
        return self.versions if method == "ListArticleVersions" else self.articles

    def answer(self, _method, request):
        found = [one for one in self.articles if request["name"] == f"{one['name']}@{one['version']}"]
        return {"code": "OK", "response": found[0]} if found else {"code": "NOT_FOUND", "reason": ""}


def record(key, value, partition=0):
    return {"key": key, "value": value, "partition": partition}


class LawsTest(unittest.TestCase):
    def lost(self, articles, lines=(line(),)):
        return laws.nothing_acknowledged_is_lost(laws.Ledger(lines), Told(articles), "load.example")

    def test_what_was_promised_is_there_once_and_as_it_was(self):
        self.assertEqual(self.lost([article()]), [])
        for articles in ([], [article(), article()], [article(headline="Other")], [article("2")],
                         [article(body_html="<p>Other.</p>")], [article(key="other")],
                         [article(pub_status="PUB_STATUS_CANCELED")]):
            self.assertTrue(self.lost(articles), articles)

    def test_an_unanswered_step_may_or_may_not_have_been_made(self):
        lines = (line(), line("correct", 0, "UNAVAILABLE"))
        self.assertEqual(self.lost([article()], lines), [])
        self.assertTrue(self.lost([article("3")], lines))

    def test_a_service_that_ended_by_itself_is_a_finding_with_its_last_lines(self):
        self.assertEqual(laws.ended_by_themselves({"feeds-0": [], "ingestion-0": []}), [])
        ending = {"when": "2026-01-31T23:59:59Z", "exit_code": 70, "signal": None,
                  "log": [f"line {n}" for n in range(9)]}
        found = laws.ended_by_themselves({"feeds-0": [], "ingestion-0": [ending]})
        self.assertEqual(len(found), 1)
        for words in ("ingestion-0", "exit code 70", "line 8"):
            self.assertIn(words, found[0])

    def test_holes(self):
        ledger = laws.Ledger([line()])
        whole = [article("3"), article("2"), article("1")]
        self.assertEqual(laws.versions_have_no_holes(ledger, Told(whole)), [])
        for versions in (whole[:2], [whole[0], whole[2]], [whole[0], *whole]):
            self.assertTrue(laws.versions_have_no_holes(ledger, Told(versions)))

    def test_the_log(self):
        check = laws.the_log_contradicts_itself_nowhere
        one = record(f"{NAME}@1", {"a": 1})
        self.assertEqual(check([one, one, record(f"{NAME}@2", {"a": 2})]), [])
        for bad in ([one, record(f"{NAME}@1", {"a": 2})], [one, record(f"{NAME}@3", {})],
                    [one, record(f"{NAME}@2", {}, partition=1)], [record(f"{NAME}@2", {})]):
            self.assertTrue(check(bad), bad)
        self.assertEqual(laws.decisions_agree([one, one]), [])
        self.assertTrue(laws.decisions_agree([one, record(f"{NAME}@1", {"a": 2})]))

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
