"""What the gate costs beside plain passes of the same TorchScript modules, and how much memory it takes.

Usage: measure_gate.py RELU0 [REPETITIONS] [MODEL…]
RELU0 is the executable, MODEL a name in torchvision.models (by default five of them, scripted). For each model, on one
thread, at fp32: the CPU seconds that a forward and backward pass takes in Python's torch, after warm-up; and those that
`relu0 gate` takes for one mini-batch more, from runs of 1 and of 6 mini-batches, so that loading, compiling and what is
measured on the first mini-batch alone (luck) are in neither. Three times:

census         with --no-errors: the census of all kinks, and both values and their control where a kink is met at which
               a choice could matter.
with errors    as the gate runs by default: every gradient held against the one at fp64.
summed terms   what the pass of the summed terms adds, beside a plain pass in training mode. It runs where a gradient
               cancels, so every convolution in front of a batch-norm gets a bias, whose gradient is 0 in the real numbers;
               it is the difference between these biases as they are and frozen, where nothing cancels. A model without
               batch-norms has none, and where one batch-norm follows another without a ReLU between them (shufflenet,
               mobilenet), gradients cancel in both.

It takes about half an hour. CPU time, since other work on the machine lengthens the wall time only.
"""
import json
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
KINDS = {"census": ["--no-errors"], "with errors": []}


def plain_pass(file, batches):
    model = torch.jit.load(file)
    loss = torch.nn.CrossEntropyLoss()

    def one(inputs, target):
        model.zero_grad(set_to_none=True)
        output = model(inputs)
        output = output if isinstance(output, torch.Tensor) else output[0]
        loss(output, target).backward()

    for _ in range(3):
        one(*batches[0])
    start = time.process_time()
    for batch in batches[:MORE]:
        one(*batch)
    return (time.process_time() - start) / MORE


class Gate:
    """Runs of `relu0 gate` in a folder with the mini-batches."""

    def __init__(self, relu0, folder):
        self.relu0 = relu0
        self.folder = pathlib.Path(folder)
        self.largest = 0

    def run(self, file, count, options):
        """CPU seconds, and gate.json."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(
            [self.relu0, "gate", file, "--inputs", "batches.pt", "--minibatches", str(count), "--out", "out",
             "--output-index", "0", "--luck", "repeat", "--precision", "fp32"] + options,
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode not in (0, 1, 5):
            sys.exit(run.stdout)
        self.largest = after.ru_maxrss / 2**20
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, json.loads((self.folder / "out" / "gate.json").read_text())

    def one_more(self, file, options):
        """CPU seconds of one mini-batch more, and gate.json of the longer run."""
        one, _ = self.run(file, 1, options)
        more, report = self.run(file, 1 + MORE, options)
        return (more - one) / MORE, report


def in_front_of_norms(model):
    """The convolutions that a batch-norm follows, as torchvision orders its modules."""
    before = None
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d) and isinstance(before, torch.nn.Conv2d):
            yield before
        if not list(module.children()):
            before = module


def save_cancelling(model, folder):
    """The model with biases in front of its batch-norms, as "biased.pt" and, these frozen, as "frozen.pt". None without."""
    convolutions = list(in_front_of_norms(model))
    for convolution in convolutions:
        convolution.bias = torch.nn.Parameter(torch.rand(convolution.out_channels) - 0.5)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.train()
    for name, trained in (("biased", True), ("frozen", False)):
        for convolution in convolutions:
            convolution.bias.requires_grad_(trained)
        torch.jit.script(model).save(os.path.join(folder, f"{name}.pt"))
    return bool(convolutions)


def cancels(report):
    return any("much cancels in it" in check["message"] for check in report["checks"])


def cost_of_terms(gate):
    """CPU seconds of the pass of the summed terms in one mini-batch; None where it runs in both models, or in none."""
    frozen, without = gate.one_more("frozen.pt", [])
    if cancels(without):
        return None
    biased, report = gate.one_more("biased.pt", [])
    return biased - frozen if cancels(report) else None


def main():
    relu0 = pathlib.Path(sys.argv[1]).resolve()
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    names = sys.argv[3:] or ["resnet18", "squeezenet1_1", "mobilenet_v2", "vgg11_bn", "shufflenet_v2_x1_0"]
    torch.set_num_threads(1)
    columns = [*KINDS, "summed terms"]
    ratios = {column: [] for column in columns}
    print(f"{'model':20}{'plain pass, s':>14}" + "".join(f"{column + ', s':>16}{'ratio':>7}" for column in columns)
          + f"{'largest process so far, GiB':>30}")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(1)
            model = getattr(torchvision.models, name)().eval()
            file = os.path.join(folder, "model.pt")
            torch.jit.script(model).save(file)
            batches = [(torch.randn(SAMPLES, 3, 224, 224), torch.randint(0, 1000, (SAMPLES,))) for _ in range(1 + MORE)]
            torch.save([list(batch) for batch in batches], os.path.join(folder, "batches.pt"))
            has_norms = save_cancelling(model, folder)
            gate = Gate(relu0, folder)
            seconds = {column: [] for column in columns}
            plain = []
            in_training = []
            for _ in range(repetitions):
                plain.append(plain_pass(file, batches))
                for kind, options in KINDS.items():
                    seconds[kind].append(gate.one_more("model.pt", options)[0])
                cost = cost_of_terms(gate) if has_norms else None
                if cost is not None:
                    in_training.append(plain_pass(os.path.join(folder, "biased.pt"), batches))
                    seconds["summed terms"].append(cost)
            of_plain = dict.fromkeys(KINDS, statistics.median(plain))
            of_plain["summed terms"] = statistics.median(in_training or plain)
            line = f"{name:20}{of_plain['census']:14.3f}"
            for column in columns:
                if not seconds[column]:
                    line += f"{'-':>16}{'-':>7}"
                    continue
                cost = statistics.median(seconds[column])
                ratios[column].append(cost / of_plain[column])
                line += f"{cost:16.3f}{ratios[column][-1]:7.2f}"
            print(f"{line}{gate.largest:30.2f}", flush=True)
    print("median ratio " + ", ".join(f"{column} {statistics.median(ratios[column]):.2f}" for column in columns if ratios[column])
          + "; that of the census is to be <= 1.3")


main()
