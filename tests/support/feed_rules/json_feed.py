"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
import re

from .html import html_faults
from .text import MEDIA_TYPE, RFC3339, Fault, controls, instant, is_language

VERSION = "https://jsonfeed.org/version/1.1"
FEED = {"version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str,
        "user_comment": str, "next_url": str, "icon": str, "favicon": str, "authors": list,
        "language": str, "expired": bool, "hubs": list, "items": list}
ITEM = {"id": str, "url": str, "external_url": str, "title": str, "content_html": str,
        "content_text": str, "summary": str, "image": str, "banner_image": str,
        "date_published": str, "date_modified": str, "authors": list, "tags": list,
        "language": str, "attachments": list}
AUTHOR = {"name": str, "url": str, "avatar": str}
ATTACHMENT = {"url": str, "mime_type": str, "title": str, "size_in_bytes": int,
              "duration_in_seconds": (int, float)}
ADDRESSES = ("home_page_url", "feed_url", "next_url", "icon", "favicon", "url", "external_url",
             "image", "banner_image", "avatar")
ADDRESS = re.compile(r"(?i)https?://[^/\s][^\s]*\Z")
EXTENSION = re.compile(r"_[A-Za-z][^.]*\Z")


class _Rules:
    def __init__(self, feed, location):
        self.faults = []
        self._where = "feed"
        if not self._object(feed, FEED, ("version", "title", "items")):
            return
        if feed.get("version", VERSION) != VERSION:
            self.fault("version", feed["version"])
        if feed.get("feed_url") != location:
            self.fault("self", f"{feed.get('feed_url')} is not where the feed is: {location}")
        if feed.get("next_url") is not None and feed["next_url"] == feed.get("feed_url"):
            self.fault("next", "the next page is this one")
        self._common(feed)
        seen = set()
        items = feed.get("items")
        for number, item in enumerate(items if isinstance(items, list) else []):
            self._where = f"item {number}"
            self._item(item)
            name = item.get("id") if isinstance(item, dict) else None
            if name in seen:
                self.fault("id", f"{name} is there twice")
            seen.add(name)

    def fault(self, rule, what):
        self.faults.append(Fault(rule, f"{self._where}: {what}"))

    def _object(self, value, types, required):
        """Names, types, addresses and extensions of an object."""
        if not isinstance(value, dict):
            self.fault("type", f"{value!r} is no object")
            return False
        for name in required:
            if name not in value:
                self.fault("required", f"no {name}")
        for name, one in value.items():
            if name.startswith("_"):
                if not EXTENSION.match(name) or not isinstance(one, dict):
                    self.fault("extension", f"{name} is no extension, which is an object")
            elif name not in types:
                self.fault("unknown", name)
            elif not isinstance(one, types[name]) or (isinstance(one, bool) and
                                                      types[name] is not bool):
                self.fault("type", f"{name}: {one!r}")
            elif name in ADDRESSES and not ADDRESS.match(one):
                self.fault("address", f"{name}: {one!r}")
        return True

    def _common(self, value):
        """What feeds and items both have."""
        if isinstance(value.get("language"), str) and not is_language(value["language"]):
            self.fault("language", value["language"])
        if isinstance(value.get("authors"), list):
            if not value["authors"]:
                self.fault("authors", "an empty list")
            for author in value["authors"]:
                if self._object(author, AUTHOR, ()) and \
                        not any(author.get(name) for name in AUTHOR):
                    self.fault("authors", "one of whom nothing is told")

    def _item(self, item):
        if not self._object(item, ITEM, ("id",)):
            return
        if item.get("id") == "":
            self.fault("id", "is empty")
        self._common(item)
        if "content_html" not in item and "content_text" not in item:
            self.fault("required", "neither content_html nor content_text")
        if isinstance(item.get("content_html"), str):
            self.faults += [Fault(one.rule, f"{self._where}: {one.what}")
                            for one in html_faults(item["content_html"])
                            if one.rule != "characters"]  # which JSON Feed has no rule for
        for name in ("date_published", "date_modified"):
            if isinstance(item.get(name), str) and instant(item[name], RFC3339) is None:
                self.fault("date", f"{name}: {item[name]}")
        for tag in item.get("tags", []):
            if not isinstance(tag, str) or not tag:
                self.fault("type", f"tag {tag!r}")
        for attachment in item.get("attachments", []):
            if self._object(attachment, ATTACHMENT, ("url", "mime_type")) and \
                    not MEDIA_TYPE.match(str(attachment.get("mime_type", "a/b"))):
                self.fault("media-type", attachment["mime_type"])


def _texts(value):
    """Every string in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _no_doubles(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a name that is there twice among {names}")
    return dict(pairs)


def json_feed_faults(raw, content_type, location):
    """What is wrong with a feed that was answered at `location`; [] when nothing is."""
    faults = []
    if content_type.partition(";")[0] != "application/feed+json":
        faults.append(Fault("content-type", content_type))
    try:
        feed = json.loads(raw.decode("utf-8"), object_pairs_hook=_no_doubles)
    except ValueError as error:
        return [*faults, Fault("json", str(error))]
    faults += [Fault("controls", f"{bad} in {text[:40]!r}") for text in _texts(feed)
               if (bad := controls(text))]
    return faults + _Rules(feed, location).faults
