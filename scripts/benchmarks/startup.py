"""What the start costs: of the program alone, and to the first frame and rows of a small cluster."""
from . import process, program
from .clusters import Simulated
from .page import row
from .terminal import Dashboard, shows


def measure():
    rows = []
    commands = {"kubectl": ["kubectl", "version", "--client"], "modeldeck": [program.binary(), "--version"]}
    times = {name: [] for name in commands}
    for number in range(program.RUNS * 4 + 1):
        for name, command in commands.items():
            wall = process.run(command).wall
            # The first ones fill the caches.
            if number > 0:
                times[name].append(wall * 1000)
    kubectl, modeldeck = process.median(times["kubectl"]), process.median(times["modeldeck"])
    rows.append(row(
        "`modeldeck --version` against `kubectl version --client`", "", f"{modeldeck:.1f} ms, {kubectl:.1f} ms",
        "5 times faster", kubectl >= modeldeck * 5, f"{kubectl / modeldeck:.1f} times faster"))

    cluster = Simulated(30, replicas=1)
    try:
        arguments = ["--kubeconfig", cluster.kubeconfig, "--read-only"]
        first, filled = [], []
        for _ in range(11):
            dashboard = Dashboard(arguments, cluster.environment, rows=24, columns=80)
            painted = dashboard.wait(lambda grid: "organization" in grid.text(0), "the first frame")
            first.append((painted - dashboard.start) * 1000)
            filled.append((dashboard.wait(shows(30, has_services=False), "30 models") - dashboard.start) * 1000)
            dashboard.close()
        rows.append(row(
            "first frame after the start", "30 models", f"{process.median(first):.0f} ms", "50 ms",
            process.median(first) <= 50))
        rows.append(row("rows after the start", "30 models", f"{process.median(filled):.0f} ms"))

        # Ages are told by the second at first and by the minute later: a window in which none is due comes by itself.
        dashboard = Dashboard(arguments, cluster.environment, rows=24, columns=80)
        dashboard.wait(shows(30, has_services=False), "30 models")
        quietest = None
        for _ in range(12):
            count = dashboard.watch(10)
            quietest = count if quietest is None else min(quietest, count)
            if quietest == 0:
                break
        rows.append(row(
            "bytes to the terminal in 10 s in which nothing changes", "30 models", str(quietest), "0", quietest == 0))
        rows.append(row("resident memory, steady", "30 models", f"{process.memory(dashboard.pid, 'VmRSS'):.0f} MB"))
        dashboard.close()
    finally:
        cluster.close()
    return rows
