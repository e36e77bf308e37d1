#!/usr/bin/env python3
"""A small server with three bugs that its own tests do not see; --fixed is without them.

server.py ADDRESS [--fixed]

On port 7001 a client sends a line and gets one back:
    hello   answered, and closed after the client has closed
    leave   the same, but the socket is forgotten in a list: CLOSE_WAIT for ever
    half    half of the answer, then close() with SO_LINGER 0: a reset

On port 7002 nobody calls accept(), and the backlog is 1: who comes when the queue is full
is answered by the kernel, and its connection is never there.
"""
import selectors
import socket
import struct
import sys

ANSWERS = {b"hello\n": b"good day\n", b"leave\n": b"good bye\n", b"half\n": b"x" * 600}
forgotten = []


def listen(address, port, backlog):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(backlog)
    return listener


def answer(connection, fixed):
    question = connection.recv(100)
    text = ANSWERS[question]
    if question == b"half\n" and not fixed:
        connection.sendall(text[: len(text) // 2])
        no_linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        connection.close()
        return
    connection.sendall(text)
    connection.recv(1)  # the client's end
    if question == b"leave\n" and not fixed:
        forgotten.append(connection)
    else:
        connection.close()


def main():
    address, fixed = sys.argv[1], "--fixed" in sys.argv
    service = listen(address, 7001, 16)
    queue = listen(address, 7002, 16 if fixed else 1)
    chooser = selectors.DefaultSelector()
    chooser.register(service, selectors.EVENT_READ)
    if fixed:
        chooser.register(queue, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in chooser.select():
            connection, _ = key.fileobj.accept()
            if key.fileobj is service:
                answer(connection, fixed)
            else:
                connection.recv(1)
                connection.close()


main()
