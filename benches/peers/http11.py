"""The client all HTTP stores are asked with: one kept-alive socket, requests built before the clock runs."""
import socket
import time

import orjson


def request(method, path, body=None, headers=()):
    payload = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(payload)}"]
    if payload:
        lines.append("content-type: application/json")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb", 1 << 16)

    def ask(self, raw):
        """Sends the bytes of a request and gives the parsed JSON of its answer."""
        self.socket.sendall(raw)
        status = int(self.reader.readline().split()[1])
        length, chunked = 0, False
        while (line := self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"transfer-encoding":
                chunked = b"chunked" in value.lower()
        body = self.chunks() if chunked else self.reader.read(length)
        if status >= 300:
            raise RuntimeError(f"{raw[:80]!r}: {status} {body[:300]!r}")
        return orjson.loads(body) if body else None

    def chunks(self):
        parts = []
        while size := int(self.reader.readline(), 16):
            parts.append(self.reader.read(size))
            self.reader.readline()
        self.reader.readline()
        return b"".join(parts)

    def close(self):
        self.reader.close()
        self.socket.close()


def wait_for(port, path, seconds=120):
    """Until the server answers; gives the seconds it took."""
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        try:
            Connection(port).ask(request("GET", path))
            return time.perf_counter() - start
        except (OSError, ValueError, IndexError):
            time.sleep(0.002)
    raise RuntimeError("the server did not start")
