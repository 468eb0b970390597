"""Runs the benchmarks and prints the ratios that the project promises, with the medians they come from.

Usage: measure.py BUILD_FOLDER [REPETITIONS]
BUILD_FOLDER is a build with RELU0_BUILD_BENCHMARKS=ON (preset ci or development). Data: RELU0_DATA_DIR, else embedded.
Run it on an otherwise idle machine with two cores.
"""
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

from google_benchmark import medians

PYTHON = "/usr/bin/python3"  # the one that Debian's python3-torch serves
IMAGES = 60000


def torch_median(kind, repetitions):
    script = pathlib.Path(__file__).with_name("two_network_torch.py")
    lines = subprocess.run([PYTHON, script, str(IMAGES), str(repetitions), kind], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split()
    return 1000 * statistics.median(float(line) for line in lines)


def peak_memory_of_a_run(build):
    """MiB, of a run that holds the largest data: fp64, widest network."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([build / "suites" / "relu0", "run", "width", "--networks", "2", "--fp64-networks", "2",
                        "--out", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    # First, so that the largest child so far is the run itself.
    memory = peak_memory_of_a_run(build)
    # Per network, two running side by side on two cores.
    ms = medians(build / "suites" / "benchmarks" / "relu0_benchmarks", repetitions,
                 lambda name: "/".join(name.split("/")[:2]))
    slices = torch_median("slices", repetitions)
    loader = torch_median("loader", repetitions)
    print(f"{'ms per network, median of ' + str(repetitions):42}")
    for name in sorted(ms):
        print(f"  {name:40}{ms[name]:10.1f}")
    print(f"  {'two_network in Python, tensor slices':40}{slices:10.1f}")
    print(f"  {'two_network in Python, DataLoader':40}{loader:10.1f}")
    fast = ms["fast/fp32"]
    rows = [
        ("two-network / fast, fp32", ms["two_network/fp32"] / fast, ">= 6"),
        ("Python two-network (DataLoader) / fast, fp32", loader / fast, ">= 12"),
        ("Python two-network (slices) / fast, fp32", slices / fast, "for information"),
        ("fast / bare matrix products, fp32", fast / ms["bare_products/fp32"], "<= 1.5"),
        ("fast fp16 / fast fp32, no early exit", ms["fast/fp16"] / fast, "<= 2.5"),
        ("two-network fp16 / fp32", ms["two_network/fp16"] / ms["two_network/fp32"], "<= 2.5"),
        ("1,000 networks, fp32, early exit, minutes", ms["fast_early_exit/fp32"] / 60, "<= 20"),
        ("peak memory of a run, MiB", memory, "<= 2048"),
    ]
    print(f"\n{'ratio':48}{'measured':>10}  target")
    for label, value, target in rows:
        print(f"{label:48}{value:10.2f}  {target}")


main()
