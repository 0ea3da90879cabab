"""A dashboard on a terminal of its own, whose screen can be read."""
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from . import process, program

TOKEN = re.compile(
    r"\x1b\[([?>=!]?)([0-9;:]*)[ -/]*([@-~])"  # control sequence
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # title
    r"|\x1b[()*+][0-9A-Za-z]|\x1b([0-9A-Za-z=>])"  # others
    r"|([\x00-\x1a\x1c-\x1f\x7f])|([^\x00-\x1f\x7f]+)")


class Grid:
    """As much of a terminal (xterm) as curses uses: what stands where, and where the cursor is. Colours are not kept."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.row = self.column = 0
        self.top, self.bottom = 0, rows - 1
        self.cells = [[" "] * columns for _ in range(rows)]
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""
        self.last = " "

    def text(self, row):
        return "".join(self.cells[row])

    def lines(self):
        return [self.text(row) for row in range(self.rows)]

    def feed(self, data):
        text = self.rest + self.decoder.decode(data)
        self.rest = ""
        position = 0
        while position < len(text):
            token = TOKEN.match(text, position)
            if token is None:
                # A sequence that has not come whole.
                self.rest = text[position:]
                return
            position = token.end()
            mark, numbers, final, other, control, printed = token.groups()
            if printed is not None:
                self.print(printed)
            elif control is not None:
                self.control(control)
            elif final is not None and mark == "":
                self.sequence(final, [int(number) if number else 0 for number in numbers.split(";")])
            elif other == "M":
                self.reverse_index()

    def print(self, text):
        for character in text:
            if self.column >= self.columns:
                self.column = 0
                self.line_feed()
            self.cells[self.row][self.column] = character
            self.column += 1
        self.last = text[-1]

    def control(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.line_feed()
        elif character == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)

    def line_feed(self):
        if self.row == self.bottom:
            self.scroll(self.top, 1)
        else:
            self.row = min(self.rows - 1, self.row + 1)

    def reverse_index(self):
        if self.row == self.top:
            self.scroll(self.top, -1)
        else:
            self.row = max(0, self.row - 1)

    def scroll(self, first, lines):
        region = self.cells[first:self.bottom + 1]
        count = min(abs(lines), len(region))
        blank = [[" "] * self.columns for _ in range(count)]
        region = region[count:] + blank if lines > 0 else blank + region[:len(region) - count]
        self.cells[first:self.bottom + 1] = region

    def sequence(self, final, numbers):
        count = max(1, numbers[0])
        line = self.cells[self.row]
        column = min(self.column, self.columns - 1)
        if final in "Hf":
            self.row = min(self.rows, count) - 1
            self.column = min(self.columns, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            self.row = min(self.rows - 1, self.row + count)
        elif final == "C":
            self.column = min(self.columns - 1, column + count)
        elif final == "D":
            self.column = max(0, column - count)
        elif final in "G`":
            self.column = min(self.columns, count) - 1
        elif final == "d":
            self.row = min(self.rows, count) - 1
        elif final == "K":
            start, end = {0: (column, self.columns), 1: (0, column + 1)}.get(numbers[0], (0, self.columns))
            line[start:end] = [" "] * (end - start)
        elif final == "J":
            if numbers[0] == 0:
                line[column:] = [" "] * (self.columns - column)
                rows = range(self.row + 1, self.rows)
            else:
                rows = range(self.rows)
            for row in rows:
                self.cells[row] = [" "] * self.columns
        elif final == "X":
            end = min(self.columns, column + count)
            line[column:end] = [" "] * (end - column)
        elif final == "b":
            self.print(self.last * count)
        elif final == "@":
            line[column:] = ([" "] * count + line[column:])[:self.columns - column]
        elif final == "P":
            line[column:] = (line[column + count:] + [" "] * count)[:self.columns - column]
        elif final == "L":
            self.scroll(self.row, -count)
        elif final == "M":
            self.scroll(self.row, count)
        elif final == "S":
            self.scroll(self.top, count)
        elif final == "T":
            self.scroll(self.top, -count)
        elif final == "r":
            self.top = count - 1
            self.bottom = (numbers[1] if len(numbers) > 1 and numbers[1] else self.rows) - 1
            self.row = self.column = 0


class Dashboard:
    """`modeldeck` with these arguments on a new terminal; it runs from here on."""

    def __init__(self, arguments, environment, rows=40, columns=160):
        self.grid = Grid(rows, columns)
        self.bytes = 0
        self.start = self.last_output = time.perf_counter()
        binary = program.binary()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            # The program must not start before its terminal has a size.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execve(binary, [binary, *arguments], environment)

    def read(self, seconds):
        """What comes within a time, as soon as anything does; `False` where nothing did."""
        pieces = []
        # All that is there is taken before any of it is looked at: a terminal's buffer is small, and the dashboard waits where it is full.
        while select.select([self.terminal], [], [], 0 if pieces else max(0, seconds))[0]:
            try:
                pieces.append(os.read(self.terminal, 65536))
            except OSError:
                raise SystemExit("bench: the dashboard has ended:\n" + "\n".join(self.grid.lines()))
            self.last_output = time.perf_counter()
        data = b"".join(pieces)
        self.bytes += len(data)
        self.grid.feed(data)
        return bool(data)

    def wait(self, test, what, seconds=120):
        """Waits for a state of the screen. Returns the time at which the last bytes of its frame came."""
        deadline = time.perf_counter() + seconds
        while not test(self.grid):
            if time.perf_counter() > deadline:
                raise SystemExit(f"bench: {what} did not come to the screen:\n" + "\n".join(self.grid.lines()))
            self.read(0.2)
        # A frame may come in pieces; two frames are further apart.
        while self.read(0.004):
            pass
        return self.last_output

    def watch(self, seconds):
        """Reads what comes for a time. Returns the number of bytes."""
        deadline = time.perf_counter() + seconds
        before = self.bytes
        while (left := deadline - time.perf_counter()) > 0:
            self.read(left)
        return self.bytes - before

    def press(self, key, test, what):
        """Milliseconds from a key to the screen that it leads to."""
        while self.read(0):
            pass
        start = time.perf_counter()
        os.write(self.terminal, key)
        return (self.wait(test, what, 10) - start) * 1000

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        while True:
            try:
                if not os.read(self.terminal, 65536):
                    break
            except OSError:
                break
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def shows(count, has_services=True):
    """A test of the screen: all rows are there, and everything that they are made of has been read."""
    words = re.compile(rf"(^|\s){count} models?\s")
    unread = re.compile(r"\s\?[\s/]")

    def test(grid):
        if "live" not in grid.text(0) or not words.search(grid.text(1)):
            return False
        models = [line for line in grid.lines() if line[1:].startswith("model-")]
        return all(not unread.search(line) and (not has_services or ":8000" in line) for line in models)

    return test
