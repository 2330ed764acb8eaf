"""Laws of embargo and expiry: late rather than early. The log's clock is the broker's, which stamps what is submitted;
the test runs on the broker's machine."""

from live import web

from .log import is_usable, seconds
from .translators import LANGUAGES

EARLY_SECONDS_MAX = 0.05  # a clock that is set meanwhile, and milliseconds that were cut off


def pending(article):
    """What still comes by itself, in seconds since 1970; None: nothing."""
    waits_for = {"AVAILABILITY_EMBARGOED": "embargoed", "AVAILABILITY_AVAILABLE": "expires"}
    instant = article.get(waits_for.get(article["availability"], ""))
    return None if article.get("purged") or instant is None else seconds(instant)


def nothing_moved_before_its_time(log):
    """By the stamp of the submission that moved it."""
    faults, moved = [], {"embargoed": 0, "expires": 0}
    ends = {"AVAILABILITY_AVAILABLE": "embargoed", "AVAILABILITY_EXPIRED": "expires"}
    for versions in log.versions.values():
        for record in versions.values():
            article, submitted = record["value"]["article"], log.submission(record)
            what = ends.get(article["availability"])
            if submitted is None or what not in article:
                continue
            moved[what] += 1
            early = seconds(article[what]) - seconds(submitted["timestamp"])
            if early > EARLY_SECONDS_MAX:
                faults.append(f"{record['key']} is {article['availability']} {early:.3f} s early")
    return faults + [f"no version of the storm moved by {what}" for what, count in moved.items()
                     if not count]


def what_was_due_has_come(log, now):
    return [f"{name}: {head['availability']} at {now:.3f}, what it waits for was {due:.3f}"
            for name, head in log.heads.items()
            if (due := pending(head)) is not None and due < now]


def nothing_was_seen_before_its_time(ledger, sights):
    """`sights`: (urn, when it was first seen) of partners."""
    until = {urn: call["embargoed"] for call in ledger.acknowledged() if call["embargoed"]
             for urn in map(web.urn_of, (call["name"], *(web.translation_of(call["name"], language)
                                                         for language in LANGUAGES)))}
    faults = [f"{urn} was seen {until[urn] - when:.3f} s before its embargo's end"
              for urn, when in sights if until.get(urn, 0) - when > EARLY_SECONDS_MAX]
    return faults if any(urn in until for urn, _ in sights) else ["nobody saw a story that had an embargo"]


def pages_show_what_stands(addresses, log, names):
    faults = []
    for name in names:
        expected = statuses(log, name)
        for address in addresses:
            status = web.ask(address, web.article_path(name)).status
            if status not in expected:
                faults.append(f"{address}: {status} for {name}, {expected} for {log.heads[name]}")
    return faults


def statuses(log, name):
    """Any of these is right for the page of an article, or of a translation of it."""
    head = log.heads[name]
    if is_usable(head):
        return (200,)
    if head["availability"] == "AVAILABILITY_EMBARGOED" and head["pub_status"] == "PUB_STATUS_USABLE":
        return (404,)
    # What was killed or purged under its embargo was never there.
    return (404, 410) if name in log.had_embargo and head["pub_status"] != "PUB_STATUS_USABLE" else (410,)
