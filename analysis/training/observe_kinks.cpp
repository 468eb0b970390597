#include "analysis/training/observe_kinks.hpp"

#include "analysis/impact/hits_reached.hpp"
#include "analysis/training/sum_of_squares.hpp"

#include <cmath>
#include <span>

#include <ATen/TensorOperators.h>

namespace relu0 {

namespace {

/// Σ of the squares of its elements.
double squares(const at::Tensor& tensor) {
  const at::Tensor held = tensor.scalar_type() == at::kDouble ? tensor.cpu().contiguous()
                                                              : tensor.to(at::kFloat).cpu().contiguous();
  const auto count = static_cast<std::size_t>(held.numel());
  return held.scalar_type() == at::kDouble
             ? sum_of_squares(std::span<const double>(held.data_ptr<double>(), count))
             : sum_of_squares(std::span<const float>(held.data_ptr<float>(), count));
}

/// Those of the gradient's elements at which x is 0, or at which it is not.
double squares_where(const at::Tensor& g, const at::Tensor& x, bool zero) {
  return squares(g.masked_select(zero ? x.eq(0) : x.ne(0)));
}

}  // namespace

KinkFlow observe_kinks(const BackwardPass& backward, double unscaled) {
  const ForwardPass& forward = backward.forward();
  KinkFlow result;
  for (const KinkHits& relu : forward.census().kinks) {
    if (backward.at_inputs(relu.node).empty()) {
      continue;  // no parameter stands before it
    }
    const at::Tensor& at_input = backward.at_inputs(relu.node).front();
    KinkFlow of_relu{.met = relu.total, .through = squares(at_input)};
    if (relu.total > 0) {
      const at::Tensor& x = forward.input_of(relu.node);
      of_relu.reached = hits_reached(backward, relu);
      of_relu.arriving = squares_where(backward.at_output(relu.node), x, true);
      if (backward.kinks().relu.value != 0) {  // otherwise it is 0 at kinks
        of_relu.through = squares_where(at_input, x, false);
      }
    }
    result += of_relu;
  }
  const double square = unscaled * unscaled;
  result.arriving *= square;
  result.through *= square;
  result.assigned = static_cast<double>(result.met) * square;
  return result;
}

double l2_norm(const std::vector<at::Tensor>& gradient) {
  double sum = 0;
  for (const at::Tensor& of_parameter : gradient) {
    sum += squares(of_parameter);
  }
  return std::sqrt(sum);
}

}  // namespace relu0
