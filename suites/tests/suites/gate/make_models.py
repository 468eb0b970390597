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

torch.manual_seed(4)
batches = {"input": torch.rand(160, 4), "target": torch.randint(0, 3, (160,))}
torch.save(batches, folder / "batches.pt")
numpy.savez(folder / "batches.npz", x=batches["input"].numpy(), target=batches["target"].numpy())
torch.save({**batches, "target": batches["target"] + 1}, folder / "labels_out_of_range.pt")
torch.save({**batches, "input": torch.full((160, 4), float("nan"))}, folder / "nan.pt")
torch.save({**batches, "input": torch.rand(160, 5)}, folder / "wrong_shape.pt")
