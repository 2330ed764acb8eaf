"""Appends a record to the log by Kafka's own protocol: for what no API of Telex hands in yet."""

import socket
import struct
import time

_PRODUCE, _VERSION = 0, 3
_ALL_IN_SYNC = -1
_SECONDS_MAX = 30

_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _varint(number):
    """A zigzag varint of a number that is not negative."""
    number, out = number * 2, bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def _text(text):
    return struct.pack(">h", len(text)) + text.encode()


def _batch(key, value):
    """One record in a batch of its own (message format 2), without headers."""
    record = b"\0" + _varint(0) * 2
    for data in (key, value):
        record += _varint(len(data)) + data
    record += _varint(0)
    record = _varint(len(record)) + record
    now = int(time.time() * 1000)
    body = struct.pack(">hiqqqhii", 0, 0, now, now, -1, -1, -1, 1) + record
    rest = struct.pack(">ibI", -1, 2, crc32c(body)) + body
    return struct.pack(">qi", 0, len(rest)) + rest


def append(port, topic, partition, key, value):
    """To the partition's leader at this port; the record's offset once all in sync have it."""
    batch = _batch(key, value)
    request = (struct.pack(">hhihhhii", _PRODUCE, _VERSION, 1, -1, -1, _ALL_IN_SYNC,
                           _SECONDS_MAX * 1000, 1)
               + _text(topic) + struct.pack(">iii", 1, partition, len(batch)) + batch)
    with socket.create_connection(("127.0.0.1", port), _SECONDS_MAX) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        with connection.makefile("rb") as stream:
            answer = stream.read(struct.unpack(">i", stream.read(4))[0])
    code, offset = struct.unpack_from(">hq", answer, 4 + 4 + 2 + len(topic) + 4 + 4)
    assert code == 0, f"{topic}/{partition}: the broker answers with error {code}"
    return offset
