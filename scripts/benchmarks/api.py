"""The load that the HTTP API carries, beside the same reads through the Kubernetes API."""
import json
import os
import re
import secrets
import selectors
import socket
import ssl
import subprocess
import time

from . import clusters, page, program

MODELS = 1_000
CONNECTIONS = 4
# A kind of request ends after so long, or when all of it was sent.
SECONDS = 10
PATH = "/v1/organization/models"


class Target:
    """Where requests go, and with what token."""

    def __init__(self, port, token, tls=None):
        self.port, self.tls = port, tls
        self.fields = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    def request(self, method, path, body=""):
        """All of a request, as it goes over the wire."""
        return f"{method} {path} HTTP/1.1\r\n{self.fields}Content-Length: {len(body)}\r\n\r\n{body}".encode()


class Exchange:
    """One connection: a request, then its answer, then the next. Few instructions of Python for each, so that the servers are measured."""

    def __init__(self, target):
        self.socket = socket.create_connection(("127.0.0.1", target.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if target.tls:
            self.socket = target.tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.head, self.missing, self.begin = b"", None, 0.0

    def send(self, request):
        self.head, self.missing, self.begin = b"", None, time.perf_counter()
        self.socket.setblocking(True)
        self.socket.sendall(request)
        self.socket.setblocking(False)

    def read(self):
        """Takes what has come. Whether the answer is complete."""
        while True:
            try:
                part = self.socket.recv(1 << 18)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            if not part:
                raise SystemExit("bench: the connection was closed")
            if self.missing is None:
                self.head += part
                end = self.head.find(b"\r\n\r\n")
                if end < 0:
                    continue
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self.head[:end])
                if not length:
                    raise SystemExit("bench: an answer does not say how long it is")
                self.missing = int(length.group(1)) - (len(self.head) - end - 4)
            else:
                self.missing -= len(part)
                if len(self.head) < 1 << 16:
                    self.head += part
            if self.missing <= 0:
                return True

    def status(self):
        return int(self.head[9:12])

    def body(self):
        return self.head.partition(b"\r\n\r\n")[2]

    def ask(self, request):
        """Sends a request and waits for its answer, which is short."""
        self.send(request)
        self.socket.setblocking(True)
        while not self.read():
            time.sleep(0.01)


class Server:
    """`modeldeck serve` on a cluster, for one owner."""

    def __init__(self, cluster):
        secret = os.path.join(cluster.folder, "secret")
        with open(secret, "w") as file:
            file.write(secrets.token_hex(32))
        environment = {**cluster.environment, "KUBECONFIG": cluster.kubeconfig}
        self.process = subprocess.Popen(
            [program.binary(), "serve", "--listen", "127.0.0.1:0", "--jwt-secret-file", secret, "--rate-limit", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        address = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        if not address:
            raise SystemExit("bench: modeldeck serve did not start")
        token = subprocess.run(
            [program.binary(), "token", "--jwt-secret-file", secret, "--role", "owner"], check=True,
            capture_output=True, text=True, env=environment).stdout.strip()
        self.target = Target(int(address.group(1)), token)
        self.wait()

    def wait(self):
        """Until it knows all models."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            exchange = Exchange(self.target)
            exchange.ask(self.target.request("GET", PATH + "?limit=1"))
            exchange.socket.close()
            if exchange.status() == 200 and json.loads(exchange.body())["total"] >= MODELS:
                return
            time.sleep(0.2)
        raise SystemExit("bench: modeldeck serve does not know the models")

    def close(self):
        self.process.terminate()
        self.process.wait()


def load(target, requests, wanted):
    """Sends requests over a few connections: how many a second, and the p99 in ms."""
    waiting, times, others = iter([target.request(*request) for request in requests]), [], set()
    selector = selectors.DefaultSelector()
    exchanges = [Exchange(target) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for exchange in exchanges:
        exchange.send(next(waiting))
        selector.register(exchange.socket, selectors.EVENT_READ, exchange)
    busy = len(exchanges)
    while busy:
        for key, _ in selector.select(timeout=60):
            exchange = key.data
            if not exchange.read():
                continue
            now = time.perf_counter()
            times.append((now - exchange.begin) * 1000)
            if exchange.status() != wanted:
                others.add(exchange.status())
            request = next(waiting, None) if now - begin < SECONDS else None
            if request is None:
                selector.unregister(exchange.socket)
                exchange.socket.close()
                busy -= 1
            else:
                exchange.send(request)
    seconds = time.perf_counter() - begin
    if others:
        raise SystemExit(f"bench: answers were {sorted(others)} where {wanted} was wanted")
    return len(times) / seconds, sorted(times)[int(len(times) * 0.99)]


def creation(number):
    name = f"bench-{number}"
    body = {
        "name": name, "image": "vllm/vllm-openai:v0.9.2", "gpu_count": 0, "storage_size": 0,
        "command": ["vllm", "serve", "org/model", "--served-model-name", name],
    }
    return "POST", PATH, json.dumps(body)


def measure():
    cluster = clusters.simulated(MODELS, 1)
    server = Server(cluster)
    kubernetes = Target(cluster.port, cluster.token, cluster.tls)
    deployments = "/apis/apps/v1/namespaces/jan-models/deployments"
    gets = [f"model-{number % MODELS:05}" for number in range(50_000)]
    try:
        listed = load(server.target, [("GET", PATH)] * 20_000, 200)
        listed_there = load(
            kubernetes, [("GET", deployments + "?labelSelector=model.aibrix.ai/name")] * 100, 200)
        got = load(server.target, [("GET", f"{PATH}/{name}") for name in gets], 200)
        got_there = load(kubernetes, [("GET", f"{deployments}/{name}") for name in gets], 200)
        created = load(server.target, [creation(number) for number in range(2_000)], 201)
    finally:
        server.close()
        # It has models now that the next part does not expect.
        clusters.end()
    return [
        row("list", listed, listed_there), row("get", got, got_there), row("create, until a read shows it", created),
    ]


def row(what, own, other=None):
    text = f"{own[0]:,.0f} a second, p99 {own[1]:.1f} ms"
    if other:
        text += f"; through Kubernetes {other[0]:,.0f}, p99 {other[1]:.1f} ms"
    return page.row(
        f"HTTP API, {what}", f"{program.grouped(MODELS)} models, {CONNECTIONS} connections", text,
        ratio=f"{own[0] / other[0]:.1f} times" if other else "")
