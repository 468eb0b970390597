"""Runs a Google Benchmark program for the measure_*.py beside it."""
import json
import statistics
import subprocess


def medians(program, repetitions, name_of, time="real_time"):
    """The median time of each benchmark, interleaved at random, in the unit that it reports (ms throughout): wall time, or
    cpu_time for benchmarks of one thread, which other load disturbs less."""
    text = subprocess.run(
        [program, "--benchmark_format=json", f"--benchmark_repetitions={repetitions}",
         "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.1"],
        check=True, stdout=subprocess.PIPE).stdout
    times = {}
    for run in json.loads(text)["benchmarks"]:
        if run["run_type"] == "iteration":
            times.setdefault(name_of(run["name"]), []).append(run[time])
    return {name: statistics.median(values) for name, values in times.items()}
