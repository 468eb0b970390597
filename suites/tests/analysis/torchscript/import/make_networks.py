"""Writes TorchScript files of networks that relu0 imports, and of some that it does not: make_networks.py FOLDER [MODEL …],
where MODEL is one of torchvision's"""
import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
folder = sys.argv[1]
torch.manual_seed(5)


class Residual(nn.Module):
    """Sums, joined channels, a loop over modules, in-place operations and both kinds of statistics."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Conv2d(3, 3, 3, padding=1) for _ in range(2)])
        self.norm = nn.BatchNorm2d(3)
        self.pool = nn.MaxPool2d(2)
        self.linear = nn.Linear(24, 4)

    def forward(self, x):
        for block in self.blocks:
            y = block(x)
            y += x
            x = F.relu_(y)
        x = self.norm(x)
        x = torch.cat([F.leaky_relu(x, 0.1), torch.abs(x)], 1)
        x = self.pool(x)
        if x.size(1) == 6:
            x = F.dropout(x, training=self.training)
        return self.linear(x.view(x.size(0), -1))


class Spelled(nn.Module):
    """Activations, pools and products in other spellings; numbers and parameters that images meet."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2, bias=False)
        self.scale = nn.Parameter(torch.rand(8, 1, 1) + 0.5)
        self.shift = nn.Parameter(torch.rand(1, 8, 1, 1) - 0.5)
        self.matrix = nn.Parameter(torch.randn(8, 5))
        self.bias = nn.Parameter(torch.randn(5))

    def forward(self, x):
        x = F.hardtanh(self.conv(x), -0.5, 2.0) * self.scale + self.shift
        x = torch.clamp(x, min=-0.25, max=1.5) * 1.25
        x = F.relu6(x + 0.125)
        x = F.avg_pool2d(x, 2, stride=1, padding=1, count_include_pad=False)
        x = x * torch.clamp_min(x, 0.0)
        x = x.permute(0, 1, 3, 2).transpose(2, 3).contiguous()
        rows = x.mean([2, 3])
        return torch.addmm(self.bias, rows, self.matrix) + torch.matmul(rows, self.matrix)


class Shuffled(nn.Module):
    """Parts of the channels, interleaved, as in ShuffleNet."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 6, 1)
        self.branch = nn.Conv2d(3, 3, 3, padding=1)
        self.last = nn.Linear(6, 3)

    def forward(self, x):
        a, b = self.first(x).chunk(2, dim=1)
        x = torch.cat((a, F.relu(self.branch(b))), dim=1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w)
        x = torch.transpose(x, 1, 2).contiguous().view(n, -1, h, w)
        x = x[:, 1:5] + x.narrow(1, 0, 4)
        a, b, c2 = torch.split(torch.cat([x, x[:, 2:4]], 1), [1, 2, 3], 1)
        x = torch.cat([c2, a, b], 1)
        top, bottom = torch.split(x, 3, dim=-2)  # uneven: rows 0 to 2, and row 3
        x = torch.cat([top[:, :, 1:2].narrow(-1, -3, 3), bottom[..., :3] * 2.0], 1)[:, 3:9]
        return self.last(F.adaptive_avg_pool2d(x, (1, 1)).flatten(1))


class Tied(nn.Module):
    """One matrix twice, the second time the other way round."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4, bias=False)

    def forward(self, x):
        return F.log_softmax(torch.relu(self.linear(x)) @ self.linear.weight, dim=1)


class OwnLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, x, labels):
        return F.cross_entropy(F.relu(self.linear(x)), labels)


class Gelu(nn.Module):
    """An operation that relu0's networks do not have, twice in a submodule, and what they do with its result."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)
        self.act = nn.Sequential(nn.GELU(), nn.Tanh())

    def forward(self, x):
        return self.linear(self.act(self.act(x)))


class Overwritten(nn.Module):
    """A view whose memory changes before it is used."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        y = self.linear(x)
        view = y.view(x.size(0), 4)
        y.mul_(2.0)
        return F.relu(view)


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        y = self.linear(x)
        return F.relu(y) * y.detach()


class OfData(nn.Module):
    """The values of `data` carry no gradient, and reach the result past every operator."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        y = self.linear(x)
        return F.relu(y) * y.data


class Centred(nn.Module):
    """Weights that are computed."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        return F.relu(F.linear(x, self.linear.weight - self.linear.weight.mean(), self.linear.bias))


class Mixing(nn.Module):
    """The samples of a mini-batch meet."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        y = F.relu(self.linear(x))
        return y.t().reshape(x.size(0), 4)


class Branching(nn.Module):
    """Another way for mini-batches of other sizes; one module is called through an interface of Python's choice."""

    def __init__(self):
        super().__init__()
        self.small = nn.Linear(4, 3)
        self.large = nn.Linear(4, 3)

    def forward(self, x):
        if x.size(0) < 3:
            return self.small(x)
        return self.large(x)


def scripted(name, model):
    torch.jit.script(model).save(f"{folder}/{name}.pt")


def traced(name, model, *shape):
    torch.jit.trace(model, torch.randn(*shape)).save(f"{folder}/{name}.pt")


residual, spelled, shuffled = Residual(), Spelled(), Shuffled()
for norm_in_training in (True, False):
    residual.eval().norm.train(norm_in_training)
    scripted("residual_training" if norm_in_training else "residual", residual)
traced("residual_traced", residual, 3, 3, 4, 4)
scripted("spelled", spelled)
traced("spelled_traced", spelled, 3, 4, 6, 6)
scripted("shuffled", shuffled)
traced("shuffled_traced", shuffled, 3, 2, 4, 4)
scripted("tied", Tied())
scripted("own_loss", OwnLoss())
for kind in (Gelu, Overwritten, Detached, OfData, Centred, Mixing, Branching):
    scripted(kind.__name__.lower(), kind())
for name in sys.argv[2:]:
    import torchvision

    model = getattr(torchvision.models, name)(num_classes=10).eval()
    scripted(f"{name}_scripted", model)
    traced(f"{name}_traced", model, 2, 3, 64, 64)
