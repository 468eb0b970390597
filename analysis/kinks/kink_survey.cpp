#include "analysis/kinks/kink_survey.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/impact/gradient_difference.hpp"
#include "analysis/impact/hits_reached.hpp"
#include "analysis/kinks/kink_origins.hpp"
#include "analysis/kinks/pass_length.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/pass.hpp"
#include "analysis/torch/same_bits.hpp"
#include "analysis/zeros/minibatches_in_order.hpp"
#include "analysis/zeros/sample_selection.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/kink_sides.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

const KinkSet every_kink{all_kinks.begin(), all_kinks.end()};

/// The largest slope of the network's leaky ReLUs: the mean of it and 1 lies between the sides of all.
double leaky_slope(const Network& network) {
  double slope = 0;
  for (const std::size_t node : network.nodes_with(Kink::leaky_relu)) {
    slope = std::max(slope, std::get<LeakyRelu>(network.nodes()[node].operation).slope);
  }
  return slope;
}

using Gradients = std::vector<at::Tensor>;

/// Between the gradients of the two sides, element by element.
class Box {
 public:
  Box(const Gradients& left, const Gradients& right) {
    for (std::size_t i = 0; i < left.size(); ++i) {
      const at::Tensor a = left[i].to(at::kDouble);
      const at::Tensor b = right[i].to(at::kDouble);
      low_.push_back(at::minimum(a, b));
      high_.push_back(at::maximum(a, b));
      size_ = std::hypot(size_, at::maximum(a.abs(), b.abs()).square().sum().sqrt().item<double>());
    }
  }

  /// How far a gradient lies outside, relative to the larger side; NaN where it is.
  [[nodiscard]] double distance(const Gradients& gradient) const {
    double outside = 0;
    for (std::size_t i = 0; i < low_.size(); ++i) {
      const at::Tensor g = gradient[i].to(at::kDouble);
      const at::Tensor beyond = at::maximum(low_[i] - g, g - high_[i]).clamp_min(0);
      outside = std::hypot(outside, beyond.square().sum().sqrt().item<double>());
    }
    return outside == 0 ? 0 : outside / size_;
  }

 private:
  Gradients low_;
  Gradients high_;
  double size_ = 0;
};

void note(const MinibatchDifference& found, ChoiceEffect& effect) {
  effect.impacted += found.impacted ? 1 : 0;
  if (found.impacted && found.relative_l2) {
    effect.relative_l2.push_back(*found.relative_l2);
  }
}

class Survey {
 public:
  Survey(const Network& network, const Weights& weights, const KinkSurveyOptions& options)
      : network_{network},
        options_{options},
        arithmetic_(options.precision, options.device, options.kernel),
        weights_{rounded_weights(weights, options.precision, options.kernel)},
        forward_(network, arithmetic_, OfInput::skipped, every_kink),
        origins_(network_, weights_, options_),
        slope_{leaky_slope(network)} {
    if (network.kinks().empty() || ties_samples_together(network)) {
      throw InputError(fmt::format(
          "network '{}' {}; survey another one, without batch-norm over mini-batches and dropout",
          network.name(),
          network.kinks().empty() ? "has no kink" : "has samples that depend on their mini-batch"));
    }
    forward_.set_weights({network, weights_, arithmetic_});
    for (const Kink kink : all_kinks) {
      if (!network.nodes_with(kink).empty()) {
        outcome_.kinks.emplace_back().kink = kink;
      }
    }
  }

  void look_at(const Batch& batch) {
    const BatchTensors tensors = to_tensors(batch, network_, arithmetic_);
    const KinkCensus& census = forward_.run(tensors.inputs);
    forward_.complete(tensors.labels);
    count_places(batch.size());
    if (outcome_.minibatches == 0) {
      outcome_.deterministic = is_same_again(tensors);
    }
    ++outcome_.minibatches;
    outcome_.images += batch.size();
    if (census.total() == 0) {
      return;
    }
    const BackwardPass usual(forward_, {});
    for (KinkFigures& figures : outcome_.kinks) {
      if (census.total(figures.kink) > 0) {
        count_hits(usual, figures);
        compare_choices(usual, batch.size(), figures);
      }
    }
    origins_.look_at(batch, forward_);
  }

  KinkSurveyOutcome finish() {
    for (KinkFigures& figures : outcome_.kinks) {
      figures.origins = origins_.of(figures.kink);
    }
    outcome_.most_bits = origins_.most_bits();
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] bool is_same_again(const BatchTensors& tensors) const {
    ForwardPass again(network_, arithmetic_, OfInput::skipped, every_kink);
    again.set_weights(forward_.weights());
    again.run(tensors.inputs);
    again.complete(tensors.labels);
    const auto same_hits = [](const KinkHits& a, const KinkHits& b) { return a.per_sample == b.per_sample; };
    const auto& hits = forward_.census().kinks;
    const Gradients gradients = BackwardPass(forward_, {}).parameter_gradients();
    const Gradients gradients_again = BackwardPass(again, {}).parameter_gradients();
    return std::equal(hits.begin(), hits.end(), again.census().kinks.begin(), same_hits) &&
           std::equal(gradients.begin(), gradients.end(), gradients_again.begin(), same_bits);
  }

  void count_places(std::int64_t samples) {
    for (KinkFigures& figures : outcome_.kinks) {
      for (const std::size_t node : network_.nodes_with(figures.kink)) {
        figures.places += samples * element_count(network_.output_shapes()[node]);
      }
    }
  }

  void count_hits(const BackwardPass& usual, KinkFigures& figures) const {
    std::int64_t reached = 0;
    for (const KinkHits& hits : forward_.census().kinks) {
      if (hits.place.kink == figures.kink) {
        figures.hits += hits.total;
        reached += hits_reached(usual, hits);
      }
    }
    ++figures.minibatches_hit;
    figures.reached += reached;
    figures.minibatches_reached += reached > 0 ? 1 : 0;
  }

  void compare_choices(const BackwardPass& usual, std::int64_t samples, KinkFigures& figures) const {
    constexpr DifferenceQuestions questions{.first_layer = false, .magnitude = true};
    const BackwardPass left(forward_, one_sided({}, figures.kink, false), &usual);
    const BackwardPass right(forward_, one_sided({}, figures.kink, true), &left);
    const BackwardPass middle(forward_, between_sides({}, figures.kink, slope_), &left);
    const MinibatchDifference sides = difference(left, right, questions);
    const MinibatchDifference to_middle = difference(left, middle, questions);
    note(sides, figures.sides);
    note(to_middle, figures.middle);
    const Box box(left.parameter_gradients(), right.parameter_gradients());
    if (sides.impacted || to_middle.impacted) {
      judge(box, middle.parameter_gradients(), samples, figures.between);
    }
    if (const auto assigned = assigned_one({}, figures.kink)) {
      const BackwardPass published(forward_, *assigned, &left);
      if (difference(left, published, questions).impacted) {
        judge(box, published.parameter_gradients(), samples, figures.assigned);
      }
    }
  }

  void judge(const Box& box, const Gradients& gradient, std::int64_t samples, BetweenSides& figures) const {
    const PassLength length = pass_length(network_, samples);
    const double limit = 2 * rounding_bound(options_.precision, length.operations, length.summands);
    Gradients zero;
    for (const at::Tensor& tensor : gradient) {
      zero.push_back(at::zeros_like(tensor));
    }
    if (!(box.distance(zero) > limit)) {
      return;
    }
    const double distance = box.distance(gradient);
    ++figures.judged;
    figures.inside += distance <= limit ? 1 : 0;  // a NaN lies outside
    figures.distances.push_back(distance);
  }

  const Network& network_;
  const KinkSurveyOptions& options_;
  Arithmetic arithmetic_;
  Weights weights_;
  ForwardPass forward_;
  KinkOrigins origins_;
  double slope_;
  KinkSurveyOutcome outcome_;
};

}  // namespace

KinkSurveyOutcome kink_survey(const Network& network, const Weights& weights, const Dataset& dataset,
                              const KinkSurveyOptions& options) {
  const at::NoGradGuard no_autograd;
  Survey survey(network, weights, options);
  for_each_minibatch(dataset, options.images, options.batch_size, "survey kinks",
                     [&survey](const Batch& batch) {
                       survey.look_at(batch);
                       return true;
                     });
  return survey.finish();
}

}  // namespace relu0
