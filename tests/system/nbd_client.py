# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of the NBD protocol as reads any bytes, and shows the error that it meets.

https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
"""

import os
import socket
import struct
from pathlib import Path

_NEW_STYLE = b"NBDMAGIC" + b"IHAVEOPT"
_NO_ZEROES = 2  # flag of handshake and client: nothing follows the size and the flags
_OPTION_EXPORT_NAME = 1
_REQUEST, _REPLY = 0x25609513, 0x67446698
_READ, _DISCONNECT = 0, 2


class NbdClient:
    """One connection."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        greeting = self._receive(18)
        assert greeting.startswith(_NEW_STYLE), greeting
        self._socket.sendall(struct.pack(">I", 1 | _NO_ZEROES) + b"IHAVEOPT"
                             + struct.pack(">II", _OPTION_EXPORT_NAME, 0))
        self.size, self.flags = struct.unpack(">QH", self._receive(10))

    def __enter__(self) -> "NbdClient":
        return self

    def __exit__(self, *error: object) -> None:
        self._request(_DISCONNECT, 0, 0)
        self._socket.close()

    def _receive(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            piece = self._socket.recv(length - len(data))
            assert piece, "the server has closed the connection"
            data += piece
        return data

    def _request(self, command: int, offset: int, length: int) -> None:
        self._socket.sendall(struct.pack(">IHHQQI", _REQUEST, 0, command, 1, offset, length))

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at an offset; OSError with the server's number when it has none."""
        self._request(_READ, offset, length)
        magic, error, cookie = struct.unpack(">IIQ", self._receive(16))
        assert (magic, cookie) == (_REPLY, 1)
        if error != 0:
            raise OSError(error, os.strerror(error))
        return self._receive(length)
