"""Translators of the stories of a storm, and what they were told."""

import collections
import dataclasses
import json
import random
import re
import threading
import time
import uuid

from live import wait

from . import log
from .ledger import SOURCE
from .marks import MARK, cyrillic

FROM, ASKED_BY_POLICY, REQUESTED = "en", ("es", "ru"), "fr"  # the last one of some stories, by an editor (requests.py)
LANGUAGES = (*ASKED_BY_POLICY, REQUESTED)
SOURCES = [f"sources/{SOURCE}"]  # stories of others stay as they are
PAIRS = {language: [{"from": FROM, "to": language}] for language in ASKED_BY_POLICY} | {
    REQUESTED: [{"to": REQUESTED, "from": language} for language in (FROM, "hy")]}
# Spanish by the stack's engine: what fails its checks falls to people.
POLICY = {"rules": [{"sources": SOURCES, "from": [FROM], "to": ["es"], "workflow": "WORKFLOW_MACHINE"},
                    {"sources": SOURCES, "from": [FROM], "to": ["ru"], "workflow": "WORKFLOW_PERSON"}]}
DESKS = ("ru", "ru", "ru", "es", "fr")  # a thread each
PAUSE_SECONDS = 0.2  # of each, between two claims
AGAIN_SECONDS = 0.25  # until a call that was not answered is made again
ASK_SECONDS = 5
CLAIM_MAX = 6
LEASE_SECONDS = 60  # longer than what lasts longest is survived
SHORT_LEASE_SECONDS = 2
UNDER_WAY = ("open", "claimed", "waiting")
REST_SECONDS_MAX = 900
DRAFTS_MAX = 3  # of one claim, which has moved so often to a correction

ABANDONED, RELEASED, EXTENDED = 0.08, 0.05, 0.1  # shares of the claims
SEVERAL, REPEATED, CARELESS = 0.3, 0.1, 0.05  # in one call; submitted once more; with a full stop forgotten

NO_ANSWER = {"UNAVAILABLE", "RESOURCE_EXHAUSTED", "CANCELLED", "DEADLINE_EXCEEDED"}
NO_ANSWER_REASONS = {"DECISION_PENDING", "BROKER_UNAVAILABLE", "NOT_CAUGHT_UP", "OVERLOADED", "STOPPING"}

GONE_ON = {"FAILED_PRECONDITION", "NOT_FOUND"}  # a job, meanwhile

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEPT = re.compile(r"(<[^>]*>|&\w+;|\w+://\S+)")  # tags, references, addresses
_WORD = re.compile(r"[A-Za-z]+")
_PLACE = re.compile(r'segments\["(.*)"\]$')


def translated(text, language):
    """A segment, as these translators have it."""
    return "".join(part if n % 2 else _TRANSLATE[language](part)
                   for n, part in enumerate(_KEPT.split(text)))


def _with_ending(ending, text):
    marks = iter(MARK.findall(text))
    return "".join(_WORD.sub(rf"\g<0>{ending}", part) + next(marks, "") for part in MARK.split(text))


def _to_spanish(text):
    return _with_ending("o", text)


def _to_french(text):
    return _with_ending("eau", text)


_TRANSLATE = {"ru": cyrillic, "es": _to_spanish, "fr": _to_french}


def signature(number):
    """A word that no other completion has."""
    letters = ""
    while number or not letters:
        number, digit = divmod(number, len(LETTERS))
        letters = LETTERS[digit] + letters
    return f"sign{letters}"


@dataclasses.dataclass
class Completion:
    """What was submitted, under one request, and what was said of it at last."""
    job: str  # jobs/{article}.{language}
    version: int
    request_id: str
    token: str
    segments: dict  # place -> target
    overruled: dict = dataclasses.field(default_factory=dict)  # place -> reasons
    outcome: str = "unsure"  # acknowledged, refused
    revision: int = 0
    is_draft: bool = False
    refusal: str = ""
    tries: int = 0

    @property
    def article(self):
        return f"articles/{self.job.removeprefix('jobs/').rpartition('.')[0]}"

    @property
    def language(self):
        return self.job.rpartition(".")[2]

    def request(self):
        return {"name": self.job, "token": self.token, "version": str(self.version),
                "request_id": self.request_id, "segments": [
                    {"place": place, "target": target, "overruled": [
                        {"check": reason, "reason": "it is so here"} for reason in self.overruled.get(place, ())]}
                    for place, target in self.segments.items()]}


def ask_until_answered(caller, addresses, chance, halt, method, request, count):
    """(the answer, how many calls it took)"""
    turn, tries = chance.randrange(len(addresses)), 0
    while True:
        tries += 1
        answer = caller.answer(method, request, deadline_seconds=ASK_SECONDS, address=addresses[turn % len(addresses)])
        if answer["code"] not in NO_ANSWER and answer.get("reason") not in NO_ANSWER_REASONS:
            return answer, tries
        count(f"{answer['code']} {answer.get('reason', '')}, repeated")
        turn += 1
        halt.wait(AGAIN_SECONDS)


class Translators:
    """Each call is made under one id at one replica after the other until it is answered. `callers`: makes a
    caller (live.calls.Caller) for a thread."""

    def __init__(self, addresses, callers, seed):
        self._addresses, self._callers = addresses, callers
        self._halt = threading.Event()
        self._mutex = threading.Lock()
        self._signatures = 0
        self.completions = []
        self.counts = collections.Counter()  # what was done, and what was refused
        self.faults = []
        self._threads = [threading.Thread(target=self._work, daemon=True, args=(
            language, random.Random(f"{seed} translator {n}"))) for n, language in enumerate(DESKS)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def write(self, path):
        """What was submitted, a line each, for whoever looks for the cause of a fault."""
        with open(path, "w", encoding="utf-8") as lines:
            lines.writelines(f"{json.dumps(dataclasses.asdict(one), ensure_ascii=False)}\n"
                             for one in self.completions)

    def halt(self, seconds):
        """What was begun is answered first."""
        self._halt.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(seconds)
                if thread.is_alive():
                    self.faults.append(f"a call was not answered within {seconds} s")

    def _work(self, language, chance):
        try:
            with _closing(self._callers()) as caller:
                desk = _Desk(self, caller, language, chance)
                while not self._halt.wait(PAUSE_SECONDS):
                    desk.claim_and_translate()
        except Exception as error:  # told with the laws
            self.faults.append(f"a translator gave up: {error!r}")

    # -- of the desks ------------------------------------------------------------------------
    def ask(self, caller, chance, method, request):
        return ask_until_answered(caller, self._addresses, chance, self._halt, method, request, self.count)

    def count(self, what):
        with self._mutex:
            self.counts[what] += 1

    def fault(self, what):
        with self._mutex:
            self.faults.append(what)

    def sign(self, completion):
        """Its headline is like no other."""
        with self._mutex:
            self._signatures += 1
            self.completions.append(completion)
            return signature(self._signatures)


class _closing:
    def __init__(self, caller):
        self._caller = caller

    def __enter__(self):
        return self._caller

    def __exit__(self, *_):
        self._caller.close()


class _Desk:
    """One translator."""

    def __init__(self, team, caller, language, chance):
        self._team, self._caller, self._language, self._chance = team, caller, language, chance

    def claim_and_translate(self):
        abandons = self._chance.random() < ABANDONED
        answer = self._ask("ClaimJobs", {
            "pairs": PAIRS[self._language], "count": self._chance.randint(1, CLAIM_MAX),
            "lease": f"{SHORT_LEASE_SECONDS if abandons else LEASE_SECONDS}s", "request_id": self._id()})
        jobs = answer.get("response", {}).get("jobs", [])
        if answer["code"] != "OK":
            self._team.fault(f"ClaimJobs: {answer}")
        for _ in jobs:
            self._team.count("abandoned" if abandons else "claimed")
        if not abandons:
            self._translate([job for job in jobs if not self._gives_back(job)])

    def _gives_back(self, job):
        """Whether it was released; some are extended and kept."""
        if self._chance.random() < EXTENDED:
            self._tell("ExtendLease", {"name": job["name"], "token": job["token"], "lease": f"{LEASE_SECONDS}s"})
        if self._chance.random() >= RELEASED:
            return False
        self._tell("ReleaseJob", {"name": job["name"], "token": job["token"], "request_id": self._id()})
        return True

    def _translate(self, jobs):
        done = [one for job in jobs if (one := self._translation_of(job["name"], job["token"], job.get("text")))]
        if len(done) > 1 and self._chance.random() < SEVERAL:
            done = self._submit_at_once(done)
        for completion in done:
            self._submit(completion)

    def _translation_of(self, job, token, text):
        """None: the story was taken back meanwhile."""
        text = text or self._ask("GetJobText", {"name": job}).get("response")
        if text is None:
            return None
        done = Completion(job, int(text["version"]), self._id(), token, {})
        sign = self._team.sign(done)
        for one in text["segments"]:
            source = f"{one['source']} {sign}" if one["place"] == "headline" else one["source"]
            offered = one.get("target") if one["place"] != "headline" else None
            target = offered or translated(source, self._language)
            careless = not offered and target.endswith(".") and self._chance.random() < CARELESS
            done.segments[one["place"]] = target.removesuffix(".") if careless else target
        return done

    def _submit_at_once(self, done):
        """Those of them that are to be submitted again, each for itself."""
        answer = self._ask("BatchCompleteJobs", {"requests": [one.request() for one in done]})
        if answer["code"] != "OK":
            self._team.fault(f"BatchCompleteJobs: {answer}")
            return done
        self._team.count("submitted several at once")
        again = []
        for one, result in zip(done, answer["response"]["results"]):
            if int(result.get("revision", 0)):
                self._acknowledged(one, result)
            else:
                again.append(one)
        return again

    def _submit(self, completion, drafts=0):
        answer = self._complete(completion)
        if answer["code"] == "INVALID_ARGUMENT" and self._overrule(completion, answer):
            answer = self._complete(completion)
        if answer["code"] != "OK":
            return self._refused(completion, answer)
        self._acknowledged(completion, answer["response"])
        if self._chance.random() < REPEATED:
            self._repeat(completion)
        if completion.is_draft and drafts < DRAFTS_MAX:
            more = self._translation_of(completion.job, completion.token, None)
            if more and more.version > completion.version:
                self._submit(more, drafts + 1)

    def _complete(self, completion):
        answer, tries = self._team.ask(self._caller, self._chance, "CompleteJob", completion.request())
        completion.tries += tries
        return answer

    def _overrule(self, completion, answer):
        """Whether there is anything."""
        for field in answer["fields"]:
            if match := _PLACE.match(field["field"]):
                completion.overruled.setdefault(match[1], []).append(field["reason"])
        self._team.count("overruled")
        return bool(completion.overruled)

    def _acknowledged(self, completion, told):
        completion.revision, completion.is_draft = int(told["revision"]), told.get("is_draft", False)
        completion.outcome = "acknowledged"
        self._team.count("kept as a draft" if completion.is_draft else "completed")

    def _refused(self, completion, answer):
        completion.outcome, completion.refusal = "refused", answer["reason"]
        self._team.count(f"CompleteJob refused: {answer['reason']}")
        if answer["code"] not in GONE_ON:
            self._team.fault(f"{completion.job}@{completion.version}: {json.dumps(answer)}")

    def _repeat(self, completion):
        """Says the same, or that the job has gone on since."""
        answer = self._complete(completion)
        self._team.count(f"repeated: {answer['code']} {answer.get('reason', '')}")
        if answer["code"] == "INVALID_ARGUMENT" and self._overrule(completion, answer):
            answer = self._complete(completion)  # the memory offers something else by now
        told = answer.get("response", {})
        same = (int(told.get("revision", 0)), told.get("is_draft", False)) == (
            completion.revision, completion.is_draft)
        if not same and answer["code"] not in GONE_ON:
            self._team.fault(f"{completion.job}@{completion.version}: request {completion.request_id} was told "
                             f"revision {completion.revision}, draft {completion.is_draft}, and {answer} when it "
                             "asked again")

    def _tell(self, method, request):
        answer = self._ask(method, request)
        self._team.count(f"{method}: {answer['code']} {answer.get('reason', '')}")

    def _ask(self, method, request):
        return self._team.ask(self._caller, self._chance, method, request)[0]

    def _id(self):
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def set_policy(callers, seconds):
    """Both replicas know it before the first story comes."""
    request = {"policy": POLICY, "request_id": str(uuid.uuid4())}
    wait.until(lambda: callers[0].answer("UpdatePolicy", request)["code"] == "OK", seconds, "the policy is set")
    for caller in callers:
        wait.until(lambda one=caller: len(one("GetPolicy", {}).get("rules", [])) == len(POLICY["rules"]), seconds,
                   "a replica knows the policy")


def await_rest(callers, seconds):
    """Whether each replica says that no job is open, claimed or waits. Nothing is waited for that has not moved
    for so long, nor has an end that comes: what an engine has of a replica that was killed is its own for minutes."""
    told, end, last = None, 0.0, time.time() + REST_SECONDS_MAX
    while time.time() < last:
        stats = [caller.answer("GetQueueStats", {}).get("response") for caller in callers]
        if all(stats) and not any(int(one.get(state, 0)) for one in stats for state in UNDER_WAY):
            return True
        if stats != told:
            told, end = stats, time.time() + seconds
        if time.time() > max(end, _last_due(callers[0]) + seconds):
            return False
        wait.hold(1)
    return False


def _last_due(caller):
    """When the last lease ends, and the last job that waits may be claimed."""
    answer = caller.answer("ListJobs", {"states": ["JOB_STATE_CLAIMED", "JOB_STATE_WAITING"], "page_size": 200})
    return max((log.seconds(job["due_time"]) for job in answer.get("response", {}).get("jobs", [])), default=0.0)
