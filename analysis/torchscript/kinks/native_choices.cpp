#include "analysis/torchscript/kinks/native_choices.hpp"

#include <algorithm>
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
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

namespace relu0 {

namespace {

/// The slope of leaky_relu and prelu, as their spellings say.
constexpr double probed_slope = 0.25;

struct Probe {
  const char* spelling;
  const char* op;  ///< the operator that autograd sees; "" where another probe stands for it
  ScriptKink kink;
  double point;
  /// The probed function, called on two equal elements.
  std::function<at::Tensor(const at::Tensor&)> function;
};

std::vector<Probe> probes() {
  using T = const at::Tensor&;
  return {
      {"relu(x)", "aten::relu", ScriptKink::relu, 0, [](T x) { return at::relu(x); }},
      {"relu_(x)", "aten::relu_", ScriptKink::relu, 0, [](T x) { return (x * 1).relu_(); }},
      {"maximum(x, 0)", "aten::maximum", ScriptKink::relu, 0,
       [](T x) { return at::maximum(x, at::zeros_like(x)); }},
      {"clamp_min(x, 0)", "aten::clamp_min", ScriptKink::relu, 0, [](T x) { return at::clamp_min(x, 0); }},
      {"clamp(x, min=0)", "aten::clamp", ScriptKink::relu, 0,
       [](T x) { return at::clamp(x, at::Scalar(0)); }},
      {"threshold(x, 0, 0)", "aten::threshold", ScriptKink::relu, 0,
       [](T x) { return at::threshold(x, 0, 0); }},
      {"relu6(x)", "", ScriptKink::clamp_lower, 0, [](T x) { return at::relu6(x); }},
      {"relu6(x)", "", ScriptKink::clamp_upper, 6, [](T x) { return at::relu6(x); }},
      {"hardtanh(x, 0, 6)", "aten::hardtanh", ScriptKink::clamp_lower, 0,
       [](T x) { return at::hardtanh(x, 0, 6); }},
      {"hardtanh(x, 0, 6)", "aten::hardtanh", ScriptKink::clamp_upper, 6,
       [](T x) { return at::hardtanh(x, 0, 6); }},
      {"clamp(x, 0, 6)", "aten::clamp", ScriptKink::clamp_lower, 0,
       [](T x) { return at::clamp(x, at::Scalar(0), at::Scalar(6)); }},
      {"clamp(x, 0, 6)", "aten::clamp", ScriptKink::clamp_upper, 6,
       [](T x) { return at::clamp(x, at::Scalar(0), at::Scalar(6)); }},
      {"minimum(x, 6)", "aten::minimum", ScriptKink::clamp_upper, 6,
       [](T x) { return at::minimum(x, at::full({}, 6.F, at::kFloat)); }},
      {"leaky_relu(x, 0.25)", "aten::leaky_relu", ScriptKink::leaky_relu, 0,
       [](T x) { return at::leaky_relu(x, probed_slope); }},
      {"leaky_relu_(x, 0.25)", "aten::leaky_relu_", ScriptKink::leaky_relu, 0,
       [](T x) {
         at::Tensor y = x * 1;
         return at::leaky_relu_(y, probed_slope);
       }},
      {"prelu(x, 0.25)", "aten::prelu", ScriptKink::leaky_relu, 0,
       [](T x) { return at::prelu(x, at::full({1}, static_cast<float>(probed_slope), at::kFloat)); }},
      {"abs(x)", "aten::abs", ScriptKink::absolute, 0, [](T x) { return at::abs(x); }},
      {"max_pool2d tie", "aten::max_pool2d_with_indices", ScriptKink::max_pool_tie, 1,
       [](T x) {
         return at::max_pool2d(x.view({1, 1, 1, 2}), {1, 2});
       }},
      {"max(x, dim) tie", "aten::max", ScriptKink::reduction_tie, 1,
       [](T x) { return std::get<0>(at::max(x, 0)); }},
      {"max(x) tie", "", ScriptKink::reduction_tie, 1, [](T x) { return at::max(x); }},
      {"amax(x) tie", "aten::amax", ScriptKink::reduction_tie, 1, [](T x) { return at::amax(x, {0}); }},
  };
}

}  // namespace

std::vector<MeasuredChoice> measure_native_choices() {
  std::vector<MeasuredChoice> result;
  for (const Probe& probe : probes()) {
    MeasuredChoice measured{probe.spelling, probe.op, probe.kink, probe.point, std::nullopt};
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

std::optional<std::string> native_choice(const std::vector<MeasuredChoice>& measured, const std::string& op,
                                         ScriptKink kink) {
  const auto found = std::find_if(measured.begin(), measured.end(), [&](const MeasuredChoice& choice) {
    return choice.op == op && choice.kink == kink && choice.derivative.has_value();
  });
  if (found == measured.end()) {
    return std::nullopt;
  }
  if (kink == ScriptKink::leaky_relu && *found->derivative == probed_slope) {
    return "the slope";
  }
  if (kink != ScriptKink::max_pool_tie && kink != ScriptKink::reduction_tie) {
    return fmt::format("{}", *found->derivative);
  }
  // The first of two equal elements gets all, nothing, or a half.
  return std::string(name(*found->derivative == 1   ? TieChoice::first
                          : *found->derivative == 0 ? TieChoice::last
                                                    : TieChoice::mean));
}

}  // namespace relu0
