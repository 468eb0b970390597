#include "analysis/torchscript/kinks/located_kinks.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include <ATen/TensorOperators.h>
#include <ATen/ops/fmod.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/isin.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace relu0 {

namespace {

/// A call that has run. Its first argument is called x here.
struct RunCall {
  const OperatorArguments& arguments;
  const std::vector<c10::IValue>& results;

  [[nodiscard]] at::Tensor x() const { return arguments[0].toTensor().detach(); }
  [[nodiscard]] at::Tensor result() const { return results.front().toTensor().detach(); }
  /// A tensor, or a number as a tensor without dimensions; undefined where there is neither.
  [[nodiscard]] at::Tensor operand(std::string_view name) const {
    const auto index = arguments.index(name);
    if (index && arguments[*index].isTensor()) {
      return arguments[*index].toTensor().detach();
    }
    const auto number = arguments.number(name);
    return number ? at::scalar_tensor(*number, x().options()) : at::Tensor();
  }
  /// The dimension that the call names, from 0; absent where none is.
  [[nodiscard]] std::optional<std::int64_t> dimension() const {
    const auto index = arguments.index("dim");
    if (!index || !arguments[*index].isInt()) {
      return std::nullopt;
    }
    const std::int64_t dimension = arguments[*index].toInt();
    return dimension < 0 ? dimension + x().dim() : dimension;
  }
};

/// Where the kinks are met: bool, one for each element that could; undefined where it is not known.
using Locate = at::Tensor (*)(const RunCall& call);

at::Tensor x_is_zero(const RunCall& call) { return call.x().eq(0); }
at::Tensor result_is_zero(const RunCall& call) { return call.result().eq(0); }
at::Tensor equals_other(const RunCall& call) { return call.x().eq(call.operand("other")); }
at::Tensor equals_target(const RunCall& call) { return call.x().eq(call.operand("target")); }

at::Tensor is_whole(const at::Tensor& x) { return x.eq(x.trunc()); }
at::Tensor x_is_whole(const RunCall& call) { return is_whole(call.x()); }
at::Tensor x_is_whole_and_not_zero(const RunCall& call) {
  return is_whole(call.x()).logical_and(call.x().ne(0));
}
at::Tensor x_is_halfway(const RunCall& call) {
  const bool at_other_places = call.arguments.number("decimals").value_or(0) != 0;
  return at_other_places ? at::Tensor() : (call.x() - call.x().floor()).eq(0.5);
}

/// A conversion to integers jumps where trunc() does, one to truth values at 0.
at::Tensor changes_when_converted(const at::Tensor& from, at::ScalarType to) {
  return to == at::kBool ? from.eq(0) : is_whole(from).logical_and(from.ne(0));
}
at::Tensor x_changes_when_converted(const RunCall& call) {
  return changes_when_converted(call.x(), call.result().scalar_type());
}
at::Tensor source_changes_when_copied(const RunCall& call) {
  return changes_when_converted(call.operand("src"), call.result().scalar_type());
}

/// Where x is a multiple of the other operand.
at::Tensor is_multiple(const RunCall& call) { return at::fmod(call.x(), call.operand("other")).eq(0); }
at::Tensor is_multiple_and_not_zero(const RunCall& call) {
  return is_multiple(call).logical_and(call.x().ne(0));
}
at::Tensor quotient_is_whole(const RunCall& call) {
  return call.arguments.text("rounding_mode") == "trunc" ? is_multiple_and_not_zero(call) : is_multiple(call);
}

/// atan2(y, x) jumps where y is 0 and x is not positive.
at::Tensor is_on_negative_axis(const RunCall& call) {
  return call.x().eq(0).logical_and(call.operand("other").le(0));
}
at::Tensor real_angle_jumps(const RunCall& call) {
  return call.x().is_complex() ? at::Tensor() : x_is_zero(call);
}
at::Tensor either_is_zero(const RunCall& call) {
  return call.x().eq(0).logical_or(call.operand("other").eq(0));
}
/// The constant one of two operands cannot move.
at::Tensor either_moving_one_is_zero(const RunCall& call) {
  const auto zero_of = [&call](const char* name) {
    const auto index = call.arguments.index(name);
    const at::Tensor& operand = call.arguments[*index].toTensor();
    return operand.requires_grad() ? operand.detach().eq(0) : at::zeros_like(operand, at::kBool);
  };
  return zero_of("self").logical_or(zero_of("other"));
}

/// ‖x‖ₚ has its kink at the zero vector where p > 1 is finite, and |x₁| + |x₂| + … at each element of 0.
at::Tensor norm_kinks(const RunCall& call, double order, const at::Tensor& summed) {
  if (order == 1) {
    return summed.eq(0);
  }
  // A norm of nothing is 0 wherever the model's numbers lie.
  return call.x().numel() == 0               ? at::zeros_like(call.result(), at::kBool)
         : order > 1 && std::isfinite(order) ? call.result().eq(0)
                                             : at::Tensor();
}
at::Tensor norm_of_x_kinks(const RunCall& call) {
  const std::optional<double> p = call.arguments.number("p");
  return norm_kinks(call, p ? *p : call.arguments.number("ord").value_or(2), call.x());
}
at::Tensor norm_of_difference_kinks(const RunCall& call) {
  return norm_kinks(call, call.arguments.number("p").value_or(2), call.x() - call.operand("other"));
}
/// The result alone tells at order 2; at order 1 the differences would be needed, which are not kept.
at::Tensor distances_kinks(const RunCall& call) {
  const double order = call.arguments.number("p").value_or(2);
  return order == 1 ? at::Tensor() : norm_kinks(call, order, at::Tensor());
}

at::Tensor logit_kinks(const RunCall& call) {
  const double end = call.arguments.number("eps").value_or(0);
  return call.x().eq(end).logical_or(call.x().eq(1 - end));
}
at::Tensor softplus_kinks(const RunCall& call) {
  return (call.x() * call.arguments.number("beta").value_or(1))
      .eq(call.arguments.number("threshold").value_or(20));
}
at::Tensor x_is_not_finite(const RunCall& call) { return call.x().isfinite().logical_not(); }

/// Neighbours that are equal in an order.
at::Tensor equal_neighbours(const at::Tensor& ordered, std::int64_t dimension) {
  const std::int64_t count = ordered.dim() == 0 ? 1 : ordered.size(dimension);
  if (count < 2) {
    return at::zeros({0}, at::TensorOptions().dtype(at::kBool));
  }
  return ordered.narrow(dimension, 0, count - 1).eq(ordered.narrow(dimension, 1, count - 1));
}
at::Tensor sorted_ties(const RunCall& call) {
  return equal_neighbours(call.result(), call.dimension().value_or(call.x().dim() - 1));
}
at::Tensor indices_ties(const RunCall& call) {
  const std::int64_t dimension = call.dimension().value_or(call.x().dim() - 1);
  return equal_neighbours(call.x().gather(dimension, call.result()), dimension);
}
/// The one behind the last counts too: it could have been taken instead.
at::Tensor top_ties(const RunCall& call) {
  const at::Tensor x = call.x();
  if (x.dim() == 0) {
    return equal_neighbours(x, 0);
  }
  const std::int64_t dimension = call.dimension().value_or(x.dim() - 1);
  const auto largest = call.arguments.index("largest");
  const auto k = static_cast<std::int64_t>(call.arguments.number("k").value_or(1));
  const auto [values, indices] = x.topk(std::min(k + 1, x.size(dimension)), dimension,
                                        !largest || call.arguments[*largest].toBool(), /*sorted=*/true);
  return equal_neighbours(values, dimension);
}

/// Slices that hold the value more than once; `value`: with the dimension put back, or one for all of x.
at::Tensor is_held_twice(const at::Tensor& x, const at::Tensor& value,
                         std::optional<std::int64_t> dimension) {
  const at::Tensor holders = x.eq(value);
  return dimension && x.dim() > 0 ? holders.sum(*dimension).gt(1) : holders.sum().gt(1);
}
at::Tensor with_dimension(const at::Tensor& result, const at::Tensor& x,
                          std::optional<std::int64_t> dimension) {
  return dimension && result.dim() < x.dim() ? result.unsqueeze(*dimension) : result;
}
at::Tensor value_is_held_twice(const RunCall& call) {
  return is_held_twice(call.x(), with_dimension(call.result(), call.x(), call.dimension()), call.dimension());
}
at::Tensor largest_is_held_twice(const at::Tensor& x, std::optional<std::int64_t> dimension) {
  return is_held_twice(x, dimension ? x.amax(*dimension, /*keepdim=*/true) : x.max(), dimension);
}
at::Tensor largest_is_held_twice(const RunCall& call) {
  return largest_is_held_twice(call.x(), call.dimension());
}
at::Tensor smallest_is_held_twice(const RunCall& call) {
  return largest_is_held_twice(call.x().neg(), call.dimension());
}
at::Tensor an_extreme_is_held_twice(const RunCall& call) {
  return smallest_is_held_twice(call).logical_or(largest_is_held_twice(call));
}
/// An element that is as large as the largest one before it.
at::Tensor running_ties(const RunCall& call) {
  const auto dimension = call.dimension();
  if (!dimension || call.x().dim() == 0 || call.x().size(*dimension) < 2) {
    return equal_neighbours(call.x(), 0).flatten();
  }
  const std::int64_t count = call.x().size(*dimension);
  return call.x().narrow(*dimension, 1, count - 1).eq(call.result().narrow(*dimension, 0, count - 1));
}

at::Tensor is_among(const at::Tensor& values, const at::Tensor& boundaries) {
  if (boundaries.dim() <= 1) {
    return at::isin(values, boundaries);
  }
  // A row of boundaries for each row of values.
  return values.unsqueeze(-1).eq(boundaries.unsqueeze(-2)).any(-1);
}
at::Tensor is_a_boundary(const RunCall& call) { return is_among(call.x(), call.operand("boundaries")); }
at::Tensor is_in_sequence(const RunCall& call) { return is_among(call.operand("self"), call.x()); }

/// Where the kinks lie and what they are.
struct Location {
  Locate locate;
  LocatedKind kind = LocatedKind::jump;
};

const std::map<std::string, Location>& locations() {
  constexpr LocatedKind kink = LocatedKind::kink;
  constexpr LocatedKind comparison = LocatedKind::comparison;
  static const std::map<std::string, Location> result{
      {"aten::abs", {result_is_zero, kink}},  // of complex numbers
      {"aten::aminmax", {an_extreme_is_held_twice}},
      {"aten::all", {x_is_zero}},
      {"aten::angle", {real_angle_jumps}},
      {"aten::any", {x_is_zero}},
      {"aten::argmax", {largest_is_held_twice}},
      {"aten::argmin", {smallest_is_held_twice}},
      {"aten::argsort", {indices_ties}},
      {"aten::atan2", {is_on_negative_axis}},
      {"aten::bucketize", {is_a_boundary}},
      {"aten::_cdist_forward", {distances_kinks, kink}},
      {"aten::ceil", {x_is_whole}},
      {"aten::copy", {source_changes_when_copied}},
      {"aten::copysign", {either_is_zero}},
      {"aten::count_nonzero", {x_is_zero}},
      {"aten::cummax", {running_ties}},
      {"aten::cummin", {running_ties}},
      {"aten::dist", {norm_of_difference_kinks, kink}},
      {"aten::div", {quotient_is_whole}},
      {"aten::eq", {equals_other, comparison}},
      {"aten::_euclidean_dist", {result_is_zero, kink}},
      {"aten::floor", {x_is_whole}},
      {"aten::floor_divide", {quotient_is_whole}},
      {"aten::fmod", {is_multiple_and_not_zero}},
      {"aten::frac", {x_is_whole_and_not_zero}},
      {"aten::ge", {equals_other, comparison}},
      {"aten::gt", {equals_other, comparison}},
      {"aten::heaviside", {x_is_zero}},
      {"aten::hypot", {result_is_zero, kink}},
      {"aten::kthvalue", {value_is_held_twice}},
      {"aten::le", {equals_other, comparison}},
      {"aten::linalg_vector_norm", {norm_of_x_kinks, kink}},
      {"aten::logical_and", {either_moving_one_is_zero}},
      {"aten::logical_not", {x_is_zero}},
      {"aten::logical_or", {either_moving_one_is_zero}},
      {"aten::logical_xor", {either_moving_one_is_zero}},
      {"aten::logit", {logit_kinks, kink}},
      {"aten::lt", {equals_other, comparison}},
      {"aten::median", {value_is_held_twice}},
      {"aten::nan_to_num", {x_is_not_finite}},
      {"aten::nanmedian", {value_is_held_twice}},
      {"aten::ne", {equals_other, comparison}},
      {"aten::nonzero", {x_is_zero}},
      {"aten::norm", {norm_of_x_kinks, kink}},
      {"aten::_pdist_forward", {distances_kinks, kink}},
      {"aten::remainder", {is_multiple}},
      {"aten::round", {x_is_halfway}},
      {"aten::rrelu_with_noise", {x_is_zero, kink}},
      {"aten::searchsorted", {is_in_sequence}},
      {"aten::sgn", {x_is_zero}},
      {"aten::sign", {x_is_zero}},
      {"aten::smooth_l1_loss", {equals_target, kink}},
      {"aten::softplus", {softplus_kinks, kink}},
      {"aten::sort", {sorted_ties}},
      {"aten::std", {result_is_zero, kink}},
      {"aten::std_mean", {result_is_zero, kink}},
      {"aten::_to_copy", {x_changes_when_converted}},
      {"aten::topk", {top_ties}},
      {"aten::trunc", {x_is_whole_and_not_zero}},
  };
  return result;
}

}  // namespace

std::int64_t LocatedHits::hits() const { return mask.sum().item<std::int64_t>(); }

bool has_located_kinks(const std::string& name) { return locations().contains(name); }

std::optional<LocatedHits> located_hits(const std::string& name, const OperatorArguments& arguments,
                                        const std::vector<c10::IValue>& results) {
  const auto found = locations().find(name);
  if (found == locations().end()) {
    return std::nullopt;
  }
  at::Tensor mask = found->second.locate({.arguments = arguments, .results = results});
  return mask.defined() ? std::optional(LocatedHits{.kind = found->second.kind, .mask = std::move(mask)})
                        : std::nullopt;
}

}  // namespace relu0
