"""The log cleaner runs for real: what a purge takes back is gone from the disks of all brokers, and a
replica that reads what is left serves what the others serve, to the byte. Then the log of a month later:
submissions and decisions have expired."""

import pathlib
import subprocess
import time

from live import calls, wait, web
from storm import laws

ARTICLES, SUBMISSIONS, DECISIONS = "telex.articles.v1", "telex.submissions.v1", "telex.decisions.v1"
STORIES = 8  # half of them are purged
SECTION = "compaction"
DECIDED_SECONDS_MAX = 60
CLEANED_SECONDS_MAX = 240
EXPIRED_SECONDS_MAX = 120
DUMP_SECONDS_MAX = 120


class Compaction:
    def __init__(self, stack, checks, source):
        self.stack, self.checks, self.source = stack, checks, source
        self.ctl = calls.Telexctl(stack)
        self.callers = [calls.Caller(stack, stack.address(f"ingestion-{i}")) for i in (0, 1)]
        self.fillers = 0

    def close(self):
        for caller in self.callers:
            caller.close()

    # -- purge -----------------------------------------------------------------------------
    def purged_content_is_gone(self):
        articles = [self._create(f"story-{number}", self._secret(number)) for number in range(STORIES)]
        for article in articles:
            self.callers[0]("UpdateArticle", {"article": {**article, "headline": "Corrected"},
                                              "update_mask": "headline"})
        self.purged, self.kept = articles[::2], articles[1::2]
        for article in self.purged:
            self._purge(article["name"])
        for caller in self.callers:
            wait.until(lambda c=caller: all(c("GetArticle", {"name": one["name"]}).get("purged")
                                            for one in self.purged), DECIDED_SECONDS_MAX, "purged")
        secrets = [self._secret(number) for number in range(0, STORIES, 2)]
        self.checks.check("before the cleaner, the log has what was purged", [
            f"{broker}: {secret} is not there" for broker in self.stack.nodes
            for secret in self._found(broker, secrets) ^ set(secrets)])
        self.stack.configure(ARTICLES, segment_ms=1000, min_compaction_lag_ms=0,
                             max_compaction_lag_ms=1000, min_cleanable_dirty_ratio=0.001)
        left = {broker: set(secrets) for broker in self.stack.nodes}
        deadline = time.monotonic() + CLEANED_SECONDS_MAX
        while any(left.values()) and time.monotonic() < deadline:
            # A segment is closed, and then cleaned, when something is appended after its time.
            for _ in range(2 * STORIES):
                self._fill()
            for broker in left:
                left[broker] = self._found(broker, secrets)
        self.checks.check("what was purged is gone from the disks of all brokers", [
            f"{broker}: {sorted(there)}" for broker, there in left.items() if there])
        self.checks.check("telexctl topics tail shows tombstones alone of it", self._left_in_the_log())

    def _left_in_the_log(self):
        faults, kept = [], set()
        for record in self.ctl.records(ARTICLES):
            name, _, version = record["key"].partition("@")
            if any(name == one["name"] for one in self.purged):
                value = record.get("value")
                if version != "3" and value:
                    faults.append(f"{record['key']} has a value: {value}")
                if "forget-me" in str(value):
                    faults.append(f"{record['key']} has the text")
            kept.add(record["key"])
        return faults + [f"{one['name']}@{version} is missing" for one in self.kept
                         for version in (1, 2) if f"{one['name']}@{version}" not in kept]

    def _purge(self, name):
        told = self.ctl.ok("articles", "purge", name, "--reason", "forgotten", "--confirm", name)
        assert told["purged"], told

    def _found(self, broker, secrets):
        """Those of the texts that a broker's files of the articles have."""
        node = self.stack.nodes[broker]
        files = sorted(str(file) for file in pathlib.Path(node.data).glob(f"{ARTICLES}-*/*.log"))
        done = subprocess.run(
            [*node.tool(), "org.apache.kafka.tools.DumpLogSegments", "--deep-iteration",
             "--print-data-log", "--files", ",".join(files)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            timeout=DUMP_SECONDS_MAX, check=False)
        assert "baseOffset" in done.stdout, done.stdout
        return {secret for secret in secrets if secret in done.stdout}

    @staticmethod
    def _secret(number):
        return f"forget-me-{number}."

    def _create(self, key, body="A filler.", replica=0):
        return self.callers[replica]("CreateArticle", {"article": {
            "source": f"sources/{self.source}", "key": f"{SECTION}/{key}", "headline": "A story",
            "body_html": f"<p>{body}</p>", "section": SECTION, "language": "en"}})

    def _fill(self, replica=0):
        self.fillers += 1
        return self._create(f"filler-{self.fillers}", replica=replica)

    # -- empty stores ----------------------------------------------------------------------
    def empty_stores_read_the_same(self, what):
        """feeds-1 and ingestion-1 know only what the log still has; the others have seen all of it."""
        last = self._fill()
        feeds = [self.stack.address(f"feeds-{i}") for i in (0, 1)]
        names = [one["name"] for one in (*self.purged, *self.kept)]
        self._await_in_feeds(feeds, last)
        before, told = [laws.pages(address, names) for address in feeds], self._told(0, names)
        for name in ("feeds-1", "ingestion-1"):
            self.stack.stop(name)
            self.stack.delete_store(name)
        self.stack.redis("FLUSHALL")  # it must render again
        for name in ("feeds-1", "ingestion-1"):
            self.stack.start(name)
        after = laws.pages(feeds[1], names)
        self.checks.check(f"{what}: feeds with an empty store serve what they served", [
            f"{key}: {one.get(key, '')[:2]}, then {after.get(key, '')[:2]}" for one in before
            for key in one.keys() | after.keys() if one.get(key) != after.get(key)])
        self.checks.check(f"{what}: ingestion with an empty store tells what the other tells", [
            f"{key}: {told[key]}, then {now}" for key, now in self._told(1, names).items()
            if told[key] != now])
        self.checks.check(f"{what}: stories go on", self._goes_on(feeds))

    def _await_in_feeds(self, feeds, article):
        def shown(address):
            answer = web.ask(address, web.feed_path(SECTION))
            item = web.item_of(answer.json(), article["name"]) if answer.status == 200 else None
            return item and item["_telex"]["version"] == int(article["version"])

        wait.until(lambda: all(map(shown, feeds)), DECIDED_SECONDS_MAX, "both feeds show it")

    def _told(self, replica, names):
        ask = self.callers[replica]
        told = {"articles": ask.all("ListArticles", {"section": SECTION}, "articles"),
                "sources": ask.all("ListSources", {}, "sources")}
        for name in names:
            told[name] = ask.all("ListArticleVersions", {"name": name}, "articles")
            told[f"{name} whole"] = ask.answer("GetArticle", {"name": name})
            told[f"{name}@1"] = ask.answer("GetArticle", {"name": f"{name}@1"})
        return told

    def _goes_on(self, feeds):
        """Each partition's owner, old or new, knows the heads."""
        faults = []
        for number, article in enumerate(self.kept):
            head = self.callers[0]("GetArticle", {"name": article["name"]})
            next_ = self.callers[number % 2]("UpdateArticle", {
                "article": {**head, "ednote": f"After {head['version']}"}, "update_mask": "ednote"})
            if int(next_["version"]) != int(head["version"]) + 1:
                faults.append(f"{article['name']}: version {next_['version']} after {head['version']}")
        for article in self.purged:
            answer = self.callers[1].answer("UpdateArticle", {
                "article": {"name": article["name"], "headline": "Back"}, "update_mask": "headline"})
            if answer["code"] == "OK":
                faults.append(f"{article['name']} is back: {answer}")
        self._await_in_feeds(feeds, self._fill())
        return faults

    # -- a month later ---------------------------------------------------------------------
    def the_log_ages(self):
        """Submissions and decisions expire, and articles stay, while ingestion-0 is down: what it has not
        read of them is gone."""
        self.stack.stop("ingestion-0")
        for article in self.kept:
            self.callers[1]("UpdateArticle", {
                "article": {"name": article["name"], "headline": "While the other was down"},
                "update_mask": "headline"})
        last = self._fill(replica=1)
        for topic in (SUBMISSIONS, DECISIONS):
            self.stack.configure(topic, retention_ms=1000, segment_ms=1000)
        wait.until(lambda: not self.ctl.records(SUBMISSIONS) and not self.ctl.records(DECISIONS),
                   EXPIRED_SECONDS_MAX, "all submissions and decisions have expired")
        self.stack.start("ingestion-0")
        names = [one["name"] for one in (*self.purged, *self.kept, last)]
        told = self._told(1, names)
        self.checks.check("aged: a replica that was down meanwhile tells what the other tells", [
            f"{key}: {told[key]}, then {now}" for key, now in self._told(0, names).items()
            if told[key] != now])
