"""The rules for feeds find what they are there for: a check that cannot fail proves nothing."""

import datetime
import json
import re
import unittest

from feed_rules import json_feed_faults, rss_faults

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)
RSS_AT = "https://feeds.example.org/feeds/world.en.rss"
JSON_AT = "https://feeds.example.org/feeds/world.en.json"
ITEM = """<item>
<title>A &#x26; B, 5 &#x3C; 6</title>
<link>https://desk.example/1?a=1&#x26;b=%D1%91</link>
<guid isPermaLink="false">urn:uuid:2d5b1f0a-7c3e-5f11-9a66-0c2f6a7b1c22</guid>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>
<dcterms:modified>2026-03-02T11:00:00Z</dcterms:modified>
<dc:rights>With a link only.</dc:rights>
<source url="https://desk.example/1">The Desk</source>
<dc:creator>A. Writer</dc:creator>
<category>world</category>
<description>Fish &amp;amp; chips</description>
<content:encoded><![CDATA[<p>Fish &amp; <a href="https://a.example/">chips</a><br>here</p><table><tbody><tr><td>1</td></tr></tbody></table>]]></content:encoded>
<dcterms:valid>end=2026-04-01T00:00:00Z; scheme=W3C-DTF</dcterms:valid>
<media:content url="https://desk.example/a.jpg" type="image/jpeg"><media:description type="plain">A quay</media:description><media:credit>M. O.</media:credit></media:content>
</item>
"""
RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>News: world (en)</title>
<link>https://feeds.example.org/</link>
<description>News, world, en</description>
<atom:link href="{RSS_AT}" rel="self" type="application/rss+xml"/>
<language>en</language>
<lastBuildDate>Mon, 02 Mar 2026 11:00:00 GMT</lastBuildDate>
<ttl>1</ttl>
<generator>Telex</generator>
<docs>https://www.rssboard.org/rss-specification</docs>
{ITEM}</channel>
</rss>
"""
BODY = "<p>Fish &amp; "

# The rule, what stands in the good feed, what stands there in the bad one.
RSS_MUTANTS = (
    ("xml", "</channel>", ""),
    ("xml", ' encoding="UTF-8"', ""),
    ("xml", "\n<rss", "\n<!DOCTYPE rss>\n<rss"),
    ("root", 'rss version="2.0"', 'rss version="3.0"'),
    ("namespace", "mrss/", "mrss"),
    ("namespace", "xmlns:atom=", 'xmlns:x="https://x.example/" xmlns:atom='),
    ("element", "<generator>Telex</generator>", "<publisher>Telex</publisher>"),
    ("element", "<dc:creator>A. Writer</dc:creator>", "<atom:rights>mine</atom:rights>"),
    ("attribute", "<ttl>", '<ttl unit="min">'),
    ("attribute", "<media:credit>", '<media:credit role="sailor">'),
    ("attribute", 'description type="plain"', 'description type="html"'),
    ("text", "<item>", "<item>text"),
    ("once", "<ttl>1</ttl>", "<ttl>1</ttl><ttl>1</ttl>"),
    ("once", "<description>Fish &amp;amp; chips</description>", "<description/><description/>"),
    ("required", "<link>https://feeds.example.org/</link>", ""),
    ("required", "<title>News: world (en)</title>", ""),
    ("required", "<description>News, world, en</description>", ""),
    ("required", "<language>en</language>", ""),
    ("required", ITEM, "<item><guid isPermaLink='false'>urn:uuid:2d5b1f0a-7c3e-5f11-9a66-"
                       "0c2f6a7b1c22</guid></item>"),
    ("blank", "<title>News: world (en)</title>", "<title> </title>"),
    ("blank", "<title>A &#x26; B, 5 &#x3C; 6</title>", "<title/>"),
    ("blank", "<category>world</category>", "<category/>"),
    ("language", "<language>en</language>", "<language>english</language>"),
    ("language", "<language>en</language>", "<language>qq</language>"),
    ("ttl", "<ttl>1</ttl>", "<ttl>0</ttl>"),
    ("date", "<pubDate>Mon", "<pubDate>Tue"),
    ("date", "02 Mar 2026 10:00:00 GMT", "02 Mar 26 10:00:00 GMT"),
    ("date", "02 Mar 2026 10:00:00 GMT", "32 Mar 2026 10:00:00 GMT"),
    ("date", "2026-03-02T11:00:00Z", "2026-03-02T11:00:00"),
    ("date", "2026-03-02T11:00:00Z", "2026-02-30T11:00:00Z"),
    ("date", "<lastBuildDate>Mon, 02 Mar 2026 11:00:00 GMT", "<lastBuildDate>2026-03-02"),
    ("date-implausible", "<lastBuildDate>Mon, 02 Mar 2026 11:00:00 GMT",
     "<lastBuildDate>Thu, 01 Jan 1970 00:00:00 GMT"),
    ("date-implausible", "Mon, 02 Mar 2026 10:00:00 GMT", "Mon, 02 Mar 2026 12:11:00 GMT"),
    ("date-implausible", "2026-03-02T11:00:00Z", "2026-03-04T11:00:00Z"),
    ("relation", "<atom:link ", '<atom:link rel="mirror" href="https://m.example/"/><atom:link '),
    ("self", f'<atom:link href="{RSS_AT}" rel="self" type="application/rss+xml"/>', ""),
    ("self", f'href="{RSS_AT}"', 'href="https://other.example/feeds/world.en.rss"'),
    ("self", 'type="application/rss+xml"', 'type="text/html"'),
    ("order", "</item>\n", "</item>\n<category>late</category>\n"),
    ("order", "<description>Fish &amp;amp; chips</description>\n", ""),
    ("uri", "desk.example/1?a=1", "desk.example/ё?a=1"),
    ("uri", "desk.example/1?a=1", "desk.example/[1]?a=1"),
    ("uri", "https://desk.example/1?a=1", "/1?a=1"),
    ("uri", "https://desk.example/1?a=1", "https:///1?a=1"),
    ("uri", 'source url="https://desk.example/1"', 'source url="https://desk.example/a b"'),
    ("uri", ' url="https://desk.example/1"', ""),
    ("uri", "https://desk.example/a.jpg", "https://desk.example/фото.jpg"),
    ("uri", "https://www.rssboard.org/rss-specification", "rssboard"),
    ("guid", '<guid isPermaLink="false">', "<guid>"),
    ("guid", 'isPermaLink="false"', 'isPermaLink="no"'),
    ("guid", "0c2f6a7b1c22", "0c2f6a7b1c2g"),
    ("guid", "urn:uuid:2d5b1f0a-7c3e-5f11-9a66-0c2f6a7b1c22", "12345"),
    ("guid", ITEM, ITEM + ITEM),
    ("guid", re.search("<guid.*</guid>\n", ITEM)[0], ""),
    ("plain-text", "A &#x26; B, 5 &#x3C; 6", "A &#x3C;/b&gt; B"),
    ("plain-text", "A &#x26; B, 5 &#x3C; 6", "AT&amp;amp;T"),
    ("plain-text", "A &#x26; B, 5 &#x3C; 6", "a &lt;b&gt; c"),
    ("plain-text", "A &#x26; B, 5 &#x3C; 6", "&amp;T2"),
    ("plain-text", "With a link only.", "With a &lt;a&gt;link&lt;/a&gt;."),
    ("plain-text", "With a link only.", "With a\n&amp;lt;link&amp;gt;."),
    ("plain-text", "The Desk", "Smith &amp;amp; Sons"),
    ("plain-text", "News, world, en", "News &amp;amp; more"),
    ("plain-text", "A quay", "A &lt;i&gt;quay&lt;/i&gt;"),
    ("characters", "A. Writer", "A. Writer\x93"),
    ("characters", "The Desk", "The D\ufffdsk"),
    ("characters", "A quay", "A quay \ufdd0"),
    ("characters", "<title>A &#x26; B, 5 &#x3C; 6", "<title>Caf\u00c3\u00a9"),
    ("media-type", 'type="image/jpeg"', 'type="picture"'),
    ("html-structure", BODY, "<p><b>Fish &amp; "),
    ("html-structure", BODY, "<p></p></p><p>Fish &amp; "),
    ("html-structure", BODY, "<p><p>x</p>Fish &amp; "),
    ("html-structure", BODY, "<p>1 < 2 &amp; "),
    ("html-structure", BODY, '<p title="a" title="b">Fish &amp; '),
    ("html-structure", ">chips<", '><a href="https://b.example/">x</a><'),
    ("html-structure", "<tbody><tr><td>1</td></tr></tbody>", "<tr><td>1</td></tr>"),
    ("html-structure", "<tbody>", "<tbody>text"),
    ("html-structure", "<td>1</td>", "<p>1</p>"),
    ("html-structure", "<br>", "<br></br>"),
    ("html-structure", BODY, "<p><b/>Fish &amp; "),
    ("html-reference", "Fish &amp; <a", "Fish &chips <a"),
    ("html-reference", "Fish &amp; <a", "Fish &amp <a"),
    ("html-reference", "Fish &amp; <a", "Fish &#x93; <a"),
    ("html-reference", "Fish &amp; <a", "Fish &#0; <a"),
    ("html-unsafe", BODY, "<p><script>x</script>Fish &amp; "),
    ("html-unsafe", BODY, '<p onclick="x()">Fish &amp; '),
    ("html-unsafe", BODY, '<p style="color:red">Fish &amp; '),
    ("html-unsafe", BODY, "<?import x><p>Fish &amp; "),
    ("html-unsafe", BODY, "<!DOCTYPE html><p>Fish &amp; "),
    ("html-unsafe", "https://a.example/", "javascript:x()"),
    ("html-relative", "https://a.example/", "/a"),
    ("html-relative", "https://a.example/", "#a"),
    ("html-relative", "<br>", '<img src="a.png" alt="">'),
)

FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "News",
        "home_page_url": "https://feeds.example.org/", "feed_url": JSON_AT, "language": "en",
        "authors": [{"name": "News"}], "_telex": {"updated": "2026-03-02T11:00:00Z"},
        "items": [{"id": "urn:uuid:1", "url": "https://desk.example/1", "title": "A",
                   "content_html": "<p>Body</p>", "date_published": "2026-03-02T10:00:00Z",
                   "date_modified": "2026-03-02T11:00:00Z", "language": "pt-BR",
                   "authors": [{"name": "A. Writer"}], "tags": ["world"],
                   "image": "https://desk.example/a.jpg", "_telex": {"version": 1},
                   "attachments": [{"url": "https://desk.example/a.jpg",
                                    "mime_type": "image/jpeg"}]},
                  {"id": "urn:uuid:2", "title": "Withdrawn", "content_text": ""}]}
LEFT_OUT = object()
# The rule, the way to a member, what it is in the bad feed.
JSON_MUTANTS = (
    ("version", ["version"], "https://jsonfeed.org/version/1"),
    ("required", ["version"], LEFT_OUT), ("required", ["title"], LEFT_OUT),
    ("required", ["items"], LEFT_OUT), ("type", ["items"], {}), ("type", ["title"], 5),
    ("type", ["expired"], "no"), ("unknown", ["author"], {"name": "A"}),
    ("unknown", ["items", 0, "expired"], True), ("extension", ["_telex"], "x"),
    ("extension", ["_te.lex"], {}), ("self", ["feed_url"], "https://other.example/feed.json"),
    ("self", ["feed_url"], LEFT_OUT), ("next", ["next_url"], JSON_AT),
    ("address", ["home_page_url"], "feeds.example.org"),
    ("address", ["items", 0, "url"], "/1"), ("address", ["items", 0, "image"], "a.jpg"),
    ("language", ["language"], "english"), ("language", ["items", 0, "language"], "qq"),
    ("authors", ["authors"], []), ("authors", ["items", 0, "authors", 0], {}),
    ("type", ["items", 0, "authors"], {"name": "A"}), ("required", ["items", 0, "id"], LEFT_OUT),
    ("type", ["items", 0, "id"], 5), ("id", ["items", 0, "id"], ""),
    ("id", ["items", 1, "id"], "urn:uuid:1"), ("required", ["items", 1, "content_text"], LEFT_OUT),
    ("html-structure", ["items", 0, "content_html"], "<p>Body"),
    ("html-unsafe", ["items", 0, "content_html"], "<script>x</script>"),
    ("date", ["items", 0, "date_published"], "2026-03-02"),
    ("date", ["items", 0, "date_modified"], "2026-02-30T11:00:00Z"),
    ("date", ["items", 0, "date_modified"], "2026-03-02T11:00:00"),
    ("type", ["items", 0, "tags"], ["world", 5]), ("type", ["items", 0, "date_published"], None),
    ("required", ["items", 0, "attachments", 0, "mime_type"], LEFT_OUT),
    ("required", ["items", 0, "attachments", 0, "url"], LEFT_OUT),
    ("media-type", ["items", 0, "attachments", 0, "mime_type"], "picture"),
    ("type", ["items", 0], "urn:uuid:1"), ("controls", ["title"], "News\x01"),
    ("controls", ["items", 0, "content_html"], "<p>Body\x85</p>"),
    ("controls", ["items", 0, "_telex"], {"note": ["\ufdd0"]}),
)


def rules_of(faults):
    return {fault.rule for fault in faults}


def rss(text, content_type="application/rss+xml; charset=utf-8"):
    return rss_faults(text.encode(), content_type, RSS_AT, NOW)


def json_feed(feed, content_type="application/feed+json; charset=utf-8"):
    return json_feed_faults(json.dumps(feed).encode(), content_type, JSON_AT)


def mutant(feed, way, value):
    feed = json.loads(json.dumps(feed))
    *before, last = way
    at = feed
    for step in before:
        at = at[step]
    if value is LEFT_OUT:
        del at[last]
    else:
        at[last] = value
    return feed


class FeedRulesTest(unittest.TestCase):
    def test_good_feeds_have_no_faults(self):
        self.assertEqual(rss(RSS), [])
        self.assertEqual(rss(RSS.replace(ITEM, "")), [])
        self.assertEqual(json_feed(FEED), [])

    def test_each_bad_rss_feed_breaks_its_rule(self):
        for rule, good, bad in RSS_MUTANTS:
            with self.subTest(rule=rule, bad=bad[:80]):
                self.assertIn(good, RSS)
                self.assertIn(rule, rules_of(rss(RSS.replace(good, bad, 1))))

    def test_a_bad_rss_feed_breaks_no_more_than_its_rule(self):
        for rule, good, bad in RSS_MUTANTS:
            if rule in ("xml", "namespace", "root", "element", "html-structure") or ITEM in good:
                continue  # more than one thing is wrong then
            with self.subTest(rule=rule, bad=bad[:80]):
                self.assertEqual(rules_of(rss(RSS.replace(good, bad, 1))), {rule})

    def test_bad_answers_with_rss_are_found(self):
        self.assertEqual(rules_of(rss(RSS, "text/html")), {"content-type"})
        self.assertEqual(rules_of(rss(RSS, "application/rss+xml; charset=koi8-r")),
                         {"content-type"})
        self.assertEqual(rules_of(rss(RSS + " " * 5_000_000)), {"size"})
        broken = RSS.encode().replace(b"The Desk", b"The D\xffsk")
        self.assertIn("xml", rules_of(rss_faults(broken, "application/rss+xml", RSS_AT, NOW)))

    def test_each_bad_json_feed_breaks_its_rule(self):
        for rule, way, value in JSON_MUTANTS:
            with self.subTest(rule=rule, way=way):
                self.assertEqual(rules_of(json_feed(mutant(FEED, way, value))), {rule})

    def test_bad_answers_with_json_are_found(self):
        self.assertEqual(rules_of(json_feed(FEED, "application/json")), {"content-type"})
        self.assertEqual(rules_of(json_feed([])), {"type"})
        for raw in (b"{", b"\xff", b'{"a":1,"a":2}'):
            self.assertEqual(rules_of(json_feed_faults(raw, "application/feed+json", JSON_AT)),
                             {"json"})

    def test_every_rule_is_set_off_here(self):
        told = {rule for rule, _, _ in RSS_MUTANTS + JSON_MUTANTS}
        told |= {"content-type", "size", "json"}
        import feed_rules  # noqa: PLC0415
        from pathlib import Path  # noqa: PLC0415
        written = set()
        for file in Path(feed_rules.__file__).parent.glob("*.py"):
            written |= set(re.findall(r'(?:Fault\(|\.fault\(|_uri\()"([a-z-]+)"', file.read_text()))
        self.assertEqual(written - told, set())


if __name__ == "__main__":
    unittest.main()
