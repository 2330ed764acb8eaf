"""The stack of a run, what is started beside it, and how figures are printed."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

from telex_stack.services import Service
from telex_stack.settings import Settings
from telex_stack.tokens import make_tokens, token_file


class BenchError(Exception):
    """The run cannot go on; printed without a traceback."""


class Process:
    """A program of ours, ended when the run is."""

    def __init__(self, command, environment, log, cwd):
        self.log = log
        with open(log, "ab") as out:
            self.child = subprocess.Popen([str(word) for word in command], env=environment, cwd=cwd,
                                          stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          start_new_session=True)
        self.started = time.monotonic()
        self.pid = self.child.pid

    def stop(self, seconds=30):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait(10)

    def require_alive(self):
        if self.child.poll() is not None:
            tail = pathlib.Path(self.log).read_text(errors="replace")[-2000:]
            raise BenchError(f"{self.log} ended with {self.child.returncode}:\n{tail}")

    def cpu_seconds(self):
        """User and system time of the process and its children, to the nanosecond."""
        total = 0
        for pid in [self.pid, *_children(self.pid)]:
            for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with contextlib.suppress(OSError):
                    total += int(stat.read_text().split()[0])
        return total / 1e9

    def anonymous_bytes(self):
        """Memory of its own: without the pages of files, which the kernel takes back."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1)) * 1024


def _children(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return []


def get(address, path, headers=None, within=5):
    """(status, headers, body) of one GET without a proxy."""
    connection = http.client.HTTPConnection(address, timeout=within)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def metric(address, name):
    """All samples of a metric of a service: labels as text -> value."""
    body = get(address, "/metrics")[2].decode()
    pattern = rf"^{re.escape(name)}(?:\{{(.*?)\}})? (\S+)"
    return {labels or "": float(value)
            for labels, value in re.findall(pattern, body, re.MULTILINE)}


class World:
    def __init__(self, root, build, quick, keep, tools):
        self.root, self.build, self.quick, self.keep = root, build, quick, keep
        self.tools = tools  # of the system
        self.settings = Settings()
        self.folder = self.settings.dir / "bench"
        self.stack_program = root / "deploy" / "local" / "stack"
        self.processes = []
        self.seeded = 0
        self.prepared = False

    def __enter__(self):
        for program in ("bin/telex-feeds", "bin/telex-ingestion", "bin/telex-translation",
                        "bin/telex-views", "bin/telexctl", "benchmark/telex-bench-create"):
            if not os.access(self.build / program, os.X_OK):
                raise BenchError(f"{self.build / program} is not built")
        for program in self.tools:
            if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
                raise BenchError(f"{program} is missing: deploy/local/install.sh bench")
        try:
            self.stack("down", "--wipe")
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self.say("starting the broker and Redis")
            # With ingestion, so that the topics are made; each part starts its own afterwards.
            self.stack("up", "ingestion")
            self.stack("stop", "ingestion")
            make_tokens(self.settings)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        signal.alarm(0)
        for process in reversed(self.processes):
            process.stop()
        self.stack("down", "--wipe")
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- running things ----------------------------------------------------------------------
    def stack(self, *words):
        done = subprocess.run([sys.executable, str(self.stack_program), *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=180, check=False)
        if done.returncode != 0:
            raise BenchError(f"stack {' '.join(words)}:\n{done.stdout[-3000:]}")

    def program(self, name, within=240, **flags):
        """Runs a program of tests/benchmark to its end; what it printed."""
        command = [str(self.build / "benchmark" / f"telex-bench-{name}")]
        for flag, value in flags.items():
            command += ["--" + flag.replace("_", "-"), str(value)]
        return json.loads(self.run(command, within))

    @staticmethod
    def run(command, within=240, cwd=None):
        """To its end, as a session of its own, as services are: where the kernel shares out CPU by
        session, neither side has less of it. What it printed."""
        command = [str(word) for word in command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=within, check=False, cwd=cwd, start_new_session=True)
        if done.returncode != 0:
            raise BenchError(f"{' '.join(command)}: {done.returncode}\n{done.stderr[-2000:]}")
        return done.stdout

    @property
    def brokers(self):
        return self.settings.kafka_brokers

    @property
    def token(self):
        return token_file(self.settings, "telexctl")

    def service(self, kind, index=0):
        return Service(self.settings, kind, index)

    def start(self, kind, index=0, data=None, clean=True, **settings):
        """Starts a service; returns at once. `data`: its folder; `clean`: emptied before."""
        service = self.service(kind, index)
        data = data or self.folder / f"{kind}-{index}"
        if clean:
            shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True, exist_ok=True)
        environment = {**service.environment(), "TELEX_DATA_DIR": str(data), **settings}
        process = Process([service.program], environment, self.folder / f"{kind}-{index}.log",
                          self.root)
        self.processes.append(process)
        return process

    @contextlib.contextmanager
    def running(self, kind, index=0, **options):
        process = self.start(kind, index, **options)
        try:
            self.await_ready(process, kind, index)
            yield process
        except BenchError:
            process.require_alive()  # when it has ended, that is the reason
            raise
        finally:
            process.stop()

    def admin(self, kind, index=0):
        return f"127.0.0.1:{self.service(kind, index).admin_port}"

    def address(self, kind, index=0):
        return f"127.0.0.1:{self.service(kind, index).port}"

    def await_ready(self, process, kind, index=0, within=120):
        """Seconds from the start of the process until /readyz says yes."""
        return self.await_answer(process, self.admin(kind, index), "/readyz", within)

    @staticmethod
    def await_answer(process, address, path, within=120):
        """Seconds from the start of the process until there is a 200 at the address."""
        while time.monotonic() - process.started < within:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if get(address, path)[0] == 200:
                    return time.monotonic() - process.started
            process.require_alive()
            time.sleep(0.005)
        raise BenchError(f"no 200 from {address}{path} within {within} s")

    def prepare_log(self):
        """The source, and a submission in every partition: a log can be made up after them."""
        if self.prepared:
            return
        self.say("submitting the first stories")
        with self.running("ingestion"):
            self.program("create", address=self.address("ingestion"), token_file=self.token,
                         concurrency=32, milliseconds=1500, run="first")
        self.prepared = True

    def seed_log(self):
        """100,000 articles in the log (a tenth with --quick)."""
        articles = 10_000 if self.quick else 100_000
        if self.seeded == 0:
            self.prepare_log()
            self.say(f"appending {articles:,} articles to the log")
            made = self.program("seed-log", brokers=self.brokers, articles=articles)
            self.say(f"{made['articles'] / made['seconds']:,.0f} a second")
            self.seeded = articles
        return self.seeded

    # -- telling -----------------------------------------------------------------------------
    @staticmethod
    def say(text):
        print(f"# {text}", file=sys.stderr, flush=True)

    @staticmethod
    def figure(name, unit, values, rival, rival_values, note="", ratio=None):
        """Medians; the ratio is the median of the ratios of the rounds."""
        if ratio is None and len(values) == len(rival_values) and all(rival_values):
            ratios = [one / other for one, other in zip(values, rival_values)]
            ratio = statistics.median(ratios)
            if len(ratios) > 1:
                spread = f"ratios {min(ratios):.2f}..{max(ratios):.2f}"
                note = f"{spread}; {note}" if note else spread
        line = {"figure": name, "value": _rounded(statistics.median(values)), "unit": unit,
                "rival": rival,
                "rival_value": _rounded(statistics.median(rival_values)) if rival_values else None,
                "ratio": round(ratio, 3) if ratio is not None else None,
                "runs": len(values), "note": note}
        print(json.dumps(line, ensure_ascii=False), flush=True)


def _rounded(value):
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value)
