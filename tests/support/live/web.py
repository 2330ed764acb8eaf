"""HTTP as partners speak it."""

import dataclasses
import gzip
import http.client
import json
import uuid
import xml.etree.ElementTree


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def etag(self):
        return self.headers.get("etag")

    def json(self):
        return json.loads(self.body)

    def xml(self):
        return xml.etree.ElementTree.fromstring(self.body)

    def plain(self):
        """The body without its gzip coding. (Brotli is not in the standard library.)"""
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" \
            else self.body


def ask(address, path, method="GET", headers=None, seconds=10, body=None):
    """One request on a connection of its own. OSError or HTTPException when there is no answer."""
    connection = http.client.HTTPConnection(address, timeout=seconds)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        body = answer.read()
        return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, body)
    finally:
        connection.close()


def feed_path(section, language="en", suffix="json"):
    return f"/feeds/{section}.{language}.{suffix}"


def article_path(name):
    return f"/articles/{name.partition('/')[2]}.json"


def urn_of(name):
    return f"urn:uuid:{name.partition('/')[2]}"


def translation_of(name, language):
    """The name of the item that a translation of an article is (docs/reference/http-api.md)."""
    article = uuid.UUID(name.partition("/")[2])
    return f"articles/{uuid.uuid5(article, f'translations/{language}')}"


def item_of(feed, name):
    """The item of an article in a JSON Feed, or None."""
    found = [item for item in feed["items"] if item["id"] == urn_of(name)]
    assert len(found) <= 1, f"{name} is {len(found)} times in {feed['feed_url']}"
    return found[0] if found else None
