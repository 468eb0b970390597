"""The paper's two-network protocol in Python's torch: MLP 3x256, batch 256, fp32, all training images, all gradients
compared. Prints seconds per network, one line per repetition.

Usage: two_network_torch.py IMAGES REPETITIONS slices|loader
  slices: mini-batches are slices of one tensor (the fastest way to feed them)
  loader: mini-batches come from torch.utils.data.DataLoader over a TensorDataset, as training scripts do it
"""
import sys
import time

import torch


def relu_with(s):
    class ReluAtZero(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(context, gradient):
            (x,) = context.saved_tensors
            result = gradient.clone()
            result[x < 0] = 0
            zeros = x == 0
            result[zeros] = s * gradient[zeros]
            return result

    return ReluAtZero.apply


class Mlp(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        widths = [784, 256, 256, 256, 10]
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.relu = relu_with(s)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.relu(layer(x))
        return self.layers[-1](x)


def minibatches(images, labels, kind):
    if kind == "slices":
        return zip(images.split(256), labels.split(256))
    dataset = torch.utils.data.TensorDataset(images, labels)
    return torch.utils.data.DataLoader(dataset, batch_size=256)


def impacted_minibatches(images, labels, kind, seed):
    torch.manual_seed(seed)
    first = Mlp(0.0)
    second = Mlp(1.0)
    second.load_state_dict(first.state_dict())
    impacted = 0
    for x, y in minibatches(images, labels, kind):
        for network in (first, second):
            network.zero_grad()
            torch.nn.functional.cross_entropy(network(x), y).backward()
        pairs = zip(first.parameters(), second.parameters())
        impacted += any(not torch.equal(a.grad, b.grad) for a, b in pairs)
    return impacted


def main():
    count, repetitions, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    # Four of five pixels black, as in MNIST; the time does not depend on which.
    torch.manual_seed(0)
    images = torch.rand(count, 784) * (torch.rand(count, 784) > 0.81)
    labels = torch.randint(0, 10, (count,))
    for repetition in range(repetitions):
        start = time.perf_counter()
        impacted_minibatches(images, labels, kind, repetition)
        print(time.perf_counter() - start, flush=True)


main()
