"""Runs the benchmarks of the kernels and prints the ratios that the project promises.

Usage: measure_kernels.py BUILD_FOLDER [REPETITIONS]
BUILD_FOLDER is a build with RELU0_BUILD_BENCHMARKS=ON (preset ci or development). Data: RELU0_DATA_DIR, else embedded.
"""
import pathlib
import sys

from google_benchmark import medians


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ms = medians(build / "suites" / "benchmarks" / "relu0_kernels_benchmark", repetitions,
                 lambda name: name.removesuffix("/real_time"), time="cpu_time")
    print(f"ms of one thread's time, median of {repetitions}")
    for name in sorted(ms):
        print(f"  {name:40}{ms[name]:10.2f}")
    best = next(f"products/portable {name}" for name in ("AVX-512", "AVX2", "baseline")
                if f"products/portable {name}" in ms)
    rows = [
        ("speed of the portable products of MLP 3x256, of OpenBLAS'", ms["products/OpenBLAS"] / ms[best], ">= 0.5"),
        ("speed of VGG11's portable forward pass, of LibTorch's", ms["vgg11_forward/native fp32"] / ms["vgg11_forward/portable fp32"],
         ">= 0.4"),
        ("fast protocol: portable / native", ms["fast/portable fp32"] / ms["fast/native fp32"], "<= 2.5"),
        ("fast protocol: bias-last / native", ms["fast/bias-last fp32"] / ms["fast/native fp32"], "<= 1.05"),
    ]
    for network in ("mlp", "vgg11"):
        rows.append((f"{network} forward and backward: portable / native",
                     ms[f"{network}_both/portable fp32"] / ms[f"{network}_both/native fp32"], "for information"))
    for bits in (16, 25, 40):
        for network in ("mlp", "vgg11"):
            rows.append((f"{network} forward: {bits} bits / portable fp32",
                         ms[f"{network}_forward/portable:bits={bits} fp64"] / ms[f"{network}_forward/portable fp32"], "<= 6"))
    print(f"\n{'ratio':60}{'measured':>10}  target")
    for label, value, target in rows:
        print(f"{label:60}{value:10.2f}  {target}")


main()
