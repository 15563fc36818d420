"""A watchdog that is no device: softdog needs a kernel module, which a lab can't load.

Arguments: a named pipe, and a data directory. Patroni's driver "testing" writes to the pipe what it would tell a
device: Ctimeout=SECONDS and a line's end when it becomes leader, 1 each time it goes round, V when it gives up the
lead. Without a word for that long the host would be reset. Here every process of the data directory's server and
each Patroni whose configuration names it is killed, and said so.
"""

import os
import re
import select
import signal
import sys
import time


def processes(data):
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            if os.readlink("/proc/%s/cwd" % name) == data:
                yield int(name)
                continue
            with open("/proc/%s/cmdline" % name, "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
            if any(word.endswith("/patroni") for word in words[:2]) and names(words, data):
                yield int(name)
        except (OSError, IndexError):
            continue


def names(words, data):
    for word in words:
        if word.endswith(".yml"):
            with open(word, encoding="utf-8") as file:
                return "data_dir: %s\n" % data in file.read()
    return False


def reset(data):
    killed = []
    # what is killed may have begun another one meanwhile
    for _ in range(3):
        for pid in processes(data):
            try:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            except OSError:
                pass
    print("%.3f no word in time: killed %s" % (time.time(), sorted(set(killed))), flush=True)


def main(pipe, data):
    if not os.path.exists(pipe):
        os.mkfifo(pipe, 0o600)
    # held open for writing too, so that it never ends when Patroni does
    reading = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    timeout = None
    due = None
    while True:
        left = None if due is None else max(0, due - time.monotonic())
        ready, _, _ = select.select([reading], [], [], left)
        if not ready:
            reset(data)
            due = None
            continue
        said = os.read(reading, 4096).decode(errors="replace")
        told = re.findall(r"Ctimeout=(\d+)\n", said)
        if told:
            timeout = int(told[-1])
        if said.rstrip("\n").endswith("V"):
            due = None
        elif timeout is not None:
            due = time.monotonic() + timeout


main(sys.argv[1], sys.argv[2])
