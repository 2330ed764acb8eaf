"""Bearer tokens: one for telexctl and one for each service, random, made once and kept."""

import hashlib
import os
import secrets

from .supervisor import write_atomically

ROLES = {
    "telexctl": "source,editor,operator,reader",
    "feeds": "reader",
    "ingestion": "reader",
}


def token_file(settings, name):
    return settings.tokens / f"{name}.token"


def hashes_file(settings):
    """What services read: lines `name roles sha256hex`. It holds no token."""
    return settings.tokens / "tokens.txt"


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
    if not hashes_file(settings).exists() or hashes_file(settings).read_text() != "".join(lines):
        write_atomically(hashes_file(settings), "".join(lines), 0o600)
