"""Trains fully connected networks with torch.optim.SGD and prints, after each step, the loss before it in hexadecimal and
for each parameter the CRC-32 of the bytes of its values at fp64.

Usage: print_training.py SEED SAMPLES STEPS [TYPE MOMENTUM WEIGHT_DECAY RATE]...
The network is 784-40-40-10 at the default initialisation from torch.manual_seed(SEED). Value i of the mini-batch of step k
is ((i + k) * 37 % 256) / 256, the label of sample j is j % 10.
"""
import sys
import zlib

import torch

seed, samples, steps = (int(argument) for argument in sys.argv[1:4])
arguments = sys.argv[4:]
for kind, momentum, decay, rate in zip(*(arguments[i::4] for i in range(4))):
    torch.manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Linear(784, 40), torch.nn.ReLU(), torch.nn.Linear(40, 40), torch.nn.ReLU(), torch.nn.Linear(40, 10))
    dtype = {"fp32": torch.float32, "fp64": torch.float64}[kind]
    network.to(dtype)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=float(rate), momentum=float(momentum), weight_decay=float(decay))
    for step in range(steps):
        batch = (((torch.arange(samples * 784) + step) * 37 % 256) / 256).to(dtype).reshape(samples, 784)
        loss = torch.nn.functional.cross_entropy(network(batch), torch.arange(samples) % 10)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(loss.item().hex())
        for parameter in network.parameters():
            print("%08x" % zlib.crc32(parameter.detach().double().contiguous().numpy().tobytes()))
