#include "analysis/gate/reference/reference_errors.hpp"

#include "analysis/error/gradient_error.hpp"
#include "analysis/gate/reference/reference_gradients.hpp"
#include "analysis/gate/reference/segment.hpp"
#include "analysis/zeros/zero_counts.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/kink_sides.hpp"
#include "reference/arithmetic/ball.hpp"
#include "reference/pass/certificate.hpp"
#include "reference/pass/zero_origin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

bool are_equal(const std::vector<TensorValues>& a, const std::vector<TensorValues>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const TensorValues& x, const TensorValues& y) {
    return x.name == y.name && x.values.to_doubles() == y.values.to_doubles();
  });
}

/// Whether two passes computed the same network of the same numbers.
bool are_equal(const ImportedPass& a, const ImportedPass& b) {
  return a.model->sources == b.model->sources && a.inputs == b.inputs && a.labels == b.labels &&
         a.targets == b.targets && are_equal(a.model->weights.parameters, b.model->weights.parameters) &&
         are_equal(a.model->weights.buffers, b.model->weights.buffers);
}

/// The mini-batch for those who take binary32; absent where that does not hold its numbers.
std::optional<Batch> in_binary32(const ImportedPass& pass) {
  Batch batch{
      .image_shape = pass.model->network.output_shapes().front(), .inputs = {}, .labels = pass.labels};
  batch.labels.resize(static_cast<std::size_t>(pass.samples));  // a network without loss has none
  for (const double value : pass.inputs) {
    batch.inputs.push_back(static_cast<float>(value));
    if (batch.inputs.back() != value) {
      return std::nullopt;
    }
  }
  return batch;
}

/// 2 (x − target) / n, the gradient of the mean of the squares.
reference::Tensor gradient_of_squares(const reference::Tensor& output, const std::vector<double>& targets) {
  reference::Tensor gradient(output.bits(), output.shape());
  reference::Ball twice(output.bits() + reference::guard_bits);
  reference::Ball target(53);
  for (std::int64_t i = 0; i < output.size(); ++i) {
    mpfr_set_d(target.midpoint, targets[static_cast<std::size_t>(i)], MPFR_RNDN);
    twice.radius = reference::ball::subtract(twice.midpoint, output[i], target);
    twice.radius = reference::ball::multiply(twice.midpoint, twice, 2);
    gradient.set_radius(i, reference::ball::divide(gradient.slot(i), twice, output.size()));
  }
  return gradient;
}

/// ‖Σₖ |tₖ|‖₂ of the tensor's gradient; 0 where it is not known.
double size_of_terms(const ReferenceCase& asked, const std::string& tensor) {
  const auto known = asked.summed.find(tensor);
  return known == asked.summed.end() ? 0 : known->second;
}

/// One network with one θ on one mini-batch.
class Reference {
 public:
  /// finest: of the precisions that it is asked about.
  Reference(const ImportedPass& pass, Precision finest, const KinkChoices& native,
            const ReferenceLimits& limits)
      : pass_(pass),
        model_(*pass.model),
        native_(native),
        batch_(pass.samples, model_.network.output_shapes().front(), std::span<const double>(pass.inputs),
               pass.labels) {
    options_.backprop.bits = limits.bits;
    options_.backprop.kinks = native;
    options_.backprop.product.threads = limits.threads;
    options_.backprop.memory_limit = limits.memory;
    options_.max_bits = limits.max_bits;
    options_.likely_bits = likely_bits(model_.network, finest);
    if (!model_.network.has_loss()) {
      options_.backprop.output_gradient = [this](const reference::Tensor& output) {
        return gradient_of_squares(output, pass_.targets);
      };
    }
    proven_ =
        reference::certify(model_.network, model_.weights, batch_, options_,
                           [finest](const reference::Backprop& run) { return missing_bits(run, finest); });
    true_zeros_ = true_zeros_at_kinks(model_.network, proven_);
  }

  [[nodiscard]] const ImportedPass& pass() const { return pass_; }

  ReferenceFigures figures(const ReferenceCase& asked) {
    ReferenceFigures result;
    for (const TensorValues& gradient : asked.gradients) {
      add_error(gradient, asked, result);
    }
    add_segments(asked, result);
    add_zero_origins(asked.pass, result);
    return result;
  }

 private:
  void add_error(const TensorValues& gradient, const ReferenceCase& asked, ReferenceFigures& result) const {
    const auto truth = gradient_of(model_, proven_, gradient.name);
    if (!truth) {
      result.gaps.push_back({gradient.name, {}, "no operation that leads to the loss uses it"});
      return;
    }
    const relu0::TensorError error =
        tensor_error(gradient, *truth, asked.precision, options_.backprop.product.threads);
    if (error.uncertainty_l2 > 0 && error.truth_l2 <= error.uncertainty_l2) {
      result.gaps.push_back(
          {gradient.name,
           {},
           fmt::format("its true gradient is not told from 0 at {} bits, so that no error is "
                       "relative to it",
                       proven_.loss.bits())});
      return;
    }
    // Where the truth is 0 anything else is infinitely far from it.
    const double infinity = std::numeric_limits<double>::infinity();
    const double beside_zero = error.libtorch_l2 == 0 ? 0 : infinity;
    ReferenceError& added =
        result.errors.emplace_back(ReferenceError{.tensor = gradient.name,
                                                  .relative_l2 = error.relative_l2().value_or(beside_zero),
                                                  .ulps = error.worst ? error.worst->ulps : 0,
                                                  .bound = error.relative_bound().value_or(0)});
    if (added.relative_l2 > asked.rounding) {
      const double summed = size_of_terms(asked, gradient.name);
      added.summed = std::isfinite(summed) && summed > error.truth_l2
                         ? SummedDifference{.difference = error.difference_l2 / summed,
                                            .times = error.truth_l2 > 0 ? summed / error.truth_l2 : infinity}
                         : SummedDifference{.difference = added.relative_l2, .times = 1};
    }
  }

  /// The gradients at the kink's two one-sided derivatives, by the names of `wanted`.
  const std::map<std::string, Segment>& segments(Kink kink, const std::vector<TensorValues>& wanted) {
    const auto [known, is_new] = segments_.try_emplace(kink);
    if (is_new) {
      const auto run = [&](bool right) {
        reference::BackpropOptions options = options_.backprop;
        options.bits = proven_.loss.bits();
        options.kinks = one_sided(native_, kink, right);
        return reference::backprop(model_.network, model_.weights, batch_, options);
      };
      const reference::Backprop left = run(false);
      const reference::Backprop right = run(true);
      for (const TensorValues& gradient : wanted) {
        const auto a = gradient_of(model_, left, gradient.name);
        const auto b = gradient_of(model_, right, gradient.name);
        if (a && b) {
          known->second.emplace(gradient.name, segment_between(*a, *b));
        }
      }
    }
    return known->second;
  }

  void add_segments(const ReferenceCase& asked, ReferenceFigures& result) {
    for (const TrueZeros& zeros : true_zeros_) {
      if (!meets_all(asked.pass, zeros)) {
        result.gaps.push_back(
            {model_.sources[zeros.at.begin()->first],
             {},
             fmt::format(
                 "at {} rounding takes sides at inputs that are exactly 0 in the real numbers, so that "
                 "the gradient need not lie between the one-sided ones of '{}'",
                 name(asked.precision), name(zeros.kink))});
        continue;
      }
      const std::map<std::string, Segment>& between = segments(zeros.kink, asked.gradients);
      for (ReferenceError& error : result.errors) {
        const auto segment = between.find(error.tensor);
        const auto gradient = std::find_if(asked.gradients.begin(), asked.gradients.end(),
                                           [&](const auto& one) { return one.name == error.tensor; });
        if (segment == between.end() || gradient == asked.gradients.end()) {
          continue;
        }
        const double distance =
            segment->second.distance(gradient->values, size_of_terms(asked, error.tensor));
        // Not "distance > rounding": a NaN lies outside.
        error.on_segment = error.on_segment.value_or(true) && distance <= asked.rounding;
        error.off_segment = std::max(distance, error.off_segment.value_or(0));
      }
    }
  }

  void add_zero_origins(const ImportedPass& pass, ReferenceFigures& result) const {
    const std::optional<Batch> batch = in_binary32(pass);
    if (!batch) {
      return;
    }
    reference::StructuralZeros structural(model_.network, model_.weights, *batch, proven_);
    for (const ReluZeros& met : pass.zeros) {
      ZeroCounts counts;
      for (const std::int64_t element : met.zeros) {
        counts.count(reference::explain_zero(proven_, structural, model_.network, met.node, element).origin);
      }
      result.zero_origins.push_back({.operation = model_.sources[met.node],
                                     .structural = counts.structural,
                                     .exact = counts.exact,
                                     .rounding = counts.rounding,
                                     .undecided = counts.undecided});
    }
  }

  const ImportedPass& pass_;
  const ImportedModel& model_;
  KinkChoices native_;
  reference::BatchView batch_;
  reference::CertifyOptions options_;
  reference::Backprop proven_;
  std::vector<TrueZeros> true_zeros_;
  std::map<Kink, std::map<std::string, Segment>> segments_;
};

Precision finest(std::span<const ReferenceCase> cases, const ImportedPass& pass) {
  Precision result = cases.front().precision;
  int bits = 0;
  for (const ReferenceCase& one : cases) {
    if (storage_bits(one.precision) > bits && are_equal(one.pass, pass)) {
      bits = storage_bits(one.precision);
      result = one.precision;
    }
  }
  return result;
}

}  // namespace

std::vector<ReferenceFigures> reference_figures(std::span<const ReferenceCase> cases,
                                                const KinkChoices& native, const ReferenceLimits& limits) {
  std::vector<ReferenceFigures> result(cases.size());
  std::vector<bool> done(cases.size(), false);
  for (std::size_t first = 0; first < cases.size(); ++first) {
    if (done[first]) {
      continue;
    }
    const ImportedPass& pass = cases[first].pass;
    std::vector<std::size_t> alike;
    for (std::size_t i = first; i < cases.size(); ++i) {
      // A pass that holds a NaN is not equal even to itself, and is one of these all the same.
      if (!done[i] && (i == first || are_equal(cases[i].pass, pass))) {
        alike.push_back(i);
        done[i] = true;
      }
    }
    try {
      Reference reference(pass, finest(cases, pass), native, limits);
      for (const std::size_t i : alike) {
        result[i] = reference.figures(cases[i]);
      }
    } catch (const InputError& error) {
      for (const std::size_t i : alike) {
        result[i].gaps.push_back({{}, {}, error.what()});
      }
    }
  }
  return result;
}

}  // namespace relu0::gate
