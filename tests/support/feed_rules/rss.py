"""RSS 2.0, as the W3C feed validator wants it."""

import datetime
import email.message
import html.entities
import re
import xml.parsers.expat

from .html import BLOCKS, INLINE, LISTS, TABLE_PARTS, html_faults
from .text import (MEDIA_TYPE, RFC822, RFC3339, URI, URN_UUID, Fault, bad_characters, instant,
                   is_language, is_plausible)

BYTES_MAX = 5_000_000  # more is not looked at
# Telex' own, in feeds that show views: the validator names it as one that it does not know.
OWN = "urn:telex:feeds"
PREFIXES = {"http://www.w3.org/2005/Atom": "atom",
            "http://purl.org/rss/1.0/modules/content/": "content",
            "http://purl.org/dc/elements/1.1/": "dc",
            "http://purl.org/dc/terms/": "dcterms",
            "http://search.yahoo.com/mrss/": "media",
            OWN: "telex"}
# The elements and attributes that Telex has a use for; what is not here must be looked up first.
ATTRIBUTES = {
    "rss": {"version"}, "channel": set(), "item": set(), "title": set(), "link": set(),
    "description": set(), "language": set(), "lastBuildDate": set(), "pubDate": set(), "ttl": set(),
    "generator": set(), "docs": set(), "category": {"domain"}, "guid": {"isPermaLink"},
    "source": {"url"}, "atom:link": {"href", "rel", "type", "title", "hreflang", "length"},
    "content:encoded": set(), "dc:creator": set(), "dc:rights": set(), "dcterms:modified": set(),
    "dcterms:valid": set(), "dcterms:isVersionOf": set(),
    "media:content": {"url", "type", "medium", "fileSize", "width", "height", "lang"},
    "media:description": {"type"}, "media:credit": {"role", "scheme"},
    "telex:views": set(), "telex:printedViews": set()}
CHILDREN = {
    "rss": {"channel"},
    "channel": {"title", "link", "description", "language", "lastBuildDate", "pubDate", "ttl",
                "generator", "docs", "category", "atom:link", "item"},
    "item": {"title", "link", "description", "guid", "pubDate", "category", "source", "dc:creator",
             "dc:rights", "dcterms:modified", "dcterms:valid", "dcterms:isVersionOf", "content:encoded",
             "media:content", "atom:link", "telex:views", "telex:printedViews"},
    "media:content": {"media:description", "media:credit"}}
MANY = {"item", "category", "atom:link", "dc:creator", "dcterms:valid", "dcterms:isVersionOf",
        "media:content", "media:credit"}
PLAIN = {"title", "dc:rights", "category", "source", "media:description"}
RELATIONS = {"self", "hub", "first", "last", "next", "previous", "current", "prev-archive",
             "next-archive", "alternate", "related", "via"}
HTML_TAGS = BLOCKS | INLINE | LISTS | TABLE_PARTS | set(
    "applet audio big body button canvas center font form frame head html iframe input label link "
    "map meta noscript object option param script select style textarea title tt video".split())


class Element:
    def __init__(self, name, attributes, line, parent):
        self.name, self.attributes, self.line, self.parent = name, attributes, line, parent
        self.children, self.text = [], ""

    def all(self, name):
        return [child for child in self.children if child.name == name]

    def first(self, name):
        return next(iter(self.all(name)), None)


class _Document:
    """The tree, and the faults that can only be seen while it is read."""

    def __init__(self, raw):
        self.root, self.faults, self._at = None, [], None
        self._parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartNamespaceDeclHandler = self._namespace
        self._parser.StartDoctypeDeclHandler = \
            lambda *_: self.faults.append(Fault("xml", "a DOCTYPE"))
        try:
            self._parser.Parse(raw, True)
        except (xml.parsers.expat.ExpatError, UnicodeError) as error:
            self.faults.append(Fault("xml", str(error)))
            self.root = None

    @staticmethod
    def _spelled(name):
        space, _, local = name.rpartition(" ")
        return f"{PREFIXES.get(space, space)}:{local}" if space else local

    def _namespace(self, prefix, uri):
        if PREFIXES.get(uri) != prefix:
            self.faults.append(Fault("namespace", f"{prefix} for {uri}"))

    def _start(self, name, attributes):
        element = Element(self._spelled(name),
                          {self._spelled(key): value for key, value in attributes.items()},
                          self._parser.CurrentLineNumber, self._at)
        if self._at is None:
            self.root = element
        else:
            self._at.children.append(element)
        self._at = element

    def _end(self, _name):
        self._at.text = self._at.text.strip()
        self._at = self._at.parent

    def _characters(self, data):
        self._at.text += data


class _Rules:
    def __init__(self, document, lines, location, now):
        self.faults = document.faults
        self._lines, self._location, self._now = lines, location, now
        self._guids = set()
        if document.root is not None:
            self._document(document.root)

    def fault(self, rule, element, what):
        self.faults.append(Fault(rule, f"line {element.line}: {element.name}: {what}"))

    # -- what holds for all elements ------------------------------------------------------------
    def _walk(self, element):
        known = ATTRIBUTES.get(element.name)
        if known is None:
            self.fault("element", element, "is not known")
            return
        for name, value in element.attributes.items():
            if name not in known:
                self.fault("attribute", element, f"has no {name}")
            if bad := bad_characters(value):
                self.fault("characters", element, bad)
        if bad := bad_characters(element.text):
            self.fault("characters", element, bad)
        if element.name in CHILDREN and element.text:
            self.fault("text", element, f"has text: {element.text[:40]!r}")
        for child in element.children:
            if child.name not in CHILDREN.get(element.name, ()):
                self.fault("element", child, f"in {element.name}")
            if child.name not in MANY and element.first(child.name) is not child:
                self.fault("once", child, "is there twice")
            self._walk(child)
        if element.name in PLAIN or (element.name, element.parent and element.parent.name) == \
                ("description", "channel"):
            self._plain(element)

    def _plain(self, element):
        """Markup in a text that some take for HTML and some do not. References in hexadecimal tell
        that the writer knew."""
        for tag in re.findall(r"</(\w+)>", element.text):
            if tag.lower() in HTML_TAGS:
                self.fault("plain-text", element, f"the markup </{tag}>")
        names = re.findall(r"&(#?\w+)", element.text)
        entity = any(name in html.entities.name2codepoint or name == "apos" or not name.isalpha()
                     for name in names)
        markup = re.search("&#[x0-9]|<[/a-zA-Z]", element.text)
        if (entity or markup) and "&#x" not in self._lines[element.line - 1]:
            self.fault("plain-text", element, "& or < that is not spelled as &#x26; or &#x3C;")

    def _uri(self, rule, element, value):
        if not URI.match(value) or (value.lower().startswith(("http:", "https:")) and
                                    not re.match(r"(?i)https?://[^/]", value)):
            self.fault(rule, element, f"{value!r} is no whole URI")

    def _date(self, element, pattern):
        time = instant(element.text, pattern)
        if time is None:
            self.fault("date", element, f"{element.text!r} is no date")
            return
        if pattern is RFC822 and time.strftime("%a") != element.text[:3]:
            self.fault("date", element, f"{element.text!r} is another day of the week")
        # A date of W3C is looked at by the day only.
        ahead = {"ahead_max": datetime.timedelta(days=1)} if pattern is RFC3339 else {}
        if not is_plausible(time, self._now, **ahead):
            self.fault("date-implausible", element, element.text)

    # -- rss, channel ---------------------------------------------------------------------------
    def _document(self, root):
        if root.name != "rss" or root.attributes.get("version") != "2.0":
            self.fault("root", root, "is not rss 2.0")
            return
        self._walk(root)
        channel = root.first("channel")
        if channel is None:
            self.fault("required", root, "has no channel")
            return
        for name in ("title", "link", "description", "language"):
            if channel.first(name) is None:
                self.fault("required", channel, f"has no {name}")
        if (title := channel.first("title")) is not None and not title.text:
            self.fault("blank", title, "is blank")
        for name in ("link", "docs"):
            if (found := channel.first(name)) is not None:
                self._uri("uri", found, found.text)
        if (language := channel.first("language")) is not None and not is_language(language.text):
            self.fault("language", language, language.text)
        if (ttl := channel.first("ttl")) is not None and not re.fullmatch("[1-9][0-9]*", ttl.text):
            self.fault("ttl", ttl, ttl.text)
        for name in ("lastBuildDate", "pubDate"):
            if (date := channel.first(name)) is not None:
                self._date(date, RFC822)
        self._self_link(channel)
        seen_item = False
        for child in channel.children:
            seen_item = seen_item or child.name == "item"
            if seen_item and child.name != "item":
                self.fault("order", child, "stands behind an item")
            if child.name == "item":
                self._item(child)

    def _self_link(self, channel):
        links = channel.all("atom:link")
        for link in links:
            rel, href = link.attributes.get("rel", "alternate"), link.attributes.get("href", "")
            if rel not in RELATIONS:
                self.fault("relation", link, rel)
            self._uri("uri", link, href)
            if rel == "self" and href != self._location:
                self.fault("self", link, f"{href} is not where the feed is: {self._location}")
            if rel == "self" and link.attributes.get("type") != "application/rss+xml":
                self.fault("self", link, "is of another type")
        if not any(link.attributes.get("rel") == "self" for link in links):
            self.fault("self", channel, "has no link to itself")

    # -- item -----------------------------------------------------------------------------------
    def _item(self, item):
        if item.first("title") is None and item.first("description") is None:
            self.fault("required", item, "has neither title nor description")
        for name in ("title", "category"):
            for found in item.all(name):
                if not found.text:
                    self.fault("blank", found, "is blank")
        if (link := item.first("link")) is not None:
            self._uri("uri", link, link.text)
        if (source := item.first("source")) is not None:
            self._uri("uri", source, source.attributes.get("url", ""))
        self._guid(item)
        if (date := item.first("pubDate")) is not None:
            self._date(date, RFC822)
        if (date := item.first("dcterms:modified")) is not None:
            self._date(date, RFC3339)
        names = [child.name for child in item.children]
        if "content:encoded" in names and \
                "description" not in names[:names.index("content:encoded")]:
            self.fault("order", item, "content:encoded stands before description")
        for name in ("description", "content:encoded"):
            for found in item.all(name):
                for one in html_faults(found.text):
                    self.fault(one.rule, found, one.what)
        for media in item.all("media:content"):
            self._media(media)

    def _guid(self, item):
        guid = item.first("guid")
        if guid is None:
            self.fault("guid", item, "has no guid")
            return
        permalink = guid.attributes.get("isPermaLink", "true")
        if permalink not in ("true", "false"):
            self.fault("guid", guid, f"isPermaLink={permalink}")
        if permalink != "false":
            self._uri("guid", guid, guid.text)
            if guid.text.lower().startswith(("urn:", "tag:")):
                self.fault("guid", guid, "is no address to go to")
        if guid.text.lower().startswith("urn:uuid:") and not URN_UUID.match(guid.text):
            self.fault("guid", guid, f"{guid.text} is no UUID")
        if not guid.text or (len(guid.text) < 9 and guid.text.isdigit()):
            self.fault("guid", guid, f"{guid.text!r} is not unique enough")
        if guid.text in self._guids:
            self.fault("guid", guid, f"{guid.text} is there twice")
        self._guids.add(guid.text)

    def _media(self, media):
        self._uri("uri", media, media.attributes.get("url", ""))
        if "type" in media.attributes and not MEDIA_TYPE.match(media.attributes["type"]):
            self.fault("media-type", media, media.attributes["type"])
        for text in media.all("media:description"):
            if text.attributes.get("type", "plain") != "plain":
                self.fault("attribute", text, "is not plain text")
        for credit in media.all("media:credit"):
            if "role" in credit.attributes:
                self.fault("attribute", credit, "has a role; look it up among those of the EBU")


def rss_faults(raw, content_type, location, now=None):
    """What is wrong with a feed that was answered at `location`; [] when nothing is."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    faults = []
    header = email.message.Message()
    header["content-type"] = content_type
    if header.get_content_type() != "application/rss+xml" or \
            (header.get_content_charset() or "utf-8") != "utf-8":
        faults.append(Fault("content-type", content_type))
    if len(raw) > BYTES_MAX:
        faults.append(Fault("size", f"{len(raw)} bytes"))
    if not raw.startswith(b'<?xml version="1.0" encoding="UTF-8"?>'):
        faults.append(Fault("xml", "is not declared as XML 1.0 in UTF-8"))
    lines = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return faults + _Rules(_Document(raw), lines, location, now).faults
