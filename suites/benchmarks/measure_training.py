"""Runs the benchmark of trainings and prints the ratios that the project promises, with the medians they come from.

Usage: measure_training.py BUILD_FOLDER [REPETITIONS]
BUILD_FOLDER is a build with RELU0_BUILD_BENCHMARKS=ON (preset ci or development). Times are CPU times of one thread; what is
loaded on a thread of its own is counted apart.
"""
import pathlib
import statistics
import subprocess
import sys

from google_benchmark import medians

PYTHON = "/usr/bin/python3"  # the one that Debian's python3-torch serves


def torch_epoch(repetitions):
    script = pathlib.Path(__file__).with_name("training_torch.py")
    lines = subprocess.run([PYTHON, script, str(repetitions)], check=True, text=True, stdout=subprocess.PIPE).stdout.split()
    return 1000 * statistics.median(float(line) for line in lines)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ms = medians(build / "suites" / "benchmarks" / "relu0_training_benchmark", repetitions, lambda name: name,
                 time="cpu_time")
    python = torch_epoch(repetitions)
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
    ]
    print(f"\n{'ratio':48}{'measured':>10}  target")
    for label, value, target in rows:
        print(f"{label:48}{value:10.3f}  {target}")


main()
