"""A replica on a file system of a few MiB (a tmpfs in a mount namespace of its own, as root) that fills
up: it says so, the others go on, and once there is room it has everything."""

import secrets
import subprocess

from live import calls, wait, web

SPARE_MIB, ROOM_MIB = 6, 512  # beside what there is already
BODY_BYTES = 300_000
STORIES_MAX = 150
READY_SECONDS_MAX = 180
TOLD_SECONDS_MAX = 120  # 30 s without progress, on a busy machine
OTHERS_STORIES = 12  # in most partitions
SECTION = "disk"
FULL = "the disk is full"


class FullDisk:
    def __init__(self, stack, checks, source):
        self.stack, self.checks, self.source = stack, checks, source
        self.caller = calls.Caller(stack, stack.address("ingestion-0"))
        self.stories = []

    def close(self):
        self.caller.close()

    def of(self, name):
        """A replica beyond those of the stack."""
        folder = self.stack.settings.data / name
        small = f'mount -t tmpfs -o size={self._mib_of(name)}m none "{folder}" && exec "$@"'
        child = self.stack.child(name, within=("unshare", "--mount", "sh", "-c", small, "sh"))
        try:
            service = self.stack.service(name)
            wait.until(lambda: child.poll() is not None or not service.why_not_ready(),
                       READY_SECONDS_MAX, f"{name} is ready")
            said = self._fill(name)
            self.checks.check(f"{name} says on /readyz that its disk is full",
                              [] if said and FULL in said
                              else [said or "it is ready"])
            self.checks.check(f"{name} lives on a full disk", [
                f"exit code {child.poll()}"] if child.poll() is not None else [])
            self.checks.check(f"{name} is full: the others go on", self._others_go_on())
            subprocess.run(["nsenter", "--target", str(child.pid), "--mount", "mount", "-o",
                            f"remount,size={ROOM_MIB}m", str(folder)], check=True)
            wait.until(lambda: child.poll() is not None or not service.why_not_ready(),
                       READY_SECONDS_MAX, f"{name} is ready again")
            self.checks.check(f"{name} has room: nothing is lost", self._all_there(name))
            child.terminate()
            code = child.wait(60)
            self.checks.check(f"{name} ends cleanly", [f"exit code {code}"] if code else [])
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()

    def _mib_of(self, name):
        """What a store needs for what there is already, and a little more."""
        store = self.stack.settings.data / f"{name.partition('-')[0]}-0"
        used = sum(file.stat().st_blocks * 512 for file in store.rglob("*"))
        return used // 2**20 + SPARE_MIB

    def _create(self, body):
        key = f"{SECTION}/{secrets.token_hex(8)}"
        return self.caller.answer("CreateArticle", {"article": {
            "source": f"sources/{self.source}", "key": key, "headline": "A long story",
            "body_html": f"<p>{body}</p>", "section": SECTION, "language": "en"}},
            deadline_seconds=15)

    def _fill(self, name):
        """Why it is not ready once its disk is full; None when it still is."""
        service = self.stack.service(name)
        for _ in range(STORIES_MAX):
            answer = self._create(secrets.token_hex(BODY_BYTES // 2))
            if answer["code"] == "OK":
                self.stories.append(answer["response"])
            if self._store_refuses(name):
                return wait.until(service.why_not_ready, TOLD_SECONDS_MAX, f"{name} tells it")
        return None

    def _store_refuses(self, name):
        return "STORE_FAILED" in self.stack.log(name)

    def _others_go_on(self):
        faults = []
        for number in range(OTHERS_STORIES):
            answer = self._create(f"Number {number}.")
            if answer["code"] != "OK":
                faults.append(f"CreateArticle at ingestion-0: {answer}")
            else:
                self.stories.append(answer["response"])
        for path in ("/livez", "/readyz"):
            for other in ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1"):
                status = web.ask(self.stack.admin_address(other), path).status
                if status != 200:
                    faults.append(f"{other}{path}: {status}")
        return faults

    def _all_there(self, name):
        if name.startswith("feeds"):
            addresses = [self.stack.address(name), self.stack.address("feeds-0")]

            def same():
                one, other = (web.ask(address, web.feed_path(SECTION)) for address in addresses)
                return one.status == 200 and (one.etag, one.body) == (other.etag, other.body)

            wait.until(same, READY_SECONDS_MAX, "it serves what the others serve")
            return [f"{story['name']}: {answer.status}" for story in self.stories
                    if (answer := web.ask(addresses[0], web.article_path(story["name"]))).status != 200]
        caller = calls.Caller(self.stack, self.stack.address(name))
        faults = []
        for story in self.stories:
            answer = caller.answer("GetArticle", {"name": story["name"]})
            if answer.get("response", {}).get("body_html") != story["body_html"]:
                faults.append(f"{story['name']}: {answer['code']}")
        caller.close()
        return faults
