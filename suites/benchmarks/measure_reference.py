"""Runs the benchmarks of the reference and prints the ratios that the project promises, with the medians they come from.

Usage: measure_reference.py BUILD_FOLDER [REPETITIONS]
BUILD_FOLDER is a build with RELU0_BUILD_BENCHMARKS=ON (preset ci or development).
Run it on an otherwise idle machine with two cores; it takes about ten minutes.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

SHAPES = {"256x784x128": 60, "512x4608x16": 40, "64x576x1024": 60}
BALL_TARGETS = {"256x784x128": 100, "512x4608x16": 80, "64x576x1024": 100}
NETWORKS = ("mlp-3x256", "vgg11", "vgg11-bn", "resnet18", "resnet18-bn", "resnet50-bn-224")
MEMORY_LIMITS = {"vgg11": 4, "resnet50-bn-224": 8}
GIBIBYTE = 2**30


def run(program, *options):
    """The benchmark's report and the peak memory of its process in bytes."""
    with tempfile.NamedTemporaryFile() as out:
        process = subprocess.Popen([program, f"--benchmark_out={out.name}", "--benchmark_out_format=json", *options],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{program} failed")
        return json.load(out)["benchmarks"], usage.ru_maxrss * 1024


def name_of(entry):
    """'exact_slices/256x784x128/128' of 'exact_slices/rows:256/inner:784/columns:128/bits:128/…'."""
    parts = entry["name"].replace("/process_time", "").replace("/real_time", "").split("/")
    sizes = [part.split(":")[1] for part in parts[1:5] if ":" in part]
    return f"{parts[0]}/{'x'.join(sizes[:3])}/{sizes[3]}" if len(sizes) == 4 else "/".join(parts[:2])


def medians(program, repetitions, names):
    entries, _ = run(program, f"--benchmark_filter={names}", f"--benchmark_repetitions={repetitions}",
                     "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.2")
    times = {}
    for entry in entries:
        if entry["run_type"] == "iteration":
            times.setdefault(name_of(entry), []).append(entry["real_time"])
    return {name: statistics.median(values) for name, values in times.items()}, entries


def print_products(program, repetitions):
    ms, entries = medians(program, repetitions, "^exact_slices|^balls|bare_dgemms|arb_")
    ms.update(medians(program, 1, "eigen_mpfr")[0])
    dgemms = {name_of(entry): int(entry["dgemms"]) for entry in entries if "dgemms" in entry}
    print("Product at 128 bits, ms; ratios to Eigen over MPFR and to Arb's arb_mat_approx_mul")
    print(f"  {'rows x inner x columns':24}{'ours':>8}{'Eigen':>9}{'Arb':>8}{'/Eigen':>8}{'/Arb':>7}  targets"
          f"{'dgemms':>12}{'their share':>13}")
    for shape, target in SHAPES.items():
        ours, eigen, arb, bare = (ms[f"{kind}/{shape}/128"]
                                  for kind in ("exact_slices", "eigen_mpfr", "arb_approximate", "bare_dgemms"))
        print(f"  {shape:24}{ours:8.1f}{eigen:9.0f}{arb:8.0f}{eigen / ours:8.0f}{arb / ours:7.1f}"
              f"  >= {target}, >= 3{dgemms[f'exact_slices/{shape}/128']:6}{bare / ours:13.0%}")
    print("\nThe same of balls, both operands with radii, ms; ratios to Eigen without radii and to Arb's arb_mat_mul of balls")
    for shape, target in BALL_TARGETS.items():
        ours, eigen, arb = (ms[f"{kind}/{shape}/128"] for kind in ("balls", "eigen_mpfr", "arb_balls"))
        print(f"  {shape:24}{ours:8.1f}{eigen:9.0f}{arb:8.0f}{eigen / ours:8.0f}{arb / ours:7.1f}  >= {target}, >= 4")
    print("\nProduct of 256x784x128 by bits")
    print(f"  {'bits':>6}{'ms':>9}{'dgemms':>8}{'ms a dgemm':>12}{'dgemms alone, share':>21}")
    for bits in sorted(int(name.split("/")[2]) for name in ms if name.startswith("exact_slices/256x784x128/")):
        name = f"256x784x128/{bits}"
        ours, count = ms[f"exact_slices/{name}"], dgemms[f"exact_slices/{name}"]
        print(f"  {bits:6}{ours:9.1f}{count:8}{ours / count:12.2f}{ms[f'bare_dgemms/{name}'] / ours:21.0%}")


def print_backprops(program, repetitions):
    ms, _ = medians(program, repetitions, "mlp|vgg|resnet18")
    ms.update(medians(program, 1, "resnet50")[0])
    print("\nWhole forward and backward pass, ms; ratio to LibTorch's autograd at fp64 on the same batch")
    print(f"  {'network':24}{'128 bits':>10}{'fp64':>9}{'ratio':>8}  target")
    for network in NETWORKS:
        ours, theirs = ms[f"{network}/reference-128"], ms[f"{network}/libtorch-fp64"]
        print(f"  {network:24}{ours:10.0f}{theirs:9.1f}{ours / theirs:8.1f}  {'<= 60' if '50' not in network else ''}")
    print("\nMLP 3x256, batch 256, by bits")
    for bits in sorted(int(name.split("-")[-1]) for name in ms if name.startswith("mlp-3x256/reference-")):
        print(f"  {bits:6}{ms[f'mlp-3x256/reference-{bits}']:10.0f} ms")
    print("\nPeak memory of one pass at 128 bits, GiB")
    for network, limit in MEMORY_LIMITS.items():
        _, peak = run(program, f"--benchmark_filter=^{network}/reference-128", "--benchmark_min_time=0")
        print(f"  {network:24}{peak / GIBIBYTE:8.2f}  <= {limit}")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve() / "suites" / "benchmarks"
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print_products(folder / "relu0_product_benchmark", repetitions)
    print_backprops(folder / "relu0_backprop_benchmark", repetitions)
    subprocess.run([folder / "relu0_tightness"], check=True)


main()
