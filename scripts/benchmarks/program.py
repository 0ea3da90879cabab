"""The release binary, where things are, and what may be set by the environment."""
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLAGS = ["-c", "release", "--static-swift-stdlib", "--product", "modeldeck"]
# BENCH=quick: the small size alone, and fewer repetitions.
QUICK = os.environ.get("BENCH") == "quick"
# Models of the simulated clusters; each has three replicas.
SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000" if QUICK else "1000,10000").split(",")]
# How often each of two compared commands runs, one after the other.
RUNS = int(os.environ.get("BENCH_RUNS", "3" if QUICK else "5"))
# The scripts that make a real control plane; see scripts/real-control-plane.
CONTROL_PLANE = os.environ.get("BENCH_KUBERNETES", os.path.join(ROOT, "..", "shared", "kubernetes"))

_binary = None


def binary():
    """The path of the release binary, as `make release` leaves it."""
    global _binary
    if _binary is None:
        if not (path := os.environ.get("BENCH_BINARY")):
            path = subprocess.run(
                ["swift", "build", *FLAGS, "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout.strip() + "/modeldeck"
        _binary = path
    return _binary


def environment(home):
    """What the measured programs see: a home of their own, and nothing of whoever measures."""
    return {
        "HOME": home, "XDG_STATE_HOME": home + "/state", "TERM": "xterm-256color", "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"]}


def grouped(number):
    """`10,000`"""
    return f"{number:,}"
