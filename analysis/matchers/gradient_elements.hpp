#pragma once
#include "analysis/autograd/named_gradient.hpp"
#include "analysis/autograd/tensor_text.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/precision.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// A tensor's numbers, row-major and exact in binary64. For WeightsBuilder::set() and the reference's inputs:
///
///     relu0::WeightsBuilder(network).set("linear1.weight", relu0::to_doubles(net->fc1->weight))
inline std::vector<double> to_doubles(const at::Tensor& tensor) {
  const at::Tensor held = tensor.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto* first = held.data_ptr<double>();
  return {first, first + held.numel()};
}

namespace matchers {

/// The precision whose format stores a tensor's elements. Throws InputError for other types.
inline Precision stored_precision(const NamedGradient& gradient) {
  switch (gradient.gradient.scalar_type()) {
    case at::kHalf:
      return Precision::fp16;
    case at::kBFloat16:
      return Precision::bf16;
    case at::kFloat:
      return Precision::fp32;
    case at::kDouble:
      return Precision::fp64;
    default:
      throw InputError("the gradient '" + gradient.name + "' is " +
                       autograd::type_and_shape(gradient.gradient) +
                       "; give real numbers of 16, 32 or 64 bits");
  }
}

/// A number as its type prints it: the shortest decimal number that is read back as the same one.
inline std::string element_text(const at::Tensor& tensor, double value) {
  return tensor.scalar_type() == at::kDouble ? autograd::shortest_text(value)
                                             : autograd::shortest_text(static_cast<float>(value));
}

/// "[0, 3]": where the element of a row-major number stands.
inline std::string place_text(const at::Tensor& tensor, std::int64_t element) {
  std::string text;
  for (std::int64_t dimension = tensor.dim() - 1; dimension >= 0; --dimension) {
    text = std::to_string(element % tensor.size(dimension)) + (text.empty() ? "" : ", ") + text;
    element /= tensor.size(dimension);
  }
  return "[" + text + "]";
}

/// "'fc1.weight', float32 {4, 2}".
inline std::string tensor_text(const NamedGradient& gradient) {
  return "'" + gradient.name + "', " + autograd::type_and_shape(gradient.gradient);
}

/// ‖x‖₂, scaled so that no square overflows.
inline double l2_norm(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) {
    largest = std::max(largest, std::abs(value));
  }
  if (largest == 0) {
    return 0;
  }
  double sum = 0;
  for (const double value : values) {
    sum += (value / largest) * (value / largest);
  }
  return largest * std::sqrt(sum);
}

inline bool are_zero(const NamedGradients& gradients) {
  return std::all_of(gradients.begin(), gradients.end(), [](const NamedGradient& one) {
    return !one.gradient.defined() || l2_norm(to_doubles(one.gradient)) == 0;
  });
}

/// Throws InputError for gradients of which nothing can be said: two of one name, one that isn't real or not
/// finite. `who`: the matcher, for the message.
inline void require_usable(const std::string& who, const NamedGradients& gradients) {
  std::set<std::string> names;
  for (const NamedGradient& gradient : gradients) {
    if (!names.insert(gradient.name).second) {
      throw InputError(who + ": two gradients are called '" + gradient.name + "'; give each its own name");
    }
    if (!gradient.gradient.defined()) {
      continue;
    }
    stored_precision(gradient);
    const std::vector<double> values = to_doubles(gradient.gradient);
    const auto bad =
        std::find_if_not(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
    if (bad != values.end()) {
      throw InputError(who + ": the gradient " + tensor_text(gradient) + " is " +
                       element_text(gradient.gradient, *bad) + " at " +
                       place_text(gradient.gradient, bad - values.begin()) +
                       "; look for the first operation that is given or makes such a value");
    }
  }
}

/// The gradient of a name; nullptr where there is none.
inline const NamedGradient* find(const NamedGradients& gradients, const std::string& name) {
  const auto found = std::find_if(gradients.begin(), gradients.end(),
                                  [&](const NamedGradient& one) { return one.name == name; });
  return found == gradients.end() ? nullptr : &*found;
}

/// Throws InputError unless both hold the same names, and tensors of the same shapes, or undefined ones.
inline void require_same_tensors(const std::string& who, const NamedGradients& a, const NamedGradients& b) {
  const auto require = [&](const NamedGradients& from, const NamedGradients& in) {
    for (const NamedGradient& one : from) {
      const NamedGradient* other = find(in, one.name);
      if (other == nullptr) {
        throw InputError(who + ": of the two passes only one has a gradient called '" + one.name +
                         "'; give both the same names");
      }
      if (one.gradient.defined() && other->gradient.defined() &&
          one.gradient.sizes() != other->gradient.sizes()) {
        throw InputError(who + ": the gradient '" + one.name + "' is " +
                         autograd::type_and_shape(one.gradient) + " in one pass and " +
                         autograd::type_and_shape(other->gradient) + " in another");
      }
    }
  };
  require(a, b);
  require(b, a);
}

/// How one tensor's gradients of two passes differ.
struct Change {
  NamedGradient tensor;        ///< of the first pass, or of the second where that has none
  std::int64_t differing = 0;  ///< elements that differ in some bit, the sign of a zero included
  std::int64_t place = 0;      ///< the element that differs by the most
  double before = 0;
  double after = 0;
  double relative_l2 = 0;  ///< ‖after − before‖₂ / ‖before‖₂; infinite where only `before` is 0
};

/// The tensors that differ in some bit. An undefined gradient counts as zeros. All values are finite.
inline std::vector<Change> changes(const NamedGradients& before, const NamedGradients& after) {
  std::vector<Change> result;
  for (const NamedGradient& one : before) {
    const NamedGradient& other = *find(after, one.name);
    if (!one.gradient.defined() && !other.gradient.defined()) {
      continue;
    }
    Change change{.tensor = one.gradient.defined() ? one : other};
    const auto elements = static_cast<std::size_t>(change.tensor.gradient.numel());
    const auto values = [elements](const NamedGradient& gradient) {
      return gradient.gradient.defined() ? to_doubles(gradient.gradient) : std::vector<double>(elements);
    };
    const std::vector<double> x = values(one);
    const std::vector<double> y = values(other);
    std::vector<double> difference(elements);
    double largest = -1;
    for (std::size_t i = 0; i < elements; ++i) {
      difference[i] = y[i] - x[i];
      if (x[i] != y[i] || std::signbit(x[i]) != std::signbit(y[i])) {
        ++change.differing;
        if (std::abs(difference[i]) > largest) {
          largest = std::abs(difference[i]);
          change.place = static_cast<std::int64_t>(i);
          change.before = x[i];
          change.after = y[i];
        }
      }
    }
    if (change.differing > 0) {
      const double of_difference = l2_norm(difference);
      change.relative_l2 = of_difference == 0 ? 0 : of_difference / l2_norm(x);
      result.push_back(change);
    }
  }
  return result;
}

}  // namespace matchers
}  // namespace relu0
