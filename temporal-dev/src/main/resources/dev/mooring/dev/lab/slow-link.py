"""A slow link of a host of a lab, as a process: the kernel may have nothing that delays packets.

Run as root in the host's network namespace. A TAP device takes the name's place: address and MAC of
the Ethernet device, whose frames come and go through here, each kept for a time of its own, so that
later ones overtake earlier ones. The Ethernet device gets a MAC nobody asks for and answers no ARP,
so that nothing reaches the host but over the TAP device. SIGTERM puts all back.

  $1 the program ip   $2 the Ethernet device   $3 its address with prefix
  $4 delay each way in ms   $5 by how much a frame's own delay differs, in ms, at most
  $6 a file that is made once all is in place
"""
import fcntl
import heapq
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time

ip, device, address = sys.argv[1:4]
delay, jitter = (float(word) for word in sys.argv[4:6])
ready = sys.argv[6]

TAP = 'slow0'
TUNSETIFF, IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 0x0002, 0x1000, 0x4000
ETH_P_ALL, SOL_PACKET, PACKET_OUTGOING, PACKET_VNET_HDR = 0x0003, 263, 4, 15
SIOCGIFHWADDR = 0x8927
LARGEST = 1 << 17
NOBODY = '02:00:00:00:00:01'


def run(*words):
    subprocess.run([ip, *words], check=True)


def take_place(mac):
    run('link', 'set', 'dev', TAP, 'address', mac)
    run('address', 'del', address, 'dev', device)
    run('link', 'set', 'dev', device, 'down')
    run('link', 'set', 'dev', device, 'address', NOBODY, 'arp', 'off')
    run('link', 'set', 'dev', device, 'up', 'promisc', 'on')
    run('link', 'set', 'dev', TAP, 'up')
    run('address', 'add', address, 'dev', TAP)


def give_back(mac):
    run('link', 'delete', TAP)
    run('link', 'set', 'dev', device, 'down')
    run('link', 'set', 'dev', device, 'address', mac, 'arp', 'on', 'promisc', 'off')
    run('link', 'set', 'dev', device, 'up')
    run('address', 'add', address, 'dev', device)


def forward(tap, ethernet):
    """Offloaded checksums and segments travel in the virtio header that both ends speak."""
    late = []
    number = 0
    poll = select.poll()
    poll.register(tap, select.POLLIN)
    poll.register(ethernet, select.POLLIN)
    while True:
        wait = None if not late else max(0.0, (late[0][0] - time.monotonic()) * 1000)
        for descriptor, _ in poll.poll(wait):
            outward = descriptor == tap
            if outward:
                frame = os.read(tap, LARGEST)
            else:
                frame, sender = ethernet.recvfrom(LARGEST)
                if sender[2] == PACKET_OUTGOING:
                    continue
            due = time.monotonic() + max(0.0, delay + random.uniform(-jitter, jitter)) / 1000
            number += 1
            heapq.heappush(late, (due, number, outward, frame))
        while late and late[0][0] <= time.monotonic():
            _, _, outward, frame = heapq.heappop(late)
            if outward:
                ethernet.send(frame)
            else:
                os.write(tap, frame)


def end(*_):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, end)
tap = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tap, TUNSETIFF, struct.pack('16sH22x', TAP.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
ethernet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
ethernet.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
# /sys tells of the namespace it was mounted in, which is the machine's
octets = fcntl.ioctl(ethernet, SIOCGIFHWADDR, struct.pack('256s', device.encode()))[18:24]
mac = ':'.join('%02x' % octet for octet in octets)
take_place(mac)
ethernet.bind((device, ETH_P_ALL))
try:
    open(ready, 'w').close()
    forward(tap, ethernet)
finally:
    give_back(mac)
