"""How long a cluster takes to read, and how much memory, beside kubectl on the same server."""
from . import process, program
from .page import row
from .terminal import Dashboard, shows

KUBECTL = "kubectl get deployments,pods,nodes -A -o wide"


def compare(cluster, models, replicas, where="", has_services=True):
    """Rows of the table: time and peak of the dashboard's start against kubectl's."""
    kubectl = [*KUBECTL.split(), "--kubeconfig", cluster.kubeconfig]
    arguments = ["--kubeconfig", cluster.kubeconfig, "--read-only"]
    costs = {"kubectl": [], "modeldeck": []}
    for number in range(program.RUNS + 1):
        pair = {"kubectl": process.run(kubectl, cluster.environment)}
        dashboard = Dashboard(arguments, cluster.environment)
        painted = dashboard.wait(shows(models, has_services), f"{models} models")
        pair["modeldeck"] = process.Cost(
            painted - dashboard.start, process.cpu(dashboard.pid), process.memory(dashboard.pid, "VmHWM"))
        dashboard.close()
        # The first pair fills caches: discovery of kubectl, lists of the server.
        if number > 0:
            for name, cost in pair.items():
                costs[name].append(cost)

    def both(part):
        return tuple(process.median([part(cost) for cost in costs[name]]) for name in ("modeldeck", "kubectl"))

    wall, peak, cpu = both(lambda cost: cost.wall), both(lambda cost: cost.peak), both(lambda cost: cost.cpu)
    at = f"{program.grouped(models)} models / {program.grouped(models * replicas)} pods{where}"
    return [
        row(f"time to all rows on screen against `{KUBECTL}`", at, f"{wall[0]:.2f} s, {wall[1]:.2f} s",
            "not slower", wall[0] <= wall[1], f"{wall[0] / wall[1]:.2f}"),
        row("CPU time, same work", at, f"{cpu[0]:.2f} s, {cpu[1]:.2f} s", ratio=f"{cpu[0] / cpu[1]:.2f}"),
        row("peak memory, same work", at, f"{peak[0]:.0f} MB, {peak[1]:.0f} MB",
            "below kubectl's", peak[0] < peak[1], f"{peak[0] / peak[1]:.2f}"),
    ]
