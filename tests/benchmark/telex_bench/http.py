"""telex-feeds beside nginx, and both beside what sending the bytes costs at least: the same bytes,
the same client, one thread each, turn by turn."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import time

from .world import BenchError, Process, get

CONNECTIONS = 32

NGINX = """\
{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_valid 1h;
  gzip_static on;
  gzip_vary on;
  types {{ application/rss+xml rss; application/json json; }}
  client_body_temp_path {folder}/t1;
  proxy_temp_path {folder}/t2;
  fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4;
  scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    add_header Cache-Control "public, max-age=30";
  }}
}}
"""

REPORT = """\
done = function(summary, latency, requests)
  io.write(string.format('\\nJSON{"requests":%d,"bytes":%d,"errors":%d,"p50_us":%d,"p99_us":%d}\\n',
    summary.requests, summary.bytes,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
    summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
"""


class Nginx:
    def __init__(self, world, config=NGINX):
        self.folder = world.folder / "nginx"
        self.port = world.settings.port_base + 95
        self.address = f"127.0.0.1:{self.port}"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "files").mkdir(parents=True)
        user = "user root;\n" if os.geteuid() == 0 else ""  # its worker must reach the files
        (self.folder / "nginx.conf").write_text(
            config.format(folder=self.folder, port=self.port, user=user))
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = Process([program, "-e", self.folder / "error.log", "-p", self.folder, "-c",
                                self.folder / "nginx.conf"],
                               dict(os.environ), self.folder / "log", self.folder)
        world.processes.append(self.process)

    def put(self, path, body, zipped):
        file = pathlib.Path(f"{self.folder}/files{path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        pathlib.Path(f"{file}.gz").write_bytes(zipped)


class Floor:
    """A server that looks at nothing and sends one ready answer: ours, to the byte."""

    def __init__(self, world, name, address, path, headers):
        head, body = (world.folder / f"{name}.{part}" for part in ("head", "body"))
        head.write_bytes(_head_as_sent(address, path, headers))
        body.write_bytes(get(address, path, headers)[2])
        self.address = f"127.0.0.1:{world.settings.port_base + 96}"
        port = self.address.split(":")[1]
        self.process = Process([world.build / "benchmark" / "telex-bench-serve", "--port", port,
                                "--head", head, "--body", body],
                               dict(os.environ), world.folder / f"{name}.log", world.folder)
        world.processes.append(self.process)
        _await_listening(self.process, self.address)


def _head_as_sent(address, path, headers):
    """The head of an answer, its empty line included."""
    host, port = address.split(":")
    lines = [f"GET {path} HTTP/1.1", f"Host: {address}", *(f"{n}: {v}" for n, v in headers.items())]
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        seen = b""
        while b"\r\n\r\n" not in seen:
            step = connection.recv(65536)
            if not step:
                raise BenchError(f"{address}{path}: closed within the head")
            seen += step
    return seen[:seen.index(b"\r\n\r\n") + 4]


def _await_listening(process, address, within=10):
    host, port = address.split(":")
    until = time.monotonic() + within
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        process.require_alive()
        time.sleep(0.005)
    raise BenchError(f"nothing listens at {address} within {within} s")


class Side:
    """One of the servers, asked for one page in one way."""

    def __init__(self, process, address, path, headers, status):
        self.process, self.address, self.path, self.headers = process, address, path, headers
        answer = get(address, path, headers)
        if answer[0] != status:
            raise BenchError(f"{address}{path} {headers}: {answer[0]} and not {status}")
        self.body_bytes = len(answer[2])
        self.cpu_us, self.p50_ms, self.p99_ms, self.per_second = [], [], [], []

    def round(self, world, seconds):
        script = world.folder / "report.lua"
        script.write_text(REPORT)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s",
                   str(script)]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        before = self.process.cpu_seconds()
        done = subprocess.run(command + [f"http://{self.address}{self.path}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds + 30, check=False)
        used = self.process.cpu_seconds() - before
        if done.returncode != 0 or "JSON" not in done.stdout:
            raise BenchError(f"wrk: {done.stdout}{done.stderr}")
        seen = json.loads(done.stdout.split("JSON")[1])
        if seen["errors"] > 0 or abs(seen["bytes"] / seen["requests"] - self.body_bytes) > 1000:
            raise BenchError(f"{self.address}{self.path}: not what was asked for: {seen}")
        self.cpu_us.append(used * 1e6 / seen["requests"])
        self.p50_ms.append(seen["p50_us"] / 1000)
        self.p99_ms.append(seen["p99_us"] / 1000)
        self.per_second.append(seen["requests"] / seconds)


def sides_take_turns(world, sides, rounds, seconds):
    for number in range(rounds + 1):
        for side in (sides if number % 2 == 0 else sides[::-1]):
            side.round(world, seconds if number > 0 else 1)
        if number == 0:  # warms up
            for side in sides:
                for values in (side.cpu_us, side.p50_ms, side.p99_ms, side.per_second):
                    values.clear()


def article_path(world):
    """The newest article's own page."""
    items = json.loads(get(world.address("feeds"), "/feeds/all.en.json")[2])["items"]
    return "/articles/" + items[0]["id"].removeprefix("urn:uuid:") + ".json"


def measure(world):
    rounds, seconds = (3, 1) if world.quick else (7, 2)
    articles = world.seed_log()
    with world.running("feeds", TELEX_HTTP_THREADS="1") as feeds:
        nginx = Nginx(world)
        ours, feed = world.address("feeds"), "/feeds/all.en.rss"
        article = article_path(world)
        for path in (feed, article):
            nginx.put(path, get(ours, path)[2], get(ours, path, {"Accept-Encoding": "gzip"})[2])
        world.await_answer(nginx.process, nginx.address, feed)
        world.say(f"serving beside nginx, with {articles:,} articles")
        zipped = {"Accept-Encoding": "gzip"}
        for name, path, headers, status in (("feed-200-gzip", feed, zipped, 200),
                                            ("feed-200-identity", feed, {}, 200),
                                            ("article-200-gzip", article, zipped, 200),
                                            ("feed-304", feed, zipped, 304)):
            sides = []
            for process, address in ((feeds, ours), (nginx.process, nginx.address)):
                asked = dict(headers)
                if status == 304:
                    asked["If-None-Match"] = get(address, path, headers)[1]["ETag"]
                sides.append(Side(process, address, path, asked, status))
            floor = Floor(world, name, ours, path, sides[0].headers)
            sides.append(Side(floor.process, floor.address, path, headers, status))
            sides_take_turns(world, sides, rounds, seconds)
            floor.process.stop()
            _print(world, name, *sides)
        nginx.process.stop()


def _print(world, name, ours, theirs, floor):
    rival = "nginx: the same bytes, static and pre-compressed, open_file_cache"
    size = f"{ours.body_bytes:,} bytes, {CONNECTIONS} connections, one thread each"
    spread = (f"{min(ours.cpu_us):.1f}..{max(ours.cpu_us):.1f} beside "
              f"{min(theirs.cpu_us):.1f}..{max(theirs.cpu_us):.1f} us; {size}")
    world.figure(f"{name}-cpu", "us/request", ours.cpu_us, rival, theirs.cpu_us, spread)
    world.figure(f"{name}-cpu-floor", "us/request", floor.cpu_us, rival, theirs.cpu_us,
                 "a server that only receives and sends ready bytes: no server costs less")
    rates = (f"{statistics.median(ours.per_second):,.0f} beside "
             f"{statistics.median(theirs.per_second):,.0f} a second")
    world.figure(f"{name}-p50", "ms", ours.p50_ms, rival, theirs.p50_ms, rates)
    world.figure(f"{name}-p99", "ms", ours.p99_ms, rival, theirs.p99_ms, rates)
