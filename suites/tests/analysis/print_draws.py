"""Prints, a line per tensor, the CRC-32 of the bytes of a default-initialised MLP's parameters.

Usage: print_draws.py SEED BATCH_NORM WIDTH...   (widths from the input to the classes; BATCH_NORM is 0 or 1)
"""
import sys
import zlib

import torch

seed, batch_norm, widths = int(sys.argv[1]), sys.argv[2] == "1", [int(w) for w in sys.argv[3:]]
torch.manual_seed(seed)
modules = []
for i in range(len(widths) - 1):
    modules.append(torch.nn.Linear(widths[i], widths[i + 1]))
    if batch_norm and i < len(widths) - 2:
        modules.append(torch.nn.BatchNorm1d(widths[i + 1]))
for module in modules:
    for parameter in module.parameters():
        print("%08x" % zlib.crc32(parameter.detach().contiguous().numpy().tobytes()))
