"""Laws of the translations: none is lost, none is there twice or stale, and each text is somebody's. Each check returns
its faults, in words."""

import json

from live import web

from . import times
from .log import is_usable, seconds
from .marks import marks_in
from .translators import ASKED_BY_POLICY, FROM, LANGUAGES, REQUESTED, SOURCES

ENGINES = "engines/"  # with the name of a replica: an actor
HANDED_ON = {"ORIGIN_CARRIED", "ORIGIN_MEMORY", "ORIGIN_PROTECTED"}
NEWS_SECONDS_MAX = 3 * 86400  # of a story that is older a translation has the time of the story


def job_of(name, language):
    return f"jobs/{name.removeprefix('articles/')}.{language}"


def is_by_policy(head):
    return head["source"] in SOURCES and head["language"] == FROM


class Published:
    """What lies in the log of translations, and of what happened to their jobs; `log`: of the articles."""

    def __init__(self, log, records, facts):
        self.log, self.records, self.facts = log, records, facts
        self.texts = {}  # (article, language) -> {revision: its first record that has a text}
        self.first_ms = {}  # (article, language) -> when the first of them was made
        for record in records:
            value = record["value"]
            if value is None or "text" not in value:
                continue
            of = value["article"], value["language"]
            self.texts.setdefault(of, {}).setdefault(int(value["revision"]), record)
            self.first_ms[of] = min(self.first_ms.get(of, float("inf")), int(value["time_ms"]))
        self._facts = {(one["partition"], one["offset"]): one for one in facts}
        self.completed_by = {}  # request id -> positions of its facts
        for one in facts:
            if one["value"] is not None and "completed" in one["value"]:
                self.completed_by.setdefault(one["value"].get("request_id"), []).append(
                    (one["partition"], one["offset"]))

    @classmethod
    def read(cls, log, ctl):
        return cls(log, ctl.records("telex.translations.v1"), ctl.records("telex.translation-jobs.v1"))

    def fact(self, record):
        """The record of the completion that a translation is of, or None."""
        return self._facts.get((record["partition"], int(record["value"]["revision"])))

    def holding(self, name, language):
        """Of the newest version that has one; None: there is none."""
        there = self.texts.get((name, language), {}).values()
        return max((one["value"] for one in there), default=None,
                   key=lambda value: (int(value["version"]), int(value["revision"])))

    def wanted(self, requested):
        """[(what stands of a story, a language in which it is to be had)]; `requested`: stories, in one more."""
        return [(head, language) for name, head in self.log.heads.items() if is_usable(head)
                for language in (*(ASKED_BY_POLICY if is_by_policy(head) else ()),
                                 *([REQUESTED] if name in requested else ()))]

    def is_purged(self, job):
        return f"articles/{job.removeprefix('jobs/').rpartition('.')[0]}" in self.log.purged


# -- the log -------------------------------------------------------------------------------------
def the_log_contradicts_itself_nowhere(published):
    """No revision with two texts, and of one version of a story and language one alone; what is later is of no
    older version. The very same record twice is harmless, and what a zombie or a repeat may leave."""
    faults, texts = [], {}
    for record in published.records:
        key, value = record["key"], json.dumps(record["value"], sort_keys=True)
        if record["value"] is None:
            faults += [] if key.partition("@")[0] in published.log.purged else \
                [f"{key} has a tombstone, and was not purged"]
        elif texts.setdefault(key, value) != value:
            faults.append(f"{key} has two contents")
    for (name, language), there in published.texts.items():
        revisions = list(there)  # in the order of the log
        versions = [int(there[revision]["value"]["version"]) for revision in sorted(there)]
        if revisions != sorted(revisions):
            faults.append(f"{name} in {language}: revisions {revisions} are in the log")
        if len(set(versions)) != len(versions):
            faults.append(f"{name} in {language}: versions {versions} were published by revisions {sorted(there)}")
        elif versions != sorted(versions):
            faults.append(f"{name} in {language}: versions went back, {versions}")
    return faults if published.texts else ["nothing was published"]


def every_text_was_submitted(completions, published):
    """By the completion at its revision, which is an engine's, or a translator's in all of its segments."""
    known, faults = {one.request_id: one for one in completions}, []
    for there in published.texts.values():
        for record in there.values():
            faults += [f"{record['key']}: {fault}" for fault in _how_it_was_not(known, record, published.fact(record))]
    return faults


def _how_it_was_not(known, record, fact):
    translation = record["value"]
    completed = ((fact or {}).get("value") or {}).get("completed")
    if completed is None:
        return [f"at its revision there is no completion, but {json.dumps(fact)[:300]}"]
    if (completed["text"], completed["version"], fact["value"]["actor"]) != (
            translation["text"], translation["version"], translation["actor"]) or not fact["key"].startswith(
            f"{job_of(translation['article'], translation['language'])}/"):
        return ["it differs from the completion at its revision"]
    segments = translation["text"]["segments"]
    if translation["actor"].startswith(ENGINES):
        return _what_no_engine_does(translation["language"], segments)
    done = known.get(fact["value"].get("request_id"))
    if done is None:
        return [f"nobody submitted it: request {fact['value'].get('request_id')} of {translation['actor']}"]
    has = {one["place"]: one["target"] for one in segments}
    return [] if (has, int(translation["version"]), translation["language"]) == (
        done.segments, done.version, done.language) else [f"{done} was submitted"]


def _what_no_engine_does(language, segments):
    """What people are to do is theirs, but for what has not changed since."""
    if language == "es":
        return [f"an engine has submitted what is by a person at {one['place']}" for one in segments
                if one["origin"] == "ORIGIN_PERSON"]
    return [f"{one['place']} is an engine's ({one['origin']})" for one in segments if one["origin"] not in HANDED_ON]


def what_was_acknowledged_is_published(completions, published):
    """With its text, unless its story was purged. Drafts are none."""
    faults, count = [], 0
    for one in completions:
        if one.outcome != "acknowledged" or one.is_draft or published.is_purged(one.job):
            continue
        count += 1
        record = published.texts.get((one.article, one.language), {}).get(one.revision)
        if record is None:
            faults.append(f"{one.job}@{one.version}: revision {one.revision} was acknowledged, and is not published "
                          f"(request {one.request_id})")
        elif {part["place"]: part["target"] for part in record["value"]["text"]["segments"]} != one.segments:
            faults.append(f"{one.job}@{one.version}: revision {one.revision} has another text than was submitted")
    return faults if count else ["no translation was acknowledged"]


def what_was_refused_is_not_published(completions, published):
    faults = []
    for one in completions:
        if one.outcome != "refused":
            continue
        there = published.texts.get((one.article, one.language), {})
        faults += [f"{one.job}@{one.version}: revision {offset} is published, its translator was told {one.refusal}"
                   for _, offset in published.completed_by.get(one.request_id, ())
                   if offset in there and not published.is_purged(one.job)]
    return faults


# -- what the replicas say ------------------------------------------------------------------------
def nothing_is_lost_or_stale(published, requested, caller):
    """Each story that stands is at its newest version in each language of the policy, and in that in which it was
    `requested`."""
    wanted, faults = published.wanted(requested), []
    for head, language in wanted:
        name = head["name"]
        answer = caller.answer("GetTranslation", {"article": name, "language": language})
        version = answer.get("response", {}).get("version")
        if version != head["version"]:
            job = caller.answer("GetJob", {"name": job_of(name, language)})
            faults.append(f"{name}@{head['version']} is in {language} as version {version}: "
                          f"{job.get('response', job)}")
    return faults if wanted else ["no story stands"]


def is_in_all_languages(article, caller):
    return all(caller.answer("GetTranslation", {"article": article["name"], "language": language}).get(
        "response", {}).get("version") == article["version"] for language in ASKED_BY_POLICY)


def all_is_done(callers):
    """No job is dead, nor under way; GetQueueStats of each."""
    faults = []
    for number, caller in enumerate(callers):
        stats = caller("GetQueueStats", {})
        for state in ("open", "claimed", "waiting", "dead"):
            if count := int(stats.get(state, 0)):
                jobs = caller("ListJobs", {"states": [f"JOB_STATE_{state.upper()}"], "page_size": 3}).get("jobs", [])
                faults.append(f"translation-{number}: {count} jobs are {state}, such as {json.dumps(jobs)}")
    return faults


def replicas_agree(published, callers):
    faults = []
    for name in published.log.heads:
        for language in LANGUAGES:
            for method, request in (("GetTranslation", {"article": name, "language": language}),
                                    ("GetJob", {"name": job_of(name, language)})):
                one, other = (caller.answer(method, request) for caller in callers)
                if one != other:
                    faults.append(f"{method} of {name} in {language}: the replicas tell {one} and {other}")
    return faults


def say_what_is_published(published, caller):
    """A replica's translation is the record that holds, to the last word; of what was purged there is none."""
    faults = []
    for (name, language), there in published.texts.items():
        answer = caller.answer("GetTranslation", {"article": name, "language": language})
        if name in published.log.purged:
            faults += [] if answer["code"] == "NOT_FOUND" else [f"{name} in {language} was purged: {answer}"]
            continue
        told, record = answer.get("response"), published.holding(name, language)
        if is_usable(published.log.heads[name]) and told != record:
            faults.append(f"{name} in {language}: {json.dumps(told)} is told, revisions {sorted(there)} are published")
    return faults


# -- feeds ----------------------------------------------------------------------------------------
class Expected:
    """The items of translations that feeds are to have, by what lies in the log."""

    def __init__(self, published):
        self.log = published.log
        self.items = {}  # urn -> (head, translation)
        self.places = {}  # urn -> (-published, id) of those that can be seen: the order of feeds
        for name, language in published.texts:
            head, translation = published.log.heads[name], published.holding(name, language)
            item = web.translation_of(name, language)
            urn = web.urn_of(item)
            self.items[urn] = head, translation
            if is_usable(head):
                of_story, first = seconds(head["published"]), published.first_ms[name, language] / 1000
                as_news = of_story < first <= of_story + NEWS_SECONDS_MAX
                self.places[urn] = (-(first if as_news else of_story), item)

    def of_feed(self, section, language):
        """{urn: place}"""
        return {urn: place for urn, place in self.places.items()
                if self.items[urn][1]["language"] == language
                and section in ("all", self.items[urn][0]["section"])}


def feeds_show_what_stands(address, expected, sections):
    """Each item is of the translation that holds, and a tombstone exactly when its story cannot be seen; none is left
    out that is newer than the oldest one that is shown."""
    faults, seen = [], 0
    for section in sections:
        for language in LANGUAGES:
            path = web.feed_path(section, language)
            shown = {}
            answer = web.ask(address, path)
            for item in answer.json()["items"] if answer.status == 200 else ():
                seen += 1
                told = item["_telex"]
                if told["pubstatus"] == "usable":
                    shown[item["id"]] = item
                if fault := _what_is_wrong(item, *expected.items.get(item["id"], (None, None))):
                    faults.append(f"{path}: {fault}")
            due = expected.of_feed(section, language)
            oldest = max((due[urn] for urn in shown if urn in due), default=(0, ""))
            faults += [f"{path}: {urn} is not shown, and newer than what is"
                       for urn, place in due.items() if place < oldest and urn not in shown]
    return faults if seen else ["no translation of the run is in any feed"]


def _what_is_wrong(item, head, translation):
    if head is None:
        return f"{item['id']} is shown, and is no translation that was published"
    told = item["_telex"]
    usable = told["pubstatus"] == "usable"
    if usable != is_usable(head):
        return f"{item['id']} is {told['pubstatus']}, {head} stands"
    if not usable:
        return None if not item.get("content_html") else f"{item['id']} has a text, {head} stands"
    of = told["translation"]
    has = (told["version"], of["original_version"], of["revision"], of["stale"], item["title"], item["language"])
    due = (int(head["version"]) + int(translation["revision"]), int(translation["version"]),
           int(translation["revision"]), int(translation["version"]) < int(head["version"]),
           translation["text"]["headline"], translation["language"])
    if has != due or not of["original"].endswith(head["name"].removeprefix("articles/")):
        return f"{item['id']} is shown as {has} of {of['original']}, {due} of {head['name']} holds"
    return None


def pages_show_what_stands(addresses, expected, urns):
    faults = []
    for urn in urns:
        name = expected.items[urn][0]["name"]
        due = times.statuses(expected.log, name)
        for address in addresses:
            told = web.ask(address, web.article_path(urn.replace("urn:uuid:", "articles/"))).status
            if told not in due:
                faults.append(f"{address}: {told} for {urn}, {due} for {expected.log.heads[name]}")
    return faults


# -- purges ---------------------------------------------------------------------------------------
class Forgotten:
    """What is left of purged stories; `name_of`: mark -> name (purges.Purged)."""

    def __init__(self, published, name_of):
        self._published, self._name_of = published, name_of

    def lie_in_no_record(self):
        """Of those that compaction leaves: each key's last one."""
        last = {record["key"]: record["value"] for record in (*self._published.records, *self._published.facts)}
        left = {key: value for key, value in last.items() if value is not None}
        faults = [f"{key} has still a text" for key, value in left.items()
                  if key.startswith("articles/") and key.partition("@")[0] in self._published.log.purged
                  and "text" in value]
        faults += [f"{key} is left of its job" for key in left
                   if key.startswith("jobs/") and self._published.is_purged(key.rpartition("/")[0])]
        for key, value in left.items():
            faults += self._found(key, value)
        return faults

    def are_in_no_answer(self, caller):
        faults = []
        for name in self._published.log.purged:
            for method, request in self._questions(name):
                answer = caller.answer(method, request)
                faults += self._found(f"{method} {request}", answer)
                if answer["code"] == "OK" and (answer["response"].get("text") or answer["response"].get("jobs")):
                    faults.append(f"{method} {request}: {answer}")
        return faults

    @staticmethod
    def _questions(name):
        yield "ListJobs", {"article": name}
        yield "ListTranslations", {"article": name}
        for language in LANGUAGES:
            yield "GetTranslation", {"article": name, "language": language}
            for method in ("GetJob", "GetJobText"):
                yield method, {"name": job_of(name, language)}

    def _found(self, where, answer):
        return [f"{where} has the text of {self._name_of[mark]}"
                for mark in sorted(marks_in(json.dumps(answer, ensure_ascii=False)) & self._name_of.keys())]
