"""Two of three brokers away: nothing is acknowledged, everything is read, and afterwards what was asked for
is there once."""

import concurrent.futures
import contextlib

from live import calls, wait, web

STORIES = 12
FEED = web.feed_path("outage")
ANSWER_SECONDS = 6
RESTARTED_SECONDS = 40  # longer than a replica that takes nothing in is ready
READY_SECONDS_MAX = 60
BACK_SECONDS_MAX = 180
WAITING = ("DECISION_PENDING", "BROKER_UNAVAILABLE")


class Outage:
    def __init__(self, stack, checks, source):
        self.stack, self.checks, self.source = stack, checks, source
        self.ingestion = ("ingestion-0", "ingestion-1")
        self.feeds = ("feeds-0", "feeds-1")
        self.known = 0

    def of(self, brokers, how):
        what = f"{' and '.join(brokers)}: {how}"
        stories = [self._draft(f"{how}-{number}") for number in range(STORIES)]
        known, before = self._known()
        with self._away(brokers, how):
            self.checks.check(f"{what}: no write is acknowledged", [
                str(answer) for answer in self._create_all(stories)
                if answer["code"] != "UNAVAILABLE" or answer.get("reason") not in WAITING])
            self.checks.check(f"{what}: reads go on", self._reads(known, before))
        self.checks.check(f"{what}: all is there once", self._there_once(stories))

    def of_an_idle_log(self, brokers):
        """Nothing is written from before to after: no record tells a replica that the brokers are back."""
        what = f"{' and '.join(brokers)}: pause, an idle log"
        known, before = self._known()
        with self._away(brokers, "pause"):
            self.stack.stop("feeds-1")
            started = self.stack.run("start", "feeds-1", check=False)
            wait.hold(RESTARTED_SECONDS)
            self.checks.check(f"{what}: feeds that were restarted serve what they served",
                              ([] if started.returncode == 0 else [started.stdout.partition("\n")[0]])
                              + self._reads(known, before))
        try:
            wait.until(lambda: not self._not_ready(), READY_SECONDS_MAX, "all are ready")
        except AssertionError:
            pass  # told with the reason
        self.checks.check(f"{what}: all are ready again", self._not_ready())

    @contextlib.contextmanager
    def _away(self, brokers, how):
        for name in brokers:
            getattr(self.stack, how)(name)
        try:
            yield
        finally:
            for name in brokers:
                self.stack.resume(name) if how == "pause" else self.stack.start(name)
        self.stack.await_whole()

    def _known(self):
        """An article, and the feed with it once both replicas serve the same."""
        self.known += 1
        [article] = self._acknowledged([self._draft(f"known-{self.known}")])
        return article, wait.until(lambda: self._feeds_with(article), BACK_SECONDS_MAX,
                                   "both feeds show it")

    def _draft(self, key):
        return {"article": {"source": f"sources/{self.source}", "key": f"outage/{key}",
                            "headline": f"Outage {key}", "body_html": "<p>It waits.</p>",
                            "section": "outage", "language": "en"}}

    def _create_all(self, stories, deadline_seconds=ANSWER_SECONDS):
        """The answers, of calls at the same time at both replicas."""
        callers = [calls.Caller(self.stack, self.stack.address(self.ingestion[i % 2]))
                   for i in range(len(stories))]
        with concurrent.futures.ThreadPoolExecutor(len(stories)) as pool:
            answers = list(pool.map(
                lambda pair: pair[0].answer("CreateArticle", pair[1], deadline_seconds=deadline_seconds),
                zip(callers, stories)))
        for caller in callers:
            caller.close()
        return answers

    def _feeds_with(self, article):
        """The body of a feed once both replicas serve the same, with the article in it; else None."""
        answers = [web.ask(self.stack.address(name), FEED) for name in self.feeds]
        if any(answer.status != 200 or not web.item_of(answer.json(), article["name"])
               for answer in answers) or answers[0].body != answers[1].body:
            return None
        return answers[0].body

    def _reads(self, known, before):
        faults = []
        for name in self.ingestion:
            caller = calls.Caller(self.stack, self.stack.address(name))
            answer = caller.answer("GetArticle", {"name": known["name"]})
            caller.close()
            if answer.get("response", {}).get("version") != known["version"]:
                faults.append(f"{name}: {answer}")
        for name in self.feeds:
            answer = web.ask(self.stack.address(name), FEED)
            if (answer.status, answer.body) != (200, before):
                faults.append(f"{name}: {answer.status}, not what it was")
        return faults + self._not_ready()

    def _not_ready(self):
        return [f"{name}: {why}" for name in (*self.ingestion, *self.feeds)
                if (why := self.stack.service(name).why_not_ready())]

    def _acknowledged(self, stories):
        """The articles: asked for until all are acknowledged."""
        def articles():
            answers = self._create_all(stories, deadline_seconds=15)
            return all(answer["code"] == "OK" for answer in answers) and \
                [answer["response"] for answer in answers]

        return wait.until(articles, BACK_SECONDS_MAX, "all writes are acknowledged")

    def _there_once(self, stories):
        faults = []
        articles = self._acknowledged(stories)
        caller = calls.Caller(self.stack, self.stack.address(self.ingestion[0]))
        for name in (article["name"] for article in articles):
            versions = [int(one["version"]) for one in
                        caller.all("ListArticleVersions", {"name": name}, "articles")]
            if versions != [1]:
                faults.append(f"{name}: versions {versions}")
        caller.close()
        return faults
