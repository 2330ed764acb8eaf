"""Laws of the purge: what was forgotten is in no answer of anybody, nor in what compaction leaves. Each story of the
load has a mark in all of its texts."""

import json

from live import web

from .marks import marks_in


class Purged:
    """The purged stories of a run."""

    def __init__(self, ledger, log):
        self.log = log
        self.name_of = {call["mark"]: call["name"] for call in ledger.acknowledged()
                        if call["name"] in log.purged}
        self.acknowledged = [call for call in ledger.acknowledged() if call["step"] == "purge"]

    def are_purged(self):
        faults = [f"{call['name']}: its purge was acknowledged, and it stands"
                  for call in self.acknowledged if call["name"] not in self.log.purged]
        return faults if self.acknowledged else ["nothing was purged"]

    def lie_in_no_record(self):
        """Of those that compaction leaves: each key's last one."""
        last = {one["key"]: one["value"] for one in self.log.articles}
        faults = [f"{key} has still a value" for key, value in last.items()
                  if (name := key.partition("@")[0]) in self.log.purged and value is not None
                  and key != f"{name}@{max(self.log.versions[name])}"]
        return faults + self._found("the log", "\n".join(map(json.dumps, last.values())))

    def are_in_no_answer_of_feeds(self, address):
        index = web.ask(address, "/", headers={"Accept": "application/json"})
        paths = [web.feed_path(feed["section"], feed["language"], suffix)
                 for feed in index.json()["feeds"] for suffix in ("rss", "json")]
        paths += [web.article_path(name) for name in self.name_of.values()]
        faults = self._found(address, index.body.decode())
        for path in paths:
            # Brotli is not in the standard library; its bytes have the ETag of the others'.
            for coding in ("identity", "gzip"):
                answer = web.ask(address, path, headers={"Accept-Encoding": coding})
                faults += self._found(f"{address}{path} ({coding})", answer.plain().decode())
        return faults

    def are_in_no_answer_of_ingestion(self, caller, source):
        faults = []
        for what, answer in self._answers(caller, source):
            faults += self._found(what, json.dumps(answer))
        for mark, name in self.name_of.items():
            faults += [f"{name} is found by its words" for _ in
                       caller.all("ListArticles", {"words": mark}, "articles")]
        return faults

    def _answers(self, caller, source):
        yield "ListArticles", caller.all("ListArticles", {"source": f"sources/{source}"}, "articles")
        for name in self.name_of.values():
            yield name, caller.all("ListArticleVersions", {"name": name}, "articles")
            for version in self.log.versions[name]:
                one = f"{name}@{version}"
                yield one, caller.answer("GetArticle", {"name": one})

    def _found(self, where, text):
        return [f"{where} has the text of {self.name_of[mark]}"
                for mark in sorted(marks_in(text) & self.name_of.keys())]
