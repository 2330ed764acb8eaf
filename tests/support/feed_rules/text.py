"""Texts, addresses, dates and types, as feed validators want them."""

import dataclasses
import datetime
import email.utils
import re

AHEAD_MAX = datetime.timedelta(minutes=10)  # how far clocks may differ
EARLIEST = datetime.datetime(1990, 1, 1, tzinfo=datetime.timezone.utc)  # no feed is older

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//)?[A-Za-z0-9;/?:@&=+$.\-_!~*'()%,#]+\Z")
URN_UUID = re.compile(r"(?i)urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_TOKEN = r"[^\s()<>,;:\\\"/\[\]?=]+"
MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(\s*;\s*{_TOKEN}=(\"[^\"]*\"|{_TOKEN}))*\Z")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? "
                    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
                    r"\d\d:\d\d:\d\d (GMT|UT|[+-]\d\d[03]0)\Z")
# ISO 639-1. Codes of three letters are not looked up.
LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split())


@dataclasses.dataclass(frozen=True)
class Fault:
    rule: str
    what: str

    def __str__(self):
        return f"{self.rule}: {self.what}"


def controls(text):
    """The first control character or noncharacter in a text; "" when there is none."""
    for c in text:
        code = ord(c)
        if (code < 0x20 and c not in "\t\n\r") or 0x7F <= code < 0xA0:
            return f"the control character U+{code:04X}"
        if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
            return f"the noncharacter U+{code:04X}"
    return ""


def bad_characters(text):
    """What makes a reader think of a broken encoding; "" when nothing does."""
    if found := controls(text):
        return found
    if "\ufffd" in text:
        return "U+FFFD, which stands for a character that was lost"
    if re.search("[\u00c2\u00c3][\u0080-\u00bf]", text):
        try:
            text.encode("iso-8859-1").decode("utf-8")
            return "UTF-8 that was read as ISO 8859-1 and written as UTF-8 again"
        except UnicodeError:
            pass
    return ""


def is_language(tag):
    language, *others = tag.split("-")
    return (language in LANGUAGES or bool(re.fullmatch("[a-z]{3}", language))) and \
        all(re.fullmatch("[A-Za-z0-9]{1,8}", one) for one in others)


def instant(text, pattern):
    """The time that `text` tells; None when it is no date of that pattern."""
    if not pattern.match(text):
        return None
    try:
        if pattern is RFC822:
            return email.utils.parsedate_to_datetime(text.replace("GMT", "+0000"))
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def is_plausible(time, now, ahead_max=AHEAD_MAX):
    return EARLIEST <= time <= now + ahead_max
