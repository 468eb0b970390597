#include "analysis/impact/hits_reached.hpp"

#include <ATen/TensorOperators.h>

namespace relu0 {

std::int64_t hits_reached(const BackwardPass& backward, const KinkHits& hits) {
  const at::Tensor& gradient = backward.at_output(hits.node);
  if (hits.total == 0 || !gradient.defined()) {
    return 0;
  }
  return gradient.masked_select(backward.forward().hits_of(hits)).ne(0).sum().item<std::int64_t>();
}

}  // namespace relu0
