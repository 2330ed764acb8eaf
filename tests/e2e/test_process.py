"""The life of the processes, and the traces they leave."""

import http.client
import json
import secrets
import signal

import desk
from live import wait, web

EXIT_SECONDS_MAX = 40


class ProcessTest(desk.Case):
    def test_a_call_is_traced_into_the_log(self):
        trace = secrets.token_hex(16)
        article = self.callers[0]("CreateArticle", self.draft(),
                                  traceparent=f"00-{trace}-{secrets.token_hex(8)}-01")
        for topic, subject in (("telex.submissions.v1", article["name"]),
                               ("telex.articles.v1", article["name"]),
                               ("telex.decisions.v1", article["name"])):
            found = [record for record in self.ctl.records(topic)
                     if {"key": "ce_subject", "value": subject} in record["headers"]]
            self.assertEqual(len(found), 1, topic)
            parents = [header["value"] for header in found[0]["headers"]
                       if header["key"] == "traceparent"]
            self.assertEqual(len(parents), 1, topic)
            self.assertRegex(parents[0], f"^00-{trace}-[0-9a-f]{{16}}-01$", topic)

    def test_records_speak_cloudevents_and_lie_where_their_article_does(self):
        article = self.create()
        places = {}
        for topic in ("submissions", "articles", "decisions"):
            for record in self.ctl.records(topic):
                headers = {header["key"]: header["value"] for header in record["headers"]}
                if not headers:  # a tombstone
                    self.assertIsNone(record.get("value"), record)
                    continue
                self.assertEqual(headers["ce_specversion"], "1.0", record)
                for name in ("ce_id", "ce_source", "ce_type"):
                    self.assertTrue(headers[name], record)
                if headers.get("ce_subject") == article["name"]:
                    places[topic] = record["partition"]
        self.assertEqual(len(places), 3)
        self.assertEqual(len(set(places.values())), 1, places)

    def test_a_second_up_changes_nothing(self):
        article = self.create()
        self.wait_item(article)
        names = ("kafka", "redis", "feeds-0", "feeds-1", "ingestion-0", "ingestion-1")
        pids = {name: (self.stack.folder / "run" / f"{name}.pid").read_text() for name in names}
        before = self.feed("rss")
        self.stack.up()
        self.assertEqual(pids, {name: (self.stack.folder / "run" / f"{name}.pid").read_text()
                                for name in names})
        after = self.feed("rss")
        self.assertEqual((before.etag, before.body), (after.etag, after.body))
        self.assertEqual(self.versions(article["name"]), [1])

    def test_admin_ports_answer(self):
        for name in ("feeds-0", "ingestion-0"):
            for path in ("/livez", "/readyz", "/metrics", "/configz"):
                with self.subTest(f"{name} {path}"):
                    answer = web.ask(self.stack.admin_address(name), path)
                    self.assertEqual(answer.status, 200)
                    self.assertNotIn(self.stack.token().encode(), answer.body)
            metrics = web.ask(self.stack.admin_address(name), "/metrics").body.decode()
            self.assertIn("telex_", metrics)

    def test_the_status_command_sees_all_ready(self):
        told = self.ctl("status")
        self.assertEqual(told.code, 0, told)

    def test_logs_are_json_lines(self):
        for name in ("feeds-0", "ingestion-0"):
            for line in self.stack.log(name).splitlines():
                self.assertIsInstance(json.loads(line), dict, line)

    def test_feeds_end_in_order(self):
        self.end_in_order("feeds-3")

    def test_ingestion_ends_in_order(self):
        self.end_in_order("ingestion-3")
        # Who stays takes its partitions over; nothing is lost, nobody waits for ever.
        for number in range(12):
            article = self.create(key=number)
        self.wait_item(article)

    def end_in_order(self, name):
        child = self.stack.child(name)
        try:
            why_not = self.stack.service(name).why_not_ready
            wait.until(lambda: child.poll() is not None or why_not() is None, 60, f"{name} is ready")
            self.assertIsNone(child.poll(), self.stack.log(name)[-2000:])
            child.send_signal(signal.SIGTERM)
            # Not ready first, while it still serves.
            wait.until(lambda: self.not_ready(name) or child.poll() is not None, 10,
                       f"{name} says that it goes")
            self.assertEqual(child.wait(EXIT_SECONDS_MAX), 0, self.stack.log(name)[-4000:])
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        lines = [json.loads(line) for line in self.stack.log(name).splitlines()]
        errors = [line for line in lines if line["severity"] in ("ERROR", "CRITICAL")]
        self.assertEqual(errors, [])

    def not_ready(self, name):
        try:
            return web.ask(self.stack.admin_address(name), "/readyz").status == 503
        except (OSError, http.client.HTTPException):
            return False
