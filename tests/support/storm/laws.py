"""What must hold when the dust has settled. Each check returns its faults, in words."""

import json
import zlib

from live import web
from telex_stack.supervised import exit_text

LOG_LINES_SHOWN = 5
WORDS = {"create": "PUB_STATUS_USABLE", "correct": "PUB_STATUS_USABLE", "kill": "PUB_STATUS_CANCELED"}


class Ledger:
    """What telex-load was promised, from its lines."""

    def __init__(self, lines):
        self.stories = {}  # key -> its acknowledged calls in order
        self.failed = []
        self.lines = 0
        for line in lines:
            self.lines += 1
            if line["code"] == "OK":
                self.stories.setdefault(line["key"], []).append(line)
            else:
                self.failed.append(line)
        for calls in self.stories.values():
            calls.sort(key=lambda line: line["acked"])
        self.unsure = {line["key"] for line in self.failed}

    @classmethod
    def read(cls, path):
        with open(path, encoding="utf-8") as lines:
            return cls(json.loads(line) for line in lines)


def ended_by_themselves(exits):
    """Of the services that nobody stopped or killed: a dependency that is hurt ends none of them.
    `exits`: the records of each service (telex_stack.supervisor.Supervisor.record_exit)."""
    return [f"{name}: {exit_text(record)} at {record['when']}; its last lines:\n    "
            + "\n    ".join(record["log"][-LOG_LINES_SHOWN:])
            for name, records in exits.items() for record in records]


def nothing_acknowledged_is_lost(ledger, caller, source):
    """Every acknowledged article is there exactly once, each acknowledged version with its content, and
    nothing that was not handed in."""
    faults = []
    listed = caller.all("ListArticles", {"source": f"sources/{source}"}, "articles")
    by_key = {}
    for article in listed:
        by_key.setdefault(article["key"], []).append(article)
    for key, articles in by_key.items():
        if len(articles) > 1:
            faults.append(f"{key} is there {len(articles)} times")
        if key not in ledger.stories and key not in ledger.unsure:
            faults.append(f"{key} was never handed in")
    for key, calls in ledger.stories.items():
        articles = by_key.get(key, [])
        if not articles:
            faults.append(f"{key}: acknowledged as {calls[-1]['name']}, and not there")
            continue
        standing, promised = int(articles[0]["version"]), calls[-1]["version"]
        if standing != promised and not (key in ledger.unsure and standing == promised + 1):
            faults.append(f"{key}: version {promised} was the last acknowledged, {standing} stands")
        for call in calls:
            faults += version_is_as_promised(call, caller)
    return faults


def version_is_as_promised(call, caller):
    answer = caller.answer("GetArticle", {"name": f"{call['name']}@{call['version']}"})
    if answer["code"] != "OK":
        return [f"{call['name']}@{call['version']}: {answer['code']} {answer['reason']}"]
    article = answer["response"]
    has = (article["key"], article["headline"], zlib.crc32(article["body_html"].encode()),
           article["pub_status"])
    promised = (call["key"], call["headline"], call["body_crc32"], WORDS[call["step"]])
    return [] if has == promised else \
        [f"{call['name']}@{call['version']}: {promised} was acknowledged, {has} is there"]


def versions_have_no_holes(ledger, caller):
    faults = []
    for key, calls in ledger.stories.items():
        name = calls[0]["name"]
        versions = [int(article["version"]) for article in
                    caller.all("ListArticleVersions", {"name": name}, "articles")]
        if versions != list(range(len(versions), 0, -1)):
            faults.append(f"{key} ({name}): versions {versions}")
    return faults


def replicas_of_ingestion_agree(ledger, callers, source):
    """All that each of them says of itself: the newest versions, and the bodies of some."""
    told = []
    for caller in callers:
        articles = caller.all("ListArticles", {"source": f"sources/{source}"}, "articles")
        told.append({article["name"]: article for article in articles})
    names = told[0].keys() | told[1].keys()
    return [f"{name}: the replicas tell {[one.get(name) for one in told]}" for name in sorted(names)
            if told[0].get(name) != told[1].get(name)]


def the_log_contradicts_itself_nowhere(records):
    """No version with two contents, none missing, each article in one partition. The very same record
    twice is harmless, and what a zombie or a repeat may leave."""
    faults, versions, partitions = [], {}, {}
    for record in records:
        key, value = record["key"], json.dumps(record.get("value"), sort_keys=True)
        if versions.setdefault(key, value) != value:
            faults.append(f"{key} has two contents")
        name = key.partition("@")[0]
        if partitions.setdefault(name, record["partition"]) != record["partition"]:
            faults.append(f"{name} lies in two partitions")
    numbers = {}
    for key in versions:
        name, _, version = key.partition("@")
        numbers.setdefault(name, []).append(int(version))
    for name, there in numbers.items():
        if sorted(there) != list(range(1, len(there) + 1)):
            faults.append(f"{name}: versions {sorted(there)} are in the log")
    return faults


def decisions_agree(records):
    """One submission, one decision, however often it was made."""
    faults, decided = [], {}
    for record in records:
        value = json.dumps(record.get("value"), sort_keys=True)
        if decided.setdefault(record["key"], value) != value:
            faults.append(f"submission {record['key']} was decided in two ways")
    return faults


def pages(address, names):
    """What a replica serves: (path, coding) -> status, ETag, bytes."""
    index = web.ask(address, "/", headers={"Accept": "application/json"}).json()
    paths = [web.feed_path(feed["section"], feed["language"], suffix)
             for feed in index["feeds"] for suffix in ("rss", "json")]
    paths += [web.article_path(name) for name in names]
    served = {}
    for path in paths:
        for coding in ("identity", "gzip", "br"):
            answer = web.ask(address, path, headers={"Accept-Encoding": coding})
            served[path, coding] = (answer.status, answer.etag, answer.body)
    return served


def replicas_of_feeds_agree(addresses, names):
    one, other = (pages(address, names) for address in addresses)
    return [f"{path} ({coding}) differs: {one.get((path, coding), '')[:2]} and "
            f"{other.get((path, coding), '')[:2]}"
            for path, coding in sorted(one.keys() | other.keys())
            if one.get((path, coding)) != other.get((path, coding))]


def feeds_show_what_stands(address, ledger, feeds):
    """Each item is the newest version of its article, and withdrawn exactly when that was killed."""
    newest = {web.urn_of(calls[-1]["name"]): calls[-1] for key, calls in ledger.stories.items()
              if key not in ledger.unsure}
    faults, seen = [], 0
    for path in feeds:
        for item in web.ask(address, path).json()["items"]:
            call = newest.get(item["id"])
            if call is None:
                continue
            seen += 1
            usable = item["_telex"]["pubstatus"] == "usable"
            if item["_telex"]["version"] != call["version"] or usable == (call["step"] == "kill"):
                faults.append(f"{path}: {item['id']} is shown as {item['_telex']}, "
                              f"{call['step']} {call['version']} stands")
    return faults if seen else ["no story of the run is in any feed"]
