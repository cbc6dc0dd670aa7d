"""Builds faulty.c, and gives orders to it while it runs."""
import mmap
import os
import shutil
import struct
import subprocess

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faulty.c")
COUNT, FROM, TO, ERROR, DELAY, CLOCK, FAILED = range(7)
HALF, KILL = 0, -1
FOREVER = 2**62


class NotHere(Exception):
    """This machine cannot build or preload it."""


def build(folder):
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        raise NotHere("no C compiler here")
    library = os.path.join(folder, "faulty.so")
    done = subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], capture_output=True, text=True)
    if done.returncode:
        raise NotHere("the library for preloading cannot be built: " + done.stderr.strip()[:200])
    return library


class Faulty:
    """The orders for one process."""

    def __init__(self, folder, data):
        self.library = build(folder)
        self.control = os.path.join(folder, "orders")
        with open(self.control, "wb") as file:
            file.write(bytes(7 * 8))
        with open(self.control, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 7 * 8)
        self.environment = {"LD_PRELOAD": self.library, "COUNTERSIGN_FAULTY_CONTROL": self.control,
                            "COUNTERSIGN_FAULTY_FOLDER": os.path.realpath(data)}

    def get(self, word):
        return struct.unpack_from("=q", self.memory, word * 8)[0]

    def set(self, word, value):
        struct.pack_into("=q", self.memory, word * 8, value)

    def fail(self, first, last, error):
        """From now on the first to the last operation fail, counted from 1."""
        self.heal()
        self.set(ERROR, error)
        self.set(TO, last)
        self.set(FROM, first)

    def heal(self):
        """Nothing fails any more; what was counted is forgotten. Returns how many operations failed."""
        failed = self.get(FAILED)
        for word in (FROM, TO, COUNT, FAILED):
            self.set(word, 0)
        return failed
