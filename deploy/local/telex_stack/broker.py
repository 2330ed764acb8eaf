"""Kafka from Maven artifacts: one broker that is its own controller, or a cluster of such (tests/cluster)."""

import base64
import dataclasses
import hashlib
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import uuid

from . import StackError
from .ports import require_free
from .processes import END_SECONDS, Process
from .settings import ROOT
from .supervisor import write_atomically

# By its full name: the short one is looked up in the network, and means another version each year.
DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"

FOLDER = ROOT / "deploy" / "local" / "kafka"

MEMORY = ["-Xms128m", "-Xmx384m", "-XX:MaxDirectMemorySize=128m", "-XX:+UseSerialGC"]


@dataclasses.dataclass(frozen=True)
class Jars:
    """What Maven fetches by the pom in a folder; VERSION.sha256 beside it pins every file."""
    name: str
    folder: pathlib.Path
    size: str

    def checksums(self, version):
        rows = (line.split() for line in (self.folder / f"{version}.sha256").read_text().splitlines())
        return {name: digest for digest, name in rows}

    def fault_in(self, folder, version):
        """What is wrong with the jars in a folder, or None when they are those that are pinned."""
        pinned = self.checksums(version)
        present = {path.name for path in folder.glob("*.jar")}
        if missing := sorted(pinned.keys() - present):
            return f"{missing[0]} is missing"
        if extra := sorted(present - pinned.keys()):
            return f"{extra[0]} is not one of the pinned files"
        for name, digest in pinned.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                return f"{name} does not have the pinned checksum"
        return None


BROKER = Jars("kafka", FOLDER, "45 MB")


def fetch(settings, say, jars=BROKER):
    """The folder with the jars: from the cache, else through Maven. Checked either way."""
    version = settings.kafka_version
    folder = settings.cache / f"{jars.name}-{version}"
    if folder.exists():
        fault = jars.fault_in(folder, version)
        if fault is None:
            return folder
        say(f"the cached {folder.name} is no good ({fault}); fetching it again")
    maven = shutil.which("mvn")
    if not maven:
        raise StackError("maven is not installed: make setup")
    say(f"fetching {folder.name} through Maven ({jars.size}, once) ...")
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
    command = [maven, "-B", "-q", "-Dstyle.color=never", "-f", jars.folder / "pom.xml",
               f"-Dkafka.version={version}", f"{DEPENDENCY_PLUGIN}:copy-dependencies",
               "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=900, check=False)
        if done.returncode != 0:
            raise StackError(f"Maven could not fetch {folder.name}:\n{done.stdout[-3000:]}")
        if fault := jars.fault_in(fresh, version):
            pins = jars.folder.relative_to(ROOT) / f"{version}.sha256"
            raise StackError(f"what Maven fetched is not what {pins} pins: {fault}")
        if folder.exists():
            shutil.rmtree(folder)
        os.rename(fresh, folder)
    except subprocess.TimeoutExpired:
        raise StackError(f"Maven did not fetch {folder.name} within 15 minutes") from None
    except OSError:
        # Another checkout put the same folder there at the same time.
        if jars.fault_in(folder, version) is not None:
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def new_cluster_id():
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return "A" + text[1:] if text.startswith("-") else text  # would be read as an option


class Kafka:
    def __init__(self, settings, say, index=0, nodes=1, cluster=None):
        """The index-th of so many nodes, from 0. `cluster`: its id, the same for all nodes; None: made
        again, for one node alone."""
        self.name = "kafka" if nodes == 1 else f"kafka-{index}"
        self.settings = settings
        self.say = say
        self.index, self.nodes, self.cluster = index, nodes, cluster
        self.process = Process(settings, self.name)
        self.port = settings.port("kafka", "kafka", index)
        self.controller_port = settings.port("kafka", "controller", index)
        # A data folder belongs to one version: an older broker does not read a newer one's.
        self.data = settings.data / f"{self.name}-{settings.kafka_version}"
        self.new_archive = settings.run / f"{self.name}.jsa"
        self.archive_note = settings.run / f"{self.name}.jsa-for"

    def _class_path(self, jars):
        # In one fixed order: a wildcard gives the folder's, and the class archive depends on it.
        return ":".join(str(path) for path in sorted(jars.glob("*.jar")))

    def _archive(self, java, jars):
        """Where the class archive (AppCDS) for this JVM and these jars lies; it makes a start about
        twice as fast. The JVM ignores one that does not fit."""
        stamp = f"{java} {os.stat(java).st_mtime_ns} {jars}"
        return jars.with_name(f"{jars.name}-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.jsa")

    def properties(self, data):
        text = (FOLDER / "server.properties.in").read_text()
        controllers = (self.settings.address("kafka", "controller", i) for i in range(self.nodes))
        for name, value in (("PORT", self.port), ("DATA_DIR", data), ("NODE", self.index + 1),
                            ("CONTROLLER_PORT", self.controller_port), ("REPLICAS", self.nodes),
                            ("VOTERS", ",".join(f"{i}@{where}" for i, where
                                                in enumerate(controllers, 1)))):
            text = text.replace(f"@{name}@", str(value))
        return text

    def _format(self, java, jars):
        """Makes the data folder, in another place first: half a folder is never taken for one."""
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        config = self.settings.run / f"{self.name}-format.properties"
        write_atomically(config, self.properties(fresh))
        cluster = self.cluster or new_cluster_id()
        done = subprocess.run(
            [*self._tool(java, jars), "kafka.tools.StorageTool", "format", "-t", cluster, "-c",
             str(config)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=120, check=False)
        if done.returncode != 0:
            raise StackError(f"the broker's data folder could not be formatted:\n{done.stdout}")
        os.rename(fresh, self.data)

    def _tool(self, java, jars):
        return [java, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", self._class_path(jars),
                *self._logging()]

    def tool(self):
        """The command that one of Kafka's tools, a class, is appended to."""
        return self._tool(self.require_program(), fetch(self.settings, self.say))

    def _logging(self):
        if self.settings.kafka_version.startswith("3."):
            return [f"-Dlog4j.configuration=file:{FOLDER / 'log4j.properties'}"]
        return [f"-Dlog4j2.configurationFile={FOLDER / 'log4j2.properties'}"]

    def where(self):
        return f"127.0.0.1:{self.port}"

    def require_program(self):
        home = os.environ.get("JAVA_HOME", "")
        java = shutil.which("java", path=f"{home}/bin") if home else None
        java = java or shutil.which("java")
        if not java:
            raise StackError("java is not installed: make setup")
        return os.path.realpath(java)

    def require_ports(self):
        own = ", or use your own broker with TELEX_KAFKA_BROKERS"
        require_free(self.port, "Kafka", own)
        require_free(self.controller_port, "Kafka's controller", own)

    def start(self):
        java = self.require_program()
        self.require_ports()
        jars = fetch(self.settings, self.say)
        self.settings.run.mkdir(parents=True, exist_ok=True)
        if not (self.data / "meta.properties").exists():
            if self.data.exists():
                raise StackError(f"{self.data} is not a broker's data folder; move it away")
            self._format(java, jars)
        config = self.settings.run / f"{self.name}.properties"
        write_atomically(config, self.properties(self.data))
        # Native libraries are unpacked here; after a SIGKILL they would stay in /tmp for ever.
        scratch = self.settings.run / f"{self.name}-tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        self.process.start(
            [java, *MEMORY, *self._class_archive(java, jars), "-XX:+ExitOnOutOfMemoryError",
             "-XX:+PerfDisableSharedMem", f"-Djava.io.tmpdir={scratch}", *self._logging(),
             "-cp", self._class_path(jars), "kafka.Kafka", config], None, self.settings.run)

    def _class_archive(self, java, jars):
        """Options that use the class archive; or, when there is none yet, that write one at the end
        of this run, which `stop` then puts into its place."""
        self.new_archive.unlink(missing_ok=True)
        archive = self._archive(java, jars)
        if archive.exists():
            self.archive_note.unlink(missing_ok=True)
            return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:cds=off"]
        write_atomically(self.archive_note, f"{java}\n{jars}\n{archive}\n")
        return [f"-XX:ArchiveClassesAtExit={self.new_archive}", "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off"]

    def _keep_archive(self):
        """Takes over the archive of a broker that has just ended well, if the JVM can use it."""
        if not self.archive_note.exists():
            return
        java, jars, archive = self.archive_note.read_text().splitlines()
        self.archive_note.unlink()
        if not self.new_archive.exists():
            return
        try:
            tried = subprocess.run(
                [java, *MEMORY, "-Xshare:on", f"-XX:SharedArchiveFile={self.new_archive}", "-cp",
                 self._class_path(pathlib.Path(jars)), "-version"], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
            if tried.returncode == 0:
                fresh = f"{archive}.{os.getpid()}"
                shutil.copyfile(self.new_archive, fresh)
                os.replace(fresh, archive)
        except (OSError, subprocess.TimeoutExpired):
            pass  # without it the next start only takes longer
        self.new_archive.unlink(missing_ok=True)

    def why_not_ready(self):
        try:
            leaderless = leaderless_partitions("127.0.0.1", self.port)
        except (OSError, struct.error) as error:
            return f"no answer on port {self.port} ({getattr(error, 'strerror', None) or error})"
        if leaderless is None:
            return "the broker has not been let into its cluster yet"
        return f"{leaderless} partitions have no leader yet" if leaderless else None

    def stop(self):
        willing = self.process.stop(END_SECONDS)
        if willing:
            self._keep_archive()
        return willing


def leaderless_partitions(host, port):
    """None while no broker is registered, else how many partitions have no leader."""
    brokers, partitions = metadata(host, port)
    return sum(one.leader < 0 for one in partitions.values()) if brokers else None


@dataclasses.dataclass(frozen=True)
class Partition:
    leader: int  # the node's id; negative: none
    replicas: tuple
    in_sync: tuple


def metadata(host, port):
    """({node id: port}, {(topic, partition): Partition}) as a broker sees them. Asks with a Metadata
    request (version 2 of Kafka's protocol, API key 3) for all topics."""
    request = struct.pack(">hhihi", 3, 2, 1, -1, -1)  # no client id; null array: all topics
    with socket.create_connection((host, port), 2) as connection:
        connection.settimeout(5)
        connection.sendall(struct.pack(">i", len(request)) + request)
        stream = connection.makefile("rb")
        answer = stream.read(struct.unpack(">i", _exactly(stream, 4))[0])
    reader = _Reader(answer)
    reader.take(">i")
    brokers, partitions = {}, {}
    for _ in range(reader.take(">i")):
        node = reader.take(">i")
        reader.text()
        brokers[node] = reader.take(">i")
        reader.text()
    reader.text()
    reader.take(">i")
    for _ in range(reader.take(">i")):
        reader.take(">h")
        topic = reader.text()
        reader.take(">b")
        for _ in range(reader.take(">i")):
            _, number, leader = reader.take(">hii")
            partitions[topic, number] = Partition(leader, reader.numbers(), reader.numbers())
    return brokers, partitions


def _exactly(stream, count):
    data = stream.read(count)
    if len(data) != count:
        raise ConnectionError("connection closed")
    return data


class _Reader:
    """Reads Kafka's big-endian wire types one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values[0] if len(values) == 1 else values

    def text(self):
        begin = self.at + 2
        self.at = begin + max(self.take(">h"), 0)
        return self.data[begin:self.at].decode()

    def numbers(self):
        return tuple(self.take(">i") for _ in range(self.take(">i")))


def require_own(brokers):
    """One's own broker, named by TELEX_KAFKA_BROKERS: one of them must take connections."""
    faults = []
    for address in brokers.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), 5).close()
            return
        except (OSError, ValueError) as error:
            faults.append(f"{address}: {error}")
    raise StackError("TELEX_KAFKA_BROKERS is set, but no broker can be reached: "
                     + "; ".join(faults))
