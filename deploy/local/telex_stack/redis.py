"""Redis for caches and projections: all of it can be rebuilt, so nothing is written to disk."""

import shutil
import socket
import urllib.parse

from . import StackError
from .ports import require_free
from .processes import Process
from .supervisor import write_atomically

# noeviction: a projection that lost keys to eviction would be wrong without anyone noticing, while
# a refused write is an error that is seen, counted and retried. Caches are bounded by their TTLs.
CONFIG = """\
bind 127.0.0.1
port {port}
protected-mode yes
daemonize no
dir {folder}
logfile ""
save ""
appendonly no
slowlog-log-slower-than -1
maxmemory 256mb
maxmemory-policy noeviction
"""


class Redis:
    name = "redis"

    def __init__(self, settings, say):
        self.settings = settings
        self.say = say
        self.process = Process(settings, self.name)
        self.port = settings.port("redis", "redis")

    def where(self):
        return f"127.0.0.1:{self.port}"

    def require_program(self):
        program = shutil.which("redis-server")
        if not program:
            raise StackError("redis-server is not installed: make setup")
        return program

    def require_ports(self):
        require_free(self.port, "Redis", ", or use your own with TELEX_REDIS_URL")

    def start(self):
        program = self.require_program()
        self.require_ports()
        folder = self.settings.data / "redis"
        folder.mkdir(parents=True, exist_ok=True)
        config = self.settings.run / "redis.conf"
        write_atomically(config, CONFIG.format(port=self.port, folder=f'"{folder}"'))
        self.process.start([program, config], None, folder)

    def why_not_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as connection:
                connection.sendall(b"PING\r\n")
                answer = connection.recv(64)
        except OSError as error:
            return f"no connection to port {self.port} ({error.strerror or error})"
        return None if answer.startswith(b"+PONG") else f"it answers {answer!r}"

    def stop(self):
        return self.process.stop(10)


def require_own(url):
    """One's own Redis, named by TELEX_REDIS_URL, must at least take connections."""
    parts = urllib.parse.urlsplit(url)
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(parts.path)
        else:
            socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), 5).close()
    except (OSError, ValueError) as error:
        # Without the URL itself: it may hold a password.
        raise StackError(f"TELEX_REDIS_URL is set, but that Redis cannot be reached: {error}")
