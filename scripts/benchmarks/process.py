"""What processes cost: time on the wall and on the processor, and memory."""
import math
import os
import statistics
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


class Cost:
    """What one run of a command took: seconds on the wall and on the processor, and megabytes at most."""

    def __init__(self, wall, cpu, peak):
        self.wall, self.cpu, self.peak = wall, cpu, peak


def run(command, environment=None):
    """Runs a command to its end and says what it cost."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} failed: {errors.decode()[-500:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def cpu(pid):
    """Seconds on the processor so far, of all threads."""
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def thread_cpu(pid):
    """Seconds on the processor so far in nanoseconds' precision, by thread: for spans in which few ticks pass."""
    seconds = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            seconds[thread] = int(open(f"/proc/{pid}/task/{thread}/schedstat").read().split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            pass  # A thread that has just ended, or a kernel that does not tell.
    return seconds


def cpu_between(before, after):
    """Seconds between two looks at `thread_cpu`. A thread that ended in between had nothing to do any more."""
    return sum(seconds - before.get(thread, 0) for thread, seconds in after.items())


def memory(pid, field):
    """Megabytes: `VmRSS` is what is resident now, `VmHWM` the most that was."""
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"bench: no {field} of process {pid}")


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """The smallest value that at least that share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
