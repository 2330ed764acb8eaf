"""What is done to the system: each hurt begins, lasts for a while, and is mended."""

import dataclasses
import threading
import time

NEEDED = {"redis", "kafka"}  # by the services of the local stack


@dataclasses.dataclass
class Spell:
    """From when to when, in seconds since 1970, a part was hurt in which way."""
    name: str
    how: str
    begin: float
    end: float


class Hurting(threading.Thread):
    """Goes through a plan of [({name: how}, seconds it lasts, seconds of calm after it)]; how: ways.py. What
    is hurt together is hurt one right after the other, and mended in the same order. `failure` is why it
    could not, if it could not."""

    def __init__(self, stack, ways, plan, say):
        super().__init__(daemon=True)
        self._stack, self._ways, self._plan, self._say = stack, ways, plan, say
        self._halt = threading.Event()
        self.failure = None
        self.done = 0
        self.spells = []

    def run(self):
        try:
            for hurt, lasts, calm in self._plan:
                if self._halt.is_set():
                    return
                self._hurt({self._stack.named(name): how for name, how in hurt.items()}, lasts)
                self.done += 1
                self._halt.wait(calm)
        except Exception as error:  # told by the thread that waits for this one
            self.failure = error

    def halt(self):
        self._halt.set()
        self.join(300)

    def _hurt(self, hurt, lasts):
        what = ", ".join(f"{how} {name}" for name, how in hurt.items())
        self._say(f"{what} for {lasts:.1f} s")
        begin, since = time.monotonic(), time.time()
        for name, how in hurt.items():
            self._ways.begin(how, name)
        self._halt.wait(lasts)
        if NEEDED <= hurt.keys():
            self._stack.up()  # all at once, what the others need first
        else:
            for name, how in hurt.items():
                self._ways.mend(how, name)
        self._stack.await_whole()
        self.spells += [Spell(name, how, since, time.time()) for name, how in hurt.items()]
        self._say(f"mended after {time.monotonic() - begin:.1f} s")
