"""Writes TorchScript files for tests: make_scripts.py FOLDER"""
import sys
import warnings
import zipfile

import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
folder = sys.argv[1]
torch.manual_seed(5)


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


class Net(nn.Module):
    """Kinks as modules, as functions, in place, in a submodule, in control flow and in a forked part. Inputs of zeros
    give pre-activations that are exactly 0."""

    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.linear = nn.Linear(16, 3)

    def forward(self, x):
        y = self.inner(x)
        if x.dim() == 4:
            y = F.relu(y, inplace=False)
        y = F.max_pool2d(y, 2)
        return F.relu6(self.linear(y.flatten(1)))


class Forking(Net):
    def forward(self, x):
        y = torch.jit.wait(torch.jit.fork(self.inner, x))
        return F.relu6(self.linear(F.max_pool2d(torch.relu(y), 2).flatten(1)))


class HingeLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        y = x * self.w
        return F.margin_ranking_loss(y, torch.zeros_like(y), torch.ones_like(y), margin=1.0) + F.l1_loss(
            y, torch.ones_like(y)
        )


class Softmax(nn.Module):
    def forward(self, x):
        return torch.softmax(x, 1)


def save_as_if_newer(name, call):
    """A model whose code calls what no LibTorch has, as that of a newer PyTorch may for an older one."""
    torch.jit.script(Softmax()).save(folder + "/softmax.pt")
    with zipfile.ZipFile(folder + "/softmax.pt") as old, zipfile.ZipFile(f"{folder}/{name}.pt", "w") as new:
        for record in old.namelist():
            if not record.endswith(".debug_pkl"):
                new.writestr(record, old.read(record).replace(b"torch.softmax(x, 1)", call))


save_as_if_newer("newer_operator", b"torch.of_the_future(x)")
save_as_if_newer("newer_argument", b"torch.softmax(x, 1, of_the_future=True)")

net = Net().eval()
example = torch.randn(2, 2, 4, 4)
torch.jit.script(net).save(folder + "/scripted.pt")
torch.jit.trace(net, example).save(folder + "/traced.pt")
torch.jit.script(Forking().eval()).save(folder + "/forking.pt")
torch.jit.script(HingeLoss()).save(folder + "/hinge.pt")
torch.jit.script(Net().train()).save(folder + "/training.pt")
half = Net().eval().half()
torch.jit.script(half).save(folder + "/half.pt")
frozen = torch.jit.freeze(torch.jit.script(Net().eval()))
frozen.save(folder + "/frozen.pt")
fixed = Net().eval()
for parameter in fixed.parameters():
    parameter.requires_grad_(False)
torch.jit.script(fixed).save(folder + "/fixed.pt")
torch.save(net.state_dict(), folder + "/state_dict.pt")
torch.save(net.state_dict(), folder + "/legacy.pt", _use_new_zipfile_serialization=False)
for name in sys.argv[2:]:
    import torchvision

    model = getattr(torchvision.models, name)(num_classes=10).eval()
    torch.jit.script(model).save(f"{folder}/{name}_scripted.pt")
    torch.jit.trace(model, torch.randn(2, 3, 64, 64)).save(f"{folder}/{name}_traced.pt")
