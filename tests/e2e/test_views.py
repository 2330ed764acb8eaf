"""Views: every one that was answered is counted, once, whatever dies meanwhile."""

import http.client
import json
import threading
import uuid

import desk
from live import wait, web

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
COUNTED_SECONDS_MAX = 60  # a takeover among them
GIF = b"GIF89a"


class ViewsTest(desk.Case):
    def setUp(self):
        super().setUp()
        self.name = self.create()["name"]
        self.uuid = self.name.partition("/")[2]
        self.known_to_both()

    def beacon(self, replica=0):
        return self.stack.address(f"views-{replica}", "http")

    def known_to_both(self):
        """An id that a replica has not read yet is refused."""
        for replica in (0, 1):
            wait.until(lambda r=replica: self.look(r, agent="curl/8", check=False).status == 200,
                       desk.VISIBLE_SECONDS_MAX, f"views-{replica} knows the story")

    def look(self, replica=0, event=None, agent=FIREFOX, check=True, query="", **headers):
        answer = web.ask(self.beacon(replica), f"/v1/views/{self.uuid}.gif?id={event or uuid.uuid4()}{query}",
                         headers={"User-Agent": agent, **headers})
        if check:
            self.assertEqual(answer.status, 200, answer)
            self.assertTrue(answer.body.startswith(GIF), answer)
        return answer

    def reader(self, number):
        """A reader of one's own: another agent, as all come from one address here."""
        return f"{FIREFOX} reader/{number}"

    def counts(self, replica=0):
        answer = web.ask(self.beacon(replica), f"/v1/counts/{self.uuid}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def wait_counts(self, views, replicas=(0, 1)):
        for replica in replicas:
            wait.until(lambda r=replica: self.counts(r)["views"] == views, COUNTED_SECONDS_MAX,
                       f"views-{replica} tells {views} views")
        return self.counts(replicas[0])

    def report(self):
        return self.ctl.ok("views", "report", self.name)

    def explain(self, event, *flags):
        return self.ctl.ok("views", "explain", self.name, str(event), *flags)["views"]

    def filtered(self, name):
        days = self.report().get("days", [])
        return sum(int(one["views"]) for day in days for one in day.get("filtered", [])
                   if one["filter"] == f"FILTER_{name}")

    def test_a_look_is_counted_once(self):
        event = uuid.uuid4()
        for replica in (0, 1, 0):  # the same event, as a page sends it again
            self.look(replica, event)
        self.wait_counts(1)
        repeat = uuid.uuid4()
        self.look(1, repeat)  # the same reader, within 30 s
        self.look(0, agent=self.reader(1))
        self.wait_counts(2)
        wait.until(lambda: self.filtered("REPEAT") == 1, COUNTED_SECONDS_MAX, "the repeat is told")
        wait.until(lambda: self.filtered("ROBOT") >= 2, COUNTED_SECONDS_MAX, "so are robots")

        self.assertEqual([one["outcome"] for one in self.explain(event)],
                         ["OUTCOME_COUNTED", "OUTCOME_SAME_EVENT", "OUTCOME_SAME_EVENT"])
        [told] = self.explain(repeat)
        self.assertEqual(told["filter"], "FILTER_REPEAT", told)
        self.assertIn("visit", told)
        since = told["view_time"]
        self.assertEqual(self.explain(repeat, "--since", since), [told])
        unknown = self.ctl("views", "explain", self.name, str(uuid.uuid4()), "--since", since)
        self.assertEqual(unknown.error["reason"], "VIEW_NOT_FOUND", unknown)

    def test_a_batch_with_a_bad_view_refuses_that_one_alone(self):
        views = [{"article": self.uuid, "id": str(uuid.uuid4())},
                 {"article": "no-id", "id": str(uuid.uuid4())},
                 {"article": str(uuid.uuid4()), "id": str(uuid.uuid4())}]
        answer = web.ask(self.beacon(), "/v1/views", "POST", body=json.dumps({"views": views}).encode(),
                         headers={"User-Agent": FIREFOX, "Content-Type": "text/plain"})
        self.assertEqual(answer.status, 200, answer)
        told = answer.json()["results"]
        self.assertEqual([one.get("reason", "") for one in told],
                         ["", "FIELD_INVALID", "ARTICLE_NOT_FOUND"])
        self.wait_counts(1)

    def test_what_cannot_be_a_view_is_refused_by_field_and_reason(self):
        def post(body):
            return web.ask(self.beacon(), "/v1/views", "POST", body=body,
                           headers={"User-Agent": FIREFOX, "Content-Type": "application/json"})

        self.assertEqual(post(b"no JSON").status, 400)
        too_many = {"views": [{"article": self.uuid, "id": str(uuid.uuid4())}] * 101}
        self.assertEqual(post(json.dumps(too_many).encode()).status, 400)
        unknown = web.ask(self.beacon(), f"/v1/views/{uuid.uuid4()}.gif", headers={"User-Agent": FIREFOX})
        self.assertEqual(unknown.status, 404)

    def test_killed_owners_and_a_flushed_redis_count_the_same(self):
        """Readers look while an owner is killed, the other too, and Redis loses everything."""
        answered = []
        stop = threading.Event()

        def read(first):
            number = first
            while not stop.is_set():
                number += 2
                event = uuid.uuid4()
                for attempt in range(200):  # as a page does: the same event until it is answered
                    try:
                        answer = self.look((first + attempt) % 2, event, self.reader(number), check=False)
                    except (OSError, http.client.HTTPException):
                        answer = None
                    if answer is not None and answer.status == 200:
                        answered.append(number)
                        break
                    wait.hold(wait.POLL_SECONDS)

        readers = [threading.Thread(target=read, args=(first,)) for first in (0, 1)]
        for one in readers:
            one.start()
        try:
            for name in ("views-0", "views-1"):
                wait.until(lambda n=len(answered): len(answered) > n + 20, COUNTED_SECONDS_MAX, "views come")
                self.stack.kill(name)
                self.stack.redis("FLUSHALL")
                wait.until(lambda n=len(answered): len(answered) > n + 20, COUNTED_SECONDS_MAX, "they still do")
                self.stack.start(name)
        finally:
            stop.set()
            for one in readers:
                one.join()
        self.wait_counts(len(answered))
        wait.hold(2)
        self.assertEqual(self.counts()["views"], len(answered))
        recount = self.ctl.ok("views", "recount")
        self.assertGreaterEqual(int(recount["views"]), len(answered), recount)
        self.assertNotIn("days_different", recount)
        self.assertEqual(int(self.ctl.ok("views", "recount", self.name)["views"]), len(answered))

    def test_a_store_that_was_lost_comes_back(self):
        for number in range(5):
            self.look(number % 2, agent=self.reader(number))
        self.wait_counts(5)
        self.stack.stop("views-1")
        self.stack.delete_store("views-1")
        self.stack.start("views-1")
        self.wait_counts(5)

    def test_without_the_broker_views_are_refused_at_once(self):
        self.look(agent=self.reader(1))
        self.wait_counts(1)
        self.stack.kill("kafka")
        try:
            answer = wait.until(lambda: self.refused(), 30, "views are refused")
            self.assertEqual(answer.status, 503)
            self.assertIn("retry-after", answer.headers)
            self.assertEqual(self.counts()["views"], 1)
        finally:
            self.stack.start("kafka")
        wait.until(lambda: self.look(agent=self.reader(2), check=False).status == 200,
                   COUNTED_SECONDS_MAX, "views are taken again")

    def refused(self):
        answer = self.look(agent=self.reader(3), check=False)
        return answer if answer.status == 503 else None

    def test_a_purge_takes_the_counts_with_it(self):
        self.look()
        self.wait_counts(1)
        self.ctl.ok("articles", "purge", self.name, "--reason", "asked for", "--confirm", self.name)
        for replica in (0, 1):
            wait.until(lambda r=replica: self.look(r, check=False).status == 410,
                       desk.VISIBLE_SECONDS_MAX, f"views-{replica} knows of the purge")
            self.assertIn(web.ask(self.beacon(replica), f"/v1/counts/{self.uuid}").status, (404,))
