"""A stream of stories and readers, while a plan of hurts goes on; then the laws."""

import random
import subprocess
import time
import uuid

from live import calls, wait, web
from live.reader import Reader

from . import laws, purges, times, verdicts, viewers
from .hurting import Hurting
from .ledger import Ledger
from .log import Log
from .watcher import Watcher
from .ways import Ways

SOURCE = "load.example"
SECTIONS = ("harbour", "world", "sports")
LANGUAGES = ("en", "hy")
RATE = 12  # calls a second: enough to be in the way of every hurt, little enough to catch up
STORIES_MAX = 100_000  # the storm is over before
LOAD_SECONDS_MAX = 300  # to end what it has begun
SERVICES = ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1", "views-0", "views-1")


class Storm:
    """On a stack with two replicas of each service. `other_programs`: the folder of another release's, for
    plans that have it run."""

    def __init__(self, stack, checks, seed, settle_seconds_max=90, other_programs=None):
        self.stack, self.checks, self.seed = stack, checks, seed
        self.settle_seconds_max = settle_seconds_max
        self.ways = Ways(stack, other_programs, checks.say)
        self.feeds = [stack.address(name) for name in ("feeds-0", "feeds-1")]
        self.beacons = [stack.address(name, "http") for name in ("views-0", "views-1")]
        self.ctl = calls.Telexctl(stack)
        self.out = stack.folder / "load.jsonl"
        self.last_request_id = str(uuid.uuid4())

    def blow(self, plan, seconds_max):
        """All of the plan, and the laws."""
        self.readers = [Reader(self.feeds, web.feed_path(section, language))
                        for section, language in (("all", "en"), ("all", "hy"), ("world", "en"))]
        self.watcher = Watcher(self.feeds, self.out)
        self.viewers = viewers.Viewers(self.beacons, self.out, self.seed)
        self.hurting = Hurting(self.stack, self.ways, plan, self.checks.say)
        load_code = self._storm(seconds_max)
        self.checks.check("every hurt was done", [] if self.hurting.done == len(plan) else
                          [f"{self.hurting.done} of {len(plan)}"])
        self._judge(load_code)

    def _start_load(self):
        self.out.unlink(missing_ok=True)
        addresses = ",".join(self.stack.address(name) for name in ("ingestion-0", "ingestion-1"))
        return subprocess.Popen(
            [str(self.stack.bin / "telex-load"), "--addresses", addresses, "--token-file",
             str(self.stack.token_file()), "--source", SOURCE, "--run", str(self.seed),
             "--seed", str(self.seed), "--count", str(STORIES_MAX), "--rate", str(RATE),
             "--concurrency", "32", "--corrections-percent", "30", "--kills-percent", "15",
             "--purges-percent", "8", "--embargoes-percent", "10", "--expiries-percent", "10",
             "--embargo-seconds", "15", "--expiry-seconds", "25",
             "--step-pause-seconds", "1", "--body-bytes", "1500", "--give-up-seconds", "240",
             "--sections", ",".join(SECTIONS), "--languages", ",".join(LANGUAGES), "--out",
             str(self.out), "--summary"],
            stdout=subprocess.PIPE, text=True)

    def _storm(self, seconds_max):
        """The exit code of the load."""
        load = self._start_load()
        try:
            wait.until(lambda: self.out.exists() and self.out.stat().st_size,
                       self.settle_seconds_max, "the load has begun")
            for thread in (*self.readers, self.watcher, self.viewers, self.hurting):
                thread.start()
            wait.until(lambda: not self.hurting.is_alive(), seconds_max, "all hurts are done")
            if self.hurting.failure:
                raise self.hurting.failure
            load.terminate()
            text, _ = load.communicate(timeout=LOAD_SECONDS_MAX)
            self.checks.say(f"load: {text.strip()}")
            wait.until(lambda: self.stack.run("status", check=False).returncode == 0,
                       self.settle_seconds_max, "all is up and ready again")
            self._settle()
            self.viewers.halt(self.settle_seconds_max)
            self._lose_stores()
        finally:
            if load.poll() is None:
                load.kill()
                load.wait()
            self.hurting.halt()
            for reader in (*self.readers, self.watcher):
                if reader.ident is not None:
                    reader.halt()
        return load.returncode

    def _settle(self):
        """Until nothing changes by itself any more, and both replicas of feeds serve the newest state: one
        more story must be in both."""
        caller = calls.Caller(self.stack, self.stack.address("ingestion-0"))
        instant = Ledger.read(self.out).last_instant()
        wait.hold(max(0.0, instant - time.time()))
        wait.until(lambda: not [article for article in caller.all(
            "ListArticles", {"source": f"sources/{SOURCE}"}, "articles") if times.pending(article)],
            self.settle_seconds_max, "all embargoes are over, and what was to expire has")
        last = caller("CreateArticle", {"request_id": self.last_request_id, "article": {
            "source": f"sources/{SOURCE}", "key": "last", "headline": "The last story",
            "body_html": "<p>After the storm.</p>", "section": "world", "language": "en"}})
        caller.close()

        def same():
            answers = [web.ask(address, web.feed_path("all")) for address in self.feeds]
            items = [web.item_of(answer.json(), last["name"]) for answer in answers
                     if answer.status == 200]
            return len(items) == 2 and all(items) and answers[0].etag == answers[1].etag

        wait.until(same, self.settle_seconds_max, "both replicas of feeds stand at the same place")

    def _lose_stores(self):
        """Of one replica of each: it knows of all that came and went what the log has, and is judged with
        the one that has seen it."""
        chance = random.Random(self.seed)
        names = [f"{kind}-{chance.randrange(2)}" for kind in ("ingestion", "feeds", "views")]
        self.checks.say(f"lose {' and '.join(names)} after the storm")
        for name in names:
            self.ways.begin("lose", name)
        for name in names:
            self.ways.mend("lose", name)

    def _was(self, line, *ways):
        """Whether the replica that a line of the load is of was hurt so meanwhile."""
        return any(spell.how in ways and self.stack.address(spell.name) == line["address"]
                   and spell.begin < line["acked"] and line["tried"] < spell.end
                   for spell in self.hurting.spells)

    # -- the laws ----------------------------------------------------------------------------
    def _judge(self, load_code):
        check = self.checks.check
        exits = {name: self.stack.service(name).process.exits() for name in SERVICES}
        self.checks.say(f"{laws.owners_that_made_way(exits)} owners made way for a successor")
        check("no service crashed or exited", laws.ended_by_themselves(exits))
        ledger, log = Ledger.read(self.out), Log.read(self.ctl)
        check("every call was acknowledged in the end", laws.every_call_was_acknowledged(
            ledger, lambda line: self._was(line, "ahead")) +
            ([f"telex-load ended with {load_code}"] if load_code and not ledger.failed else []))
        self._judge_the_log(ledger, log)
        ledger.unsure.add("last")
        callers = [calls.Caller(self.stack, self.stack.address(f"ingestion-{i}")) for i in (0, 1)]
        self._judge_ingestion(ledger, log, callers)
        self._judge_feeds(ledger, log)
        self._judge_purges(purges.Purged(ledger, log), callers)
        self._judge_readers(ledger)
        self._judge_views(log)
        for caller in callers:
            caller.close()

    def _judge_the_log(self, ledger, log):
        check = self.checks.check
        check("the log contradicts itself nowhere", laws.the_log_contradicts_itself_nowhere(log))
        check("no submission was decided in two ways", laws.decisions_agree(log))
        check("every version was submitted", verdicts.every_version_was_submitted(
            ledger, log, SOURCE, [self.last_request_id]))
        check("every result is what was decided, and stands", verdicts.results_are_what_was_decided(
            ledger, log, lambda line: self._was(line, "other")))
        check("nothing moved before its time", times.nothing_moved_before_its_time(log))
        check("what was due has come", times.what_was_due_has_come(log, time.time()))

    def _judge_ingestion(self, ledger, log, callers):
        check = self.checks.check
        for number, caller in enumerate(callers):
            check(f"nothing acknowledged is lost, says ingestion-{number}",
                  laws.nothing_acknowledged_is_lost(ledger, log, caller, SOURCE))
        check("versions have no holes", laws.versions_have_no_holes(ledger, log, callers[0]))
        check("the replicas of ingestion agree",
              laws.replicas_of_ingestion_agree(ledger, callers, SOURCE))

    def _judge_feeds(self, ledger, log):
        check = self.checks.check
        calls_made = ledger.acknowledged()
        names = sorted({call["name"] for call in calls_made[::20]} | {
            call["name"] for call in calls_made
            if call["step"] == "purge" or call["embargoed"] or call["expires"]})
        check("the replicas of feeds agree to the byte",
              laws.replicas_of_feeds_agree(self.feeds, names))
        check("pages show what stands", times.pages_show_what_stands(self.feeds, log, names))
        paths = [web.feed_path(section, language) for section in ("all", *SECTIONS)
                 for language in LANGUAGES]
        for address in self.feeds:
            check(f"feeds at {address} show what stands",
                  laws.feeds_show_what_stands(address, log, paths))

    def _judge_purges(self, purged, callers):
        check = self.checks.check
        check("what was to be purged is", purged.are_purged())
        check("compaction leaves nothing of it", purged.lie_in_no_record())
        for address in self.feeds:
            check(f"feeds at {address} answer nothing of it", purged.are_in_no_answer_of_feeds(address))
        for number, caller in enumerate(callers):
            check(f"ingestion-{number} answers nothing of it",
                  purged.are_in_no_answer_of_ingestion(caller, SOURCE))

    def _judge_readers(self, ledger):
        for reader in self.readers:
            self.checks.say(f"reader: {reader.polls} answers, {reader.news} of them news, "
                            f"{reader.silent} times none")
        self.checks.check("no reader saw time run backwards",
                          [fault for reader in self.readers for fault in reader.faults] or
                          [f"a reader saw {reader.news} states" for reader in self.readers
                           if reader.news < 5])
        self.checks.say(f"watcher: {self.watcher.hidden} answers before an embargo's end, "
                        f"{len(self.watcher.first_seen)} pages after it")
        sights = [sight for reader in (*self.readers, self.watcher)
                  for sight in reader.first_seen.items()]
        self.checks.check("nobody saw a story before its time",
                          times.nothing_was_seen_before_its_time(ledger, sights) +
                          ([] if self.watcher.hidden else ["no page was asked for under an embargo"]))

    def _judge_views(self, log):
        looks = self.viewers.answered
        self.checks.say(f"viewers: {looks.total()} looks at {len(looks)} stories; refused, and sent again: "
                        f"{dict(self.viewers.refused)}")
        self.checks.check("every look was answered in the end", self.viewers.faults or
                          ([] if looks.total() > 50 else [f"{looks.total()} looks in all"]))
        for address in self.beacons:
            wait.until_or_last(lambda at=address: not viewers.differences(at, looks, log.purged),
                               self.settle_seconds_max)
            self.checks.check(f"views at {address} counts every look once",
                              viewers.differences(address, looks, log.purged))
