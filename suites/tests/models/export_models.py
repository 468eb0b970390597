"""Exports small models by torch.onnx, and prints PyTorch's own gradients of them.

Usage: export_models.py FOLDER [TORCHVISION_NAME...]
Writes FOLDER/NAME_OPERATORSET.onnx. For each file and for float and double a line

    FILE DTYPE LOSS_KIND LOSS(hexadecimal) INPUT_CRC PARAMETER CRC PARAMETER CRC ...

Constants are folded where a Pad needs it. CRCs are CRC-32 of a gradient's bytes as double. Value i of the mini-batch is (i * 37 % 256) / 256, the label of sample
j is j % classes. Models are in evaluation mode, their batch-norms are not folded into convolutions.
"""
import inspect
import sys
import warnings
import zlib

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
# PyTorch 2.x exports by another exporter unless it is told not to.
OLDER_EXPORTER = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(12, 9)
        self.middle = nn.Linear(9, 7, bias=False)
        self.last = nn.Linear(7, 4)

    def forward(self, x):
        x = torch.relu(self.hidden(x.view(x.size(0), -1)))
        return self.last(F.leaky_relu(self.middle(x), 0.1))


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu6(self.conv2(x)), 2)
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        x = F.dropout(torch.abs(self.fc2(x)), training=self.training)
        return F.log_softmax(self.fc3(x), dim=1)


class TinyResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(4, eps=1e-3)
        self.down = nn.Conv2d(4, 8, 1, stride=2)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)) + x)
        x = torch.relu(self.down(x))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Vocabulary(nn.Module):
    """What the others lack: groups, dilation, uneven padding, channel shuffle, ceil_mode, constants, a mean."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, dilation=2, padding=2)
        self.conv2 = nn.Conv2d(8, 8, 3, groups=4, stride=2)
        self.conv3 = nn.Conv2d(16, 8, 1)
        self.scale = nn.Parameter(torch.rand(8, 1, 1) + 0.5)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = self.conv2(F.pad(x, (0, 1, 0, 1)))
        n, c, h, w = x.shape
        x = x.view(-1, 4, c // 4, h, w).transpose(1, 2).reshape(-1, c, h, w)
        x = F.max_pool2d(torch.clamp(x, min=0) * self.scale + 0.25, 2, stride=2, padding=1, ceil_mode=True)
        y = F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
        z = F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=True)
        x = self.conv3(torch.cat([y, z * x], 1))
        return self.fc(x.mean([2, 3]))


def models(names):
    torch.manual_seed(11)
    result = [
        ("mlp", Mlp(), (3, 2, 2), "cross_entropy"),
        ("lenet", LeNet(), (1, 28, 28), "nll"),
        ("tiny_resnet", TinyResNet(), (3, 8, 8), "cross_entropy"),
        ("vocabulary", Vocabulary(), (3, 15, 14), "mse"),
    ]
    for name in names:
        import torchvision

        result.append((name, torchvision.models.__dict__[name](weights=None), (3, 224, 224), "cross_entropy"))
    for _, model, _, _ in result:
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):  # as if it had been trained
                for values in (module.weight.data, module.running_var):
                    values.uniform_(0.5, 1.5)
                for values in (module.bias.data, module.running_mean):
                    values.uniform_(-0.25, 0.25)
        model.eval()
    return result


def loss_of(kind, output):
    labels = torch.arange(output.shape[0]) % output.shape[1]
    if kind == "mse":
        return F.mse_loss(output, F.one_hot(labels, output.shape[1]).to(output.dtype))
    return F.nll_loss(output, labels) if kind == "nll" else F.cross_entropy(output, labels)


def crc(tensor):
    return "%08x" % zlib.crc32(tensor.double().contiguous().numpy().tobytes())


def main(folder, names):
    for name, model, image, kind in models(names):
        samples = 1 if image[1] == 224 else 3
        count = samples * int(torch.tensor(image).prod())
        batch = ((torch.arange(count) * 37 % 256) / 256).reshape(samples, *image)
        lines = []
        sets = [13] if samples == 1 else [9, 11, 13, 17]
        for operator_set in sets:
            torch.onnx.export(
                model, batch, f"{folder}/{name}_{operator_set}.onnx", opset_version=operator_set,
                training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=name == "vocabulary", input_names=["x"],
                dynamic_axes={"x": {0: "n"}} if operator_set != 9 else None, **OLDER_EXPORTER)
        for dtype in (torch.float, torch.double):
            model.to(dtype)
            x = batch.clone().to(dtype).requires_grad_()
            model.zero_grad()
            loss = loss_of(kind, model(x))
            loss.backward()
            gradients = " ".join(f"{n} {crc(p.grad)}" for n, p in model.named_parameters())
            lines.append(f"{'fp32' if dtype == torch.float else 'fp64'} {kind} {loss.item().hex()} {crc(x.grad)} {gradients}")
        for operator_set in sets:
            for line in lines:
                print(f"{name}_{operator_set}.onnx {line}")


main(sys.argv[1], sys.argv[2:])
