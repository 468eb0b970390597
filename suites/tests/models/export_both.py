"""Writes small models both as ONNX and as TorchScript: export_both.py FOLDER

FOLDER/NAME.onnx, FOLDER/NAME_scripted.pt, FOLDER/NAME_traced.pt, and FOLDER/batch.pt: images, the last one black, so that kinks are met.
Batch-norms are in evaluation mode and not folded into convolutions.
"""
import inspect
import sys
import warnings

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
folder = sys.argv[1]
# PyTorch 2.x exports by another exporter unless it is told not to.
OLDER_EXPORTER = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}


class Net(nn.Module):
    """A kink of every kind that ONNX has, and a convolution that is called twice."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.again = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.pool = nn.MaxPool2d(2, padding=1)
        self.fc1 = nn.Linear(36, 8)
        self.fc2 = nn.Linear(8, 3)

    def clip(self, x):
        return F.hardtanh(x, 0.0, 6.0)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.pool(self.clip(self.again(self.again(x) + x)))
        x = F.leaky_relu(self.fc1(torch.flatten(x, 1)), 0.125)
        return self.fc2(torch.abs(x))


class Relu6(Net):
    """PyTorch exports a Relu before the Clip."""

    def clip(self, x):
        return F.relu6(x)


class Clamped(Net):
    def clip(self, x):
        return torch.clamp(x, 0.0, 2.0)


class HalfOpen(Net):
    def clip(self, x):
        return torch.clamp(x, min=0.0)


for name, kind in (("hardtanh", Net), ("relu6", Relu6), ("clamped", Clamped), ("half_open", HalfOpen)):
    torch.manual_seed(7)
    model = kind()
    with torch.no_grad():
        # As if it had been trained, but for channel 0, in which black stays 0.
        for values in (model.bn1.weight, model.bn1.running_var):
            values.uniform_(0.5, 1.5)
        for values in (model.bn1.bias, model.bn1.running_mean):
            values.uniform_(-0.25, 0.25)
            values[0] = 0
        model.fc1.bias[::2] = 0
    model.eval()
    example = torch.rand(4, 2, 4, 4)
    torch.onnx.export(model, example, f"{folder}/{name}.onnx", opset_version=13, input_names=["x"],
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      dynamic_axes={"x": {0: "n"}}, **OLDER_EXPORTER)
    torch.jit.script(model).save(f"{folder}/{name}_scripted.pt")
    torch.jit.trace(model, example).save(f"{folder}/{name}_traced.pt")

torch.manual_seed(8)
images = torch.randn(5, 2, 4, 4)
images[4].zero_()
torch.save({"x": images, "target": torch.arange(5) % 3}, f"{folder}/batch.pt")
