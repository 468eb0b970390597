#include "analysis/torchscript/kinks/branches.hpp"

#include "analysis/torchscript/kinks/detached_call.hpp"
#include "reference/arithmetic/vector_clones.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>

namespace relu0 {

namespace {

constexpr std::uint8_t no_side = 255;

/// One sweep per point: `side` gains 2 above it and 1 on it, and becomes no_side at NaN.
template <typename Real>
[[gnu::always_inline]] inline void add_sides(const Real* x, std::int64_t count, Real point,
                                             std::uint8_t* side) {
  for (std::int64_t i = 0; i < count; ++i) {
    const int gained = x[i] > point ? 2 : x[i] == point ? 1 : 0;
    side[i] = std::isnan(x[i]) ? no_side : static_cast<std::uint8_t>(side[i] + gained);
  }
}
RELU0_VECTOR_CLONES void sweep(const float* x, std::int64_t count, float point, std::uint8_t* side) {
  add_sides(x, count, point, side);
}
RELU0_VECTOR_CLONES void sweep(const double* x, std::int64_t count, double point, std::uint8_t* side) {
  add_sides(x, count, point, side);
}

at::Tensor sides_of(const at::Tensor& x, const std::vector<double>& points) {
  at::Tensor side = at::empty(x.sizes(), at::kByte).zero_();
  const at::Tensor dense = x.contiguous();
  for (const double point : points) {
    if (dense.scalar_type() == at::kFloat) {
      sweep(dense.data_ptr<float>(), dense.numel(), static_cast<float>(point), side.data_ptr<std::uint8_t>());
    } else if (dense.scalar_type() == at::kDouble) {
      sweep(dense.data_ptr<double>(), dense.numel(), point, side.data_ptr<std::uint8_t>());
    } else {
      throw std::logic_error("sides of what is neither binary32 nor binary64");
    }
  }
  return side;
}

}  // namespace

BranchOfCall::BranchOfCall(c10::OperatorHandle op, KinkFamily family, std::span<const c10::IValue> arguments,
                           std::vector<double> points, OperatorPlace place)
    : op_(std::move(op)),
      family_(family),
      arguments_(arguments.begin(), arguments.end()),
      points_(std::move(points)),
      type_(arguments.front().toTensor().scalar_type()),
      place_(std::move(place)) {
  std::sort(points_.begin(), points_.end());
  if (family == KinkFamily::points) {
    branch_.side = sides_of(arguments.front().toTensor().detach(), points_);
    arguments_.front() = at::Tensor();
    return;
  }
  for (c10::IValue& argument : arguments_) {
    if (!argument.isTensor() || !argument.toTensor().defined()) {
      branch_.compared.emplace_back();
      continue;
    }
    const at::Tensor tensor = argument.toTensor();
    if (family == KinkFamily::pool) {
      argument = tensor.detach();
      continue;
    }
    // A copy: the operator, or one after it, may write into the argument.
    branch_.compared.push_back(tensor.detach().to(at::kDouble, false, /*copy=*/true));
    branch_.compared.back().set_requires_grad(tensor.requires_grad());
    argument = at::Tensor();
  }
}

std::vector<at::Tensor> BranchOfCall::gradients_where(const std::vector<at::Tensor>& compared,
                                                      const at::Tensor& gradient) const {
  std::vector<c10::IValue> arguments = arguments_;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (compared[i].defined()) {
      // Whose gradient is asked for is a property of this pass, not of the other one.
      arguments[i] = compared[i].detach().set_requires_grad(branch_.compared[i].requires_grad());
    }
  }
  const DetachedCall call(op_, std::move(arguments));
  std::vector<at::Tensor> result =
      call.gradients(gradient.defined() ? gradient.to(at::kDouble) : at::ones_like(call.result()));
  for (at::Tensor& one : result) {
    one = one.defined() ? one.to(type_) : one;
  }
  return result;
}

at::Tensor BranchOfCall::differing_inputs(const Branch& other) const {
  switch (family_) {
    case KinkFamily::points:
      return branch_.side.ne(other.side)
          .logical_and_(branch_.side.ne(no_side))
          .logical_and_(other.side.ne(no_side));
    case KinkFamily::pool:
      return branch_.winners.ne(other.winners);
    case KinkFamily::pairs:
    case KinkFamily::reduction:
      break;
  }
  // A gradient of ones goes to other elements.
  const std::vector<at::Tensor> ours = gradients_where(branch_.compared, {});
  const std::vector<at::Tensor> theirs = gradients_where(other.compared, {});
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i].defined()) {
      return ours[i].ne(theirs[i]);
    }
  }
  throw std::logic_error("an operator whose arguments have no gradient");
}

BranchDifference BranchOfCall::difference(const Branch& other) const {
  const at::Tensor mask = differing_inputs(other);
  return {.place = place_, .elements = mask.numel(), .differing = mask.sum().item<std::int64_t>()};
}

/// A number of the pass's own type on the other branch's side, right beside the point between the two, where
/// they differ.
at::Tensor BranchOfCall::beside_points(const Branch& other, const at::Tensor& differing) const {
  constexpr double beyond = std::numeric_limits<double>::infinity();
  const auto next = [this](double point, double towards) {
    return type_ == at::kFloat
               ? double{std::nextafter(static_cast<float>(point), static_cast<float>(towards))}
               : std::nextafter(point, towards);
  };
  at::Tensor result = at::full(branch_.side.sizes(), points_.front(), at::TensorOptions().dtype(type_));
  const at::Tensor above = other.side.gt(branch_.side).logical_and_(differing);
  const at::Tensor below = other.side.lt(branch_.side).logical_and_(differing);
  for (std::size_t side = 0; side <= 2 * points_.size(); ++side) {
    const at::Tensor here = other.side.eq(static_cast<std::int64_t>(side));
    const bool on_point = side % 2 == 1;
    if (side > 0) {
      const double point = points_[(side - 1) / 2];
      result.masked_fill_(above.logical_and(here), on_point ? point : next(point, beyond));
    }
    if (side < 2 * points_.size()) {
      const double point = points_[side / 2];
      result.masked_fill_(below.logical_and(here), on_point ? point : next(point, -beyond));
    }
  }
  return result;
}

void BranchOfCall::take(const at::Tensor& gradient, std::vector<at::Tensor>& gradients) const {
  if (followed_ == nullptr || !gradient.defined()) {
    return;
  }
  const at::Tensor mask = differing_inputs(*followed_);
  if (!mask.any().item<bool>()) {
    return;
  }
  if (family_ == KinkFamily::points) {
    std::vector<c10::IValue> arguments = arguments_;
    arguments.front() = beside_points(*followed_, mask).set_requires_grad(true);
    const std::vector<at::Tensor> beside = DetachedCall(op_, std::move(arguments)).gradients(gradient);
    if (gradients.front().defined()) {
      gradients.front() = at::where(mask, beside.front(), gradients.front());
    }
    return;
  }
  if (family_ == KinkFamily::pool) {
    if (gradients.front().defined()) {
      gradients.front() = at::max_pool2d_with_indices_backward(
          gradient, arguments_[0].toTensor(), arguments_[1].toIntVector(), arguments_[2].toIntVector(),
          arguments_[3].toIntVector(), arguments_[4].toIntVector(), arguments_[5].toBool(),
          followed_->winners);
    }
    return;
  }
  const std::vector<at::Tensor> theirs = gradients_where(followed_->compared, gradient);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (gradients[i].defined() && theirs[i].defined()) {
      // LibTorch's engine sums over what was broadcast behind the node.
      gradients[i] = at::sum_to(theirs[i], gradients[i].sizes());
    }
  }
}

}  // namespace relu0
