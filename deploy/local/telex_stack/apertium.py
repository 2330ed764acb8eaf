"""Apertium's server: machine translation on this machine, without a key and without a network."""

import pathlib
import shutil
import urllib.error
import urllib.request

from . import StackError
from .ports import require_free
from .processes import Process
from .supervisor import write_atomically

MODES = pathlib.Path("/usr/share/apertium/modes")  # a file for each pair that is installed

# As TELEX_TRANSLATION_ENGINES_FILE: docs/reference/settings.md.
ENGINES = """\
engines:
  - name: apertium
    kind: apertium
    url: http://127.0.0.1:{port}
"""


class Apertium:
    name = "apertium"

    def __init__(self, settings, say):
        self.settings = settings
        self.say = say
        self.process = Process(settings, self.name)
        self.port = settings.port("apertium", "http")

    def where(self):
        return f"http://127.0.0.1:{self.port}"

    def require_program(self):
        program = shutil.which("apertium-apy")
        if not program or not MODES.is_dir():
            raise StackError("apertium-apy, or its pairs, are not installed: make setup")
        return program

    def require_ports(self):
        require_free(self.port, "Apertium")

    def start(self):
        program = self.require_program()
        self.require_ports()
        folder = self.settings.data / "apertium"
        folder.mkdir(parents=True, exist_ok=True)
        self.settings.run.mkdir(parents=True, exist_ok=True)
        write_atomically(self.settings.engines_file, ENGINES.format(port=self.port))
        # One process; a translator's pipeline is kept, so that only the first text waits for it.
        self.process.start([program, "-p", str(self.port), "-j", "1", str(MODES)], None, folder)

    def why_not_ready(self):
        url = f"{self.where()}/listPairs"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(url, timeout=2).close()
        except (OSError, ValueError) as error:
            return f"no answer from {url} ({getattr(error, 'reason', error)})"
        return None

    def stop(self):
        return self.process.stop(10)
