#pragma once
// Private to analysis: includes LibTorch.
#include <cstddef>
#include <map>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// The statistics that batch-norms gather while a network is trained, for its evaluation. A forward pass
/// moves each towards that of its mini-batch: r = (1 − momentum) · r + momentum · b, where b is the mean or
/// the unbiased variance, as torch.nn.BatchNorm2d does.
struct RunningStatistics {
  struct OfNode {
    at::Tensor mean;
    at::Tensor variance;
  };
  double momentum = 0.1;
  std::map<std::size_t, OfNode> nodes;  ///< by the index of the batch-norm in Network::nodes()
};

}  // namespace relu0
