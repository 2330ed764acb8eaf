"""Laws of what calls that write were told: it is what was decided, and it stands."""

from .log import seconds


def results_are_what_was_decided(ledger, log, may_be_silent):
    """`may_be_silent(line)`: it was answered by a release that tells no results."""
    decided, faults, told = {one["key"]: one["value"] for one in log.decisions}, [], 0
    for call in ledger.acknowledged():
        result = call["result"]
        if result is None:
            faults += [] if may_be_silent(call) else [f"{_of(call)}: no result"]
            continue
        told += 1
        decision = decided.get(result["decision"])
        if decision is None:
            faults.append(f"{_of(call)}: {result['decision']} is not on record")
        elif (wrong := _differences(call, result, decision)) or \
                (wrong := _what_does_not_stand(call, result, log)):
            faults.append(f"{_of(call)}: {'; '.join(wrong)}; answered {result}, decided {decision}")
    return faults if told else [*faults, "no call was told its result"]


def _of(call):
    return f"{call['step']} of {call['key']} ({call['name']}@{call['version']})"


def _differences(call, result, decision):
    """Between what was answered and what is on record."""
    wrong = [f"{what} {result[what]!r} was answered" for what, recorded in (
        ("verdict", decision["verdict"]), ("version", int(decision.get("version", 0))),
        ("reason", decision.get("reason", ""))) if result[what] != recorded]
    if abs(result["submit_time"] - seconds(decision["time"])) > 0.0005:  # both in milliseconds
        wrong.append("another submit_time was answered")
    if (decision["subject"], decision.get("request_id")) != (call["name"], call["request_id"]):
        wrong.append("it is another call's decision")
    if "repeats" in decision:
        wrong.append("a repeat's own decision was answered")
    if result["repeated"] and call["tries"] == 1:
        wrong.append("a call that was made once was a repeat")
    return wrong


def _what_does_not_stand(call, result, log):
    """The load's calls all change something: each made the version that it was told."""
    record = log.versions.get(call["name"], {}).get(result["version"])
    if result["verdict"] != "VERDICT_ACCEPTED" or record is None:
        return [f"it made no version {result['version']}"]
    partition, offset = log.position(record)
    if result["decision"] != f"submissions/{partition}/{offset}":
        return [f"version {result['version']} was made by submission {partition}/{offset}"]
    return [] if call["version"] == result["version"] else ["another version was answered"]


def every_version_was_submitted(ledger, log, source, request_ids=()):
    """Once, by a call of the load or by the clock. `request_ids`: of what the test itself submitted."""
    known, made, faults = {*ledger.request_ids, *request_ids}, {}, []
    for versions in log.versions.values():
        for record in versions.values():
            if record["value"]["article"]["source"] != f"sources/{source}":
                continue
            submitted = log.submission(record)
            if submitted is None:
                faults.append(f"{record['key']}: its submission is not in the log")
            elif "time_reached" in submitted["value"]:
                faults += _moved_as_it_says(record, submitted["value"]["time_reached"])
            elif (request_id := submitted["value"].get("request_id")) not in known:
                faults.append(f"{record['key']} was made by nobody's request {request_id}")
            elif made.setdefault(request_id, record["key"]) != record["key"]:
                faults.append(f"{record['key']} was made by the request of {made[request_id]}")
    return faults


def _moved_as_it_says(record, reached):
    article = record["value"]["article"]
    as_it_says = int(article["version"]) == int(reached["version"]) + 1 and \
        reached["instant"] in (article.get("embargoed"), article.get("expires"))
    return [] if as_it_says else [f"{record['key']} was made by {reached}, and is {article}"]
