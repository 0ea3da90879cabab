"""The rows of the table, and docs/benchmarks.md."""
import datetime
import json
import os
import platform
import subprocess

from . import program

PAGE = os.path.join(program.ROOT, "docs", "benchmarks.md")
# What was measured with which binary: parts that are measured alone find the rest of the table there.
KEPT = os.path.join(program.ROOT, ".build", "benchmarks.json")
# What stands below this line is written by people and stays.
NOTES = "<!-- make bench writes what is above this line -->"


def row(measure, at, value, bar="", met=None, ratio=""):
    """- met: whether the bar is reached; `None` where there is none."""
    return {"measure": measure, "at": at, "value": value, "ratio": ratio, "bar": bar, "met": met}


def read_kept():
    try:
        kept = json.load(open(KEPT))
    except (OSError, ValueError):
        return {}
    return kept["parts"] if kept.get("binary") == identity() else {}


def keep(parts):
    with open(KEPT, "w") as file:
        json.dump({"binary": identity(), "parts": parts}, file, indent=1)


def identity():
    status = os.stat(program.binary())
    return [status.st_size, status.st_mtime_ns]


def lines(rows):
    marks = {True: "met", False: "**missed**", None: ""}
    return [
        f"| {row['measure']} | {row['at']} | {row['value']} | {row['ratio']} | {row['bar']} | {marks[row['met']]} |"
        for row in rows]


def show(rows):
    """Prints rows as they will stand in the table."""
    print("\n".join(lines(rows)), flush=True)


def write(parts):
    """Writes the page out of all parts in their order."""
    table = ["| measure | at | value | ratio | bar | |", "|---|---|---|---|---|---|"]
    table += [line for rows in parts for line in lines(rows)]
    head = [
        "# Measurements", "",
        "Written by `make bench`. Times are medians of at least five runs where nothing else is said; compared commands alternate in",
        "one run, and their ratio says more than their times. A p99 is that of some hundred keys.", "",
        *machine(), "",
    ]
    try:
        notes = open(PAGE).read().partition(NOTES)[2]
    except OSError:
        notes = "\n"
    with open(PAGE, "w") as page:
        page.write("\n".join(head + table) + f"\n\n{NOTES}{notes}")


def machine():
    with open("/proc/cpuinfo") as cpu:
        model = next((line.split(":")[1].strip() for line in cpu if line.startswith("model name")), "?")
    return [
        f"- machine: {os.cpu_count()} cores, {model}, {platform.system()} {platform.release()}",
        f"- {first_line(['swift', '--version'])}; {first_line([program.binary(), '--version'])}, "
        f"release, static; kubectl {first_line(['kubectl', 'version', '--client'])}",
        f"- {datetime.date.today().isoformat()}",
    ]


def first_line(command):
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return lines[0] if lines else "?"
