"""Trains an MLP of 3 × 256 in Python's torch: fp32, SGD with momentum, mini-batches of 128 that are slices of one tensor,
one thread. Prints seconds per epoch, one line per epoch.

Usage: training_torch.py EPOCHS
"""
import sys
import time

import torch

IMAGES = 60000


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images = torch.rand(IMAGES, 784)
    labels = torch.randint(0, 10, (IMAGES,))
    widths = [784, 256, 256, 256, 10]
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    for _ in range(int(sys.argv[1])):
        start = time.process_time()
        for x, y in zip(images.split(128), labels.split(128)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x), y).backward()
            optimizer.step()
        print(time.process_time() - start, flush=True)


main()
