"""A replica whose clock is an hour ahead: it publishes nothing early, and says what is wrong."""

import pathlib
import tempfile

import desk
from live import wait, web
from live.clock import Clock

NAME = "ingestion-3"
AHEAD_SECONDS = 3600
EMBARGO_SECONDS = 600
STORIES = 8  # some of them in partitions that the wrong clock owns


class ClocksTest(desk.Case):
    def test_a_fast_clock_ends_no_embargo_and_makes_its_replica_unready(self):
        with tempfile.TemporaryDirectory() as folder:
            clock = Clock(pathlib.Path(folder))
            clock.jump(AHEAD_SECONDS)
            child = self.stack.child(NAME, **clock.environment())
            try:
                self.with_a_wrong_clock(child)
            finally:
                child.terminate()
                self.assertEqual(child.wait(40), 0, self.stack.log(NAME)[-4000:])

    def with_a_wrong_clock(self, child):
        service = self.stack.service(NAME)
        wait.until(lambda: child.poll() is not None or service.why_not_ready() is None, 60,
                   f"{NAME} is ready")
        until = desk.instant(EMBARGO_SECONDS)
        here = ["--ingestion-address", self.stack.address(NAME)]
        stories = [self.create(key=f"here-{n}", flags=["--embargoed", until, *here])
                   for n in range(STORIES)]
        stories += [self.create(key=f"there-{n}", flags=["--embargoed", until])
                    for n in range(STORIES)]
        for story in stories:
            self.assertEqual(story["availability"], "AVAILABILITY_EMBARGOED", story)
            self.assertLess(story["versioncreated"], until)
        wait.until(lambda: "CLOCK_SKEWED" in self.readyz() or "ahead of" in self.readyz(), 20,
                   "it says that its clock is wrong")
        self.assertEqual(web.ask(self.stack.admin_address(NAME), "/readyz").status, 503)
        wait.until(lambda: self.too_early() > 0, 30, "an owner was told that it is too early")
        for story in stories:
            self.assertEqual(self.versions(story["name"]), [1])
            self.assertIsNone(self.item(story["name"]))

    def readyz(self):
        return web.ask(self.stack.admin_address(NAME), "/readyz").body.decode()

    def too_early(self):
        names = ("ingestion-0", "ingestion-1", NAME)
        lines = [line for name in names for line in
                 web.ask(self.stack.admin_address(name), "/metrics").body.decode().splitlines()
                 if line.startswith("telex_ingestion_decisions_total") and "TOO_EARLY" in line]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)
