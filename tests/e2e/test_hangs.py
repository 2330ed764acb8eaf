"""What hangs is told from what waits: /livez of the real programs."""

import json

import desk
from live import freeze, wait, web

SILENCE_SECONDS = 10  # the least that the services take
SETTINGS = {"TELEX_LOOP_SILENCE_SECONDS": str(SILENCE_SECONDS)}
OUTAGE_SECONDS = 2 * SILENCE_SECONDS
SEEN_SECONDS_MAX = SILENCE_SECONDS + 20


class HangsTest(desk.Case):
    def test_a_loop_that_hangs_fails_livez_and_says_what_to_do(self):
        for name, loops in (("ingestion-3", ("log-store", "decider", "timekeeper")),
                            ("feeds-3", ("follower", "peers"))):
            child = self.ready_child(name)
            try:
                for loop in loops:
                    with self.subTest(f"{loop} of {name}"):
                        self.hang(child, name, loop)
                child.terminate()
                self.assertEqual(child.wait(40), 0, self.stack.log(name)[-4000:])
            finally:
                if child.poll() is None:
                    child.kill()
                child.wait()

    def hang(self, child, name, loop):
        try:
            with freeze.frozen(child, loop):
                wait.until(lambda: self.alive(name).status == 503, SEEN_SECONDS_MAX, f"{loop} is seen")
                answer = self.alive(name).json()
                # It is the loop that is told, and nothing but the loop.
                self.assertFalse(answer["alive"])
                self.assertEqual(len(answer["why_not"]), 1, answer)
                told = answer["loops"][0]
                self.assertEqual((told["name"], told["ok"]), (loop, False))
                # Told in whole milliseconds.
                self.assertGreaterEqual(told["silent_ms"], SILENCE_SECONDS * 1000)
                self.assertIn(told["severity"], (1, 2))
                for text in ("business_impact", "technical_summary"):
                    self.assertTrue(told[text], told)
                self.assertEqual(told["panic_guide"], "docs/runbooks/process-hangs.md")
        except PermissionError as why:
            self.skipTest(f"threads cannot be stopped here: {why}")
        wait.until(lambda: self.alive(name).status == 200, SEEN_SECONDS_MAX, f"{loop} goes on")
        logged = [json.loads(line) for line in self.stack.log(name).splitlines()]
        self.assertTrue([line for line in logged
                         if line["message"] == "not alive" and loop in line["why"]])

    def test_a_dependency_that_stands_still_is_no_hang(self):
        names = ("ingestion-3", "feeds-3")
        children = [self.ready_child(name) for name in names]
        try:
            article = self.create()
            self.wait_item(article)
            for what in ("kafka", "redis"):
                with self.subTest(what):
                    self.stack.pause(what)
                    try:
                        self.assert_alive_for(names, OUTAGE_SECONDS)
                        if what == "redis":
                            self.assert_shown_only("feeds-3")
                    finally:
                        self.stack.resume(what)
            with self.subTest("kafka is gone"):
                self.stack.kill("kafka")
                try:
                    self.assert_alive_for(names, OUTAGE_SECONDS)
                finally:
                    self.stack.start("kafka")
            corrected = wait.until(lambda: self.corrected(article["name"]), 90, "stories go in again")
            self.wait_item(corrected)
            for child in children:
                self.assertIsNone(child.poll())
                child.terminate()
            for child, name in zip(children, names):
                self.assertEqual(child.wait(40), 0, self.stack.log(name)[-4000:])
        finally:
            for child in children:
                if child.poll() is None:
                    child.kill()
                child.wait()

    def test_a_replica_that_falls_behind_its_peers_goes_unready(self):
        child = self.ready_child("feeds-3", TELEX_FEEDS_BEHIND_SECONDS="2")
        try:
            article = self.create()
            self.wait_item(article)
            with freeze.frozen(child, "follower"):
                corrected = self.ctl.ok("articles", "update", article["name"], "--headline", "Later")
                self.wait_item(corrected)
                # Each of them tells the others where it is every 2 s.
                wait.until(lambda: self.ready("feeds-3").status == 503, 30, "it is behind")
                answer = self.ready("feeds-3").json()
                self.assertEqual(len(answer["why_not"]), 1, answer)
                self.assertEqual((answer["checks"][0]["name"], answer["checks"][0]["reason"]),
                                 ("peers", "NOT_CAUGHT_UP"))
                self.assertEqual(self.ready("feeds-0").status, 200)
            wait.until(lambda: self.ready("feeds-3").status == 200, 30, "it has caught up")
            child.terminate()
            self.assertEqual(child.wait(40), 0, self.stack.log("feeds-3")[-4000:])
        except PermissionError as why:
            self.skipTest(f"threads cannot be stopped here: {why}")
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()

    def ready(self, name):
        return web.ask(self.stack.admin_address(name), "/readyz")

    def assert_shown_only(self, name):
        """Redis is away: /readyz says so, and 200."""
        answer = self.ready(name)
        self.assertEqual(answer.status, 200, answer.body)
        failing = [check for check in answer.json()["checks"] if not check["ok"]]
        self.assertEqual([check["name"] for check in failing], ["redis"])
        self.assertFalse(failing[0]["gates_readiness"])
        metrics = web.ask(self.stack.admin_address(name), "/metrics").body.decode()
        self.assertIn("telex_redis_breaker_open 1\n", metrics)

    def ready_child(self, name, **more):
        child = self.stack.child(name, **SETTINGS, **more)
        why_not = self.stack.service(name).why_not_ready
        wait.until(lambda: child.poll() is not None or why_not() is None, 60, f"{name} is ready")
        self.assertIsNone(child.poll(), self.stack.log(name)[-2000:])
        return child

    def alive(self, name):
        return web.ask(self.stack.admin_address(name), "/livez")

    def assert_alive_for(self, names, seconds):
        def alive():
            for name in names:
                answer = self.alive(name)
                self.assertEqual(answer.status, 200, (name, answer.body))
            return True

        wait.always(alive, seconds, "all are alive")

    def corrected(self, name):
        told = self.ctl("articles", "update", name, "--headline", "Corrected")
        return told.json() if told.code == 0 else None
