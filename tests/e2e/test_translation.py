"""The translation queue: each story once into each language, whoever works and whatever dies."""

import itertools
import time
import uuid

import desk
from feed_rules import json_feed_faults, rss_faults
from live import calls, wait

QUEUE_SECONDS_MAX = 30  # a takeover among them
_numbers = itertools.count(int(time.time()) % 100_000 * 100)


class TranslationCase(desk.Case):
    def setUp(self):
        super().setUp()
        # Sentences of this test's own: the memory knows those of all others.
        n = next(_numbers)
        self.body = (f"Ferry {n} leaves at nine.\n\nIt carries 240 people to pier {n}.\n\n"
                     f"Nobody at quay {n} was surprised.")
        self.headline = f"Ferry {n} leaves at nine"
        self.spanish = {"headline": f"El transbordador {n} sale a las nueve",
                        "body.p1.s1": f"El transbordador {n} sale a las nueve.",
                        "body.p2.s1": f"Lleva a 240 personas al muelle {n}.",
                        "body.p3.s1": f"Nadie en el muelle {n} se sorprendió."}
        self.russian = {"headline": f"Паром {n} отходит в девять",
                        "body.p1.s1": f"Паром {n} отходит в девять.",
                        "body.p2.s1": f"Он везёт 240 человек к пирсу {n}.",
                        "body.p3.s1": f"Никто на причале {n} не удивился."}
        self.queues = [calls.Caller(self.stack, self.stack.address(f"translation-{i}")) for i in (0, 1)]
        for queue in self.queues:
            self.addCleanup(queue.close)

    def story(self, key="story"):
        article = self.create(key=key, headline=self.headline, body=self.body)
        self.wait_known(article)
        return article

    def wait_known(self, article):
        for queue in self.queues:
            wait.until(lambda q=queue: self.knows(q, article), desk.VISIBLE_SECONDS_MAX, "it is known")

    @staticmethod
    def knows(queue, article):
        """The story is there when asking for it in its own language is what is wrong."""
        asked = {"article": article["name"], "language": article["language"]}
        return queue.answer("RequestTranslation", asked)["reason"] == "FIELD_INVALID"

    def request(self, article, language="es", replica=0, workflow="WORKFLOW_PERSON", **more):
        return self.queues[replica]("RequestTranslation", {
            "article": article["name"], "language": language, "workflow": workflow, **more})

    def claim(self, job, replica=0, **more):
        [claimed] = self.queues[replica]("ClaimJobs", {"name": job["name"], **more})["jobs"]
        return claimed

    def done(self, claimed, texts=None):
        """CompleteJob of a claim: each segment as `texts` has it, or as it was offered."""
        texts = self.spanish if texts is None else texts
        return {"name": claimed["name"], "token": claimed["token"], "version": claimed["version"],
                "segments": [{"place": one["place"],
                              "target": texts.get(one["place"]) or one.get("target", "")}
                             for one in claimed["text"]["segments"]]}

    def job(self, name, replica=0):
        return self.queues[replica]("GetJob", {"name": name})

    def wait_state(self, job, state, replica=0):
        return wait.until(lambda: (found := self.job(job["name"], replica))["state"] == state and found,
                          QUEUE_SECONDS_MAX, f"{job['name']} is {state}")

    def wait_translation(self, article, language="es", replica=0, version=None, standing=None):
        def there():
            answer = self.queues[replica].answer("GetTranslation", {"article": article["name"],
                                                                    "language": language})
            found = answer.get("response")
            if not found or (version and found["version"] != str(version)):
                return None
            return found if standing in (None, found["standing"]) else None
        return wait.until(there, QUEUE_SECONDS_MAX, f"{article['name']} in {language}")

    def refusal(self, method, request, replica=0):
        answer = self.queues[replica].answer(method, request)
        self.assertNotEqual(answer["code"], "OK", answer)
        return answer


class PeopleTest(TranslationCase):
    def test_a_person_translates_a_story_once(self):
        article = self.story()
        job = self.request(article)
        again = self.request(article)  # asked for twice: one job
        self.assertEqual(again["name"], job["name"])
        claimed = self.claim(job, replica=1, lease="600s")
        self.assertEqual(claimed["state"], "JOB_STATE_CLAIMED")
        with self.subTest("nobody else gets it"):
            self.assertEqual(self.queues[0]("ClaimJobs", {"name": job["name"]}).get("jobs", []), [])
        with self.subTest("what lacks is named"):
            lacking = self.done(claimed)
            lacking["segments"].pop()
            refused = self.refusal("CompleteJob", lacking)
            self.assertEqual(refused["reason"], "SEGMENT_MISSING", refused)
            self.assertEqual(refused["fields"][0]["field"], 'segments["body.p3.s1"]', refused)
        with self.subTest("a soft check can be overruled, with a reason"):
            wrong = self.done(claimed, {**self.spanish, "body.p2.s1": self.spanish["body.p2.s1"].replace("240", "24")})
            refused = self.refusal("CompleteJob", wrong)
            self.assertEqual(refused["reason"], "NUMBERS_DIFFER", refused)
        request = {**self.done(claimed), "request_id": str(uuid.uuid4())}
        told = self.queues[0]("CompleteJob", request)
        self.assertNotEqual(told["revision"], "0")
        self.assertEqual(self.queues[1]("CompleteJob", request)["revision"], told["revision"])
        for replica in (0, 1):
            translation = self.wait_translation(article, replica=replica)
            self.assertEqual(translation["revision"], told["revision"])
            self.assertEqual(translation["standing"], "STANDING_PERSON")
            self.assertIn(self.spanish["body.p1.s1"], translation["text"]["body_html"])
        late = self.refusal("CompleteJob", {**request, "request_id": str(uuid.uuid4())})
        self.assertEqual(late["reason"], "LEASE_LOST", late)

    def test_a_correction_asks_for_what_has_changed(self):
        article = self.story()
        job = self.request(article)
        self.queues[0]("CompleteJob", self.done(self.claim(job)))
        self.wait_translation(article)
        with self.subTest("while nobody holds it"):
            corrected = self.correct(article, self.body.replace("240", "250"))
            wait.until(lambda: self.job(job["name"])["version"] == corrected["version"],
                       QUEUE_SECONDS_MAX, "the job is for the correction")
            claimed = self.claim(job)
            states = {one["place"]: one["state"] for one in claimed["text"]["segments"]}
            self.assertEqual(states, {"headline": "STATE_UNCHANGED", "body.p1.s1": "STATE_UNCHANGED",
                                      "body.p2.s1": "STATE_CHANGED", "body.p3.s1": "STATE_UNCHANGED"})
            [changed] = [one for one in claimed["text"]["segments"] if one["place"] == "body.p2.s1"]
            self.assertEqual(changed["before_target"], self.spanish["body.p2.s1"])
        with self.subTest("while a person holds it"):
            twice = self.correct(corrected, self.body.replace("240", "250").replace("quay", "pier"))
            wait.until(lambda: self.job(job["name"])["version"] == twice["version"],
                       QUEUE_SECONDS_MAX, "the claim has moved to the second correction")
            told = self.queues[0]("CompleteJob", self.done(claimed, {"body.p2.s1": self.spanish["body.p2.s1"].replace("240", "250")}))
            self.assertTrue(told["is_draft"], told)
            text = wait.until(lambda: self.with_draft(job["name"]), QUEUE_SECONDS_MAX, "the draft is kept")
            states = {one["place"]: one["state"] for one in text["segments"]}
            self.assertEqual(states["body.p3.s1"], "STATE_CHANGED", states)
            now = self.job(job["name"])
            done = self.done({**now, "text": text}, {"body.p3.s1": self.spanish["body.p3.s1"].replace("Nadie", "Nadie hoy")})
            self.queues[1]("CompleteJob", done)
            published = self.wait_translation(article, version=twice["version"])
            self.assertIn("Lleva a 250 personas", published["text"]["body_html"])
        with self.subTest("what changes nothing needs nobody"):
            moved = self.ctl.ok("articles", "update", article["name"], "--urgency", "3")
            published = self.wait_translation(article, version=moved["version"])
            self.assertEqual(published["standing"], "STANDING_PERSON")

    def with_draft(self, name):
        text = self.queues[1]("GetJobText", {"name": name})
        kept = {one["place"] for one in text["segments"] if one["state"] == "STATE_DRAFT"}
        return text if "body.p2.s1" in kept else None

    def correct(self, article, body):
        return self.ctl.ok("articles", "update", article["name"], "--body-file", "-", stdin=body.encode())

    def test_a_kill_cancels_and_a_reinstatement_asks_again(self):
        article = self.story()
        job = self.request(article)
        claimed = self.claim(job)
        self.ctl.ok("articles", "kill", article["name"], "--reason", "wrong")
        self.wait_state(job, "JOB_STATE_CANCELED")
        refused = self.refusal("CompleteJob", self.done(claimed))
        self.assertEqual(refused["reason"], "LEASE_LOST", refused)
        self.assertEqual(self.refusal("GetTranslation", {"article": article["name"], "language": "es"})["reason"],
                         "TRANSLATION_NOT_FOUND")
        refused = self.refusal("RequestTranslation", {"article": article["name"], "language": "es"})
        self.assertEqual(refused["reason"], "ARTICLE_WITHDRAWN", refused)

    def test_a_lease_ends_by_itself(self):
        job = self.request(self.story())
        first = self.claim(job, lease="2s")
        self.wait_state(job, "JOB_STATE_CLAIMED", replica=1)
        self.wait_state(job, "JOB_STATE_OPEN", replica=1)
        refused = self.refusal("CompleteJob", self.done(first))
        self.assertEqual(refused["reason"], "LEASE_LOST", refused)
        second = self.claim(job, replica=1)
        self.assertGreater(int(second["token"]), int(first["token"]))
        self.queues[1]("ReleaseJob", {"name": job["name"], "token": second["token"]})
        self.wait_state(job, "JOB_STATE_OPEN")

    def test_a_repeated_claim_gets_its_own_jobs(self):
        for n in range(3):
            article = self.create(key=f"story{n}")
            self.wait_known(article)
            self.request(article, language="hy")
        pair = [{"from": "en", "to": "hy"}]
        asked = {"pairs": pair, "count": 2, "request_id": str(uuid.uuid4()), "without_text": True}
        first = self.queues[0]("ClaimJobs", asked)["jobs"]
        self.assertEqual(len(first), 2)
        again = wait.until(lambda: len(found := self.queues[1]("ClaimJobs", asked).get("jobs", [])) == 2 and found,
                           QUEUE_SECONDS_MAX, "the other replica answers with the same jobs")
        self.assertEqual({one["name"] for one in again}, {one["name"] for one in first})

    def test_a_paused_pair_is_given_to_nobody(self):
        article = self.story()
        self.queues[0]("PausePair", {"from": "en", "to": "ka", "note": "no translators this week"})
        job = self.request(article, language="ka")
        pair = [{"from": "en", "to": "ka"}]
        wait.until(lambda: self.job(job["name"], 1).get("paused"), QUEUE_SECONDS_MAX, "both know the pause")
        self.assertEqual(self.queues[1]("ClaimJobs", {"pairs": pair}).get("jobs", []), [])
        self.assertEqual(self.refusal("ClaimJobs", {"name": job["name"]}, 1)["reason"], "PAIR_PAUSED")
        self.queues[1]("ResumePair", {"from": "en", "to": "ka"})
        wait.until(lambda: self.queues[0]("ClaimJobs", {"pairs": pair}).get("jobs"), QUEUE_SECONDS_MAX,
                   "the pair is given again")

    def test_a_killed_replica_loses_no_job(self):
        jobs = []
        for n in range(4):
            article = self.create(key=f"story{n}")
            self.wait_known(article)
            jobs.append((article, self.request(article)))
        claimed = self.claim(jobs[0][1], replica=1)
        self.stack.kill("translation-0")
        self.addCleanup(self.stack.start, "translation-0")
        texts = {"headline": "Un relato", "body.p1.s1": "El cuerpo del relato."}
        self.queues[1]("CompleteJob", self.done(claimed, texts))
        for article, job in jobs[1:]:
            self.queues[1]("CompleteJob", self.done(self.claim(job, replica=1), texts))
        for article, _ in jobs:
            self.wait_translation(article, replica=1)


POLICY = {"rules": [{"sources": [f"sources/{desk.SOURCE}"], "from": ["en"], "to": ["es"], "workflow": "WORKFLOW_MACHINE"},
                    {"sources": [f"sources/{desk.SOURCE}"], "from": ["en"], "to": ["ru"], "workflow": "WORKFLOW_PERSON"}]}

class PolicyTest(TranslationCase):
    """A story in English becomes Spanish by the engine (the real Apertium) and Russian by a person."""

    def setUp(self):
        super().setUp()
        self.item_ids = {}
        self.queues[0]("UpdatePolicy", {"policy": POLICY})
        self.addCleanup(lambda: self.queues[0]("UpdatePolicy", {"policy": {}}))
        for queue in self.queues:
            wait.until(lambda q=queue: len(q("GetPolicy", {}).get("rules", [])) == 2, QUEUE_SECONDS_MAX,
                       "both replicas have the policy")

    def wait_feed_item(self, article, language, check, what):
        """The item that translates the article, as both replicas of feeds show it."""
        def item(replica):
            answer = self.feed(replica=replica, language=language)
            if answer.status != 200:
                return None
            of = [one for one in answer.json()["items"] if one["id"] == self.item_ids.get(language) or
                  one["_telex"].get("translation", {}).get("original", "").endswith(article["name"].partition("/")[2])]
            return of[0] if of and check(of[0]) else None

        items = [wait.until(lambda r=replica: item(r), QUEUE_SECONDS_MAX, f"{what} on feeds-{replica}")
                 for replica in (0, 1)]
        self.assertEqual(items[0], items[1])
        self.assert_credit(items[0])
        self.item_ids[language] = items[0]["id"]  # what is gone says no more of what it was
        return items[0]

    def test_from_the_story_to_its_feeds_and_away_again(self):
        article = self.story()
        with self.subTest("by the engine"):
            self.wait_translation(article, standing="STANDING_MACHINE")
            shown = self.wait_feed_item(article, "es", lambda one: "content_html" in one, "the Spanish item")
            self.assertIn("240 personas", shown["content_html"])
            self.assertIn("máquina", shown["content_html"])  # said to people
            self.assertEqual(shown["_telex"]["translation"]["standing"], "machine")
        with self.subTest("by a person"):
            job = {"name": f"jobs/{article['name'].partition('/')[2]}.ru"}
            wait.until(lambda: self.queues[0].answer("GetJob", job)["code"] == "OK", QUEUE_SECONDS_MAX, "its job")
            self.queues[1]("CompleteJob", self.done(self.claim(job, replica=1), self.russian))
            shown = self.wait_feed_item(article, "ru", lambda one: "content_html" in one, "the Russian item")
            self.assertEqual(shown["title"], self.russian["headline"])
            self.assertEqual(shown["_telex"]["translation"]["standing"], "person")
        with self.subTest("the original names them"):
            original = wait.until(lambda: (one := self.item(article["name"])) and
                                  len(one["_telex"].get("alternates", [])) == 2 and one,
                                  QUEUE_SECONDS_MAX, "both translations beside the original")
            self.assertEqual({one["language"] for one in original["_telex"]["alternates"]}, {"es", "ru"})
        with self.subTest("validators have nothing to say"):
            for language in ("en", "es", "ru"):
                feed = self.feed(language=language)
                url = feed.json()["feed_url"]
                self.assertEqual(json_feed_faults(feed.body, feed.headers["content-type"], url), [])
                feed = self.feed("rss", language=language)
                self.assertIn("hreflang", feed.body.decode())
                self.assertEqual(rss_faults(feed.body, feed.headers["content-type"],
                                            url.removesuffix("json") + "rss"), [])
        corrected = self.ctl.ok("articles", "update", article["name"], "--body-file", "-",
                                stdin=self.body.replace("240", "250").encode())
        with self.subTest("a correction asks the engine for one sentence"):
            refreshed = self.wait_translation(article, version=corrected["version"])
            origins = [one["origin"] for one in refreshed["text"]["segments"]]
            self.assertEqual(origins.count("ORIGIN_ENGINE"), 1, origins)
            self.wait_feed_item(article, "es", lambda one: "250 personas" in one.get("content_html", ""), "the correction")
        with self.subTest("the Russian one is stale until it is done"):
            self.wait_feed_item(article, "ru", lambda one: one["_telex"]["translation"]["stale"], "it is stale")
            claimed = self.claim(job)
            self.queues[0]("CompleteJob", self.done(claimed, {"body.p2.s1": self.russian["body.p2.s1"].replace("240", "250")}))
            self.wait_feed_item(article, "ru", lambda one: not one["_telex"]["translation"]["stale"], "it is fresh")
        with self.subTest("a kill takes all of them away"):
            self.ctl.ok("articles", "kill", article["name"], "--reason", "wrong")
            for language in ("es", "ru"):
                gone = self.wait_feed_item(article, language, lambda one: one["_telex"]["pubstatus"] == "canceled",
                                           f"the {language} item is gone")
                self.assertNotIn("content_html", gone)
            self.assertEqual([one["state"] for one in self.queues[0](
                "ListJobs", {"article": article["name"], "states": ["JOB_STATE_OPEN", "JOB_STATE_CLAIMED"]}).get("jobs", [])], [])

    def reviewed(self, verdict, standing):
        """A story that an engine translated and a person reviewed, its job, and a version that changes no text."""
        article = self.story(key=verdict)
        draft = self.wait_translation(article, standing="STANDING_MACHINE")
        job = {"name": f"jobs/{article['name'].partition('/')[2]}.es"}
        self.queues[0]("ReviewTranslation", {**job, "version": draft["version"], "revision": draft["revision"],
                                             "verdict": f"REVIEW_VERDICT_{verdict}", "note": "read"})
        self.wait_translation(article, standing=standing)
        return article, job, self.ctl.ok("articles", "update", article["name"], "--urgency", "3")

    def test_what_was_approved_stays_so_in_a_version_that_changes_no_text(self):
        article, _, moved = self.reviewed("APPROVED", "STANDING_REVIEWED")
        self.wait_translation(article, version=moved["version"], standing="STANDING_REVIEWED")

    def test_what_was_rejected_is_a_persons_in_a_version_that_changes_no_text(self):
        article, job, moved = self.reviewed("REJECTED", "STANDING_REJECTED")
        there = wait.until(lambda: (one := self.job(job["name"]))["version"] == moved["version"] and one,
                           QUEUE_SECONDS_MAX, "the job is for the new version")
        self.assertEqual((there["state"], there["worker"]), ("JOB_STATE_OPEN", "WORKER_PERSON"))
        self.assertEqual(self.wait_translation(article)["standing"], "STANDING_REJECTED")

    def test_a_purge_takes_every_word(self):
        article = self.story()
        self.wait_translation(article)
        self.ctl.ok("articles", "purge", article["name"], "--reason", "a court", "--confirm", article["name"])
        for replica in (0, 1):
            wait.until(lambda r=replica: self.queues[r].answer(
                "GetTranslation", {"article": article["name"], "language": "es"})["code"] == "NOT_FOUND",
                QUEUE_SECONDS_MAX, "the translation is gone")
        uuid_of = article["name"].partition("/")[2]

        def left():
            """Keys whose last record has a value; but for what stays, which says that it was purged and has no text."""
            last = {}
            for topic in ("telex.translations.v1", "telex.translation-jobs.v1"):
                for record in self.ctl.records(topic):
                    if uuid_of in record["key"] and not record["key"].startswith(f"{article['name']}@2/"):
                        last[record["key"]] = record.get("value") is not None
            return [key for key, there in last.items() if there]
        wait.until(lambda: not left(), QUEUE_SECONDS_MAX, "every record of it has its tombstone")
