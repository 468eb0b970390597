"""Prints loss and gradients of torchvision's networks at fp64: a line with the loss in hexadecimal, then one for each
parameter with the CRC-32 of the bytes of its gradient.

Usage: print_gradients.py FOLDER NAME BATCH_NORM SEED SAMPLES [NAME BATCH_NORM SEED SAMPLES]...
FOLDER holds torchvision_networks.py. θ is the default initialisation from torch.manual_seed(SEED); value i of the
mini-batch is (i * 37 % 256) / 256, the label of sample j is j % classes.
"""
import sys
import zlib

import torch

sys.path.insert(0, sys.argv[1])
from torchvision_networks import network_and_image  # noqa: E402

arguments = sys.argv[2:]
for name, batch_norm, seed, samples in zip(*(arguments[i::4] for i in range(4))):
    network, image = network_and_image(name, batch_norm == "1")
    torch.manual_seed(int(seed))
    for module in network.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    network.double()
    shape = (int(samples), *image)
    count = int(torch.tensor(shape).prod())
    batch = ((torch.arange(count) * 37 % 256) / 256).double().reshape(shape)
    logits = network(batch)
    loss = torch.nn.functional.cross_entropy(logits, torch.arange(int(samples)) % logits.shape[1])
    loss.backward()
    print(loss.item().hex())
    for parameter in network.parameters():
        print("%08x" % zlib.crc32(parameter.grad.contiguous().numpy().tobytes()))
