"""The services of the stack: their environment, the topics they need, whether they are ready."""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request

from . import StackError
from .ports import require_free
from .processes import END_SECONDS
from .settings import ROOT
from .supervised import SupervisedProcess
from .supervisor import write_atomically
from .tokens import hashes_file, make_tokens, token_file

# In the order in which they are started; stopped the other way round. Of each the ports beside the
# admin port: their names in settings.PORTS, and the settings they go into.
SERVICES = {
    "ingestion": {"grpc": "TELEX_GRPC_LISTEN"},
    "feeds": {"http": "TELEX_HTTP_LISTEN"},
    "views": {"http": "TELEX_HTTP_LISTEN", "grpc": "TELEX_GRPC_LISTEN"},
    "translation": {"grpc": "TELEX_GRPC_LISTEN"},
}

# Of telexctl or of the stack alone: a service would take them for misspelt settings of its own.
NOT_FOR_SERVICES = ("TELEX_INGESTION_ADDRESS", "TELEX_FEEDS_URL", "TELEX_VIEWS_ADDRESS",
                    "TELEX_TRANSLATION_ADDRESS", "TELEX_TOKEN_FILE", "TELEX_ADMIN_ADDRESSES")


class Service:
    def __init__(self, settings, kind, index, say=print):
        self.say = say
        self.settings, self.kind, self.index = settings, kind, index
        self.name = f"{kind}-{index}"
        self.program = settings.bin_dir / f"telex-{kind}"
        self.process = SupervisedProcess(settings, self.name, self.program)
        self.ports = {use: settings.port(kind, use, index) for use in SERVICES[kind]}
        self.port = next(iter(self.ports.values()))
        self.admin_port = settings.port(kind, "admin", index)

    def require_program(self):
        require_built(self.program)

    def environment(self):
        kept = {name: value for name, value in os.environ.items()
                if name not in NOT_FOR_SERVICES and not name.startswith("TELEX_STACK_")}
        feeds = self.settings.address("feeds", "http")
        return {
            **kept,
            "TELEX_INSTANCE": self.instance(),
            "TELEX_KAFKA_BROKERS": self.settings.kafka_brokers,
            "TELEX_REDIS_URL": self.settings.redis_url,
            "TELEX_TOKENS_FILE": str(hashes_file(self.settings)),
            "TELEX_TOPICS_FILE": str(self.settings.topics_file),
            "TELEX_DATA_DIR": str(self.settings.data / self.name),
            "TELEX_ADMIN_LISTEN": f"127.0.0.1:{self.admin_port}",
            **{SERVICES[self.kind][use]: f"127.0.0.1:{port}" for use, port in self.ports.items()},
            **({"TELEX_FEEDS_PUBLIC_URL": kept.get("TELEX_FEEDS_PUBLIC_URL", f"http://{feeds}")}
               if self.kind == "feeds" else {}),
            **({"TELEX_TRANSLATION_ENGINES_FILE": kept.get("TELEX_TRANSLATION_ENGINES_FILE",
                                                           str(self.settings.engines_file))}
               if self.kind == "translation" else {}),
        }

    def instance(self):
        """In Kafka client ids and among peers. A broker of one's own may be others', too: there the
        name says which machine's stack this is, and which of them."""
        if not self.settings.own_kafka:
            return self.name
        return f"{self.name}-{socket.gethostname()}-{self.admin_port}"

    def where(self):
        places = [f"http://127.0.0.1:{port}" if use == "http" else f"127.0.0.1:{port}"
                  for use, port in self.ports.items()]
        return f"{'  '.join(places)}  admin http://127.0.0.1:{self.admin_port}"

    def require_ports(self):
        for use, port in self.ports.items():
            require_free(port, f"{self.name} {use}")
        require_free(self.admin_port, f"{self.name} admin")

    def start(self):
        self.require_program()
        self.process.retire()
        self.require_ports()
        make_tokens(self.settings)
        (self.settings.data / self.name).mkdir(parents=True, exist_ok=True)
        self.process.start([self.program], self.environment(), ROOT)

    def why_not_ready(self):
        url = f"http://127.0.0.1:{self.admin_port}/readyz"
        # Without the proxies of the environment: this is loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(url, timeout=2).close()
        except urllib.error.HTTPError as answer:
            return _failing_checks(answer)
        except (OSError, ValueError) as error:
            return f"no answer from {url} ({getattr(error, 'reason', error)})"
        return None

    def stop(self):
        return self.process.stop(END_SECONDS)


def require_built(program):
    if not os.access(program, os.X_OK):
        raise StackError(f"{program} is not built: make programs (or name another folder with "
                         "TELEX_STACK_BIN_DIR)")


def _failing_checks(answer):
    """What /readyz says when it is not 200, on one line."""
    try:
        body = answer.read(16384).decode("utf-8", "replace")
    except OSError as error:
        return f"{answer.code} ({error})"
    try:
        return f"{answer.code} " + "; ".join(json.loads(body)["why_not"])
    except (ValueError, LookupError, TypeError):
        return f"{answer.code} {body.strip()}"


def apply_topics(settings):
    """Creates the topics that are missing. Harmless when all are there; refuses a cluster where one
    has other partitions."""
    telexctl = settings.bin_dir / "telexctl"
    require_built(telexctl)
    command = [str(telexctl), "topics", "apply", "--file", str(settings.topics_file),
               "--replication-factor", str(settings.replication_factor), "--alter"]
    try:
        done = subprocess.run(
            command, env={**os.environ, "TELEX_KAFKA_BROKERS": settings.kafka_brokers},
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=settings.wait_seconds, check=False)
    except subprocess.TimeoutExpired:
        raise StackError(
            f"telexctl topics apply did not end within {settings.wait_seconds} s") from None
    if done.returncode != 0:
        raise StackError(f"telexctl topics apply failed ({done.returncode}):\n{done.stdout}")


def for_telexctl(settings, instances):
    """Where telexctl finds this stack."""
    admin = [f"{service.name}=127.0.0.1:{service.admin_port}" for service in instances]
    return {
        "TELEX_INGESTION_ADDRESS": settings.address("ingestion", "grpc"),
        "TELEX_FEEDS_URL": f"http://{settings.address('feeds', 'http')}",
        "TELEX_VIEWS_ADDRESS": settings.address("views", "grpc"),
        "TELEX_TRANSLATION_ADDRESS": settings.address("translation", "grpc"),
        "TELEX_KAFKA_BROKERS": settings.kafka_brokers,
        "TELEX_TOKEN_FILE": str(token_file(settings, "telexctl")),
        "TELEX_ADMIN_ADDRESSES": ",".join(admin),
    }


def write_telexctl_env(settings, instances):
    values = for_telexctl(settings, instances)
    write_atomically(settings.telexctl_env,
                     "".join(f"{name}={value}\n" for name, value in values.items()), 0o600)
