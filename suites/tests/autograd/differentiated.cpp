#include "suites/tests/autograd/differentiated.hpp"

#include <torch/csrc/autograd/autograd.h>

namespace relu0::test {

namespace {

at::Tensor leaf(const at::Tensor& values) { return values.detach().clone().requires_grad_(true); }

}  // namespace

Differentiated differentiate(const TensorFunction& function, const at::Tensor& x, const at::Tensor& g) {
  const at::Tensor input = leaf(x);
  const at::Tensor value = function(input);
  return {value.detach(), torch::autograd::grad({value}, {input}, {g}).front()};
}

TwiceDifferentiated differentiate_twice(const TensorFunction& function, const at::Tensor& x,
                                        const at::Tensor& g, const at::Tensor& w) {
  const at::Tensor input = leaf(x);
  const at::Tensor upstream = leaf(g);
  const auto first = torch::autograd::grad({function(input)}, {input}, {upstream}, /*retain_graph=*/true,
                                           /*create_graph=*/true);
  const auto second = torch::autograd::grad(first, {input, upstream}, {w}, {}, false, /*allow_unused=*/true);
  return {second[0], second[1]};
}

}  // namespace relu0::test
