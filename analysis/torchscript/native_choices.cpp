#include "analysis/torchscript/native_choices.hpp"

#include <functional>

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/full.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/threshold.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

namespace relu0 {

namespace {

struct Probe {
  const char* spelling;
  double point;
  /// Of two equal elements.
  std::function<at::Tensor(const at::Tensor&)> function;
};

std::vector<Probe> probes() {
  using T = const at::Tensor&;
  return {
      {"relu(x)", 0, [](T x) { return at::relu(x); }},
      {"relu_(x)", 0, [](T x) { return (x * 1).relu_(); }},
      {"maximum(x, 0)", 0, [](T x) { return at::maximum(x, at::zeros_like(x)); }},
      {"clamp_min(x, 0)", 0, [](T x) { return at::clamp_min(x, 0); }},
      {"clamp(x, min=0)", 0, [](T x) { return at::clamp(x, at::Scalar(0)); }},
      {"threshold(x, 0, 0)", 0, [](T x) { return at::threshold(x, 0, 0); }},
      {"relu6(x)", 0, [](T x) { return at::relu6(x); }},
      {"relu6(x)", 6, [](T x) { return at::relu6(x); }},
      {"hardtanh(x, 0, 6)", 0, [](T x) { return at::hardtanh(x, 0, 6); }},
      {"hardtanh(x, 0, 6)", 6, [](T x) { return at::hardtanh(x, 0, 6); }},
      {"clamp(x, 0, 6)", 0, [](T x) { return at::clamp(x, at::Scalar(0), at::Scalar(6)); }},
      {"clamp(x, 0, 6)", 6, [](T x) { return at::clamp(x, at::Scalar(0), at::Scalar(6)); }},
      {"minimum(x, 6)", 6, [](T x) { return at::minimum(x, at::full({}, 6.F)); }},
      {"leaky_relu(x, 0.25)", 0, [](T x) { return at::leaky_relu(x, 0.25); }},
      {"leaky_relu_(x, 0.25)", 0, [](T x) {
         at::Tensor y = x * 1;
         return at::leaky_relu_(y, 0.25);
       }},
      {"prelu(x, 0.25)", 0, [](T x) { return at::prelu(x, at::full({1}, 0.25F)); }},
      {"abs(x)", 0, [](T x) { return at::abs(x); }},
      {"max_pool2d tie", 1,
       [](T x) {
         return at::max_pool2d(x.view({1, 1, 1, 2}), {1, 2});
       }},
      {"max(x, dim) tie", 1, [](T x) { return std::get<0>(at::max(x, 0)); }},
      {"max(x) tie", 1, [](T x) { return at::max(x); }},
      {"amax(x) tie", 1, [](T x) { return at::amax(x, {0}); }},
  };
}

}  // namespace

std::vector<MeasuredChoice> measure_native_choices() {
  std::vector<MeasuredChoice> result;
  for (const Probe& probe : probes()) {
    MeasuredChoice measured{probe.spelling, probe.point, std::nullopt};
    try {
      const at::Tensor x = at::full({2}, probe.point, at::kFloat).set_requires_grad(true);
      const auto gradients = torch::autograd::grad({probe.function(x).sum()}, {x});
      measured.derivative = gradients.front()[0].item<double>();
    } catch (const c10::Error&) {
      // Absent says so.
    }
    result.push_back(measured);
  }
  return result;
}

}  // namespace relu0
