"""A stream of stories and readers, while a plan of hurts goes on; then the laws."""

import random
import subprocess
import time
import uuid

from live import calls, wait, web
from live.reader import Reader

from . import laws, purges, requests, times, translations, translators, verdicts, viewers
from .hurting import Hurting
from .ledger import SOURCE, Ledger
from .log import Log
from .watcher import Watcher
from .ways import Ways

SECTIONS = ("harbour", "world", "sports")
LANGUAGES = ("en", "hy")
RATE = 12  # calls a second: enough to be in the way of every hurt, little enough to catch up
STORIES_MAX = 100_000  # the storm is over before
LOAD_SECONDS_MAX = 300  # to end what it has begun
TRANSLATION = ("translation-0", "translation-1")
SERVICES = ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1", "views-0", "views-1", *TRANSLATION)


class Storm:
    """On a stack with two replicas of each service. `other_programs`: the folder of another release's, for
    plans that have it run."""

    def __init__(self, stack, checks, seed, settle_seconds_max=90, other_programs=None):
        self.stack, self.checks, self.seed = stack, checks, seed
        self.settle_seconds_max = settle_seconds_max
        self.ways = Ways(stack, other_programs, checks.say)
        self.feeds = [stack.address(name) for name in ("feeds-0", "feeds-1")]
        self.beacons = [stack.address(name, "http") for name in ("views-0", "views-1")]
        self.queues = [calls.Caller(stack, stack.address(name)) for name in TRANSLATION]
        self.ctl = calls.Telexctl(stack)
        self.out = stack.folder / "load.jsonl"
        self.last_request_id = str(uuid.uuid4())

    def blow(self, plan, seconds_max):
        """All of the plan, and the laws."""
        self.readers = [Reader(self.feeds, web.feed_path(section, language))
                        for section, language in (("all", "en"), ("all", "hy"), ("world", "en"),
                                                  ("all", "es"), ("all", "ru"))]
        self.watcher = Watcher(self.feeds, self.out)
        self.viewers = viewers.Viewers(self.beacons, self.out, self.seed)
        desks = [self.stack.address(name) for name in TRANSLATION]

        def caller():
            return calls.Caller(self.stack, desks[0])

        self.translators = translators.Translators(desks, caller, self.seed)
        self.requests = requests.Requests(desks, caller(), self.out, self.seed)
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
        translators.set_policy(self.queues, self.settle_seconds_max)
        load = self._start_load()
        try:
            wait.until(lambda: self.out.exists() and self.out.stat().st_size,
                       self.settle_seconds_max, "the load has begun")
            for thread in (*self.readers, self.watcher, self.viewers, self.requests, self.translators,
                           self.hurting):
                thread.start()
            wait.until(lambda: not self.hurting.is_alive(), seconds_max, "all hurts are done")
            if self.hurting.failure:
                raise self.hurting.failure
            load.terminate()
            text, _ = load.communicate(timeout=LOAD_SECONDS_MAX)
            self.checks.say(f"load: {text.strip()}")
            self.requests.halt(self.settle_seconds_max)
            wait.until(lambda: self.stack.run("status", check=False).returncode == 0,
                       self.settle_seconds_max, "all is up and ready again")
            self._settle()
            self.translators.halt(self.settle_seconds_max)
            self.translators.write(self.stack.folder / "translators.jsonl")
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
        more story must be in both, in all languages."""
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

        wait.until_or_last(lambda: all(translations.is_in_all_languages(last, queue) for queue in self.queues),
                           self.settle_seconds_max)
        if not translators.await_rest(self.queues, self.settle_seconds_max):
            self.checks.say("the queue of translations did not come to rest")

        def same(name, language):
            answers = [web.ask(address, web.feed_path("all", language)) for address in self.feeds]
            items = [web.item_of(answer.json(), name) for answer in answers if answer.status == 200]
            return len(items) == 2 and all(items) and answers[0].etag == answers[1].etag

        wait.until(lambda: same(last["name"], "en"), self.settle_seconds_max,
                   "both replicas of feeds stand at the same place")
        for language in translators.ASKED_BY_POLICY:  # what is not there is told with the laws
            item = web.translation_of(last["name"], language)
            wait.until_or_last(lambda: same(item, language), self.settle_seconds_max)

    def _lose_stores(self):
        """Of one replica of each: it knows of all that came and went what the log has, and is judged with
        the one that has seen it."""
        chance = random.Random(self.seed)
        names = [f"{kind}-{chance.randrange(2)}" for kind in ("ingestion", "feeds", "views", "translation")]
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
        purged = purges.Purged(ledger, log)
        self._judge_purges(purged, callers)
        self._judge_translations(log, purged)
        self._judge_readers(ledger)
        self._judge_views(log)
        for caller in (*callers, *self.queues):
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
        check("the replicas of feeds agree to the byte", laws.replicas_of_feeds_agree(self.feeds, [
            *names, *(web.translation_of(name, language) for name in names for language in translators.LANGUAGES)]))
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

    def _judge_translations(self, log, purged):
        check, done = self.checks.check, self.translators.completions
        self.checks.say(f"translators: {dict(self.translators.counts)}")
        self.checks.say(f"requests: {len(self.requests.acknowledged)} stories; {dict(self.requests.counts)}")
        check("every call of translators was answered in the end", self.translators.faults + self.requests.faults)
        published = translations.Published.read(log, self.ctl)
        check("the log of translations contradicts itself nowhere",
              translations.the_log_contradicts_itself_nowhere(published))
        check("every text was submitted", translations.every_text_was_submitted(done, published))
        check("what was acknowledged is published",
              translations.what_was_acknowledged_is_published(done, published))
        check("what was refused is not", translations.what_was_refused_is_not_published(done, published))
        check("all jobs are done", translations.all_is_done(self.queues))
        check("the replicas of translation agree", translations.replicas_agree(published, self.queues))
        forgotten = translations.Forgotten(published, purged.name_of)
        check("compaction leaves nothing of what was purged in translations", forgotten.lie_in_no_record())
        for name, caller in zip(TRANSLATION, self.queues):
            check(f"every story that stands is in all languages, says {name}",
                  translations.nothing_is_lost_or_stale(published, self.requests.acknowledged, caller))
            check(f"{name} says what is published", translations.say_what_is_published(published, caller))
            check(f"{name} answers nothing of what was purged", forgotten.are_in_no_answer(caller))
        self._judge_translated_feeds(translations.Expected(published))

    def _judge_translated_feeds(self, expected):
        for address in self.feeds:
            self.checks.check(f"feeds at {address} show the translations that stand",
                              translations.feeds_show_what_stands(address, expected, ("all", *SECTIONS)))
        urns = sorted(expected.items)
        self.checks.check("pages of translations show what stands", translations.pages_show_what_stands(
            self.feeds, expected, [*urns[::10], *(urn for urn in urns if urn not in expected.places)]))

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
