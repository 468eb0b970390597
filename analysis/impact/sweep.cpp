#include "analysis/impact/sweep.hpp"

#include "analysis/impact/protocols.hpp"
#include "analysis/impact/sweep_minibatches.hpp"
#include "analysis/machine/threads.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

struct Sweeper::Implementation {
  Implementation(const Network& network_to_sweep, SweepOptions sweep_options)
      : network(network_to_sweep),
        options(std::move(sweep_options)),
        arithmetic(options.precision, options.device, options.kernel, options.fault),
        comparer((options.protocol == Protocol::fast ? fast_comparer : two_network_comparer)(
            network, arithmetic, options)) {}

  SweepOutcome sweep(const Weights& weights, const SweptMinibatches& next);
  void note_zeros(SweepOutcome& outcome) const;
  static void note_control(const ControlAnswer& answer, const SweepOptions& options, SweepOutcome& outcome);
  static void note_answer(const MinibatchDifference& answer, const SweepOptions& options,
                          std::int64_t minibatch, std::optional<std::int64_t> first_image,
                          RuleOutcome& outcome);

  Network network;
  SweepOptions options;
  Arithmetic arithmetic;
  std::unique_ptr<MinibatchComparer> comparer;
  std::function<SweptMinibatches(std::uint64_t seed)> begin;
};

void Sweeper::Implementation::note_zeros(SweepOutcome& outcome) const {
  const KinkCensus* census = comparer->census();
  if (census == nullptr) {
    return;
  }
  outcome.zeros.resize(census->kinks.size());
  for (std::size_t k = 0; k < census->kinks.size(); ++k) {
    outcome.zeros[k] += census->kinks[k].total;
  }
  if (census->total() == 0) {
    return;
  }
  ++outcome.minibatches_with_zeros;
  if (!outcome.first_with_zeros) {
    outcome.first_with_zeros = outcome.minibatches;
  }
  if (comparer->hits_reached() > 0) {
    ++outcome.minibatches_reached;
    if (!outcome.first_reached) {
      outcome.first_reached = outcome.minibatches;
    }
  }
  for (std::size_t row = 0; row < census->kinks.front().per_sample.size(); ++row) {
    const bool has_zero = std::any_of(census->kinks.begin(), census->kinks.end(),
                                      [row](const KinkHits& hits) { return hits.per_sample[row] > 0; });
    outcome.samples_with_zeros += has_zero ? 1 : 0;
  }
}

void Sweeper::Implementation::note_answer(const MinibatchDifference& answer, const SweepOptions& options,
                                          std::int64_t minibatch, std::optional<std::int64_t> first_image,
                                          RuleOutcome& outcome) {
  if (answer.impacted) {
    ++outcome.impacted;
    if (!outcome.first_impacted) {
      outcome.first_impacted = minibatch;
      if (answer.first_row && first_image) {
        outcome.first_image = *first_image + *answer.first_row;
      }
    }
    if (answer.relative_l2) {
      outcome.relative_l2.push_back(*answer.relative_l2);
    }
  }
  if (answer.first_layer_impacted && !outcome.first_layer) {
    outcome.first_layer = minibatch;
  }
  if (options.per_minibatch) {
    outcome.minibatches.push_back({answer.impacted, answer.first_layer_impacted});
  }
}

void Sweeper::Implementation::note_control(const ControlAnswer& answer, const SweepOptions& options,
                                           SweepOutcome& outcome) {
  outcome.deterministic = outcome.deterministic && !answer.differs;
  if (!options.every_control) {
    return;
  }
  Controls& controls = outcome.controls ? *outcome.controls : outcome.controls.emplace();
  const auto note = [&outcome](bool differs, std::int64_t& count, std::optional<std::int64_t>& first) {
    count += differs ? 1 : 0;
    if (differs && !first) {
      first = outcome.minibatches;
    }
  };
  note(answer.differs, controls.differing, controls.first_differing);
  note(answer.first_layer_differs, controls.first_layer_differing, controls.first_first_layer);
}

SweepOutcome Sweeper::Implementation::sweep(const Weights& weights, const SweptMinibatches& next) {
  const at::NoGradGuard no_autograd;
  compute_with_one_thread();
  comparer->set_weights(LoadedWeights(network, weights, arithmetic));
  SweepOutcome outcome;
  for (const Rule rule : options.rules) {
    outcome.rules.emplace_back().rule = rule;
  }
  Questions questions(options.rules.size());
  while (const auto minibatch = next()) {
    const auto& [inputs, labels, first_image] = *minibatch;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const RuleOutcome& so_far = outcome.rules[i];
      // The questions under one rule may be settled long before those under another.
      const bool is_open = i == 0 || options.extent == Extent::all || options.per_minibatch ||
                           !so_far.first_impacted || !so_far.first_layer;
      questions[i] =
          is_open
              ? std::optional(DifferenceQuestions{.first_layer = options.per_minibatch || !so_far.first_layer,
                                                  .magnitude = options.magnitude})
              : std::nullopt;
    }
    const auto answers = comparer->compare(inputs, labels, questions);
    note_zeros(outcome);
    bool newly_impacted = false;
    bool settled = true;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const bool before = outcome.rules[i].first_impacted.has_value();
      note_answer(answers[i], options, outcome.minibatches, first_image, outcome.rules[i]);
      newly_impacted = newly_impacted || (!before && answers[i].impacted);
      settled = settled && outcome.rules[i].first_impacted && outcome.rules[i].first_layer;
    }
    outcome.images += inputs.size(0);
    if (outcome.minibatches == 0 || newly_impacted || options.every_control) {
      note_control(comparer->control(inputs, labels), options, outcome);
    }
    ++outcome.minibatches;
    if (settled && options.extent == Extent::until_impacted) {
      break;
    }
  }
  return outcome;
}

KinkChoices SweepOptions::choices_a(Rule rule) const {
  KinkChoices result = kinks_a;
  result.relu = {s_a, rule};
  return result;
}

KinkChoices SweepOptions::choices_b(Rule rule) const {
  KinkChoices result = kinks_b;
  result.relu = {s_b, rule};
  return result;
}

KinkSet SweepOptions::compared_kinks() const {
  KinkSet result{Kink::relu};
  for (const Rule rule : rules) {
    result.merge(differing_kinks(choices_a(rule), choices_b(rule)));
  }
  return result;
}

namespace {

void check(const SweepOptions& options) {
  if (options.batch_size < 1) {
    throw InputError(fmt::format("a batch size of {}: needs at least 1", options.batch_size));
  }
  if (options.rules.empty()) {
    throw InputError("a sweep needs at least one rule");
  }
  if (!std::isfinite(options.s_a) || !std::isfinite(options.s_b)) {
    throw InputError("the values of s must be finite");
  }
  require_finite(options.kinks_a);
  require_finite(options.kinks_b);
}

}  // namespace

Sweeper::Sweeper(const Network& network, const SweepData& data, SweepOptions options) {
  const SweepData::Implementation& given = data.implementation();
  check(options);
  if (given.image_shape != network.output_shapes().front() ||
      given.arithmetic.precision() != options.precision || given.device != options.device ||
      given.arithmetic.kernel().order.bits != options.kernel.order.bits) {
    throw InputError(fmt::format(
        "network '{}': the data is prepared for another image shape, precision, device or number of bits",
        network.name()));
  }
  implementation_ = std::make_unique<Implementation>(network, std::move(options));
  implementation_->begin = [&given, size = implementation_->options.batch_size](std::uint64_t /*seed*/) {
    return minibatches(given, size);
  };
}

Sweeper::Sweeper(const Network& network, SweepStream stream, SweepOptions options) {
  check(options);
  const BatchSource& source = *stream.source;
  if (source.options().batch_size != options.batch_size || stream.minibatches < 1) {
    throw InputError(fmt::format(
        "a sweep over {} mini-batches of {} images from a source of mini-batches of {}: need at least "
        "one, and one size",
        stream.minibatches, options.batch_size, source.options().batch_size));
  }
  if (source.image_shape() != network.output_shapes().front()) {
    throw InputError(fmt::format("network '{}' takes images of shape [{}], the source has [{}]",
                                 network.name(), fmt::join(network.output_shapes().front(), ","),
                                 fmt::join(source.image_shape(), ",")));
  }
  implementation_ = std::make_unique<Implementation>(network, std::move(options));
  implementation_->begin = [stream = std::move(stream), &sweeper = *implementation_](std::uint64_t seed) {
    return minibatches(stream, sweeper.network, sweeper.arithmetic, seed);
  };
}

Sweeper::~Sweeper() = default;
Sweeper::Sweeper(Sweeper&&) noexcept = default;
Sweeper& Sweeper::operator=(Sweeper&&) noexcept = default;

SweepOutcome Sweeper::sweep(const Weights& weights, std::uint64_t stream_seed) {
  return implementation_->sweep(weights, implementation_->begin(stream_seed));
}

}  // namespace relu0
