#!/usr/bin/env python3
"""The tests of server.py, as somebody might have written them: they all pass.

client.py ADDRESS [SECONDS]     SECONDS: how long it lingers before it goes

What is wrong is seen only on the wire.
"""
import socket
import sys
import time


def ask(address, question):
    """The beginning of the answer: enough to look right."""
    with socket.create_connection((address, 7001), timeout=5) as connection:
        connection.sendall(question)
        return connection.recv(1000)[:4]


def queue_up(address, count):
    """All at once, as a pool of connections does; nobody asks for an answer."""
    pool = [socket.socket() for _ in range(count)]
    for connection in pool:
        connection.setblocking(False)
        connection.connect_ex((address, 7002))
    time.sleep(0.5)
    return pool


def main():
    address = sys.argv[1]
    for question, want in ((b"hello\n", b"good"), (b"leave\n", b"good"), (b"half\n", b"xxxx")):
        got = ask(address, question)
        assert got == want, f"{question!r}: {got!r}"
        print("ok", question.decode().strip())
        time.sleep(0.2)
    pool = queue_up(address, 4)
    print("ok", len(pool), "connections")
    time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)
    for connection in pool:
        connection.close()
    time.sleep(0.2)


main()
