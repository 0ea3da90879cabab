"""The load that the HTTP API carries, beside the same reads through the Kubernetes API."""
import http.client
import json
import os
import re
import secrets
import subprocess
import threading
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
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)


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
            connection = self.target.connect()
            connection.request("GET", PATH + "?limit=1", headers=self.target.headers)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            if answer.status == 200 and json.loads(body)["total"] >= MODELS:
                return
            time.sleep(0.2)
        raise SystemExit("bench: modeldeck serve does not know the models")

    def close(self):
        self.process.terminate()
        self.process.wait()


def load(target, requests, wanted):
    """Sends requests over a few connections: how many a second, and the p99 in ms."""
    waiting, lock, times, others = iter(requests), threading.Lock(), [], set()
    deadline = time.perf_counter() + SECONDS

    def work():
        connection, own = target.connect(), []
        while time.perf_counter() < deadline:
            with lock:
                request = next(waiting, None)
            if request is None:
                break
            begin = time.perf_counter()
            connection.request(*request, headers=target.headers)
            answer = connection.getresponse()
            answer.read()
            own.append((time.perf_counter() - begin) * 1000)
            if answer.status != wanted:
                others.add(answer.status)
        connection.close()
        with lock:
            times.extend(own)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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
    gets = [f"model-{number % MODELS:05}" for number in range(5_000)]
    try:
        listed = load(server.target, [("GET", PATH)] * 2_000, 200)
        listed_there = load(
            kubernetes, [("GET", deployments + "?labelSelector=model.aibrix.ai/name")] * 100, 200)
        got = load(server.target, [("GET", f"{PATH}/{name}") for name in gets], 200)
        got_there = load(kubernetes, [("GET", f"{deployments}/{name}") for name in gets], 200)
        created = load(server.target, [creation(number) for number in range(300)], 201)
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
