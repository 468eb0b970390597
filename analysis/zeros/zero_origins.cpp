#include "analysis/zeros/zero_origins.hpp"

#include "analysis/torch/backprop.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/pass.hpp"
#include "analysis/zeros/minibatches_in_order.hpp"
#include "analysis/zeros/observed_zeros.hpp"
#include "analysis/zeros/sample_selection.hpp"
#include "analysis/zeros/true_zeros.hpp"
#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/core/grad_mode.h>

namespace relu0 {

namespace {

SampleSelection with_zeros(const Batch& batch, const KinkCensus& census) {
  return select_samples(batch, [&census](std::int64_t sample) {
    return std::any_of(census.kinks.begin(), census.kinks.end(), [sample](const auto& relu) {
      return relu.per_sample[static_cast<std::size_t>(sample)] > 0;
    });
  });
}

/// One exact zero: which ReLU, and which element of its input in the selection.
struct Zero {
  std::size_t relu;
  std::int64_t index;
};

/// 2^e, the ulp of a format at a magnitude.
int ulp_exponent_at(double magnitude, Precision precision) {
  reference::Real value(53);
  mpfr_set_d(value, magnitude, MPFR_RNDN);
  return static_cast<int>(reference::ulp_exponent(reference::storage_format(precision), value));
}

bool same_zeros(const std::vector<ReluZeros>& a, const std::vector<ReluZeros>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ReluZeros& x, const ReluZeros& y) { return x.zeros == y.zeros; });
}

class Explorer {
 public:
  Explorer(const Network& network, const Weights& weights, const ZeroOriginsOptions& options)
      : network_{network},
        options_{options},
        arithmetic_(options.precision, options.device, options.kernel),
        weights_{rounded_weights(weights, options.precision, options.kernel)},
        forward_(network, arithmetic_),
        tied_{ties_samples_together(network)} {
    forward_.set_weights({network, weights_, arithmetic_});
    for (const std::size_t relu : network.nodes_with(Kink::relu)) {
      outcome_.layers.push_back({.layer = network.nodes()[relu].name, .zeros = {}});
    }
  }

  /// Whether enough zeros have been explained.
  bool look_at(const Batch& batch) {
    const at::Tensor inputs = to_tensors(batch, network_, arithmetic_).inputs;
    const KinkCensus census = forward_.run(inputs);
    const bool is_first = outcome_.minibatches == 0;
    ++outcome_.minibatches;
    outcome_.images += batch.size();
    for (const std::size_t relu : network_.nodes_with(Kink::relu)) {
      outcome_.relu_inputs += forward_.input_of(relu).numel();
    }
    if (is_first || census.total() > 0) {
      const std::vector<ReluZeros> observed = observe();
      forward_.run(inputs);
      outcome_.deterministic = outcome_.deterministic && same_zeros(observed, observe());
      explain(is_first || tied_ ? select_all(batch) : with_zeros(batch, census), observed, is_first);
    }
    return outcome_.zeros().total() >= options_.enough_zeros;
  }

  ZeroOriginsOutcome finish() { return std::move(outcome_); }

 private:
  /// What the ReLUs met in the last forward pass.
  [[nodiscard]] std::vector<ReluZeros> observe() const {
    std::vector<ReluZeros> observed;
    for (const std::size_t node : network_.nodes_with(Kink::relu)) {
      observed.push_back(observe_zeros(node, network_.nodes()[node].name, forward_.input_of(node)));
    }
    return observed;
  }

  /// survey: whether all inputs of ReLUs are looked at, not only those observed to be 0.
  void explain(const SampleSelection& selection, const std::vector<ReluZeros>& observed, bool survey) {
    const Batch batch = rounded_batch(selection.batch, options_.precision, options_.kernel);
    std::vector<Zero> zeros;
    std::vector<int> scales;
    for (std::size_t relu = 0; relu < observed.size(); ++relu) {
      scales.push_back(ulp_exponent_at(observed[relu].largest_magnitude, options_.precision));
      const std::int64_t elements = element_count(network_.output_shapes()[observed[relu].node]);
      for (const std::int64_t index : observed[relu].zeros) {
        const std::int64_t place = selection.place[static_cast<std::size_t>(index / elements)];
        zeros.push_back({.relu = relu, .index = place * elements + index % elements});
      }
    }
    std::vector<reference::ExplainedZero> explained;  // by the last run that certify() asks about
    const auto missing_bits = [&](const reference::Backprop& run) {
      reference::StructuralZeros structural(network_, weights_, batch, run);
      explained.clear();
      for (const Zero& zero : zeros) {
        explained.push_back(
            reference::explain_zero(run, structural, network_, observed[zero.relu].node, zero.index));
      }
      if (survey) {
        outcome_.true_zeros = true_zeros(network_, weights_, batch, run);
      }
      const bool conclusive = outcome_.true_zeros.undecided == 0 &&
                              std::none_of(explained.begin(), explained.end(), [](const auto& zero) {
                                return zero.origin == reference::ZeroOrigin::undecided;
                              });
      // How close to 0 the number lies is not known: twice the bits.
      return conclusive ? 0 : run.loss.bits();
    };
    reference::CertifyOptions certify = options_.certify;
    certify.backprop.gradients = false;
    const reference::Backprop run = reference::certify(network_, weights_, batch, certify, missing_bits);
    if (survey) {
      for (const std::size_t relu : network_.nodes_with(Kink::relu)) {
        outcome_.surveyed += run.kink_input(relu).values.size();
      }
    }
    outcome_.most_bits = std::max(outcome_.most_bits, run.loss.bits());
    for (std::size_t i = 0; i < zeros.size(); ++i) {
      outcome_.layers[zeros[i].relu].zeros.count(explained[i].origin);
      if (explained[i].origin == reference::ZeroOrigin::rounding) {
        outcome_.magnitudes.push_back(std::ldexp(explained[i].magnitude, -scales[zeros[i].relu]));
      }
    }
  }

  const Network& network_;
  const ZeroOriginsOptions& options_;
  Arithmetic arithmetic_;
  Weights weights_;
  ForwardPass forward_;
  bool tied_;
  ZeroOriginsOutcome outcome_;
};

}  // namespace

ZeroCounts ZeroOriginsOutcome::zeros() const {
  ZeroCounts sum;
  for (const LayerZeroOrigins& layer : layers) {
    sum.add(layer.zeros);
  }
  return sum;
}

ZeroOriginsOutcome zero_origins(const Network& network, const Weights& weights, const Dataset& dataset,
                                const ZeroOriginsOptions& options) {
  const at::NoGradGuard no_autograd;
  Explorer explorer(network, weights, options);
  for_each_minibatch(dataset, options.images, options.batch_size, "look for zeros",
                     [&explorer](const Batch& batch) { return !explorer.look_at(batch); });
  return explorer.finish();
}

}  // namespace relu0
