"""Runs the benchmark of trainings and prints the ratios that the project promises, with the medians they come from.

Usage: measure_training.py BUILD_FOLDER [REPETITIONS]
BUILD_FOLDER is a build with RELU0_BUILD_BENCHMARKS=ON (preset ci or development). Times are CPU times of one thread; what is
loaded on a thread of its own is counted apart. The two trainings side by side are whole processes of relu0, whose wall time
needs a machine with two idle cores; their CPU time does not.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from google_benchmark import medians

PYTHON = "/usr/bin/python3"  # the one that Debian's python3-torch serves


def torch_epoch(repetitions):
    script = pathlib.Path(__file__).with_name("training_torch.py")
    lines = subprocess.run([PYTHON, script, str(repetitions)], check=True, text=True, stdout=subprocess.PIPE,
                           env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}).stdout.split()
    return 1000 * statistics.median(float(line) for line in lines)


def trainings(build, count):
    """Wall and CPU seconds of that many trainings of five epochs, side by side in one process."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        begin = time.monotonic()
        subprocess.run([build / "suites" / "relu0", "run", "sgd-sweep", "--only", "network=mlp-3x256,precision=fp32,s=0",
                        "--images", "60000", "--epochs", "5", "--networks", str(count), "--threads", str(count),
                        "--kernel", "native", "--out", folder], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        wall = time.monotonic() - begin
        after = os.times()
    return wall, (after.children_user + after.children_system) - (before.children_user + before.children_system)


def side_by_side(build, repetitions):
    """Two trainings on two cores against one: medians of the ratios of wall time, and of CPU time for each."""
    wall, cpu = [], []
    for _ in range(repetitions):
        one = trainings(build, 1)
        two = trainings(build, 2)
        wall.append(two[0] / one[0])
        cpu.append(two[1] / 2 / one[1])
    return statistics.median(wall), statistics.median(cpu)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ms = medians(build / "suites" / "benchmarks" / "relu0_training_benchmark", repetitions, lambda name: name,
                 time="cpu_time")
    python = torch_epoch(repetitions)
    wall, cpu = side_by_side(build, repetitions)
    print(f"ms, median of {repetitions}")
    for name in sorted(ms):
        print(f"  {name:40}{ms[name]:10.1f}")
    print(f"  {'epoch in Python, tensor slices':40}{python:10.1f}")
    ours = ms["epoch_with_census"]
    rows = [
        ("epoch with census / LibTorch's", ours / ms["epoch_of_libtorch"], "<= 1.15"),
        ("epoch with census / bare matrix products", ours / ms["bare_products"], "<= 1.3"),
        ("epoch with census / Python's on slices", ours / python, "<= 1"),
        ("checkpoint / epoch", ms["checkpoint"] / ours, "<= 0.02"),
        ("loading / epoch", ms["loading"] / ours, "<= 0.1"),
        ("two trainings on two cores / one, wall", wall, "<= 1.1"),
        ("a training of two side by side / one alone, CPU", cpu, "for information"),
    ]
    print(f"\n{'ratio':48}{'measured':>10}  target")
    for label, value, target in rows:
        print(f"{label:48}{value:10.3f}  {target}")


main()
