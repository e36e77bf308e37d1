#!/usr/bin/env python3
"""A cable of 5 ms between two TUN interfaces: wire.py NEAR FAR, until it is killed."""
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
DELAY = 0.005


def interface(name):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def main():
    near, far = interface(sys.argv[1]), interface(sys.argv[2])
    other = {near: far, far: near}
    flying = []
    print("ready", flush=True)
    while True:
        wait = max(0, flying[0][0] - time.monotonic()) if flying else None
        for tun in select.select([near, far], [], [], wait)[0]:
            flying.append((time.monotonic() + DELAY, other[tun], os.read(tun, 2000)))
        while flying and flying[0][0] <= time.monotonic():
            _, tun, packet = flying.pop(0)
            try:
                os.write(tun, packet)
            except OSError:
                pass  # that end is not up yet


main()
