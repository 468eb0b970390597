#include "reference/gradient/reference_gradient.hpp"

#include "fixtures/error.hpp"
#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/gradient/number_tensors.hpp"
#include "reference/pass/certificate.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::reference {

/// The run, and how to find a parameter in it.
struct ReferenceGradient::Run {
  int bits = 0;
  bool has_loss = true;
  std::string network_name;
  std::vector<TensorSpec> parameters;
  std::vector<NodeKink> kinks;
  Backprop proven;

  [[nodiscard]] std::size_t find(std::string_view name) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].name == name) {
        return i;
      }
      names.push_back(parameters[i].name);
    }
    throw InputError(fmt::format("network '{}' has no parameter '{}'; there are {}", network_name, name,
                                 fmt::join(names, ", ")));
  }
};

namespace {

/// The rows and columns of the matrix that stands for a tensor.
std::int64_t rows_of(const Shape& shape) { return shape.empty() ? 1 : shape.front(); }

NumberMatrix numbers(const Tensor& tensor, int bits) {
  return to_matrix(tensor, rows_of(tensor.shape()), bits);
}

DoubleMatrix doubles(const Tensor& tensor) {
  const std::vector<double> values = to_doubles(tensor);
  const std::int64_t rows = rows_of(tensor.shape());
  return Eigen::Map<const DoubleMatrix>(values.data(), rows, tensor.size() / rows);
}

/// What of a tensor's balls decides whether they are narrow enough, as exponents: magnitudes lie below
/// 2^exponent.
struct Sizes {
  static constexpr std::int64_t of_zeros = std::numeric_limits<std::int32_t>::min();

  explicit Sizes(const Tensor& tensor) {
    if (tensor.size() > 0) {
      midpoints = max_exponent(tensor);
    }
    for (std::int64_t i = 0; i < tensor.size(); ++i) {
      widest = std::max(widest, tensor.radius(i));
    }
  }

  std::int64_t midpoints = of_zeros;
  Radius widest;
};

/// How many bits the balls of a run lack for `bits` proven ones in every tensor, as is_conclusive() says.
int missing_for(const Backprop& run, int bits) {
  std::vector<Sizes> sizes{Sizes(run.input)};
  for (const Tensor& parameter : run.parameters) {
    sizes.emplace_back(parameter);
  }
  std::int64_t largest = Sizes::of_zeros;
  for (const Sizes& size : sizes) {
    largest = std::max(largest, size.midpoints);
  }
  int missing = 0;
  for (const Sizes& size : sizes) {
    const std::int64_t relative = size.midpoints - 2 - bits;
    // Elements and radii below this are as good as 0 in the gradient.
    const std::int64_t negligible = largest - 2 - bits;
    missing = std::max(missing,
                       bits_above(size.widest, size.midpoints <= negligible ? negligible : relative, bits));
  }
  return missing;
}

/// Bits of the bounds that are returned.
constexpr int bound_bits = 64;

/// The balls of a tensor with midpoints rounded to nearest at `bits` bits: that moves x by at most half a
/// unit in its last place, which is added to the radius.
BallTensor balls(const Tensor& tensor, int bits) {
  BallTensor result{.shape = tensor.shape(), .values = {}};
  result.values.reserve(static_cast<std::size_t>(tensor.size()));
  Real midpoint(bits);
  Real radius(bound_bits);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    ball::set(midpoint, tensor[i]).get(radius);
    result.values.push_back({.midpoint = rounded(midpoint, bits), .radius = rounded(radius, bound_bits)});
  }
  return result;
}

std::int64_t samples_of(const Network& network, const RowMajor& inputs) {
  const std::int64_t elements = element_count(network.output_shapes().front());
  const auto values = std::ssize(inputs.values());
  if (values == 0 || values % elements != 0) {
    throw InputError(
        fmt::format("network '{}' takes {} values a sample; {} inputs are no whole number of samples",
                    network.name(), elements, values));
  }
  return values / elements;
}

/// What a run has beyond the bits that are asked for, so that they are right when the rest is rounded away.
constexpr int spare_bits = 64;
/// Further bits that the precision may be raised by where nothing else is said.
constexpr int further_bits = 512;

CertifyOptions certify_options(const GradientOptions& options) {
  constexpr int margin = 2 * spare_bits;
  if (options.bits < min_bits || options.bits > max_bits - margin) {
    throw InputError(fmt::format("a reference gradient has {} to {} bits, not {}", min_bits,
                                 max_bits - margin, options.bits));
  }
  const int cap = options.max_bits == 0 ? std::min(options.bits + further_bits, max_bits) : options.max_bits;
  if (cap < options.bits + margin || cap > max_bits) {
    throw InputError(
        fmt::format("at most {} bits are allowed, and a gradient of {} bits takes {}: allow {} to {}", cap,
                    options.bits, options.bits + margin, options.bits + margin, max_bits));
  }
  CertifyOptions result;
  result.backprop = {.bits = options.bits + spare_bits,
                     .kinks = options.kinks,
                     .product = {.threads = options.threads},
                     .memory_limit = options.memory_limit};
  result.max_bits = cap;
  return result;
}

ReferenceGradient run(const Network& network, const Weights& weights, const BatchView& batch,
                      const CertifyOptions& options, int bits) {
  auto result = std::make_shared<ReferenceGradient::Run>();
  result->bits = bits;
  result->has_loss = network.has_loss();
  result->network_name = network.name();
  result->parameters = network.parameters();
  result->kinks = network.kinks();
  result->proven = certify(network, weights, batch, options,
                           [bits](const Backprop& found) { return missing_for(found, bits); });
  return ReferenceGradient(std::move(result));
}

ReferenceGradient run_without_loss(const Network& network, const Weights& weights, const RowMajor& inputs,
                                   std::function<Tensor(const Tensor&)> output_gradient,
                                   const GradientOptions& options) {
  CertifyOptions with_gradient = certify_options(options);
  with_gradient.backprop.output_gradient = std::move(output_gradient);
  const BatchView batch(samples_of(network, inputs), network.output_shapes().front(), inputs.values(), {});
  return run(network, weights, batch, with_gradient, options.bits);
}

}  // namespace

ReferenceGradient::ReferenceGradient(std::shared_ptr<const Run> run) : run_(std::move(run)) {}

int ReferenceGradient::bits() const { return run_->bits; }

int ReferenceGradient::working_bits() const { return run_->proven.loss.bits(); }

Number ReferenceGradient::loss() const {
  if (!run_->has_loss) {
    throw std::logic_error("the loss of network '" + run_->network_name + "', which has none");
  }
  return rounded(run_->proven.loss[0], bits());
}

NumberMatrix ReferenceGradient::output() const {
  if (run_->has_loss) {
    throw std::logic_error("the output of network '" + run_->network_name + "', which ends in its loss");
  }
  return numbers(run_->proven.loss, bits());
}

NumberMatrix ReferenceGradient::parameter(std::string_view name) const {
  return numbers(run_->proven.parameters[run_->find(name)], bits());
}

NumberTensor ReferenceGradient::parameter_tensor(std::string_view name) const {
  const Tensor& tensor = run_->proven.parameters[run_->find(name)];
  NumberTensor result{.shape = tensor.shape(), .values = {}};
  result.values.reserve(static_cast<std::size_t>(tensor.size()));
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    result.values.push_back(rounded(tensor[i], bits()));
  }
  return result;
}

DoubleMatrix ReferenceGradient::parameter_as_double(std::string_view name) const {
  return doubles(run_->proven.parameters[run_->find(name)]);
}

NumberMatrix ReferenceGradient::input() const { return numbers(run_->proven.input, bits()); }

DoubleMatrix ReferenceGradient::input_as_double() const { return doubles(run_->proven.input); }

int ReferenceGradient::proven_bits(std::string_view name) const {
  return reference::proven_bits(run_->proven.parameters[run_->find(name)]);
}

int ReferenceGradient::proven_bits() const { return reference::proven_bits(run_->proven); }

Number ReferenceGradient::error_bound(std::string_view name) const {
  Real bound(bound_bits);
  for (const NumberBall& ball : parameter_balls(name).values) {
    mpfr_max(bound, bound, ball.radius.backend().data(), MPFR_RNDU);
  }
  return rounded(bound, bound_bits);
}

NumberTensor ReferenceGradient::error_bounds(std::string_view name) const {
  BallTensor balls = parameter_balls(name);
  NumberTensor result{.shape = std::move(balls.shape), .values = {}};
  result.values.reserve(balls.values.size());
  for (NumberBall& ball : balls.values) {
    result.values.push_back(std::move(ball.radius));
  }
  return result;
}

NumberBall ReferenceGradient::loss_ball() const {
  return {.midpoint = loss(), .radius = balls(run_->proven.loss, bits()).values.front().radius};
}

BallTensor ReferenceGradient::parameter_balls(std::string_view name) const {
  return balls(run_->proven.parameters[run_->find(name)], bits());
}

BallTensor ReferenceGradient::input_balls() const { return balls(run_->proven.input, bits()); }

std::vector<OpenKink> ReferenceGradient::open_kinks() const {
  std::vector<OpenKink> result;
  for (std::size_t i = 0; i < run_->kinks.size(); ++i) {
    for (const std::int64_t element : run_->proven.open_kinks[i]) {
      result.push_back({.node = run_->kinks[i].node, .kink = run_->kinks[i].place.kink, .element = element});
    }
  }
  return result;
}

bool ReferenceGradient::is_conclusive() const { return missing_for(run_->proven, bits()) <= 0; }

ReferenceGradient gradient(const Network& network, const Weights& weights, const RowMajor& inputs,
                           const std::vector<std::int64_t>& labels, const GradientOptions& options) {
  (void)class_count(network);  // refuses a network without loss
  const BatchView batch(samples_of(network, inputs), network.output_shapes().front(), inputs.values(),
                        labels);
  return run(network, weights, batch, certify_options(options), options.bits);
}

namespace {

/// What the caller makes of an output, with radii by evidence: twice the distance from what it makes of the
/// other ends of the output's balls, which lie at least a unit in the last place away.
Tensor of_callers_loss(const OutputGradient& output_gradient, const Tensor& output) {
  // Boost keeps whole decimal digits of a result: eight bits more leave it with no fewer than the run has.
  const int bits = output.bits() + 8;
  const auto gradient_at = [&](const Tensor& at) {
    return to_tensor(output_gradient(to_matrix(at, at.shape().front(), bits)), at.shape(), output.bits());
  };
  Tensor result = gradient_at(output);
  Tensor moved(output.bits(), output.shape());
  Real radius(bound_bits);
  for (std::int64_t i = 0; i < output.size(); ++i) {
    output.radius(i).get(radius);
    Tensor::Slot slot = moved.slot(i);
    mpfr_add(slot, output[i], radius, MPFR_RNDU);
    if (mpfr_equal_p(slot, output[i]) != 0) {
      mpfr_nextabove(slot);
    }
  }
  const Tensor at_the_ends = gradient_at(moved);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    mpfr_sub(radius, result[i], at_the_ends[i], MPFR_RNDA);
    result.set_radius(i, Radius::above_magnitude(radius).times_power_of_two(1));
  }
  return result;
}

}  // namespace

ReferenceGradient gradient_of_own_loss(const Network& network, const Weights& weights, const RowMajor& inputs,
                                       const OutputGradient& output_gradient,
                                       const GradientOptions& options) {
  return run_without_loss(
      network, weights, inputs,
      [&](const Tensor& output) { return of_callers_loss(output_gradient, output); }, options);
}

ReferenceGradient vector_jacobian_product(const Network& network, const Weights& weights,
                                          const RowMajor& inputs, const RowMajor& output_gradient,
                                          const GradientOptions& options) {
  return run_without_loss(
      network, weights, inputs,
      [&](const Tensor& output) {
        if (std::ssize(output_gradient.values()) != output.size()) {
          throw InputError(fmt::format("an output gradient of {} values for an output of {}",
                                       output_gradient.values().size(), output.size()));
        }
        return Tensor(output.bits(), output.shape(), std::span<const double>(output_gradient.values()));
      },
      options);
}

}  // namespace relu0::reference
