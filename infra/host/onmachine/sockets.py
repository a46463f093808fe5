"""TCP connections of a container, as the kernel tells them."""

from __future__ import annotations

import ipaddress
from pathlib import Path

# include/net/tcp_states.h of Linux. A connection that only waits for its last packet is none.
ESTABLISHED, SYN_SENT, CLOSE_WAIT = "01", "02", "08"
OPEN = frozenset((ESTABLISHED, SYN_SENT, CLOSE_WAIT))


def open_connections(pid: int, address: str, port: int) -> int:
    """How many connections to an IPv4 address are open in the network of a process.

    0 where the process is gone: its connections went with it.
    """
    try:
        table = Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return connections_in(table, address, port)


def connections_in(table: str, address: str, port: int) -> int:
    """Open connections to `address:port` in the text of /proc/PID/net/tcp (proc_pid_net(5)).

    An address stands there as one number in the byte order of the machine (little-endian on
    arm64 and amd64), ports in network order, all hexadecimal.
    """
    packed = int.from_bytes(ipaddress.IPv4Address(address).packed, "little")
    wanted = f"{packed:08X}:{port:04X}"
    rows = [line.split() for line in table.splitlines()[1:]]
    return sum(1 for row in rows if len(row) > 3 and row[2] == wanted and row[3] in OPEN)
