#include "analysis/autograd/operation_count.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace relu0 {
namespace {

using Tensors = std::vector<at::Tensor>;

/// The summands of a pass less one for each operation. Operations without a sum, such as views, of which
/// LibTorch's versions run more or fewer, have no part in that.
std::int64_t additions(const std::function<void()>& pass) {
  const OperationCount count = count_operations(pass);
  return count.summands - count.operations;
}

/// What is expected of a function of tensors of these shapes.
struct Counted {
  std::string name;
  std::vector<std::vector<std::int64_t>> shapes;
  std::function<at::Tensor(const Tensors&)> function;
  std::int64_t forward;
  std::int64_t backward;  ///< to all tensors, from a gradient of ones
};

class Additions : public ::testing::TestWithParam<Counted> {};

TEST_P(Additions, AreThoseOfTheLongestSums) {
  const Counted& of = GetParam();
  Tensors inputs;
  for (const std::vector<std::int64_t>& shape : of.shapes) {
    inputs.push_back(at::rand(shape).requires_grad_());
  }
  at::Tensor value;
  EXPECT_EQ(additions([&] { value = of.function(inputs); }), of.forward);
  const at::Tensor ones = at::ones_like(value);
  EXPECT_EQ(additions([&] { torch::autograd::grad({value}, inputs, {ones}); }), of.backward);
}

/// A sum of n terms has n - 1 additions.
std::vector<Counted> counted() {
  return {
      // Backward over 7 outputs for the input, and over 3 samples for the weight and for the bias.
      {"linear",
       {{3, 500}, {7, 500}, {7}},
       [](const Tensors& x) { return at::linear(x[0], x[1], x[2]); },
       500,
       6 + 2 + 2},
      {"matrix_product",
       {{3, 500}, {500, 7}},
       [](const Tensors& x) { return at::mm(x[0], x[1]); },
       499,
       6 + 2},
      {"batched_product",
       {{2, 3, 500}, {2, 500, 7}},
       [](const Tensors& x) { return at::bmm(x[0], x[1]); },
       499,
       6 + 2},
      // Backward over 3 samples of 8 · 8 places for the weight.
      {"convolution",
       {{3, 5, 10, 10}, {7, 5, 3, 3}, {7}},
       [](const Tensors& x) { return at::conv2d(x[0], x[1], x[2]); },
       5 * 9,
       3 * 64 - 1},
      // Backward over the 13 channels of a group and 9 taps for the input.
      {"convolution_of_groups",
       {{1, 22, 3, 3}, {26, 11, 3, 3}, {26}},
       [](const Tensors& x) {
         return at::conv2d(x[0], x[1], x[2], at::IntArrayRef(1), at::IntArrayRef(0), at::IntArrayRef(1), 2);
       },
       11 * 9,
       13 * 9 - 1},
      {"transposed_convolution",
       {{1, 5, 2, 2}, {5, 7, 3, 3}, {7}},
       [](const Tensors& x) { return at::conv_transpose2d(x[0], x[1], x[2]); },
       5 * 9,
       7 * 9 - 1},
      {"batch_norm",
       {{3, 5, 4, 4}, {5}, {5}},
       [](const Tensors& x) { return at::batch_norm(x[0], x[1], x[2], {}, {}, true, 0.1, 1e-5, false); },
       3 * 16 - 1,
       3 * 16 - 1},
      // Backward over 30 rows for the weight.
      {"layer_norm",
       {{30, 7}, {7}, {7}},
       [](const Tensors& x) { return at::layer_norm(x[0], 7, x[1], x[2]); },
       6,
       29},
      {"group_norm",
       {{3, 10, 4, 4}, {10}, {10}},
       [](const Tensors& x) { return at::group_norm(x[0], 2, x[1], x[2]); },
       5 * 16 - 1,
       5 * 16 - 1},
      {"log_softmax", {{3, 11}}, [](const Tensors& x) { return at::log_softmax(x[0], 1); }, 10, 10},
      // The loss adds up 3 samples; backward over 11 classes.
      {"cross_entropy",
       {{3, 11}},
       [](const Tensors& x) { return at::cross_entropy_loss(x[0], at::zeros(3, at::kLong)); },
       10 + 2,
       10},
      {"embedding",
       {{1000, 5}},
       [](const Tensors& x) { return at::embedding(x[0], at::zeros(3, at::kLong)); },
       0,
       2},
      {"max_pool", {{1, 1, 8, 8}}, [](const Tensors& x) { return at::max_pool2d(x[0], 2); }, 0, 0},
      {"one_row", {{1000, 5}}, [](const Tensors& x) { return x[0][3]; }, 0, 0},
      {"sum_of_rows", {{3, 11}}, [](const Tensors& x) { return x[0].sum(1); }, 10, 0},
      {"mean", {{3, 11}}, [](const Tensors& x) { return x[0].mean(); }, 32, 0},
      {"sum", {{3, 11}}, [](const Tensors& x) { return x[0].sum(); }, 32, 0},
  };
}

INSTANTIATE_TEST_SUITE_P(Of, Additions, ::testing::ValuesIn(counted()),
                         [](const auto& at) { return at.param.name; });

}  // namespace
}  // namespace relu0
