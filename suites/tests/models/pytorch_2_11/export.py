"""Exports small networks by PyTorch 2.x's default exporter, with the gradients that PyTorch itself has of them: export.py FOLDER

FOLDER/NAME.onnx, with the larger weights in FOLDER/NAME.onnx.data, as the exporter does by itself, and FOLDER/NAME.npz, all at binary64: the `output`, the
`loss_value`, the `gradient_of_input`, and for each weight of the file its gradient as `gradient/NAME_IN_THE_FILE`. The mini-batch and its labels are a pattern.

The exporter folds batch-norms into convolutions. So gradients are those of the modules with the weights that the file holds, and batch-norms that are folded
are left out.

The files beside this script were made with PyTorch 2.11.0, onnxscript 0.7.2 and onnx 1.23.1; the gradients by PyTorch on an x86-64 processor.
"""
import copy
import math
import sys
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")


class Mlp(nn.Module):
    """A perceptron that flattens its images itself."""

    image = (3, 2, 2)
    loss = "cross-entropy"

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(12, 9)
        self.middle = nn.Linear(9, 7, bias=False)
        self.last = nn.Linear(7, 4)

    def forward(self, x):
        x = torch.relu(self.hidden(x.view(x.size(0), -1)))
        return self.last(F.leaky_relu(self.middle(x), 0.1))


class LeNet(nn.Module):
    """Max-pools, Dropout in evaluation mode, LogSoftmax."""

    image = (1, 12, 12)
    loss = "nll"

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5, padding=2)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.fc1 = nn.Linear(24, 16)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = self.dropout(F.relu(self.fc1(torch.flatten(x, 1))))
        return F.log_softmax(self.fc2(x), dim=1)


class Residual(nn.Module):
    """A block of ResNet: batch-norms and a sum of two branches."""

    image = (3, 8, 8)
    loss = "cross-entropy"

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 8, 3, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(8, eps=1e-3)
        self.down = nn.Conv2d(4, 8, 1, stride=2, bias=False)
        self.down_bn = nn.BatchNorm2d(8)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)) + self.down_bn(self.down(x)))
        return self.fc(torch.flatten(self.pool(x), 1))


class Depthwise(nn.Module):
    """A block of MobileNet: a depthwise convolution, batch-norms, ReLU6, a mean over the image."""

    image = (3, 8, 8)
    loss = "cross-entropy"

    def __init__(self):
        super().__init__()
        self.expand = nn.Conv2d(3, 8, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8, bias=False)
        self.bn2 = nn.BatchNorm2d(8)
        self.project = nn.Conv2d(8, 6, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(6)
        self.relu6 = nn.ReLU6()
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = self.relu6(self.bn1(self.expand(x)))
        x = self.bn3(self.project(self.relu6(self.bn2(self.depthwise(x)))))
        return self.fc(x.mean([2, 3]))


class Fire(nn.Module):
    """A module of SqueezeNet: branches that are concatenated, a pool with ceil_mode, a convolution as the last layer."""

    image = (3, 9, 9)
    loss = "cross-entropy"

    def __init__(self):
        super().__init__()
        self.squeeze = nn.Conv2d(3, 4, 1)
        self.expand1x1 = nn.Conv2d(4, 4, 1)
        self.expand3x3 = nn.Conv2d(4, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.dropout = nn.Dropout(0.5)
        self.last = nn.Conv2d(8, 5, 1)
        self.average = nn.AdaptiveAvgPool2d((1, 1))

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        x = torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1)
        x = self.last(self.dropout(self.pool(x)))
        return torch.flatten(self.average(F.relu(x)), 1)


class Shuffle(nn.Module):
    """A channel shuffle with computed shapes, zeros around an image, average pools that count them or not."""

    image = (3, 8, 8)
    loss = "mse"

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, dilation=2, padding=2)
        self.conv2 = nn.Conv2d(8, 8, 3, groups=4, stride=2)
        self.conv3 = nn.Conv2d(16, 6, 1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = self.conv2(F.pad(x, (0, 1, 0, 1)))
        n, c, h, w = x.shape
        x = x.view(n, 4, c // 4, h, w).transpose(1, 2).contiguous().view(n, -1, h, w)
        y = F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
        z = F.avg_pool2d(x, 3, stride=1, padding=1)
        x = F.relu(self.conv3(torch.cat([y, z], 1)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).reshape(x.shape[0], -1))


class Kinks(nn.Module):
    """What else has a kink: hardtanh, clamp with one end and with two, abs, LeakyReLU."""

    image = (2, 6, 6)
    loss = "cross-entropy"

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1)
        self.again = nn.Conv2d(4, 4, 3, padding=1)
        self.fc1 = nn.Linear(36, 8)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x):
        x = F.hardtanh(self.conv1(x), -0.25, 0.5)
        x = torch.clamp(self.again(x) + x, min=-0.125)
        x = torch.clamp(F.avg_pool2d(x, 2), -0.0625, 0.75)
        x = F.leaky_relu(self.fc1(torch.flatten(x, 1)), 0.125)
        return self.fc2(torch.abs(x))


NETWORKS = {"mlp": Mlp, "lenet": LeNet, "residual": Residual, "depthwise": Depthwise, "fire": Fire, "shuffle": Shuffle, "kinks": Kinks}


def as_trained(model):
    """In evaluation mode, with statistics in its batch-norms as if it had been trained."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values in (module.weight.data, module.running_var):
                values.uniform_(0.5, 1.5)
            for values in (module.bias.data, module.running_mean):
                values.uniform_(-0.25, 0.25)
    return model.eval()


def batch_of(image, samples, classes):
    """Inputs and labels by a pattern."""
    count = samples * math.prod(image)
    return ((torch.arange(count) * 37 % 256) / 256).reshape(samples, *image), torch.arange(samples) % classes


def loss_of(kind, output, labels):
    if kind == "mse":
        return F.mse_loss(output, F.one_hot(labels, output.shape[1]).to(output.dtype))
    return F.nll_loss(output, labels) if kind == "nll" else F.cross_entropy(output, labels)


def modules_in_order(model, x):
    """The convolutions, linear layers and batch-norms, once for each call."""
    called = []
    hooks = [module.register_forward_hook(lambda module, *_: called.append(module)) for module in model.modules()
             if isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d))]
    model(x)
    for hook in hooks:
        hook.remove()
    return called


def with_weights_of(file, model, x):
    """The model with the weights that the file holds, and each parameter by its name in the file."""
    graph = onnx.load(file).graph
    values = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    nodes = [node for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul", "BatchNormalization")]
    model = copy.deepcopy(model)
    modules = modules_in_order(model, x)
    if not any(node.op_type == "BatchNormalization" for node in nodes):
        for before, module in zip(modules, modules[1:]):
            if isinstance(module, nn.BatchNorm2d):
                before.bias = nn.Parameter(torch.zeros(before.out_channels))
                module.forward = lambda values: values
        modules = [module for module in modules if not isinstance(module, nn.BatchNorm2d)]
    if len(modules) != len(nodes):
        raise RuntimeError(f"{len(modules)} modules and {len(nodes)} nodes")
    parameters = {}

    def take(parameter, name, transposed=False):
        value = values[name].t() if transposed else values[name]
        if parameter.shape != value.shape:
            raise RuntimeError(f"{name}: {value.shape} for {parameter.shape}")
        parameter.data.copy_(value)
        parameters[name] = (parameter, transposed)

    for module, node in zip(modules, nodes):
        attributes = {attribute.name: attribute.i for attribute in node.attribute}
        turned = node.op_type == "MatMul" or (node.op_type == "Gemm" and attributes.get("transB", 0) == 0)
        take(module.weight, node.input[1], turned)
        if len(node.input) > 2:
            take(module.bias, node.input[2])
        elif module.bias is not None:
            module.bias.data.zero_()  # the exporter leaves out a bias of zeros
    return model, parameters


def gradients_of(file, model, loss, x, labels):
    """What PyTorch has of the file's network, at binary64."""
    model, parameters = with_weights_of(file, model, x)
    model.double()
    inputs = x.double().requires_grad_()
    output = model(inputs)
    value = loss_of(loss, output, labels)
    value.backward()
    result = {"output": output.detach().numpy(), "loss_value": np.array(value.item()), "gradient_of_input": inputs.grad.numpy()}
    for name, (parameter, turned) in parameters.items():
        result[f"gradient/{name}"] = (parameter.grad.t() if turned else parameter.grad).contiguous().numpy().copy()
    return result


def export(model, x, file, **options):
    torch.onnx.export(model, (x,), file, input_names=["x"], output_names=["y"], verbose=False, **options)


def main(folder):
    for name, kind in NETWORKS.items():
        torch.manual_seed(11)
        model = as_trained(kind())
        x, _ = batch_of(kind.image, 3, 1)
        _, labels = batch_of(kind.image, 3, model(x).shape[1])
        export(model, x, f"{folder}/{name}.onnx", dynamic_shapes=({0: "batch"},))
        np.savez_compressed(f"{folder}/{name}.npz", **gradients_of(f"{folder}/{name}.onnx", model, kind.loss, x, labels))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1])
