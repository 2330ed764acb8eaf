"""Calls of the API: through telexctl, as people make them, and through telex-call, as programs do."""

import dataclasses
import json
import os
import subprocess
import threading

CALL_SECONDS_MAX = 90


@dataclasses.dataclass
class Told:
    """What telexctl said."""
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        """The refusal as JSON; notes may stand before it."""
        lines = [line for line in self.err.splitlines() if line.startswith('{"error"')]
        assert len(lines) == 1, f"no refusal on standard error: {self}"
        return json.loads(lines[0])["error"]


class Telexctl:
    def __init__(self, stack):
        self._program = str(stack.bin / "telexctl")
        self._environment = {**os.environ, "TELEX_STACK_DIR": str(stack.folder)}

    def __call__(self, *words, stdin=None):
        """A command, answered as JSON. `stdin`: bytes."""
        done = subprocess.run([self._program, *map(str, words), "-o", "json"],
                              env=self._environment, input=stdin if stdin is not None else b"",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=CALL_SECONDS_MAX, check=False)
        return Told(done.returncode, done.stdout.decode("utf-8", "replace"),
                    done.stderr.decode("utf-8", "replace"))

    def ok(self, *words, stdin=None):
        told = self(*words, stdin=stdin)
        assert told.code == 0, f"telexctl {words} ended with {told.code}: {told.err}"
        return told.json()

    def records(self, topic):
        """All records of a topic, as JSON."""
        told = self("topics", "tail", topic, "--from", "beginning")
        assert told.code == 0, f"telexctl topics tail {topic} ended with {told.code}: {told.err}"
        # Not splitlines(): texts may have other line ends in them (U+0085).
        return [json.loads(line) for line in told.out.split("\n") if line]


class Refused(AssertionError):
    """A call that was refused: its code, reason and fields."""

    def __init__(self, method, answer):
        super().__init__(f"{method}: {answer}")
        self.code = answer["code"]
        self.reason = answer.get("reason", "")
        self.message = answer.get("message", "")
        self.fields = {one["field"]: one["reason"] for one in answer.get("fields", [])}


class Caller:
    """A telex-call process: one call at a time, in order. Thread-safe. 64-bit numbers in requests and
    answers are text, as JSON of protobuf has them."""

    def __init__(self, stack, address, token=None):
        self._address, self._token = address, stack.token() if token is None else token
        self._lock = threading.Lock()
        self._child = subprocess.Popen([str(stack.bin / "telex-call")], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def close(self):
        self._child.stdin.close()
        self._child.wait(CALL_SECONDS_MAX)
        self._child.stdout.close()

    def answer(self, method, request, **more):
        line = json.dumps({"address": self._address, "token": self._token, "method": method,
                           "request": request, **more})
        with self._lock:
            self._child.stdin.write(line + "\n")
            self._child.stdin.flush()
            return json.loads(self._child.stdout.readline())

    def __call__(self, method, request, **more):
        """The response; Refused when there is none."""
        answer = self.answer(method, request, **more)
        if answer["code"] != "OK":
            raise Refused(method, answer)
        return answer["response"]

    def all(self, method, request, field):
        """The items of all pages."""
        items, token = [], ""
        while True:
            page = self(method, {**request, "page_size": 200, "page_token": token})
            items += page.get(field, [])
            token = page.get("next_page_token", "")
            if not token:
                return items
