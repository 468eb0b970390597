"""Tables of what the gate finds of torchvision's models, from the gate.json of a run each.

Usage: tabulate_gate.py RELU0 IMAGES FOLDER [--models NAME,…] [--precisions NAME,…] [--size PIXELS] [--minibatches N]
                        [--samples N] [--traced] [--reference SAMPLES]
RELU0 is the executable; IMAGES a folder with a folder of images for each class, such as ImageNet's; FOLDER gets the
models, the mini-batches and the reports. A model whose gate.json lies there already is not run again, so that a stopped run
continues with the same command and the tables are made anew from it.

The models have the random weights that torchvision draws after torch.manual_seed(1), and are in evaluation mode; labels are
the classes' numbers in alphabetical order. The policy warns of everything above 0, so that the report holds every figure
that a policy could limit, and fails what is not finite or not deterministic. Prints two tables in Markdown, a row for each model and precision:

kinks           places in the graph with a kink that some input met exactly, of all; inputs that did (windows, for ties)
impacted        mini-batches whose gradient a choice at some kind of kink changes, the largest over the kinds
change          by how much at most: relative L2, the worst tensor
luck            how far the gradient moves with the same call repeated, call 1 against 4, other threads, the samples
                reversed, the mini-batch halved: relative L2, the worst tensor; 0 only where all bits are the same
error           of the gradient against fp64 on the same branches: relative L2 and ulp, the worst tensor and element
reference       of the gradient against the arbitrary-precision reference, likewise; – where it did not run
"""
import argparse
import json
import math
import os
import pathlib
import re
import subprocess
import sys

import torch
import torchvision
from torchvision import transforms

MODELS = "resnet18,vgg11_bn,mobilenet_v2,squeezenet1_1,shufflenet_v2_x0_5,googlenet,densenet121"
# A number, so that figures are relative to the gradient; "order_difference" holds for all kinds of luck but "repeat".
WARNED = ["value_change", "relative_error", "ulp_error", "branch_change", "repeat_difference",
          "order_difference", "reference_error", "reference_ulps"]
OFF = ["mini_batches", "unseen_kink", "zero_gradients", "uncontrolled_kink", "outside_segment"]
POLICY = "version = 1\n\n[limits]\nimpacted_share = { warn = 0.01 }\n" + "".join(f"{limit} = {{ warn = 0 }}\n" for limit in WARNED) + "".join(
    f"{limit} = \"off\"\n" for limit in OFF)


def save_batches(images, folder, size, samples, count):
    resized = transforms.Compose([
        transforms.Resize(size * 8 // 7), transforms.CenterCrop(size), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    taken = [torchvision.datasets.ImageFolder(images, resized)[i] for i in range(samples * count)]
    torch.save([[torch.stack([image for image, _ in taken[i:i + samples]]), torch.tensor([label for _, label in taken[i:i + samples]])]
                for i in range(0, len(taken), samples)], folder / "batches.pt")


def save_model(name, file, size, traced):
    torch.manual_seed(1)
    options = {"init_weights": True} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(**options).eval()
    if traced:
        torch.jit.trace(model, torch.rand(1, 3, size, size)).save(file)
    else:
        torch.jit.script(model).save(file)


def run(arguments, name):
    """gate.json of the model."""
    out = arguments.folder / name
    if not (out / "gate.json").exists():
        model = f"{name}.pt"
        save_model(name, arguments.folder / model, arguments.size, arguments.traced)
        command = [arguments.relu0, "gate", model, "--inputs", "batches.pt", "--policy", "relu0.toml", "--out", name,
                   "--precision", arguments.precisions, "--output-index", "0"]
        command += ["--reference-mini-batches", "1", "--reference-samples", str(arguments.reference)] if arguments.reference else [
            "--reference-mini-batches", "0"]
        done = subprocess.run(command, cwd=arguments.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode not in (0, 1, 5):
            sys.exit(f"{name}: {done.stdout}")
    return json.loads((out / "gate.json").read_text())


class Figures:
    """The figures of a report at one precision."""

    def __init__(self, report, precision):
        self.checks = [check for check in report["checks"] if check.get("precision") == precision]
        self.kinks = report["kinks"]
        self.precision = precision

    def of(self, *rules):
        return [check for check in self.checks if check["rule"] in rules]

    def worst(self, *rules):
        # What is no finite number is written as a text.
        seen = [float(check["seen"]) for check in self.of(*rules) if check.get("seen") is not None]
        return next((value for value in seen if math.isnan(value)), max(seen)) if seen else None

    def kinks_met(self):
        counts = [count for site in self.kinks for count in site["counts"] if count["precision"] == self.precision]
        hits = [sum(count.get(kind, 0) for kind in ("positive_zeros", "negative_zeros", "flushed", "other")) for count in counts]
        return f"{sum(hit > 0 for hit in hits)} of {len(hits)}, {sum(hits)}"

    def impacted(self):
        counts = [re.search(r"changes the gradient of (\d+) of (\d+)", check["message"]) for check in self.of("kink-impact")]
        shares = [(int(count[1]), int(count[2])) for count in counts if count]
        return "{} of {}".format(*max(shares)) if shares else "–"


def number(value):
    return "–" if value is None else "0" if value == 0 else f"{value:.2g}"


def row(name, figures):
    cells = [name, figures.precision, figures.kinks_met(), figures.impacted(), number(figures.worst("kink-change") or 0),
             number(figures.worst("luck-repeat", "luck-order")), number(figures.worst("precision-error")),
             number(figures.worst("precision-ulps")), number(figures.worst("reference-error")), number(figures.worst("reference-ulps"))]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("relu0", type=pathlib.Path)
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--models", default=MODELS)
    parser.add_argument("--precisions", default="fp16,bf16,tf32,fp32,fp64")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--minibatches", type=int, default=2)
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--traced", action="store_true")
    parser.add_argument("--reference", type=int, default=0)
    arguments = parser.parse_args()
    arguments.relu0 = arguments.relu0.resolve()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "relu0.toml").write_text(POLICY)
    if not (arguments.folder / "batches.pt").exists():
        save_batches(arguments.images, arguments.folder, arguments.size, arguments.samples, arguments.minibatches)
    print("| model | precision | kinks met, inputs | impacted | change | luck | error, L2 | error, ulp | reference, L2 | reference, ulp |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    not_followed = []
    for name in arguments.models.split(","):
        report = run(arguments, name)
        for precision in arguments.precisions.split(","):
            print(row(name, Figures(report, precision)), flush=True)
        not_followed += [f"- {name}: {note}" for note in report["notes"] if note.startswith("Not held against the reference")]
    print("\n" + "\n".join(not_followed))


os.environ["OMP_NUM_THREADS"] = "1"
main()
