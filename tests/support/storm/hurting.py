"""What is done to the system: each hurt begins, lasts for a while, and is mended."""

import threading
import time

NEEDED = {"redis", "kafka"}  # by the services of the local stack


class Hurting(threading.Thread):
    """Goes through a plan of [({name: how}, seconds it lasts, seconds of calm after it)]. What is hurt
    together is killed (kill, lose), stopped in order (stop) or paused (pause) one right after the other,
    and mended in the same order. `failure` is why it could not, if it could not."""

    def __init__(self, stack, plan, say):
        super().__init__(daemon=True)
        self._stack, self._plan, self._say = stack, plan, say
        self._halt = threading.Event()
        self.failure = None
        self.done = 0

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
        begin = time.monotonic()
        for name, how in hurt.items():
            {"pause": self._stack.pause, "stop": self._stack.stop}.get(how, self._stack.kill)(name)
        for name, how in hurt.items():
            if how == "lose":
                self._stack.delete_store(name)
        self._halt.wait(lasts)
        if NEEDED <= hurt.keys():
            self._stack.up()  # all at once, what the others need first
        else:
            for name, how in hurt.items():
                if how == "pause":
                    self._stack.resume(name)
                else:
                    self._stack.start(name)
        self._stack.await_whole()
        self._say(f"mended after {time.monotonic() - begin:.1f} s")
