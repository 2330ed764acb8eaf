"""What lies in the log of articles, submissions and decisions, once nothing is under way."""

import datetime


def seconds(text):
    """Of an instant as JSON has it: since 1970."""
    return datetime.datetime.fromisoformat(text).timestamp()


def is_usable(article):
    return (article["pub_status"], article["availability"]) == \
        ("PUB_STATUS_USABLE", "AVAILABILITY_AVAILABLE")


class Log:
    """Of records as `telexctl topics tail` has them."""

    def __init__(self, articles, submissions, decisions):
        self.articles, self.submissions, self.decisions = articles, submissions, decisions
        self.versions = {}  # name -> {version: its first record that is no tombstone}
        for record in articles:
            name, _, version = record["key"].partition("@")
            if record["value"] is not None:
                self.versions.setdefault(name, {}).setdefault(int(version), record)
        self.heads = {name: there[max(there)]["value"]["article"]
                      for name, there in self.versions.items()}
        self.purged = {name for name, head in self.heads.items() if head.get("purged")}
        self.had_embargo = {name for name, there in self.versions.items()
                            if any("embargoed" in one["value"]["article"] for one in there.values())}
        self._submissions = {(one["partition"], one["offset"]): one for one in submissions}

    @classmethod
    def read(cls, ctl):
        return cls(*(ctl.records(f"telex.{topic}.v1")
                     for topic in ("articles", "submissions", "decisions")))

    @staticmethod
    def position(record):
        """(partition, offset) of the submission that made a version."""
        position = record["value"]["position"]
        return position.get("partition", 0), int(position.get("offset", 0))

    def submission(self, record):
        """The record of the submission that made a version, or None."""
        return self._submissions.get(self.position(record))
