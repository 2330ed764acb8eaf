"""Bearer tokens: one for telexctl and one for each service, random, made once and kept. Callers that a
person adds to the file of hashes stay in it."""

import hashlib
import os
import secrets

from .supervisor import write_atomically

ROLES = {
    "telexctl": "source,editor,operator,reader",
    "feeds": "reader",
    "ingestion": "reader",
    "views": "reader",
    "translation": "reader",
}


def token_file(settings, name):
    return settings.tokens / f"{name}.token"


def hashes_file(settings):
    """What services read: lines `name roles sha256hex`. It holds no token."""
    return settings.tokens / "tokens.txt"


def _lines_of_others(file):
    """What a person has added, remarks included: all but the lines that begin with a name of ours."""
    text = file.read_text() if file.exists() else ""
    return [f"{line}\n" for line in text.splitlines() if line.split()[:1] not in [[name] for name in ROLES]]


def make_tokens(settings):
    settings.tokens.mkdir(parents=True, exist_ok=True)
    os.chmod(settings.tokens, 0o700)
    lines = []
    for name, roles in ROLES.items():
        file = token_file(settings, name)
        token = file.read_text().strip() if file.exists() else ""
        if not token:
            token = secrets.token_hex(32)
            write_atomically(file, token, 0o600)
        os.chmod(file, 0o600)
        lines.append(f"{name} {roles} {hashlib.sha256(token.encode()).hexdigest()}\n")
    file = hashes_file(settings)
    text = "".join([*lines, *_lines_of_others(file)])
    if not file.exists() or file.read_text() != text:
        write_atomically(file, text, 0o600)
