#include "analysis/impact/gradient_difference.hpp"

#include "analysis/torch/same_bits.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>

namespace relu0 {

namespace {

bool same_incoming(const BackwardPass& a, const BackwardPass& b, std::size_t parameter) {
  const std::size_t node = a.forward().network().parameters()[parameter].node;
  const at::Tensor& left = a.at_output(node);
  const at::Tensor& right = b.at_output(node);
  return left.is_same(right) || same_bits(left, right);
}

bool parameter_differs(const BackwardPass& a, const BackwardPass& b, std::size_t parameter) {
  return !same_incoming(a, b, parameter) &&
         !same_bits(a.parameter_gradient(parameter), b.parameter_gradient(parameter));
}

/// Gradients of vectors (biases, batch-norm scales) are cheap sums. Those of weights cost a product each, and
/// a convolution's bias is computed together with its weight.
bool is_cheap(const Network& network, const TensorSpec& parameter) {
  return parameter.shape.size() == 1 &&
         !std::holds_alternative<Convolution>(network.nodes()[parameter.node].operation);
}

bool any_parameter_differs(const BackwardPass& a, const BackwardPass& b) {
  const Network& network = a.forward().network();
  const auto& parameters = network.parameters();
  for (const bool cheap : {true, false}) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (is_cheap(network, parameters[i]) == cheap && parameter_differs(a, b, i)) {
        return true;
      }
    }
  }
  return false;
}

std::optional<std::int64_t> first_differing_row(const BackwardPass& a, const BackwardPass& b) {
  std::optional<std::int64_t> first;
  const ForwardPass& forward = a.forward();
  for (const KinkHits& hits : forward.census().kinks) {
    if (a.at_inputs(hits.node).empty()) {
      continue;  // no parameter stands before the node
    }
    const at::Tensor& left = a.at_inputs(hits.node).front();
    const at::Tensor& right = b.at_inputs(hits.node).front();
    if (left.is_same(right)) {
      continue;
    }
    const auto& per_sample = hits.per_sample;
    for (std::int64_t row = 0; row < std::min(left.size(0), first.value_or(left.size(0))); ++row) {
      if (per_sample[static_cast<std::size_t>(row)] > 0 && !same_bits(left[row], right[row])) {
        first = row;
        break;
      }
    }
  }
  return first;
}

}  // namespace

MinibatchDifference difference(const BackwardPass& a, const BackwardPass& b, DifferenceQuestions questions) {
  MinibatchDifference result;
  if (questions.magnitude) {
    result = difference(a.parameter_gradients(), b.parameter_gradients(), questions);
  } else {
    result.first_layer_impacted = questions.first_layer && parameter_differs(a, b, 0);
    result.impacted = result.first_layer_impacted || any_parameter_differs(a, b);
  }
  if (result.impacted) {
    result.first_row = first_differing_row(a, b);
  }
  return result;
}

MinibatchDifference difference(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b,
                               DifferenceQuestions questions) {
  MinibatchDifference result;
  double difference_squared = 0;
  double reference_squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same_bits(a[i], b[i])) {
      result.impacted = true;
      result.first_layer_impacted = result.first_layer_impacted || (i == 0 && questions.first_layer);
    }
    if (questions.magnitude) {
      const at::Tensor left = a[i].to(at::kDouble);
      difference_squared += (left - b[i].to(at::kDouble)).square_().sum().item<double>();
      reference_squared += left.square().sum().item<double>();
    }
  }
  if (questions.magnitude && reference_squared != 0) {
    result.relative_l2 = std::sqrt(difference_squared) / std::sqrt(reference_squared);
  }
  return result;
}

}  // namespace relu0
