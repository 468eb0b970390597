"""Runs the benchmarks of streams of mini-batches and prints the ratios that the project promises.

Usage: measure_streams.py BUILD_FOLDER [REPETITIONS]
BUILD_FOLDER is a build with RELU0_BUILD_BENCHMARKS=ON (preset ci or development). Data: RELU0_DATA_DIR, else embedded.
Run it on an otherwise idle machine with two cores; it takes about ten minutes.
"""
import pathlib
import sys

from google_benchmark import medians


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ms = medians(build / "suites" / "benchmarks" / "relu0_streams_benchmark", repetitions,
                 lambda name: name.replace("/real_time", ""))
    print(f"ms, median of {repetitions}")
    for name in sorted(ms):
        print(f"  {name:40}{ms[name]:10.1f}")
    fast, two_network = ((ms[f"{kind}/fp32/5"] - ms[f"{kind}/fp32/1"]) / 4 for kind in ("fast", "two_network"))
    print(f"  {'fast, per mini-batch':40}{fast:10.1f}")
    print(f"  {'two-network, per mini-batch':40}{two_network:10.1f}")
    rows = [
        ("two-network / fast, VGG11, fp32", two_network / fast, ">= 4"),
        ("fast / bare LibTorch forward pass", fast / ms["bare_forward/fp32"], "<= 1.3"),
        ("making a mini-batch / fast", ms["load/cifar10"] / fast, "<= 0.1"),
        ("image folder, 1 thread / 2 threads", ms["load/image_folder/1"] / ms["load/image_folder/2"],
         "parallel: towards 2"),
    ]
    print(f"\n{'ratio':48}{'measured':>10}  target")
    for label, value, target in rows:
        print(f"{label:48}{value:10.3f}  {target}")


main()
