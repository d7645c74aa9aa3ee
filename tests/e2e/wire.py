"""The client sides of PostgreSQL's and MariaDB's protocols, as much of them as a workload needs that counts itself: it decides
which messages are sent, byte by byte, and hears what became of each. No driver stands between it and the server."""
import socket
import struct


class Failed(Exception):
    """The server's error; the connection lives on."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(str(path))
    s.settimeout(30)
    return s


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


class Stream:
    def __init__(self, path):
        self.socket, self.left = connect(path), b""

    def read(self, n):
        while len(self.left) < n:
            got = self.socket.recv(65536)
            if not got:
                raise ConnectionError("the server closed the connection")
            self.left += got
        out, self.left = self.left[:n], self.left[n:]
        return out

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        self.socket.close()


class Postgres:
    """Protocol 3.0 over a unix socket, trusted."""

    def __init__(self, directory, user, database, **settings):
        self.stream = Stream(f"{directory}/.s.PGSQL.5432")
        words = {"user": user, "database": database, **settings}
        body = struct.pack("!i", 196608) + b"".join(as_bytes(k) + b"\0" + as_bytes(v) + b"\0" for k, v in words.items()) + b"\0"
        self.stream.send(struct.pack("!i", len(body) + 4) + body)
        self.key = None
        self.answers()

    def send(self, kind, body=b""):
        self.stream.send(kind + struct.pack("!i", len(body) + 4) + body)

    def answers(self, until=b"Z"):
        """What the server says up to ReadyForQuery: (tags of what was done, rows, errors as SQLSTATEs)."""
        tags, rows, errors = [], 0, []
        while True:
            kind, length = struct.unpack("!ci", self.stream.read(5))
            body = self.stream.read(length - 4)
            if kind == b"E":
                fields = dict((f[:1], f[1:]) for f in body.split(b"\0") if f)
                errors.append(fields[b"C"].decode())
                if fields.get(b"S") == b"FATAL":
                    raise Failed(errors[-1], fields[b"M"].decode(errors="replace"))
            elif kind == b"C":
                tags.append(body[:-1].decode())
            elif kind == b"D":
                rows += 1
            elif kind == b"R" and struct.unpack("!i", body[:4])[0] != 0:
                raise Failed("28000", "the server asks for a password")
            elif kind == b"K":
                self.key = body
            elif kind == b"G":
                self.send(b"d", b"1\n2\n")
                self.send(b"c")
            if kind == until:
                return tags, rows, errors

    def simple(self, text):
        self.send(b"Q", as_bytes(text) + b"\0")
        return self.answers()

    def parse(self, text, name=""):
        self.send(b"P", as_bytes(name) + b"\0" + as_bytes(text) + b"\0" + struct.pack("!h", 0))

    def bind(self, values=(), name="", portal=""):
        body = as_bytes(portal) + b"\0" + as_bytes(name) + b"\0" + struct.pack("!hh", 0, len(values))
        for v in values:
            body += struct.pack("!i", -1) if v is None else struct.pack("!i", len(as_bytes(v))) + as_bytes(v)
        self.send(b"B", body + struct.pack("!h", 0))

    def execute(self, portal="", rows=0):
        self.send(b"E", as_bytes(portal) + b"\0" + struct.pack("!i", rows))

    def sync(self):
        self.send(b"S")
        return self.answers()

    def close(self):
        self.send(b"X")
        self.stream.close()


def cancel(directory, connection):
    s = connect(f"{directory}/.s.PGSQL.5432")
    s.sendall(struct.pack("!ii", 16, 80877102) + connection.key)
    s.close()


def length_coded(n):
    return bytes([n]) if n < 251 else b"\xfc" + struct.pack("<H", n) if n < 65536 else b"\xfd" + struct.pack("<I", n)[:3]


class MariaDB:
    """Protocol 4.1 over a unix socket, users without a password."""
    MULTI_STATEMENTS, MULTI_RESULTS, LOCAL_FILES = 1 << 16, 1 << 17, 1 << 7

    def __init__(self, path, user, database="", charset=45):
        self.stream, self.file = Stream(path), b""
        self.read_packet()
        self.charset = charset
        flags = 1 | 1 << 9 | 1 << 13 | 1 << 15 | 1 << 19 | 1 << 2 | self.MULTI_STATEMENTS | self.MULTI_RESULTS | self.LOCAL_FILES
        flags |= (1 << 3) if database else 0
        body = struct.pack("<IIB23x", flags, 1 << 24, charset) + as_bytes(user) + b"\0\0"
        body += (as_bytes(database) + b"\0" if database else b"") + b"mysql_native_password\0"
        self.write_packet(body, 1)
        self.finish_login()

    def finish_login(self):
        answer = self.read_packet()
        if answer[:1] == b"\xfe":
            self.write_packet(b"", self.number + 1)
            answer = self.read_packet()
        self.refuse(answer)

    def write_packet(self, body, number=0):
        while True:
            part, body = body[:0xffffff], body[0xffffff:]
            self.stream.send(struct.pack("<I", len(part))[:3] + bytes([number & 255]) + part)
            number += 1
            if len(part) < 0xffffff:
                return

    def read_packet(self):
        head = self.stream.read(4)
        self.number = head[3]
        return self.stream.read(head[0] | head[1] << 8 | head[2] << 16)

    @staticmethod
    def refuse(packet):
        if packet[:1] == b"\xff":
            raise Failed(struct.unpack("<H", packet[1:3])[0], packet[3:].decode(errors="replace"))

    @staticmethod
    def number_at(packet, at):
        first = packet[at]
        if first < 251:
            return first, at + 1
        n = {0xfc: 2, 0xfd: 3, 0xfe: 8}[first]
        return int.from_bytes(packet[at + 1:at + 1 + n], "little"), at + 1 + n

    def result(self):
        """One result: (rows sent, rows affected, whether more follow)."""
        packet = self.read_packet()
        self.refuse(packet)
        if packet[:1] == b"\0":
            affected, at = self.number_at(packet, 1)
            _, at = self.number_at(packet, at)
            return 0, affected, bool(struct.unpack("<H", packet[at:at + 2])[0] & 8)
        if packet[:1] == b"\xfb":
            self.write_packet(self.file, self.number + 1)
            self.write_packet(b"", self.number + 2)
            return self.result()
        rows, ends = 0, 0
        while True:
            packet = self.read_packet()
            self.refuse(packet)
            if packet[:1] == b"\xfe" and len(packet) < 9:
                ends += 1
                if ends == 2:
                    return rows, 0, bool(struct.unpack("<H", packet[3:5])[0] & 8)
            elif ends:
                rows += 1

    def results(self):
        sent = affected = n = 0
        more = True
        while more:
            rows, changed, more = self.result()
            sent, affected, n = sent + rows, affected + changed, n + 1
        return sent, affected, n

    def query(self, text):
        self.write_packet(b"\x03" + as_bytes(text))
        return self.results()

    def command(self, code, body=b""):
        self.write_packet(bytes([code]) + as_bytes(body))
        packet = self.read_packet()
        self.refuse(packet)

    def use(self, database):
        self.command(0x02, database)

    def ping(self):
        self.command(0x0e)

    def change_user(self, user, database):
        self.write_packet(b"\x11" + as_bytes(user) + b"\0\0" + as_bytes(database) + b"\0" + struct.pack("<H", self.charset) +
                          b"mysql_native_password\0")
        self.finish_login()

    def prepare(self, text):
        self.write_packet(b"\x16" + as_bytes(text))
        packet = self.read_packet()
        self.refuse(packet)
        statement, columns, parameters = struct.unpack("<IHH", packet[1:9])
        for n in (parameters, columns):
            for _ in range(n + 1 if n else 0):
                self.read_packet()
        return statement

    def execute(self, statement, values=()):
        body = b"\x17" + struct.pack("<IBI", statement, 0, 1)
        if values:
            nulls = bytearray((len(values) + 7) // 8)
            for i, v in enumerate(values):
                nulls[i // 8] |= (v is None) << i % 8
            body += bytes(nulls) + b"\1" + b"\xfd\0" * len(values)
            body += b"".join(length_coded(len(as_bytes(v))) + as_bytes(v) for v in values if v is not None)
        self.write_packet(body)
        return self.results()

    def close_statement(self, statement):
        self.write_packet(b"\x19" + struct.pack("<I", statement))

    def close(self):
        self.write_packet(b"\x01")
        self.stream.close()
