"""The local stack of a test run: started, hurt, taken down."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
STACK = ROOT / "deploy" / "local" / "stack"
COMMAND_SECONDS_MAX = 240

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "deploy" / "local"))


def settle_environment(folder):
    """What tests/run sets, for those who start a script by hand. Replicas need not drain for load
    balancers here, and no broker lives long enough for the JVM's optimizing compiler to pay: it took
    a third of a chaos round's CPU."""
    os.environ.setdefault("TELEX_STACK_DIR", str(ROOT / folder))
    os.environ.setdefault("TELEX_STACK_PORT_BASE", "27000")
    os.environ.setdefault("TELEX_STACK_BIN_DIR", str(ROOT / "build" / "release" / "bin"))
    os.environ.setdefault("TELEX_DRAIN_DELAY_SECONDS", "1")
    # A busy machine is no fault.
    os.environ.setdefault("TELEX_STACK_WAIT_SECONDS", "300")
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    for name in ("TELEX_KAFKA_BROKERS", "TELEX_REDIS_URL", "TELEX_TOKEN_FILE", "TELEX_FEEDS_URL",
                 "TELEX_INGESTION_ADDRESS", "TELEX_VIEWS_ADDRESS", "TELEX_TRANSLATION_ADDRESS",
                 "TELEX_ADMIN_ADDRESSES"):
        os.environ.pop(name, None)


class LiveStack:
    """After settle_environment. Replicas are named ingestion-0, feeds-1."""

    def __init__(self):
        from telex_stack.services import Service  # noqa: PLC0415: needs the environment
        from telex_stack.settings import Settings  # noqa: PLC0415
        self.settings = Settings()
        self._service = Service
        self.folder = self.settings.dir
        self.bin = self.settings.bin_dir
        self._log_begins = {file: file.stat().st_size
                            for file in (self.folder / "log").glob("*.log")}

    def run(self, *arguments, check=True, **environment):
        done = subprocess.run([str(STACK), *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=COMMAND_SECONDS_MAX, check=False,
                              env={**os.environ, **environment})
        if check and done.returncode != 0:
            raise AssertionError(f"stack {' '.join(arguments)} failed ({done.returncode}):\n"
                                 f"{done.stdout}")
        return done

    def up(self, feeds=2, ingestion=2, views=2, translation=2):
        return self.run("up", "--replicas",
                        f"feeds={feeds},ingestion={ingestion},views={views},"
                        f"translation={translation}").stdout

    def down(self):
        return self.run("down", "--wipe", check=False)

    def kill(self, name):
        self.run("kill", name)

    def start(self, name, programs=None):
        """`programs`: the folder of its program, where that is not the stack's."""
        self.run("start", name, **({"TELEX_STACK_BIN_DIR": str(programs)} if programs else {}))

    def stop(self, name):
        self.run("stop", name)

    def pause(self, name):
        self.run("pause", name)

    def resume(self, name):
        self.run("resume", name)

    def named(self, name):
        """The part that a test means by a name."""
        return name

    def await_whole(self):
        """After a part was mended: that what it needs to be whole again is done."""

    def delete_store(self, name):
        """Of a replica that is down."""
        assert self.service(name).process.pid() is None, f"{name} runs"
        shutil.rmtree(self.settings.data / name)

    def service(self, name):
        kind, _, index = name.partition("-")
        return self._service(self.settings, kind, int(index))

    def address(self, name, use=None):
        """`use`: http or grpc, of a service that has both."""
        service = self.service(name)
        return f"127.0.0.1:{service.ports[use] if use else service.port}"

    def admin_address(self, name):
        return f"127.0.0.1:{self.service(name).admin_port}"

    def token_file(self, name="telexctl"):
        return self.folder / "tokens" / f"{name}.token"

    def token(self, name="telexctl"):
        return self.token_file(name).read_text().strip()

    def log(self, name):
        """What it logged since this object was made."""
        file = self.folder / "log" / f"{name}.log"
        return file.read_bytes()[self._log_begins.get(file, 0):].decode("utf-8", "replace")

    def redis(self, *words):
        """One Redis command; its answer as it comes."""
        with socket.create_connection(("127.0.0.1", self.settings.port("redis", "redis")), 5) as to:
            message = f"*{len(words)}\r\n" + "".join(f"${len(w)}\r\n{w}\r\n" for w in words)
            to.sendall(message.encode())
            return to.recv(65536)

    def child(self, name, within=(), **environment):
        """A replica beyond those of the stack, as a child of the test: its exit code can be seen.
        `within`: the command that its own is appended to."""
        service = self.service(name)
        (self.settings.data / name).mkdir(parents=True, exist_ok=True)
        log = open(self.folder / "log" / f"{name}.log", "ab")
        with log:
            return subprocess.Popen([*within, str(service.program)], cwd=ROOT, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, start_new_session=True,
                                    env={**service.environment(), **environment})


def stop_on_signals():
    """So that `finally` is gone through."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
