#!/usr/bin/env python3
"""kafka_answers.py PORT: exits 0 when the broker on 127.0.0.1:PORT tells of itself and of a controller.

A port that accepts is not enough: a broker listens before it serves. Speaks Metadata version 1 (Kafka protocol guide)."""
import socket
import struct
import sys


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise OSError("closed")
        data += part
    return data


def main(port):
    # Header: api key 3, version 1, correlation 7, client id; body: no topics.
    request = struct.pack(">hhih", 3, 1, 7, 5) + b"ready" + struct.pack(">i", 0)
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = receive(connection, struct.unpack(">i", receive(connection, 4))[0])
    correlation, brokers = struct.unpack_from(">ii", answer)
    at = 8
    for _ in range(brokers):
        at += 4  # node id
        at += 2 + struct.unpack_from(">h", answer, at)[0] + 4  # host, port
        at += 2 + max(0, struct.unpack_from(">h", answer, at)[0])  # rack, may be null
    controller, = struct.unpack_from(">i", answer, at)
    return correlation == 7 and brokers > 0 and controller >= 0


if __name__ == "__main__":
    try:
        sys.exit(not main(int(sys.argv[1])))
    except (OSError, struct.error):
        sys.exit(1)
