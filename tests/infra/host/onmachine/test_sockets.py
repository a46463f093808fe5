import os
import socket
import sys

import pytest

from infra.host.onmachine.sockets import connections_in, open_connections

# proc_pid_net(5): addresses little-endian, ports and states hexadecimal.
TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 02F01DAC:B1A2 10F01DAC:1F40 01 00000000:00000000 00:00000000 00000000  1001
   1: 02F01DAC:B1A3 10F01DAC:1F40 08 00000000:00000000 00:00000000 00000000  1001
   2: 02F01DAC:B1A4 10F01DAC:1F40 06 00000000:00000000 00:00000000 00000000  1001
   3: 02F01DAC:B1A5 10F01DAC:1FA4 01 00000000:00000000 00:00000000 00000000  1001
   4: 10F01DAC:1F40 02F01DAC:B1A2 01 00000000:00000000 00:00000000 00000000  1001
   5: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001
"""


def test_connections_to_an_address_count_while_they_are_open():
    assert connections_in(TABLE, "172.29.240.16", 8000) == 2
    assert connections_in(TABLE, "172.29.240.16", 8100) == 1
    assert connections_in(TABLE, "172.29.240.17", 8000) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_real_connection_is_seen_until_it_is_closed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert open_connections(os.getpid(), "127.0.0.1", port) == 0
        with socket.create_connection(("127.0.0.1", port)):
            assert open_connections(os.getpid(), "127.0.0.1", port) == 1


def test_a_process_that_is_gone_has_none():
    assert open_connections(2**22 + 1, "127.0.0.1", 80) == 0
