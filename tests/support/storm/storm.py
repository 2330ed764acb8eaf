"""A stream of stories and readers, while a plan of hurts goes on; then the laws."""

import json
import subprocess

from live import calls, wait, web
from live.reader import Reader

from . import laws
from .hurting import Hurting

SOURCE = "load.example"
SECTIONS = ("harbour", "world", "sports")
LANGUAGES = ("en", "hy")
RATE = 12  # calls a second: enough to be in the way of every hurt, little enough to catch up
STORIES_MAX = 100_000  # the storm is over before
LOAD_SECONDS_MAX = 300  # to end what it has begun
SERVICES = ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1")


class Storm:
    """On a stack with two replicas of each service."""

    def __init__(self, stack, checks, seed, settle_seconds_max=90):
        self.stack, self.checks, self.seed = stack, checks, seed
        self.settle_seconds_max = settle_seconds_max
        self.feeds = [stack.address(name) for name in ("feeds-0", "feeds-1")]
        self.ctl = calls.Telexctl(stack)
        self.out = stack.folder / "load.jsonl"

    def blow(self, plan, seconds_max):
        """All of the plan, and the laws."""
        self._judge(*self._storm(plan, seconds_max))

    def _start_load(self):
        self.out.unlink(missing_ok=True)
        addresses = ",".join(self.stack.address(name) for name in ("ingestion-0", "ingestion-1"))
        return subprocess.Popen(
            [str(self.stack.bin / "telex-load"), "--addresses", addresses, "--token-file",
             str(self.stack.token_file()), "--source", SOURCE, "--run", str(self.seed),
             "--seed", str(self.seed), "--count", str(STORIES_MAX), "--rate", str(RATE),
             "--concurrency", "32", "--corrections-percent", "30", "--kills-percent", "15",
             "--step-pause-seconds", "1", "--body-bytes", "1500", "--give-up-seconds", "240",
             "--sections", ",".join(SECTIONS), "--languages", ",".join(LANGUAGES), "--out",
             str(self.out), "--summary"],
            stdout=subprocess.PIPE, text=True)

    def _storm(self, plan, seconds_max):
        load = self._start_load()
        readers = [Reader(self.feeds, web.feed_path(section, language))
                   for section, language in (("all", "en"), ("all", "hy"), ("world", "en"))]
        hurting = Hurting(self.stack, plan, self.checks.say)
        try:
            wait.until(lambda: self.out.exists() and self.out.stat().st_size,
                       self.settle_seconds_max, "the load has begun")
            for reader in readers:
                reader.start()
            hurting.start()
            wait.until(lambda: not hurting.is_alive(), seconds_max, "all hurts are done")
            if hurting.failure:
                raise hurting.failure
            load.terminate()
            text, _ = load.communicate(timeout=LOAD_SECONDS_MAX)
            self.checks.say(f"load: {text.strip()}")
            wait.until(lambda: self.stack.run("status", check=False).returncode == 0,
                       self.settle_seconds_max, "all is up and ready again")
            ledger = laws.Ledger.read(self.out)
            self._settle(ledger)
        finally:
            if load.poll() is None:
                load.kill()
                load.wait()
            hurting.halt()
            for reader in readers:
                reader.halt()
        self.checks.check("every hurt was done", [] if hurting.done == len(plan) else
                          [f"{hurting.done} of {len(plan)}"])
        return ledger, readers, load.returncode

    def _settle(self, ledger):
        """Until both replicas of feeds serve the newest state: one more story must be in both."""
        caller = calls.Caller(self.stack, self.stack.address("ingestion-0"))
        last = caller("CreateArticle", {"article": {
            "source": f"sources/{SOURCE}", "key": "last", "headline": "The last story",
            "body_html": "<p>After the storm.</p>", "section": "world", "language": "en"}})
        ledger.unsure.add("last")
        caller.close()

        def same():
            answers = [web.ask(address, web.feed_path("all")) for address in self.feeds]
            items = [web.item_of(answer.json(), last["name"]) for answer in answers
                     if answer.status == 200]
            return len(items) == 2 and all(items) and answers[0].etag == answers[1].etag

        wait.until(same, self.settle_seconds_max, "both replicas of feeds stand at the same place")

    def _judge(self, ledger, readers, load_code):
        check = self.checks.check
        check("no service crashed or exited", laws.ended_by_themselves(
            {name: self.stack.service(name).process.exits() for name in SERVICES}))
        say = {line["code"] for line in ledger.failed}
        check("every call was acknowledged in the end",
              [json.dumps(line) for line in ledger.failed] +
              ([f"telex-load ended with {load_code}"] if load_code and not say else []))
        callers = [calls.Caller(self.stack, self.stack.address(f"ingestion-{i}")) for i in (0, 1)]
        for number, caller in enumerate(callers):
            check(f"nothing acknowledged is lost, says ingestion-{number}",
                  laws.nothing_acknowledged_is_lost(ledger, caller, SOURCE))
        check("versions have no holes", laws.versions_have_no_holes(ledger, callers[0]))
        check("the replicas of ingestion agree",
              laws.replicas_of_ingestion_agree(ledger, callers, SOURCE))
        check("the log contradicts itself nowhere", laws.the_log_contradicts_itself_nowhere(
            self.ctl.records("telex.articles.v1")))
        check("no submission was decided in two ways",
              laws.decisions_agree(self.ctl.records("telex.decisions.v1")))
        names = [story[0]["name"] for story in list(ledger.stories.values())[::20]]
        check("the replicas of feeds agree to the byte",
              laws.replicas_of_feeds_agree(self.feeds, names))
        paths = [web.feed_path(section, language) for section in ("all", *SECTIONS)
                 for language in LANGUAGES]
        for address in self.feeds:
            check(f"feeds at {address} show what stands",
                  laws.feeds_show_what_stands(address, ledger, paths))
        for reader in readers:
            self.checks.say(f"reader: {reader.polls} answers, {reader.news} of them news, "
                            f"{reader.silent} times none")
        check("no reader saw time run backwards",
              [fault for reader in readers for fault in reader.faults] or
              [f"a reader saw {reader.news} states" for reader in readers if reader.news < 5])
        for caller in callers:
            caller.close()
