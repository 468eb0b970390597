"""What the gate costs beside plain passes of the same TorchScript modules, and how much memory it takes.

Usage: measure_gate.py RELU0 [REPETITIONS] [MODEL…]
RELU0 is the executable, MODEL a name in torchvision.models (by default five of them, scripted). For each model, on one
thread, at fp32: the CPU seconds that a forward and backward pass takes in Python's torch, after warm-up; and those that
`relu0 gate` takes for one mini-batch more, from runs of 1 and of 6 mini-batches, so that loading, compiling and what is
measured on the first mini-batch alone (luck) are in neither. Once with --no-errors: the census of all kinks, and both
values and their control where a kink is met at which a choice could matter. And once as the gate runs by default, with
every gradient held against the one at fp64. It takes about ten minutes.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"
import torch
import torchvision

SAMPLES = 2
MORE = 5


def plain_pass(file, batches, repetitions):
    model = torch.jit.load(file)
    loss = torch.nn.CrossEntropyLoss()

    def one(inputs, target):
        model.zero_grad(set_to_none=True)
        output = model(inputs)
        output = output if isinstance(output, torch.Tensor) else output[0]
        loss(output, target).backward()

    for _ in range(3):
        one(*batches[0])
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        for batch in batches[:MORE]:
            one(*batch)
        times.append((time.process_time() - start) / MORE)
    return statistics.median(times)


def gate(relu0, folder, count, options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [relu0, "gate", "model.pt", "--inputs", "batches.pt", "--minibatches", str(count), "--out", f"out{count}",
         "--output-index", "0", "--luck", "repeat", "--precision", "fp32"] + options,
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 1, 5):
        sys.exit(run.stdout)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 2**20


def main():
    relu0 = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    names = sys.argv[3:] or ["resnet18", "squeezenet1_1", "mobilenet_v2", "vgg11_bn", "shufflenet_v2_x1_0"]
    torch.set_num_threads(1)
    kinds = {"census": ["--no-errors"], "with errors": []}
    ratios = {kind: [] for kind in kinds}
    print(f"{'model':20}{'plain pass, s':>14}" + "".join(f"{kind + ', s':>16}{'ratio':>7}" for kind in kinds)
          + f"{'largest process so far, GiB':>30}")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(1)
            model = getattr(torchvision.models, name)().eval()
            file = os.path.join(folder, "model.pt")
            torch.jit.script(model).save(file)
            batches = [(torch.randn(SAMPLES, 3, 224, 224), torch.randint(0, 1000, (SAMPLES,))) for _ in range(1 + MORE)]
            torch.save([list(batch) for batch in batches], os.path.join(folder, "batches.pt"))
            extra = {kind: [] for kind in kinds}
            plain = []
            for _ in range(repetitions):
                plain.append(plain_pass(file, batches, 1))
                for kind, options in kinds.items():
                    one, more = (gate(relu0, folder, count, options) for count in (1, 1 + MORE))
                    extra[kind].append((more[0] - one[0]) / MORE)
            of_plain = statistics.median(plain)
            line = f"{name:20}{of_plain:14.3f}"
            for kind in kinds:
                per_batch = statistics.median(extra[kind])
                ratios[kind].append(per_batch / of_plain)
                line += f"{per_batch:16.3f}{per_batch / of_plain:7.2f}"
            print(f"{line}{more[1]:30.2f}", flush=True)
    print("median ratio " + ", ".join(f"{kind} {statistics.median(ratios[kind]):.2f}" for kind in kinds)
          + "; that of the census is to be <= 1.3")


main()
