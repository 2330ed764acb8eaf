"""What telex-load was told, from its lines (tests/support/load/report.cc)."""

import json

SOURCE = "load.example"  # of the stories of a storm


class Ledger:
    def __init__(self, lines):
        self.stories = {}  # key -> its acknowledged calls in order
        self.failed = []
        self.request_ids = {}  # of each call, whatever came of it -> its key
        self.lines = 0
        for line in lines:
            self.lines += 1
            self.request_ids[line["request_id"]] = line["key"]
            if line["code"] == "OK":
                self.stories.setdefault(line["key"], []).append(line)
            else:
                self.failed.append(line)
        for calls in self.stories.values():
            calls.sort(key=lambda line: line["acked"])
        self.unsure = {line["key"] for line in self.failed}

    @classmethod
    def read(cls, path):
        with open(path, encoding="utf-8") as lines:
            return cls(json.loads(line) for line in lines)

    def acknowledged(self):
        return [call for calls in self.stories.values() for call in calls]

    def last_instant(self):
        """When the last embargo ends or the last story expires, acknowledged or not."""
        return max((call[what] for call in (*self.acknowledged(), *self.failed)
                    for what in ("embargoed", "expires") if call[what]), default=0)
