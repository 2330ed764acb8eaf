"""What must hold when the dust has settled. Each check returns its faults, in words."""

import json
import re
import zlib

from live import web
from telex_stack.supervised import exit_text

from .log import is_usable

LOG_LINES_SHOWN = 5
EXIT_FAULT = 70
APPEND_FAILED = "an append failed for good"
LOST_SEQUENCE = re.compile("OUT_OF_ORDER_SEQUENCE_NUMBER|UNKNOWN_PRODUCER_ID|INVALID_PRODUCER_EPOCH")
WORDS = {"create": "PUB_STATUS_USABLE", "correct": "PUB_STATUS_USABLE", "kill": "PUB_STATUS_CANCELED",
         "purge": "PUB_STATUS_CANCELED"}


def ended_by_themselves(exits):
    """Of the services that nobody stopped or killed: a dependency that is hurt ends none of them, but for
    owners_that_made_way. `exits`: the records of each service (telex_stack.supervisor.Supervisor.record_exit)."""
    return [f"{name}: {exit_text(record)} at {record['when']}; its last lines:\n    "
            + "\n    ".join(record["log"][-LOG_LINES_SHOWN:])
            for name, records in exits.items() for record in records if not _made_way(record)]


def owners_that_made_way(exits):
    """How often one of them ended because the broker, killed, had lost track of its producer's sequence: its
    successor goes on (docs/runbooks/append-failed.md). What this hides of the log, the other laws see."""
    return sum(_made_way(record) for records in exits.values() for record in records)


def _made_way(record):
    return record["exit_code"] == EXIT_FAULT and any(
        APPEND_FAILED in line and LOST_SEQUENCE.search(line) for line in record["log"][-LOG_LINES_SHOWN:])


def every_call_was_acknowledged(ledger, has_wrong_clock):
    """But for a story that had expired before a replica that was up could be asked.
    `has_wrong_clock(line)`: it was answered by a replica that may have thought so."""
    return [json.dumps(line) for line in ledger.failed
            if not (line["code"] == "INVALID_ARGUMENT" and line["expires"]
                    and (line["acked"] > line["expires"] or has_wrong_clock(line)))]


def nothing_acknowledged_is_lost(ledger, log, caller, source):
    """Every acknowledged article is there exactly once, each acknowledged version with its content but of
    what was purged, the newest that the log has stands, and nothing is there that was not submitted."""
    faults, by_name, keys = [], {}, set()
    for article in caller.all("ListArticles", {"source": f"sources/{source}"}, "articles"):
        key = article.get("key", "")  # a purge takes it
        if article["name"] in by_name or (key and key in keys):
            faults.append(f"{key} ({article['name']}) is there again")
        if key and key not in ledger.stories and key not in ledger.unsure:
            faults.append(f"{key} was never submitted")
        keys.add(key)
        by_name[article["name"]] = article
    for key, calls in ledger.stories.items():
        name, promised = calls[-1]["name"], max(call["version"] for call in calls)
        if name not in by_name or name not in log.heads:
            faults.append(f"{key}: acknowledged as {name}, and not there")
            continue
        standing = int(by_name[name]["version"])
        if standing < promised or standing != int(log.heads[name]["version"]):
            faults.append(f"{key}: version {promised} was acknowledged, {standing} stands, the log has "
                          f"{log.heads[name]['version']}")
        for call in calls:
            faults += version_is_as_promised(call, log, caller)
    return faults


def version_is_as_promised(call, log, caller):
    name = f"{call['name']}@{call['version']}"
    answer = caller.answer("GetArticle", {"name": name})
    if call["name"] in log.purged and call["version"] != int(log.heads[call["name"]]["version"]):
        return [] if answer["code"] == "NOT_FOUND" else [f"{name} was purged: {answer}"]
    if answer["code"] != "OK":
        return [f"{name}: {answer['code']} {answer['reason']}"]
    article = answer["response"]
    has = (article.get("key", ""), article.get("headline", ""),
           zlib.crc32(article.get("body_html", "").encode()), article["pub_status"])
    promised = ("" if call["step"] == "purge" else call["key"], call["headline"], call["body_crc32"],
                WORDS[call["step"]])
    return [] if has == promised else [f"{name}: {promised} was acknowledged, {has} is there"]


def versions_have_no_holes(ledger, log, caller):
    """Of what was purged, the version that says so is left."""
    faults = []
    for key, calls in ledger.stories.items():
        name = calls[0]["name"]
        versions = [int(article["version"]) for article in
                    caller.all("ListArticleVersions", {"name": name}, "articles")]
        newest = max(log.versions.get(name, [0]))
        if versions != ([newest] if name in log.purged else list(range(newest, 0, -1))):
            faults.append(f"{key} ({name}): versions {versions} of {newest}")
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


def the_log_contradicts_itself_nowhere(log):
    """No version with two contents, none missing, each article in one partition, and tombstones of what
    was purged alone. The very same record twice is harmless, and what a zombie or a repeat may leave."""
    faults, versions, partitions = [], {}, {}
    for record in log.articles:
        key, value = record["key"], json.dumps(record["value"], sort_keys=True)
        name = key.partition("@")[0]
        if record["value"] is None:
            faults += [] if name in log.purged else [f"{key} has a tombstone, and was not purged"]
        elif versions.setdefault(key, value) != value:
            faults.append(f"{key} has two contents")
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


def decisions_agree(log):
    """One submission, one decision, however often it was made."""
    faults, decided = [], {}
    for record in log.decisions:
        value = json.dumps(record["value"], sort_keys=True)
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


def feeds_show_what_stands(address, log, feeds):
    """Each item is the newest version of its article, and a tombstone exactly when that cannot be seen."""
    newest = {web.urn_of(name): head for name, head in log.heads.items()}
    faults, seen = [], 0
    for path in feeds:
        for item in web.ask(address, path).json()["items"]:
            head, told = newest.get(item["id"]), item["_telex"]
            seen += 1
            if head is None or told["version"] != int(head["version"]) or \
                    (told["pubstatus"] == "usable") != is_usable(head):
                faults.append(f"{path}: {item['id']} is shown as {told}, {head} stands")
    return faults if seen else ["no story of the run is in any feed"]
