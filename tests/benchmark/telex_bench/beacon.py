"""The beacon: views a second that are on record when they are answered, beside an nginx that
answers the same picture and only logs; the same client, turn by turn."""

import dataclasses
import json
import pathlib
import statistics
import subprocess
import time

from .http import Nginx
from .world import BenchError, get, metric

STORIES = 1_000
CONNECTIONS = 512
CLIENT_THREADS = 2
LUA = pathlib.Path(__file__).with_name("beacon.lua")
COUNTED_WITHIN = 60

# At its best: as many workers as cores, connections handed out by the kernel, a buffered log.
NGINX = """\
{user}worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 4096; }}
http {{
  log_format reader '$http_x_forwarded_for [$time_local] "$request" $status "$http_user_agent"';
  access_log {folder}/access.log reader buffer=64k flush=1s;
  tcp_nodelay on;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/t1;
  proxy_temp_path {folder}/t2;
  fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4;
  scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port} reuseport backlog=4096;
    location / {{
      empty_gif;
      add_header Access-Control-Allow-Origin "*";
      add_header Access-Control-Expose-Headers "Retry-After, Telex-Field, Telex-Filter, Telex-Reason";
      add_header Cross-Origin-Resource-Policy "cross-origin";
      add_header Cache-Control "no-store";
    }}
  }}
}}
"""

SETTINGS = {"TELEX_VIEWS_PROXIES": "127.0.0.1/32"}  # readers are those that the client names


@dataclasses.dataclass
class Side:
    process: object
    address: str
    per_second: list = dataclasses.field(default_factory=list)
    p50_ms: list = dataclasses.field(default_factory=list)
    p99_ms: list = dataclasses.field(default_factory=list)
    cpu_us: list = dataclasses.field(default_factory=list)

    def clear(self):
        for values in (self.per_second, self.p50_ms, self.p99_ms, self.cpu_us):
            values.clear()


class Load:
    def __init__(self, world):
        self.stories = world.folder / "stories"
        world.program("choose-stories", stories=STORIES, choices=20_000, file=self.stories)
        self.first_story = self.stories.read_text().split("\n", 1)[0]
        self.runs = 0

    def put(self, side, connections, seconds, close):
        self.runs += 1
        before = side.process.cpu_seconds()
        command = ["wrk", f"-t{CLIENT_THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout",
                   "10s", "-s", str(LUA), f"http://{side.address}", "--", str(self.stories),
                   str(self.runs), "close" if close else "keep"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds + 30, check=False)
        used = side.process.cpu_seconds() - before
        if done.returncode != 0 or "JSON" not in done.stdout:
            raise BenchError(f"wrk: {done.stdout}{done.stderr}")
        seen = json.loads(done.stdout.split("JSON")[1])
        if seen["errors"] > 0:
            raise BenchError(f"{side.address}: not every look was taken: {seen}")
        side.per_second.append(seen["requests"] / (seen["microseconds"] / 1e6))
        side.p50_ms.append(seen["p50_us"] / 1000)
        side.p99_ms.append(seen["p99_us"] / 1000)
        side.cpu_us.append(used * 1e6 / seen["requests"])


def taken(world):
    return sum(metric(world.admin("views"), "telex_views_taken_total").values())


def await_counted(world, since=0):
    """Until what was taken is counted, too: the next turn does not pay for this one."""
    until = time.monotonic() + COUNTED_WITHIN
    while time.monotonic() < until:
        counted = sum(metric(world.admin("views"), "telex_views_counted_total").values())
        if counted - since >= taken(world):
            return
        time.sleep(0.05)
    raise BenchError(f"{taken(world)} views were taken and {counted - since} counted")


def log_bytes(world, topic):
    """What the records of a topic take on the broker's disk."""
    folder = world.settings.data / f"kafka-{world.settings.kafka_version}"
    return sum(file.stat().st_size for file in folder.glob(f"{topic}-[0-9]*/*.log"))


def measure(world):
    rounds, seconds = (2, 2) if world.quick else (5, 4)
    if world.seeded == 0:
        world.prepare_log()
        world.program("seed-log", brokers=world.brokers, articles=STORIES)
    load = Load(world)
    with world.running("views", **SETTINGS) as views:
        ours = world.address("views")
        nginx = Nginx(world, NGINX)
        world.await_answer(nginx.process, nginx.address, "/")
        _require_counting(ours, load)
        world.say("beacons beside nginx")
        for close in (False, True):
            sides = [Side(views, ours), Side(nginx.process, nginx.address)]
            for number in range(rounds + 1):
                for side in (sides if number % 2 == 0 else sides[::-1]):
                    load.put(side, CONNECTIONS, seconds if number > 0 else 1, close)
                    await_counted(world)
                if number == 0:  # warms up
                    for side in sides:
                        side.clear()
            _print(world, "one connection a view" if close else "kept connections", *sides)
        _print_bytes(world)
        nginx.process.stop()


def _require_counting(address, load):
    path = f"/v1/views/{load.first_story}.gif"
    status, headers, _ = get(address, path, {"User-Agent": "Mozilla/5.0 Firefox/127.0"})
    if status != 200:
        raise BenchError(f"{address}{path}: {status} {headers}")


def _print(world, name, ours, theirs):
    rival = "nginx: the same picture, logged into a buffer"
    note = (f"{STORIES:,} stories by Zipf, {CONNECTIONS} connections, {CLIENT_THREADS} threads each; "
            f"CPU {statistics.median(ours.cpu_us):.1f} beside {statistics.median(theirs.cpu_us):.1f} "
            "us/request; broker, counting and client on the same cores")
    world.figure(f"beacon, {name}", "1/s", ours.per_second, rival, theirs.per_second, note)
    world.figure(f"beacon-p50, {name}", "ms", ours.p50_ms, rival, theirs.p50_ms)
    world.figure(f"beacon-p99, {name}", "ms", ours.p99_ms, rival, theirs.p99_ms)


def _print_bytes(world):
    world.figure("view-bytes, as the beacons came", "bytes",
                 [log_bytes(world, "telex.views.v1") / taken(world)], None, [],
                 "in the topic, compressed in batches of what came in 10 ms")
