"""What a large cluster costs: to read it, to keep it, to look around in it while it changes, and to do nothing."""
import random
import time

from . import clusters, lists, process, program
from .clusters import CHURN
from .page import row
from .terminal import Dashboard, shows

REPLICAS = 3
# Megabytes of steady resident memory that may not be passed, by the number of models.
MEMORY_BARS = {1000: 60, 10000: 300}
KEYS = 150 if program.QUICK else 600
SECONDS = 10 if program.QUICK else 30
# The start is over: what the lists took has been given back by then.
REST = 26


def read(models):
    """The part that compares with kubectl."""
    return lists.compare(clusters.simulated(models, REPLICAS), models, REPLICAS)


def work(models):
    """The part that keeps a dashboard open."""
    cluster = clusters.simulated(models, REPLICAS)
    dashboard = Dashboard(["--kubeconfig", cluster.kubeconfig], cluster.environment)
    try:
        dashboard.wait(shows(models), f"{models} models")
        dashboard.watch(REST)
        at = f"{program.grouped(models)} models"
        return idle(cluster, dashboard, at, models) + tables(dashboard, at, models) + changes(
            cluster, dashboard, at, models)
    finally:
        dashboard.close()


# Nothing changes.

def idle(cluster, dashboard, at, models):
    rows = []
    asked = len(cluster.asked())
    share = cpu_share(dashboard, SECONDS)
    requests = cluster.asked()[asked:]
    lease = [request for request in requests if "/leases/" in request and request.startswith("PUT")]
    others = [request for request in requests if request not in lease]
    rows.append(row("CPU, nothing changes", at, f"{share:.2f} % of a core", "under 1 %", share < 1))
    rows.append(row(
        f"requests in {SECONDS} s in which nothing changes", at,
        f"{len(others)}, and {len(lease)} renewals of the writer's Lease", "watches only",
        all("watch=true" in request for request in others)))
    rest = process.memory(dashboard.pid, "VmRSS")
    bar = MEMORY_BARS.get(models)
    rows.append(row(
        "resident memory, steady", at, f"{rest:.0f} MB", f"{bar} MB" if bar else "", rest <= bar if bar else None))
    return rows


def cpu_share(dashboard, seconds):
    """Percent of a core over some seconds."""
    begin, before = time.perf_counter(), process.thread_cpu(dashboard.pid)
    dashboard.watch(seconds)
    spent = process.cpu_between(before, process.thread_cpu(dashboard.pid))
    return spent / (time.perf_counter() - begin) * 100


# Filter and sort.

def tables(dashboard, at, models):
    filter, clear, sort = [], [], []
    for _ in range(KEYS // 30):
        dashboard.press(b"/", lambda grid: any(line.startswith("/") for line in grid.lines()), "the filter line")
        typed = ""
        for character in "odel-007":
            typed += character
            filter.append(dashboard.press(
                character.encode(), lambda grid: any(line.startswith("/" + typed) for line in grid.lines()), "/" + typed))
        full = f"{models} models"
        clear.append(dashboard.press(b"\x1b", lambda grid: grid.text(1).split("  ")[0].strip() == full, full))
        for key in (b">", b">", b"<", b"<", b"I", b"I"):
            before = headings(dashboard.grid)
            sort.append(dashboard.press(key, lambda grid: headings(grid) != before, "another order"))
    rows = []
    for name, times in (("filter, every letter", filter), ("clear the filter", clear), ("sort", sort)):
        slow = process.percentile(times, 0.99)
        rows.append(row(
            f"{name}: key to painted screen", at,
            f"{process.median(times):.1f} ms, p99 {slow:.1f} ms", "16 ms", slow <= 16))
    return rows


def headings(grid):
    """The heading of the table: it marks the column that is sorted by, and how."""
    return next((line for line in grid.lines() if line.startswith((" NAME", " Name"))), "")


# Things change.

def changes(cluster, dashboard, at, models):
    rows = []
    cluster.toggle_churn()
    dashboard.watch(SECONDS / 3)
    first = process.memory(dashboard.pid, "VmRSS")
    begin, version = time.perf_counter(), cluster.version()
    share = cpu_share(dashboard, SECONDS)
    rate = (cluster.version() - version) / (time.perf_counter() - begin)
    rows.append(row(
        f"CPU at {rate:.0f} watch events a second", at, f"{share:.1f} % of a core", "under 25 %", share < 25))
    times = keys(dashboard)
    slow = process.percentile(times, 0.99)
    rows.append(row(
        f"key to painted screen, at {CHURN} watch events a second", at,
        f"{process.median(times):.1f} ms, p99 {slow:.1f} ms of {len(times)} keys", "p99 16 ms", slow <= 16))
    minutes = 1 if models < max(program.SIZES) or program.QUICK else 2
    end = begin + minutes * 60
    sizes = []
    while time.perf_counter() < end:
        dashboard.watch(5)
        sizes.append(process.memory(dashboard.pid, "VmRSS"))
    cluster.toggle_churn()
    bar = MEMORY_BARS.get(models)
    most = max(sizes + [first])
    rows.append(row(
        f"resident memory, {minutes} min of {CHURN} watch events a second", at,
        f"{first:.0f} MB at first, {sizes[-1]:.0f} MB at last, {most:.0f} MB at most", f"flat, {bar} MB" if bar else "flat",
        sizes[-1] <= first * 1.05 and (bar is None or most <= bar)))
    return rows


def keys(dashboard):
    """Milliseconds from keys that move about to the screens that they lead to."""
    choice = random.Random(7)
    times = []
    keys = [b"j", b"k", b"\x06", b"\x02", b"G", b"g"]
    dashboard.press(b"g", lambda grid: selected(grid) is not None, "a selected row")
    dashboard.press(b"j", lambda grid: selected(grid) is not None, "a selected row")
    while len(times) < KEYS:
        key = choice.choices(keys, [40, 30, 12, 10, 4, 4])[0]
        before = selected(dashboard.grid)
        if (key in (b"k", b"g", b"\x02") and before == "model-00000") or (key in (b"G", b"\x06", b"j") and before == last_of(dashboard)):
            continue
        times.append(dashboard.press(key, lambda grid: selected(grid) not in (None, before), f"what {key} does"))
        dashboard.watch(choice.uniform(0.005, 0.06))
    return times


def last_of(dashboard):
    count = int(dashboard.grid.text(1).split()[0])
    return f"model-{count - 1:05}"


def selected(grid):
    """The name in the row where the cursor is parked: that of the selected model."""
    words = grid.text(grid.row).replace("▌", " ").replace(">", " ").split()
    return next((word for word in words if word.startswith("model-")), None)


# Reconciling.

def ticks(models):
    """What a tick costs that finds nothing to do: the same dashboard with a tick a second and with none."""
    cluster = clusters.simulated(models, REPLICAS)
    shares, asked = {}, []
    for interval in ("1h", "1s"):
        dashboard = Dashboard(
            ["--kubeconfig", cluster.kubeconfig, "--reconcile-interval", interval], cluster.environment)
        dashboard.wait(shows(models), f"{models} models")
        dashboard.watch(REST)
        before = len(cluster.asked())
        shares[interval] = cpu_share(dashboard, SECONDS)
        asked = [request for request in cluster.asked()[before:] if "/leases/" not in request]
        dashboard.close()
    # A tick a second: percent of a core are hundredths of a second.
    cost = max(0.0, (shares["1s"] - shares["1h"]) * 10)
    writes = [request for request in asked if "watch=true" not in request]
    return [row(
        "a reconcile tick that finds nothing to do", f"{program.grouped(models)} models", f"{cost:.1f} ms of CPU, {len(writes)} requests",
        "100 ms, no request", cost < 100 and not writes)]
