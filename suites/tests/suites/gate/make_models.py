"""Writes models and mini-batches for the tests of `relu0 gate`. Usage: make_models.py FOLDER"""
import pathlib
import sys

import numpy
import torch

folder = pathlib.Path(sys.argv[1])


def with_a_dead_unit(reaches_the_loss):
    """A net whose second hidden unit is 0 for every input."""
    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3)).eval()
    with torch.no_grad():
        net[0].weight[1].zero_()
        net[0].bias[1].zero_()
        if not reaches_the_loss:
            net[2].weight[:, 1].zero_()
    return net


torch.jit.script(with_a_dead_unit(True)).save(folder / "impacted.pt")
torch.jit.trace(with_a_dead_unit(True), torch.rand(2, 4)).save(folder / "traced.pt")
torch.jit.script(with_a_dead_unit(False)).save(folder / "unimpacted.pt")


def export(name, net, example):
    torch.onnx.export(net, example, str(folder / name), opset_version=13, input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "n"}})


export("impacted.onnx", with_a_dead_unit(True), torch.rand(2, 4))
export("unimpacted.onnx", with_a_dead_unit(False), torch.rand(2, 4))
export("unsupported.onnx", torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Softplus()), torch.rand(2, 4))
export("softmax.onnx", torch.nn.Sequential(with_a_dead_unit(True), torch.nn.Softmax(1)).eval(), torch.rand(2, 4))
digits = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 16), torch.nn.ReLU(), torch.nn.Linear(16, 10)).eval()
export("digits.onnx", digits, torch.rand(2, 1, 28, 28))
torch.jit.script(digits).save(folder / "digits.pt")
torch.jit.script(torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Softplus())).save(folder / "smooth.pt")
torch.save(with_a_dead_unit(True).state_dict(), folder / "state_dict.pt")
bytes_of_model = (folder / "impacted.pt").read_bytes()
(folder / "truncated.pt").write_bytes(bytes_of_model[: len(bytes_of_model) // 2])



def cancelling(seed, normalised, last=1e-4):
    """A classifier; where it is normalised, the biases in front of the batch-norms have gradients of 0. last: the size of its last weights."""
    torch.manual_seed(seed)
    if not normalised:
        net = torch.nn.Sequential(torch.nn.Linear(20, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(),
                                  torch.nn.Linear(64, 10)).eval()
        with torch.no_grad():  # outputs that are almost the same for every class, as many begin
            net[4].weight.mul_(last)
            net[4].bias.zero_()
        return net
    return torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Conv2d(4, 4, 2),
                               torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(8, 10)).train()


class Wrong(torch.nn.Module):
    """Adds `error` to the gradient of the last bias, at fp32 only."""

    def __init__(self, net, error: float):
        super().__init__()
        self.net = net
        self.last = net[-1].bias
        self.error = error

    def forward(self, x, target):
        loss = torch.nn.functional.cross_entropy(self.net(x), target)
        if x.dtype == torch.float32:
            loss = loss + self.error * (self.last - self.last.detach()).sum()
        return loss


# As many samples of each class as of the others, so that the last bias's gradient is a sum that cancels.
torch.manual_seed(5)
labels = torch.arange(20 * 200) % 10
torch.save({"input": torch.rand(20 * 200, 20), "target": labels}, folder / "balanced.pt")
torch.save({"x": torch.rand(20 * 200, 20), "target": labels}, folder / "balanced_with_loss.pt")
torch.save({"input": torch.rand(20 * 20, 1, 5, 4), "target": labels[: 20 * 20]}, folder / "balanced_images.pt")
for seed in range(12):
    torch.jit.script(cancelling(seed, False)).save(folder / f"classifier_{seed}.pt")
    torch.jit.script(cancelling(seed, True)).save(folder / f"normalised_{seed}.pt")
    # What goes back through these last weights is a normal number of fp16 for the most part.
    torch.jit.script(cancelling(seed, False, last=0.25)).save(folder / f"quarter_{seed}.pt")
torch.jit.script(Wrong(cancelling(0, False), 1e-4)).save(folder / "wrong_bias.pt")

torch.manual_seed(4)
batches = {"input": torch.rand(160, 4), "target": torch.randint(0, 3, (160,))}
torch.save(batches, folder / "batches.pt")
numpy.savez(folder / "batches.npz", x=batches["input"].numpy(), target=batches["target"].numpy())
torch.save({**batches, "target": batches["target"] + 1}, folder / "labels_out_of_range.pt")
torch.save({**batches, "target": batches["target"].float()}, folder / "labels_as_numbers.pt")
torch.save({**batches, "input": torch.full((160, 4), float("nan"))}, folder / "nan.pt")
torch.save({**batches, "input": (255 * batches["input"]).to(torch.uint8)}, folder / "bytes.pt")
torch.save({"x": (255 * batches["input"]).to(torch.uint8), "target": batches["target"]}, folder / "bytes_of_x.pt")
# What Python pickles by its opcodes for single items: one mini-batch, one key, one item in the last thousand.
torch.save([(batches["input"], batches["target"])], folder / "one_in_a_list.pt")
torch.save({"input": batches["input"]}, folder / "one_key.pt")
torch.save([{"input": batches["input"][:8]}], folder / "one_of_one_key.pt")
torch.save([batches["input"][:1]] * 1001, folder / "one_too_many.pt")
torch.save(batches["target"], folder / "targets.pt")
torch.save({**batches, "input": torch.rand(160, 5)}, folder / "wrong_shape.pt")
