"""Prints, a line per tensor, the CRC-32 of the bytes of default-initialised modules' parameters.

Usage: print_draws.py SEED MODULE... [SEED MODULE...]...    (each seed starts a network)
MODULE: linear:IN:OUT:BIAS | conv:IN:OUT:HEIGHT:WIDTH:BIAS (kernel) | norm:FEATURES; BIAS is 0 or 1
"""
import sys
import zlib

import torch


def module(text):
    kind, *numbers = text.split(":")
    numbers = [int(number) for number in numbers]
    if kind == "linear":
        return torch.nn.Linear(numbers[0], numbers[1], bias=numbers[2] == 1)
    if kind == "conv":
        return torch.nn.Conv2d(numbers[0], numbers[1], (numbers[2], numbers[3]), bias=numbers[4] == 1)
    assert kind == "norm", text
    return torch.nn.BatchNorm1d(numbers[0])


for argument in sys.argv[1:]:
    if argument.isdigit():
        torch.manual_seed(int(argument))
    else:
        for parameter in module(argument).parameters():
            print("%08x" % zlib.crc32(parameter.detach().contiguous().numpy().tobytes()))
