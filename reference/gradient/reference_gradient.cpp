#include "reference/gradient/reference_gradient.hpp"

#include "fixtures/error.hpp"
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

/// The two runs, and how to find a parameter in them.
struct ReferenceGradient::Runs {
  int bits = 0;
  bool has_loss = true;
  std::string network_name;
  std::vector<TensorSpec> parameters;
  Certified certified;

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

/// Whether all elements of both runs lie below 2^exponent.
bool is_below(const Tensor& check, const Tensor& truth, std::int64_t exponent) {
  return max_exponent(check) <= exponent && max_exponent(truth) <= exponent;
}

bool conclusive(const Certified& certified, int bits) {
  constexpr std::int32_t of_zeros = std::numeric_limits<std::int32_t>::min();
  std::int32_t largest = max_exponent(certified.truth.input);
  for (const Tensor& parameter : certified.truth.parameters) {
    largest = std::max(largest, max_exponent(parameter));
  }
  const std::int64_t negligible = largest == of_zeros ? of_zeros : std::int64_t{largest} - 1 - bits;
  const auto agree = [&](const Tensor& check, const Tensor& truth) {
    return is_below(check, truth, negligible) || agreed_bits(check, truth) > bits;
  };
  bool all = agree(certified.check.input, certified.truth.input);
  for (std::size_t i = 0; all && i < certified.truth.parameters.size(); ++i) {
    all = agree(certified.check.parameters[i], certified.truth.parameters[i]);
  }
  return all;
}

/// Bits of the bounds that are returned.
constexpr int bound_bits = 64;

/// Rounding x to nearest at p bits moves it by at most 2^−p |x|, which is added to a bound. `magnitude`: |x|;
/// it is overwritten.
void add_final_rounding(mpfr_ptr bound, mpfr_ptr magnitude, int bits) {
  mpfr_div_2ui(magnitude, magnitude, static_cast<unsigned long>(bits), MPFR_RNDU);
  mpfr_add(bound, bound, magnitude, MPFR_RNDU);
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

/// What is certified beyond the bits that are asked for, so that they are right when the rest is rounded
/// away.
constexpr int spare_bits = 64;
/// Further bits that the precision may be raised by where nothing else is said.
constexpr int further_bits = 512;

CertifyOptions certify_options(const GradientOptions& options) {
  constexpr int margin = spare_bits + truth_margin;
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
  auto runs = std::make_shared<ReferenceGradient::Runs>();
  runs->bits = bits;
  runs->has_loss = network.has_loss();
  runs->network_name = network.name();
  runs->parameters = network.parameters();
  runs->certified = certify(network, weights, batch, options,
                            [bits](const Certified& certified) { return conclusive(certified, bits); });
  return ReferenceGradient(std::move(runs));
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

ReferenceGradient::ReferenceGradient(std::shared_ptr<const Runs> runs) : runs_(std::move(runs)) {}

int ReferenceGradient::bits() const { return runs_->bits; }

int ReferenceGradient::working_bits() const { return runs_->certified.truth.loss.bits(); }

Number ReferenceGradient::loss() const {
  if (!runs_->has_loss) {
    throw std::logic_error("the loss of network '" + runs_->network_name + "', which has none");
  }
  return rounded(runs_->certified.truth.loss[0], bits());
}

NumberMatrix ReferenceGradient::output() const {
  if (runs_->has_loss) {
    throw std::logic_error("the output of network '" + runs_->network_name + "', which ends in its loss");
  }
  return numbers(runs_->certified.truth.loss, bits());
}

NumberMatrix ReferenceGradient::parameter(std::string_view name) const {
  return numbers(runs_->certified.truth.parameters[runs_->find(name)], bits());
}

NumberTensor ReferenceGradient::parameter_tensor(std::string_view name) const {
  const Tensor& tensor = runs_->certified.truth.parameters[runs_->find(name)];
  NumberTensor result{.shape = tensor.shape(), .values = {}};
  result.values.reserve(static_cast<std::size_t>(tensor.size()));
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    result.values.push_back(rounded(tensor[i], bits()));
  }
  return result;
}

DoubleMatrix ReferenceGradient::parameter_as_double(std::string_view name) const {
  return doubles(runs_->certified.truth.parameters[runs_->find(name)]);
}

NumberMatrix ReferenceGradient::input() const { return numbers(runs_->certified.truth.input, bits()); }

DoubleMatrix ReferenceGradient::input_as_double() const { return doubles(runs_->certified.truth.input); }

int ReferenceGradient::agreed_bits(std::string_view name) const {
  const std::size_t parameter = runs_->find(name);
  return reference::agreed_bits(runs_->certified.check.parameters[parameter],
                                runs_->certified.truth.parameters[parameter]);
}

int ReferenceGradient::agreed_bits() const { return reference::agreed_bits(runs_->certified); }

Number ReferenceGradient::error_bound(std::string_view name) const {
  const std::size_t parameter = runs_->find(name);
  const Tensor& check = runs_->certified.check.parameters[parameter];
  const Tensor& truth = runs_->certified.truth.parameters[parameter];
  Real bound(bound_bits);
  Real distance(bound_bits);
  Real largest(bound_bits);
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    uncertainty(distance, check, truth, i);
    mpfr_max(bound, bound, distance, MPFR_RNDU);
    mpfr_abs(distance, truth[i], MPFR_RNDU);
    mpfr_max(largest, largest, distance, MPFR_RNDU);
  }
  add_final_rounding(bound, largest, bits());
  return rounded(bound, bound_bits);
}

NumberTensor ReferenceGradient::error_bounds(std::string_view name) const {
  const std::size_t parameter = runs_->find(name);
  const Tensor& check = runs_->certified.check.parameters[parameter];
  const Tensor& truth = runs_->certified.truth.parameters[parameter];
  NumberTensor result{.shape = truth.shape(), .values = {}};
  result.values.reserve(static_cast<std::size_t>(truth.size()));
  Real bound(bound_bits);
  Real rounding(bound_bits);
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    uncertainty(bound, check, truth, i);
    mpfr_abs(rounding, truth[i], MPFR_RNDU);
    add_final_rounding(bound, rounding, bits());
    result.values.push_back(rounded(bound, bound_bits));
  }
  return result;
}

bool ReferenceGradient::is_conclusive() const { return conclusive(runs_->certified, bits()); }

ReferenceGradient gradient(const Network& network, const Weights& weights, const RowMajor& inputs,
                           const std::vector<std::int64_t>& labels, const GradientOptions& options) {
  (void)class_count(network);  // refuses a network without loss
  const BatchView batch(samples_of(network, inputs), network.output_shapes().front(), inputs.values(),
                        labels);
  return run(network, weights, batch, certify_options(options), options.bits);
}

ReferenceGradient gradient_of_own_loss(const Network& network, const Weights& weights, const RowMajor& inputs,
                                       const OutputGradient& output_gradient,
                                       const GradientOptions& options) {
  return run_without_loss(
      network, weights, inputs,
      [&](const Tensor& output) {
        // Boost keeps whole decimal digits of a result: eight bits more leave it with no fewer than the run
        // has.
        const NumberMatrix of_output =
            output_gradient(to_matrix(output, output.shape().front(), output.bits() + 8));
        return to_tensor(of_output, output.shape(), output.bits());
      },
      options);
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
