"""The stack as a whole: which parts there are, and what each command does with them."""

import fcntl
import os
import shlex
import shutil
import sys
import time

from . import StackError, apertium, broker, redis, services
from .ports import check_range, ephemeral_ports, port_is_free
from .processes import END_SECONDS, wait_ready
from .settings import REPLICAS_MAX, Settings


def say(text):
    """Tells; whoever stops listening (`stack up | head`) does not stop the work."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


INFRA = ("apertium", "kafka", "redis")


class Stack:
    def __init__(self):
        self.settings = Settings()
        self._lock = None

    # -- the parts --------------------------------------------------------------------------
    def kafka(self):
        return broker.Kafka(self.settings, say)

    def redis(self):
        return redis.Redis(self.settings, say)

    def apertium(self):
        return apertium.Apertium(self.settings, say)

    def infra(self):
        """What services need, in the order in which it is started."""
        return [self.redis(), self.kafka(), self.apertium()]

    def instances(self, kind=None):
        """Every service instance that was started and not stopped (alive or crashed)."""
        return [service for service in self.all_services()
                if kind in (None, service.kind) and service.process.was_started()]

    def all_services(self):
        return [self.service(kind, index)
                for kind in services.SERVICES for index in range(REPLICAS_MAX)]

    def service(self, kind, index):
        return services.Service(self.settings, kind, index, say)

    def started(self):
        infra = [part for part in self.infra() if part.process.was_started()]
        return infra + self.instances()

    def parts(self, name, index=None):
        """What a NAME means: kafka, redis, feeds-1, or feeds (all its replicas that were started,
        or the first one)."""
        if found := [part for part in self.infra() if part.name == name]:
            return found
        kind, _, number = name.partition("-")
        number = number or ("" if index is None else str(index))
        if kind not in services.SERVICES or not (number == "" or number.isdecimal()):
            known = ", ".join((*INFRA, *services.SERVICES))
            raise StackError(f"there is no {name}; known are {known}, and feeds-1 for a replica")
        if number == "":
            return self.instances(kind) or [self.service(kind, 0)]
        if int(number) >= REPLICAS_MAX:
            raise StackError(f"{name}: replicas are numbered from 0 to {REPLICAS_MAX - 1}")
        return [self.service(kind, int(number))]

    # -- one command at a time ---------------------------------------------------------------
    def lock(self, changing):
        """Holds the stack's folder for this command, and the settings to those of what runs."""
        self.settings.dir.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.settings.dir / "lock", "a", encoding="ascii")
        deadline = time.monotonic() + 2 * self.settings.wait_seconds
        waiting = False
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    say("waiting for another command on this stack to end ...")
                    waiting = True
                if time.monotonic() > deadline:
                    raise StackError(f"another command holds {self._lock.name}") from None
                time.sleep(0.1)
        self.hold_to_what_runs(changing)

    def hold_to_what_runs(self, changing):
        if self._any_is_up():
            self.settings.hold_to_what_runs(changing)
        else:
            if changing:
                self.check_port_range()
            self.settings.tell_own_from_ours(
                kafka_is_ours=port_is_free(self.settings.port("kafka", "kafka")),
                redis_is_ours=port_is_free(self.settings.port("redis", "redis")))

    def _any_is_up(self):
        return any(part.process.is_up() for part in self.started())

    def check_port_range(self):
        if warning := check_range(self.settings.port_base, ephemeral_ports(), port_is_free):
            say(f"warning: {warning}")

    # -- starting ----------------------------------------------------------------------------
    def up(self, names, replicas):
        self.lock(changing=True)
        needed, wanted = self._asked_for(names, replicas)
        for part in (*needed, *wanted):
            part.require_program()
        self._require_ports((*needed, *wanted))
        self._remember((*needed, *wanted))
        self._bring_up(needed)
        if wanted:
            say("topics: creating those that are missing")
            services.apply_topics(self.settings)
        self._bring_up(wanted)
        services.write_telexctl_env(self.settings, self.instances())
        self.print_table()

    def check(self, names, replicas):
        """What would have `up` fail: ports, Java, Redis. Not whether the services are built."""
        self.hold_to_what_runs(changing=True)
        needed, wanted = self._asked_for(names, replicas)
        for part in needed:
            part.require_program()
        self._require_ports((*needed, *wanted))
        say(f"its ports are free or its own: {', '.join(part.name for part in (*needed, *wanted))}")

    def _asked_for(self, names, replicas):
        """(Redis, Kafka and Apertium, services) that `up NAMES` means."""
        unknown = set(names) - {*INFRA, *services.SERVICES}
        if unknown:
            raise StackError(f"there is no {sorted(unknown)[0]}")
        kinds = [kind for kind in services.SERVICES if not names or kind in names]
        # A service needs Redis and Kafka, so that `up feeds` brings them along.
        needed = self._own_or_ours(kafka=bool(kinds) or "kafka" in names,
                                   redis_=bool(kinds) or "redis" in names)
        if "translation" in kinds or "apertium" in names:
            needed.append(self.apertium())
        return needed, [self.service(kind, index)
                        for kind in kinds for index in range(replicas.get(kind, 1))]

    @staticmethod
    def _require_ports(parts):
        """Before anything is started: what runs holds its ports, and would have to go first."""
        for part in parts:
            if not part.process.is_up():
                part.require_ports()

    def _remember(self, parts):
        """The settings, and that these parts are wanted beside those that were while any runs."""
        before = self.settings.wanted() if self._any_is_up() else set()
        self.settings.remember(before | {part.name for part in parts})

    def _own_or_ours(self, kafka, redis_):
        """Those of Redis and Kafka that are the stack's; sees that one's own can be reached."""
        ours = []
        if redis_ and self.settings.own_redis:
            redis.require_own(self.settings.own_redis)
        elif redis_:
            ours.append(self.redis())
        if kafka and self.settings.own_kafka:
            broker.require_own(self.settings.own_kafka)
        elif kafka:
            ours.append(self.kafka())
        return ours

    def _bring_up(self, parts):
        for part in parts:
            if part.process.is_stopping():
                say(f"{part.name}: an interrupted command was stopping it; waiting for its end")
                part.process.wait_for_end(END_SECONDS)
                self._stop(part)
            if part.process.pid() is None:
                say(f"{part.name}: starting")
                part.start()
        self._wait(parts)

    def _wait(self, parts):
        wait_ready(parts, self.settings.wait_seconds, say, self._say_ready)

    def _say_ready(self, part, seconds):
        ready = f"ready after {seconds:.1f} s" if seconds > 0.05 else "ready"
        say(f"{part.name}: {self._with_remarks(part, ready)}")

    @staticmethod
    def _with_remarks(part, state):
        return "; ".join([state, *part.process.remarks()])

    def start(self, name, index):
        self.lock(changing=True)
        parts = self.parts(name, index)
        for part in parts:
            part.require_program()
        self._remember(parts)
        self._bring_up(parts)
        services.write_telexctl_env(self.settings, self.instances())

    # -- stopping ----------------------------------------------------------------------------
    def down(self, wipe):
        self.lock(changing=False)
        willing = True
        # Services before what they need; those of one kind after the other, feeds first.
        for kind in reversed(services.SERVICES):
            for service in self.instances(kind):
                willing &= self._stop(service)
        for part in reversed(self.infra()):
            willing &= self._stop(part)
        for service in self.all_services():
            service.process.forget_exits()
        self.settings.forget()
        if wipe:
            shutil.rmtree(self.settings.data, ignore_errors=True)
            say("its data is gone")
        return willing

    @staticmethod
    def _stop(part):
        ended = part.stop()
        if ended is False:
            say(f"{part.name}: did not end in time and was killed; see {part.process.log_file}")
        elif ended:
            say(f"{part.name}: stopped")
        return ended is not False

    def stop(self, name, index):
        self.lock(changing=False)
        parts = self.parts(name, index)
        willing = all([self._stop(part) for part in parts])
        self.settings.forget_wanted(part.name for part in parts)
        services.write_telexctl_env(self.settings, self.instances())
        return willing

    def restart(self, name, index):
        self.lock(changing=True)
        parts = self.parts(name, index)
        self._remember(parts)
        for part in parts:
            self._stop(part)
            part.start()
            self._wait([part])

    def kill(self, name, index):
        """SIGKILL, and a service stays dead until it is started. The pid file stays: a crash does not
        tidy up either."""
        self.lock(changing=False)
        for part in self.parts(name, index):
            if not part.process.kill():
                raise StackError(f"{part.name} is not running")
            say(f"{part.name}: killed")

    def signal(self, name, index, number, done):
        self.lock(changing=False)
        for part in self.parts(name, index):
            if not part.process.send(number):
                raise StackError(f"{part.name} is not running")
            say(f"{part.name}: {done}")

    # -- telling -----------------------------------------------------------------------------
    def status(self):
        """True when all that `up` and `start` were asked for is ready."""
        self.hold_to_what_runs(changing=False)
        if not self.started():
            say(f"nothing runs in {self.settings.dir}")
            return False
        return self.print_table()

    def print_table(self):
        rows, fine = [("what", "where", "pid", "state")], True
        for part in self.started():
            pid = part.process.pid()
            reason = part.process.why_not_up() if pid is None else part.why_not_ready()
            fine &= reason is None
            state = self._with_remarks(part, reason or "ready")
            rows.append((part.name, part.where(), str(pid or "-"), state))
        for part in self._absent():
            fine = False
            rows.append((part.name, part.where(), "-",
                         f"not started: {self.settings.command('start', part.name)}"))
        for name, own in (("kafka", self.settings.own_kafka), ("redis", self.settings.own_redis)):
            if own:
                where = own.rpartition("@")[2].removeprefix("redis://")  # no password
                rows.append((name, where, "-", "your own"))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths)]
            say("  " + "  ".join([*cells, row[3]]))
        return fine

    def _absent(self):
        """What was asked for and is not there: `up` was interrupted, or failed, before its start."""
        names = self.settings.wanted() - {part.name for part in self.started()}
        return [part for part in (*self.infra(), *self.all_services())
                if part.name in names]

    def env(self):
        """Exports for a shell: eval "$(deploy/local/stack env)"."""
        self.hold_to_what_runs(changing=False)
        running = {kind: [service for service in self.instances(kind) if service.process.pid()]
                   for kind in services.SERVICES}
        values = {
            **services.for_telexctl(self.settings, self.instances()),
            "TELEX_REDIS_URL": self.settings.redis_url,
            "TELEX_STACK_DIR": self.settings.dir,
            "TELEX_STACK_BIN_DIR": self.settings.bin_dir,
            "TELEX_STACK_INGESTION_ADDRESSES":
                ",".join(f"127.0.0.1:{service.port}" for service in running["ingestion"]),
            "TELEX_STACK_FEEDS_URLS":
                ",".join(f"http://127.0.0.1:{service.port}" for service in running["feeds"]),
            "TELEX_STACK_VIEWS_URLS":
                ",".join(f"http://127.0.0.1:{service.port}" for service in running["views"]),
        }
        if self.settings.port_base:
            values["TELEX_STACK_PORT_BASE"] = self.settings.port_base
        for name, value in values.items():
            say(f"export {name}={shlex.quote(str(value))}")

    def logs(self, name, index, follow):
        files = [str(part.process.log_file) for part in self.parts(name, index)
                 if part.process.log_file.exists()]
        if not files:
            raise StackError(f"{name} has not written anything in {self.settings.logs}")
        sys.stdout.flush()
        os.execvp("tail", ["tail", "-n", "200", *(["-F"] if follow else []), *files])

    def fetch(self):
        folder = broker.fetch(self.settings, say)
        say(f"Kafka {self.settings.kafka_version}: {folder}")
