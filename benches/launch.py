"""Runs a command and prints its wall seconds, CPU seconds and peak bytes: launch.py LOG COMMAND...

A process of its own, and small: the kernel counts the memory of whoever starts a child as part of the child's peak.
"""

import os
import sys
import time

log, command = sys.argv[1], sys.argv[2:]
file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
start = time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, file, 1), (os.POSIX_SPAWN_DUP2, file, 2)])
_, status, usage = os.wait4(pid, 0)
print(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status))
