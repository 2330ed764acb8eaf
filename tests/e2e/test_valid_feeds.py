"""Whatever comes in: validators have nothing to say about the feeds that go out."""

import urllib.parse

import desk
from feed_rules import json_feed_faults, rss_faults
from live import wait, web

# The story of another year than validators find likely, text that was garbled before it came here,
# and a bdo are not among these: they are told as they are (docs/reference/http-api.md).
HEADLINES = (
    "AT&T, Q&A and R&D2", "AT&amp;T &#169; &copy;", "<b>Ferry</b> & \"quay\" ]]> </title>",
    "5 < 6, a<b", "</p> <!-- x --> <?php <![CDATA[y]]>", "lost \ufffd letter",
    "a \u0085\u0093quote\u0094 \ufdd0 \U0001fffe",
    "naïve R² ½ «Ёж» № 5", "Հայաստան «լուր»", "👨‍👩‍👧 🇦🇲", "tab\there", "%s {{x}} \\n")
BODIES = (
    '<h2>Head</h2><p>A <a href="https://a.example/x?a=1&b=2">link</a>, <em>em</em>, &lt;b&gt; "</p>'
    "<ul><li>a<ul><li>b</li></ul></li></ul><ol><li>x</li></ol><blockquote><p>q</p></blockquote>",
    '<figure><img src="https://a.example/ü ñ.jpg" alt="a &quot;b&quot; <c>">'
    "<figcaption>c</figcaption></figure><pre>\n\n x  y\n</pre><hr>",
    "<table><caption>c</caption><tr><td>1</td><th>2</th></tr>"
    "<tfoot><tr><td>f</td></tr></tfoot></table>",
    '<p><a href="/rel">r</a> <a href="#f">f</a> <a href="">e</a> <img src="r.png">'
    '<a href="ftp://x/">p</a>'
    '<a href="https://пример.рф/путь">iri</a> <a href="https://a.example/[x]|{y}^">b</a></p>',
    "<p>\u0085\u0093q\u0094 \ufffd \ufdd0 &#0; &#x80; &#128; &#xFFFE; &bogus; &amp;amp; & b &copy"
    " ]]> <?import x?></p>",
    "<script>x</script><iframe src=x></iframe>"
    '<p onclick=x style="color:red">t<svg><a>x</a></svg></p>'
    "<o:p>o</o:p><font color=red>f</font><custom-el>c</custom-el>",
    "<p>10<sup>6</sup> CO<sub>2</sub> <mark>m</mark> <abbr title='a \"b\" & c'>d</abbr> <q>e</q>"
    "<bdi dir=rtl>f</bdi> <time datetime=2026-11-22>g</time> <ruby>漢<rt>かん</ruby></p>"
    "<del datetime=2026-11-22 cite=https://a.example/><p>old</p><p>older</p></del><ins>new</ins>"
    "<dl><dt>t<dd>d</dl><table><caption>c<tr><th scope=row colspan=2>1<td rowspan=9>2</table>"
    "<ol start=3><li value=7>x</ol>",
    '<p>unclosed <b>bold <i>both</b> i</i><div>d<p>p</div></p><a href="https://a.example/">x'
    '<a href="https://b.example/">y</a></a><b><p>block</p></b><li>stray</li><td>stray</td>',
    "<ul><p>in a list</p><li>ok</li>text</ul><ol><table><tr><td><p>p</p></td></tr></table></ol>",
    "plain text, no tags & more < less", "<p>" + "слово " * 3000 + "</p>")
ADDRESSES = (
    "https://desk.example/a?x=1&y=2#f", "https://desk.example/ü/путь?q=ё#ё",
    "https://пример.рф:8443/", "https://desk.example/[x]{y}|\\^`%zz%",
    "http://desk.example:8080/'()*!", "HTTPS://desk.example/A")
MEDIA = [{"href": "https://m.example/a.jpg?x=1&y=2", "media_type": "image/jpeg",
          "alt_text": "<b>alt</b> &amp;\nx", "credit": "M. <i>O</i> & Co", "syndicated": True},
         {"href": "https://пример.рф/фото.jpg", "media_type": "a picture", "syndicated": True},
         {"href": "https://m.example/[1].mp4", "media_type": "video/mp4; codecs=\"a, b\"",
          "syndicated": True}]
TERMS = {"text": "Use of A&B <b>only</b>\nwith a link: AT&amp;T",
         "attribution": "Smith & <i>Sons</i>", "link": "https://новости.example/ё?a=1&b=2"}


class ValidFeedsTest(desk.Case):
    def faults(self, url):
        answer = web.ask(self.feeds[0], urllib.parse.urlsplit(url).path)
        self.assertEqual(answer.status, 200, url)
        check = rss_faults if url.endswith(".rss") else json_feed_faults
        return [f"{url.rpartition('/')[2]}: {fault}"
                for fault in check(answer.body, answer.headers["content-type"], url)]

    def index(self):
        index = web.ask(self.feeds[0], "/", headers={"Accept": "application/json"}).json()
        return [url for feed in index["feeds"] for url in feed["formats"].values()]

    def mine(self):
        return [url for url in self.index() if f"/{self.section}." in url]

    def publish(self, key, **fields):
        return self.callers[0]("CreateArticle", self.draft(key, **fields))

    def test_hostile_stories_make_valid_feeds(self):
        for number, headline in enumerate(HEADLINES):
            self.publish(f"h{number}", headline=headline, byline=headline, usage_terms=TERMS)
        for number, body in enumerate(BODIES):
            self.publish(f"b{number}", body_html=body)
        for number, address in enumerate(ADDRESSES):
            self.publish(f"a{number}", canonical_url=address)
        self.publish("media", media=MEDIA)
        self.publish("expiring", expires=desk.instant(3600))
        self.publish("embargoed", embargoed=desk.instant(3600))
        for number, language in enumerate(("ru", "hy", "az", "zh-Hant", "pt-BR", "ar", "he")):
            self.publish(f"l{number}", language=language)
        withheld, killed, last = (self.publish(key) for key in ("withheld", "killed", "last"))
        self.callers[0]("WithholdArticle", {"name": withheld["name"], "reason": "legal"})
        killed = self.callers[0]("KillArticle", {"name": killed["name"], "reason": "untrue"})
        last = self.ctl.ok("articles", "update", last["name"], "--headline", "Corrected & fine")
        for article in (killed, last):
            self.wait_item(article)
        self.assertEqual(len(self.feed().json()["items"]),
                         len(HEADLINES) + len(BODIES) + len(ADDRESSES) + 5)
        wait.until(lambda: len(self.mine()) == 16, desk.VISIBLE_SECONDS_MAX,
                   "feeds in eight languages")
        self.assertEqual([fault for url in self.mine() for fault in self.faults(url)], [])

    def test_all_feeds_that_other_tests_left_are_valid(self):
        self.wait_item(self.create())
        urls = self.index()
        self.assertGreater(len(urls), 2)
        self.assertEqual([fault for url in urls for fault in self.faults(url)], [])
