"""The clusters that are measured on: simulated ones of any size, and a small real control plane."""
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

from . import program

# Changes a second.
CHURN = 200


class Simulated:
    """`modeldeck simulate` with so many models of three replicas and room for all of them. Quiet until it is told to change things."""

    def __init__(self, models, replicas=3):
        self.folder = tempfile.mkdtemp()
        self.environment = program.environment(self.folder)
        self.kubeconfig = os.path.join(self.folder, "kubeconfig")
        self.requests = os.path.join(self.folder, "requests")
        # Models have 0, 1, 2 or 3 GPUs in turn; some are left over on a node where no model wants that few.
        self.nodes = models * replicas * 3 // 2 // 8 * 5 // 4 + 4
        self.process = subprocess.Popen(
            [program.binary(), "simulate", "--nodes", str(self.nodes), "--models", str(models),
             "--replicas", str(replicas), "--churn", str(CHURN), "--request-log", self.requests,
             "--write-kubeconfig", self.kubeconfig],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment)
        if not self.process.stdout.readline():
            raise SystemExit("bench: the simulated cluster did not start")
        self.toggle_churn()
        text = open(self.kubeconfig).read()
        self.port = int(re.search(r"server: https://127.0.0.1:(\d+)", text).group(1))
        self.token = re.search(r"token: (\S+)", text).group(1)
        self.tls = ssl._create_unverified_context()
        self.settle()

    def toggle_churn(self):
        """Lets things change, or no more."""
        os.kill(self.process.pid, signal.SIGUSR1)

    def version(self):
        """The version of the whole store: it counts the changes."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.tls)
        connection.request(
            "GET", "/api/v1/namespaces?limit=1", headers={"Authorization": "Bearer " + self.token})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return int(answer["metadata"]["resourceVersion"])

    def settle(self):
        """Waits until its controllers have nothing to do any more."""
        last, same = None, 0
        while same < 3:
            time.sleep(1)
            version = self.version()
            same = same + 1 if version == last else 0
            last = version

    def asked(self):
        """The requests so far, as method and target."""
        return open(self.requests).read().splitlines()

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_kept = None


def simulated(models, replicas):
    """The simulated cluster of this size: kept for the next part that asks for it, until one asks for another."""
    global _kept
    if _kept is None or _kept[0] != (models, replicas):
        end()
        _kept = ((models, replicas), Simulated(models, replicas))
    return _kept[1]


def end():
    """Ends the simulated cluster that was kept."""
    global _kept
    if _kept is not None:
        _kept[1].close()
        _kept = None


class Real:
    """A real control plane with so many models of three replicas; `available()` says whether there is one."""

    @staticmethod
    def available():
        return os.path.exists(os.path.join(program.CONTROL_PLANE, "up.sh"))

    def __init__(self, models, replicas=3):
        self.folder = tempfile.mkdtemp()
        self.home = tempfile.mkdtemp()
        self.environment = program.environment(self.home)
        self.script("build.sh")
        lines = self.script("up.sh", self.folder, K8S_PORT="0").splitlines()
        self.kubeconfig = lines[-1]
        self.nodes = models * replicas // 100 + 3
        self.kubectl("apply", "--validate=false", "-f", os.path.join(program.CONTROL_PLANE, "crds.yaml"))
        self.script("fake-nodes.sh", str(self.nodes), "0", KUBECONFIG=self.kubeconfig)
        self.script("kubelet.py", "--dir", self.folder, "--no-events", "--daemon")
        self.kubectl("create", "namespace", "jan-models")
        objects = "---\n".join(MODEL.format(name=f"model-{number:05}", replicas=replicas) for number in range(models))
        self.kubectl("create", "--validate=false", "-f", "-", text=objects)
        self.settle(models * replicas)

    def script(self, name, *arguments, **variables):
        return subprocess.run(
            [os.path.join(program.CONTROL_PLANE, name), *arguments], env={**os.environ, **variables},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout

    def kubectl(self, *arguments, text=None):
        return subprocess.run(
            ["kubectl", "--kubeconfig", self.kubeconfig, *arguments], input=text, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, check=True).stdout

    def settle(self, pods):
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            running = self.kubectl(
                "get", "pods", "-n", "jan-models", "--field-selector", "status.phase=Running", "-o", "name")
            if len(running.splitlines()) >= pods:
                time.sleep(3)
                return
            time.sleep(2)
        raise SystemExit("bench: the pods of the real control plane did not all run")

    def version_text(self):
        return json.loads(self.kubectl("get", "--raw", "/version"))["gitVersion"]

    def close(self):
        subprocess.run(
            [os.path.join(program.CONTROL_PLANE, "down.sh"), self.folder, "--wipe"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for folder in (self.folder, self.home):
            shutil.rmtree(folder, ignore_errors=True)


MODEL = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: jan-models
  labels: {{model.aibrix.ai/name: {name}, model.aibrix.ai/port: "8000"}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{model.aibrix.ai/name: {name}}}}}
  template:
    metadata: {{labels: {{model.aibrix.ai/name: {name}, model.aibrix.ai/port: "8000"}}}}
    spec:
      containers:
      - name: vllm-openai
        image: vllm/vllm-openai:v0.6.3
        command: [vllm, serve, Qwen/Qwen2.5-0.5B-Instruct, --served-model-name, {name}]
        ports: [{{containerPort: 8000}}]
        resources: {{requests: {{cpu: 10m, memory: 16Mi}}}}
"""
