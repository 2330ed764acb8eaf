"""Where the stack keeps its things, which ports it takes, what it remembers between commands."""

import json
import os
import pathlib
import pwd
import shlex

from . import StackError
from .supervisor import write_atomically

ROOT = pathlib.Path(__file__).resolve().parents[3]

REPLICAS_MAX = 4  # of one service; replica i has the ports of replica 0 + 100 * i

# (owner, use) -> (port by default, offset from TELEX_STACK_PORT_BASE). docs/reference/ports.md
# shows the same table to readers.
PORTS = {
    ("apertium", "http"): (2737, 37),
    ("translation", "grpc"): (8060, 60),
    ("translation", "admin"): (8061, 61),
    ("redis", "redis"): (6379, 79),
    ("views", "http"): (8070, 70),
    ("views", "admin"): (8071, 71),
    ("views", "grpc"): (8072, 72),
    ("feeds", "http"): (8080, 80),
    ("feeds", "admin"): (8081, 81),
    ("ingestion", "grpc"): (8090, 90),
    ("ingestion", "admin"): (8091, 91),
    ("kafka", "kafka"): (9092, 92),
    ("kafka", "controller"): (9093, 93),
}

SINGLE = ("apertium", "kafka", "redis")  # the others have replicas


def port_of(base, owner, use, index=0):
    """At this base; None: the default ones."""
    default, offset = PORTS[(owner, use)]
    return (base + offset if base else default) + 100 * index


def ports_of(base):
    """All that a stack with as many replicas as there may be takes, in order."""
    return sorted(port_of(base, owner, use, index) for owner, use in PORTS
                  for index in range(1 if owner in SINGLE else REPLICAS_MAX))


def command_for(folder, *words):
    """`deploy/local/stack WORDS` for the stack in a folder, to paste into a shell in the checkout."""
    setting = "" if folder == ROOT / ".stack" else f"TELEX_STACK_DIR={shlex.quote(str(folder))} "
    return f"{setting}deploy/local/stack {shlex.join(words)}"


KAFKA_VERSIONS = ("4.3.1", "3.9.2")


def _cache_folder():
    """Fetched jars are the same for every checkout of a user, so they are shared."""
    if chosen := os.environ.get("TELEX_CACHE_DIR"):
        return pathlib.Path(chosen).absolute()
    home = os.environ.get("HOME", "")
    xdg = os.environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    if xdg:
        folder = pathlib.Path(xdg) / "telex"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
        except OSError:
            pass
    return ROOT / ".stack" / "cache"


def belongs_to(error):
    """Of a PermissionError: whose file it is."""
    path = pathlib.Path(error.filename or "/")
    for place in (path, *path.parents):
        try:
            uid = os.stat(place).st_uid
            break
        except OSError:
            continue
    if uid == os.geteuid():
        return str(error)
    try:
        owner = pwd.getpwuid(uid).pw_name
    except KeyError:
        owner = f"user {uid}"
    return (f"this stack belongs to {owner} ({error.filename}: {error.strerror}).\n"
            f"Run this as {owner}, or set TELEX_STACK_DIR to a folder of your own")


class Settings:
    """Paths and settings of one stack, from the environment. While any process of the stack is
    alive, what it was started with wins (hold_to_what_runs)."""

    # What is remembered while the stack is up: name here -> environment variable.
    REMEMBERED = {
        "port_base": "TELEX_STACK_PORT_BASE",
        "kafka_version": "KAFKA_VERSION",
        "own_kafka": "TELEX_KAFKA_BROKERS",
        "own_redis": "TELEX_REDIS_URL",
        "bin_dir": "TELEX_STACK_BIN_DIR",
    }

    def __init__(self):
        self.dir = pathlib.Path(os.environ.get("TELEX_STACK_DIR") or ROOT / ".stack").absolute()
        self.run = self.dir / "run"
        self.logs = self.dir / "log"
        self.data = self.dir / "data"
        self.tokens = self.dir / "tokens"
        self.remembered_file = self.dir / "settings.json"
        self.engines_file = self.run / "engines.yaml"
        self.telexctl_env = self.dir / "telexctl.env"
        self.topics_file = ROOT / "deploy" / "kafka" / "topics.yaml"
        self.wait_seconds = self._integer("TELEX_STACK_WAIT_SECONDS", 90, 1, 3600)
        self.replication_factor = self._integer("TELEX_STACK_REPLICATION_FACTOR", 1, 1, 9)
        self._choose(self._asked())

    @property
    def cache(self):
        return _cache_folder()

    @staticmethod
    def _integer(name, fallback, least, most):
        text = os.environ.get(name, "")
        if not text:
            return fallback
        if not text.isdecimal() or not least <= int(text) <= most:
            raise StackError(f"{name}={text}: must be a number from {least} to {most}")
        return int(text)

    def _asked(self):
        asked = {name: os.environ.get(variable) or None
                 for name, variable in self.REMEMBERED.items()}
        asked["port_base"] = self._integer("TELEX_STACK_PORT_BASE", 0, 1024, 65000) or None
        if not asked["bin_dir"] and os.environ.get("PRESET"):
            asked["bin_dir"] = str(ROOT / "build" / os.environ["PRESET"] / "bin")
        return asked

    def _choose(self, values):
        self.port_base = values.get("port_base")
        self.kafka_version = values.get("kafka_version") or KAFKA_VERSIONS[0]
        if self.kafka_version not in KAFKA_VERSIONS:
            raise StackError(
                f"KAFKA_VERSION={self.kafka_version}: known are {', '.join(KAFKA_VERSIONS)}")
        self.bin_dir = pathlib.Path(
            values.get("bin_dir") or ROOT / "build" / "release" / "bin").absolute()
        self.own_kafka = values.get("own_kafka")
        self.own_redis = values.get("own_redis")

    def tell_own_from_ours(self, kafka_is_ours, redis_is_ours):
        """A shell that has evaluated `stack env` names our own broker and Redis: still ours, unless
        somebody else's listens at the very same address."""
        if kafka_is_ours and self.own_kafka == self.our_kafka():
            self.own_kafka = None
        if redis_is_ours and self.own_redis == self.our_redis():
            self.own_redis = None

    def hold_to_what_runs(self, changing):
        """Some process of this stack is alive. A command that would change the stack (`changing`)
        and asks for other ports or another broker is refused."""
        remembered = self._remembered()
        if not remembered:
            return
        asked = self._asked()
        self._choose({**remembered, "bin_dir": asked["bin_dir"] or remembered.get("bin_dir")})
        holds = {"port_base": self.port_base, "kafka_version": self.kafka_version,
                 "own_kafka": self.kafka_brokers, "own_redis": self.redis_url}
        for name, held in holds.items():
            if changing and asked[name] and asked[name] != held:
                raise StackError(
                    f"the stack in {self.dir} is up with another {self.REMEMBERED[name]}:"
                    f" {held or 'the default'} and not {asked[name]}.\n"
                    f"Take it down first ({self.command('down')}), or give this one its own "
                    "TELEX_STACK_DIR.")

    def _remembered(self):
        """Empty when there is nothing; PermissionError when it is another user's."""
        try:
            return json.loads(self.remembered_file.read_text())
        except PermissionError:
            raise
        except (OSError, ValueError):
            return {}

    def remember(self, wanted):
        kept = {name: getattr(self, name) for name in self.REMEMBERED}
        kept["bin_dir"] = str(kept["bin_dir"])
        self._write_remembered({**kept, "wanted": sorted(wanted)})

    def wanted(self):
        """The names of what `up` and `start` were asked for and `stop` was not; started or not."""
        return set(self._remembered().get("wanted", ()))

    def forget_wanted(self, names):
        if remembered := self._remembered():
            self._write_remembered({**remembered, "wanted": sorted(self.wanted() - set(names))})

    def _write_remembered(self, values):
        # 0600: one's own Redis may be named with its password.
        write_atomically(self.remembered_file, json.dumps(values, indent=1) + "\n", 0o600)

    def command(self, *words):
        return command_for(self.dir, *words)

    def forget(self):
        self.remembered_file.unlink(missing_ok=True)
        self.telexctl_env.unlink(missing_ok=True)

    def port(self, owner, use, index=0):
        return port_of(self.port_base, owner, use, index)

    def address(self, owner, use, index=0):
        return f"127.0.0.1:{self.port(owner, use, index)}"

    def our_kafka(self):
        return self.address("kafka", "kafka")

    def our_redis(self):
        return f"redis://{self.address('redis', 'redis')}/0"

    @property
    def kafka_brokers(self):
        return self.own_kafka or self.our_kafka()

    @property
    def redis_url(self):
        return self.own_redis or self.our_redis()
