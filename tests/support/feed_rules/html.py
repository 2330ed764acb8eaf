"""HTML within feeds: what an HTML5 parser reads without an error, and nobody is afraid of."""

import html.entities
import html.parser
import re

from .text import Fault, bad_characters

VOID = frozenset("area br col hr img wbr".split())
BLOCKS = frozenset("address article aside blockquote details div dl fieldset figcaption figure "
                   "footer h1 h2 h3 h4 h5 h6 header hgroup hr main nav ol p pre section table ul".split())
INLINE = frozenset("a abbr b bdi br cite code data del dfn em i img ins kbd mark q rp rt ruby s "
                   "samp small span strong sub sup time u var wbr".split())
LISTS = frozenset("li dt dd".split())
TABLE = {"table": {"caption", "colgroup", "thead", "tbody", "tfoot"}, "colgroup": {"col"},
         "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"}, "tr": {"td", "th"}}
TABLE_PARTS = frozenset(child for children in TABLE.values() for child in children)
SAFE = BLOCKS | INLINE | LISTS | TABLE_PARTS
ATTRIBUTES = frozenset("alt cite class colspan datetime dir height href hreflang lang rel rowspan "
                       "scope src start title value width".split())
ADDRESSES = ("href", "src", "cite")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# What begins as a reference does.
REFERENCE = re.compile(r"&(#[xX][0-9A-Fa-f]+|#[0-9]+|[A-Za-z][A-Za-z0-9]*)(;?)")


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.faults = []
        self._open = []

    def fault(self, rule, what):
        self.faults.append(Fault(rule, what))

    def handle_starttag(self, tag, attrs):
        if tag not in SAFE:
            self.fault("html-unsafe", f"the element {tag}")
        if tag in BLOCKS and "p" in self._open:
            self.fault("html-structure", f"{tag} in a p")
        if tag == "a" and "a" in self._open:
            self.fault("html-structure", "a link in a link")
        parent = self._open[-1] if self._open else ""
        if tag in TABLE_PARTS and tag not in TABLE.get(parent, ()):
            self.fault("html-structure", f"{tag} in {parent or 'nothing'}")
        if parent in TABLE and tag not in TABLE[parent]:
            self.fault("html-structure", f"{tag} straight in {parent}")
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.fault("html-structure", f"an attribute of {tag} that is there twice")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID:
            self.fault("html-structure", f"<{tag}/>, which closes nothing")
        self.handle_starttag(tag, attrs)

    def _attribute(self, tag, name, value):
        if name not in ATTRIBUTES:
            self.fault("html-unsafe", f"the attribute {name} of {tag}")
        if name in ADDRESSES:
            scheme = SCHEME.match(value.strip())
            if not scheme:
                self.fault("html-relative", f"{tag} {name}={value!r}")
            elif scheme[0].lower() not in ("http:", "https:", "mailto:"):
                self.fault("html-unsafe", f"{tag} {name}={value!r}")

    def handle_endtag(self, tag):
        if not self._open or self._open[-1] != tag:
            self.fault("html-structure", f"</{tag}> where {self._open[-1:] or 'nothing'} is open")
        elif self._open:
            self._open.pop()

    def handle_data(self, data):
        if "<" in data:
            self.fault("html-structure", "a bare <")
        if data.strip() and self._open and self._open[-1] in TABLE:
            self.fault("html-structure", f"text straight in {self._open[-1]}")

    def handle_decl(self, decl):
        self.fault("html-unsafe", f"<!{decl}")

    def unknown_decl(self, data):
        self.fault("html-unsafe", f"<![{data}")

    def handle_pi(self, data):
        self.fault("html-unsafe", f"<?{data}")

    def finish(self):
        self.close()
        if self._open:
            self.fault("html-structure", f"nothing closes {self._open}")


def _is_reference(name):
    if not name.startswith("#"):
        return name + ";" in html.entities.html5
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return code in (0x09, 0x0A) or (0x20 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 and
                                    not bad_characters(chr(code)))


def html_faults(text):
    faults = []
    if bad := bad_characters(text):
        faults.append(Fault("characters", bad))
    for name, end in REFERENCE.findall(text):
        if not (end and _is_reference(name)):
            faults.append(Fault("html-reference", f"&{name}{end}"))
    reader = _Reader()
    reader.feed(text)
    reader.finish()
    return faults + reader.faults
