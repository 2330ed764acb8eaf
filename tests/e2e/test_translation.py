"""The translation queue: each story once into each language, whoever works and whatever dies."""

import uuid

import desk
from live import calls, wait

QUEUE_SECONDS_MAX = 30  # a takeover among them
BODY = ("The ferry leaves at nine.\n\nIt carries 240 people.\n\nNobody at the quay was surprised.")
SPANISH = {"headline": "El transbordador sale a las nueve",
           "body.p1.s1": "El transbordador sale a las nueve.",
           "body.p2.s1": "Lleva a 240 personas.",
           "body.p3.s1": "Nadie en el muelle se sorprendió."}


class TranslationCase(desk.Case):
    def setUp(self):
        super().setUp()
        self.queues = [calls.Caller(self.stack, self.stack.address(f"translation-{i}")) for i in (0, 1)]
        for queue in self.queues:
            self.addCleanup(queue.close)

    def story(self, body=BODY, language="en"):
        article = self.create(headline="The ferry leaves at nine", body=body, language=language)
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

    @staticmethod
    def done(claimed, texts=None):
        """CompleteJob of a claim: each segment as `texts` has it, or as it was offered."""
        texts = SPANISH if texts is None else texts
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
            wrong = self.done(claimed, {**SPANISH, "body.p2.s1": "Lleva a 24 personas."})
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
            self.assertIn("El transbordador sale a las nueve.", translation["text"]["body_html"])
        late = self.refusal("CompleteJob", {**request, "request_id": str(uuid.uuid4())})
        self.assertEqual(late["reason"], "LEASE_LOST", late)

    def test_a_correction_asks_for_what_has_changed(self):
        article = self.story()
        job = self.request(article)
        self.queues[0]("CompleteJob", self.done(self.claim(job)))
        self.wait_translation(article)
        with self.subTest("while nobody holds it"):
            corrected = self.correct(article, BODY.replace("240", "250"))
            wait.until(lambda: self.job(job["name"])["version"] == corrected["version"],
                       QUEUE_SECONDS_MAX, "the job is for the correction")
            claimed = self.claim(job)
            states = {one["place"]: one["state"] for one in claimed["text"]["segments"]}
            self.assertEqual(states, {"headline": "STATE_UNCHANGED", "body.p1.s1": "STATE_UNCHANGED",
                                      "body.p2.s1": "STATE_CHANGED", "body.p3.s1": "STATE_UNCHANGED"})
            [changed] = [one for one in claimed["text"]["segments"] if one["place"] == "body.p2.s1"]
            self.assertEqual(changed["before_target"], SPANISH["body.p2.s1"])
        with self.subTest("while a person holds it"):
            twice = self.correct(corrected, BODY.replace("240", "250").replace("quay", "pier"))
            wait.until(lambda: self.job(job["name"])["version"] == twice["version"],
                       QUEUE_SECONDS_MAX, "the claim has moved to the second correction")
            told = self.queues[0]("CompleteJob", self.done(claimed, {"body.p2.s1": "Lleva a 250 personas."}))
            self.assertTrue(told["is_draft"], told)
            text = self.queues[1]("GetJobText", {"name": job["name"]})
            states = {one["place"]: one["state"] for one in text["segments"]}
            self.assertEqual(states["body.p2.s1"], "STATE_DRAFT", states)
            self.assertEqual(states["body.p3.s1"], "STATE_CHANGED", states)
            now = self.job(job["name"])
            done = self.done({**now, "text": text}, {"body.p3.s1": "Nadie en el embarcadero se sorprendió."})
            self.queues[1]("CompleteJob", done)
            published = self.wait_translation(article, version=twice["version"])
            self.assertIn("Lleva a 250 personas.", published["text"]["body_html"])
        with self.subTest("what changes nothing needs nobody"):
            moved = self.ctl.ok("articles", "update", article["name"], "--urgency", "3")
            published = self.wait_translation(article, version=moved["version"])
            self.assertEqual(published["standing"], "STANDING_PERSON")

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
        first = self.claim(job, lease="1s")
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
