#include "analysis/gate/measure_model.hpp"

#include "analysis/gate/batches/failed_batch.hpp"
#include "analysis/gate/gradient_figures.hpp"
#include "analysis/gate/kink_probes.hpp"
#include "analysis/gate/luck.hpp"
#include "analysis/gate/precision_measurer.hpp"
#include "analysis/gate/reference/reference_measurer.hpp"
#include "analysis/gate/value_pairs.hpp"
#include "analysis/machine/threads.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

/// The pairs asked for, and the usual one of every other kink that ran in a pass. Throws InputError for a
/// pair of a kink that did not.
std::vector<ValuePair> pairs_of(const std::vector<SiteCensus>& sites, const std::vector<ValuePair>& asked) {
  std::vector<std::string_view> there;
  for (const ScriptKink kink : all_script_kinks) {
    if (std::any_of(sites.begin(), sites.end(),
                    [kink](const SiteCensus& site) { return site.site.kink == kink; })) {
      there.push_back(name(kink));
    }
  }
  for (const ValuePair& pair : asked) {
    if (std::find(there.begin(), there.end(), pair.kink) == there.end()) {
      throw InputError(fmt::format(
          "two values were to be compared at the kink '{}', which the model does not have: {}", pair.kink,
          there.empty() ? "it has none" : fmt::format("it has {}", fmt::join(there, ", "))));
    }
  }
  std::vector<ValuePair> pairs = asked;
  for (const std::string_view kink : there) {
    if (std::none_of(asked.begin(), asked.end(),
                     [kink](const ValuePair& pair) { return pair.kink == kink; })) {
      pairs.push_back(usual_pair(parse_script_kink(kink)));
    }
  }
  return pairs;
}

class ModelMeasurer {
 public:
  ModelMeasurer(const RunnableModel& model, std::span<const ScriptBatch> batches,
                const MeasureSettings& settings)
      : model_(model),
        batches_(batches),
        settings_(settings),
        sites_(settings.precisions),
        reference_(settings) {
    if (batches.empty()) {
      throw InputError("there is no mini-batch to run the model on");
    }
    // At fp64 first where gradients are held against it, whether or not it was asked for.
    if (settings.errors || is_asked_for(Precision::fp64)) {
      add_measurer(Precision::fp64);
    }
    for (const Precision precision : settings.precisions) {
      if (precision != Precision::fp64) {
        add_measurer(precision);
      }
    }
    ScriptRunner& runner = measurers_.front()->runner();
    bool draws_random_numbers = false;
    {
      const auto pass = first_pass(runner);
      results_.pairs = pairs_of(pass->sites(), settings.pairs);
      draws_random_numbers = pass->used_random_numbers();
    }
    for (const Precision precision : settings.precisions) {
      measurer_at(precision).compare_pairs(results_.pairs);
    }
    LuckTrial trial(model, batches.front(), settings, draws_random_numbers);
    for (const LuckKind kind : settings.luck) {
      std::string why =
          why_not_measurable(kind, batches.front(), settings, model.info(), draws_random_numbers, runner);
      if (why.empty()) {
        why = trial.why_no_luck(kind);
      }
      if (why.empty()) {
        results_.luck.push_back(kind);
      } else {
        results_.not_seen.push_back(std::move(why));
      }
    }
    if (!settings.errors) {
      results_.not_seen.push_back(
          "Gradients were not held against those at fp64: errors were not asked for.");
    }
  }

  ModelResults run(const MeasureProgress& progress) {
    const auto passes = std::ssize(batches_) * std::ssize(measurers_);
    std::int64_t done = 0;
    bool stopped = false;
    for (std::size_t i = 0; i < batches_.size() && !stopped; ++i) {
      const auto mini_batch = static_cast<std::int64_t>(i);
      on_mini_batch(mini_batch, [&] {
        stopped = !run_mini_batch(mini_batch, [&] { return progress(++done, passes); });
        if (!stopped && reference_.runs(mini_batch)) {
          reference_.measure(mini_batch, batches_[i], measurers_asked_for());
        }
      });
    }
    if (settings_.probe_kinks && !stopped) {
      // At the precision that most models are trained in where it is measured.
      on_mini_batch(0, [&] {
        probe_kinks(sites_, results_.pairs, measurer_at(Precision::fp32).runner(), batches_.front(), 0);
      });
    }
    if (stopped) {
      results_.aborted = fmt::format("stopped after {} of {}", done, count_text(passes, "pass"));
    }
    return finish();
  }

 private:
  [[nodiscard]] bool is_asked_for(Precision precision) const {
    return std::find(settings_.precisions.begin(), settings_.precisions.end(), precision) !=
           settings_.precisions.end();
  }
  /// Runs what passes over a mini-batch; an error then says which one it was and what that holds.
  template <typename Run>
  std::invoke_result_t<Run> on_mini_batch(std::int64_t mini_batch, Run run) const {
    const NamedBatch where{.file = settings_.inputs,
                           .number = settings_.replayed.value_or(mini_batch),
                           .batch = batches_[static_cast<std::size_t>(mini_batch)],
                           .arguments = model_.info().arguments};
    try {
      return run();
    } catch (const ModelFailure& failure) {
      throw with_place_and_tensors(failure, where);
    } catch (const InputError& error) {
      throw with_place(error, where);
    }
  }

  /// A forward pass over the first mini-batch, at fp64 where that is measured. Where the model runs at fp32
  /// only, the message says so and how to do without fp64.
  [[nodiscard]] std::unique_ptr<ScriptPass> first_pass(ScriptRunner& runner) const {
    return on_mini_batch(0, [&] {
      try {
        return runner.forward(batches_.front());
      } catch (const ModelFailure& failure) {
        if (measurers_.front()->results().precision == Precision::fp64 && runs_at_fp32()) {
          const std::string_view why = failure.what();
          throw InputError(fmt::format(
              "the model runs at fp32, and not at fp64, {}. It makes or converts to tensors of a fixed type "
              "in a "
              "way that relu0 does not see. Have it take its inputs' type (x.new_zeros(n), "
              "torch.zeros_like(x), "
              "x.to(y.dtype)) and save it again, or leave fp64 out: --precision fp32 --no-errors. LibTorch "
              "says: {}",
              is_asked_for(Precision::fp64) ? "which was asked for" : "against which errors are taken", why));
        }
        throw;
      }
    });
  }
  [[nodiscard]] bool runs_at_fp32() const {
    try {
      (void)ScriptRunner(model_, settings_.at(Precision::fp32)).forward(batches_.front());
      return true;
    } catch (const InputError&) {
      return false;
    }
  }

  void add_measurer(Precision precision) {
    measurers_.push_back(std::make_unique<PrecisionMeasurer>(model_, settings_, precision, sites_));
  }
  /// The measurer at the precision; the first one where there is none.
  [[nodiscard]] PrecisionMeasurer& measurer_at(Precision precision) {
    const auto found = std::find_if(measurers_.begin(), measurers_.end(), [precision](const auto& measurer) {
      return measurer->results().precision == precision;
    });
    return found == measurers_.end() ? *measurers_.front() : **found;
  }

  [[nodiscard]] std::vector<PrecisionMeasurer*> measurers_asked_for() {
    std::vector<PrecisionMeasurer*> result;
    for (const Precision precision : settings_.precisions) {
      result.push_back(&measurer_at(precision));
    }
    return result;
  }

  void note_tensors_without_gradient(const GradientList& gradients) {
    std::vector<std::string_view> names;
    for (const NamedGradient& one : gradients) {
      if (!one.gradient.defined()) {
        names.push_back(one.name);
      }
    }
    if (!names.empty()) {
      results_.not_seen.push_back(fmt::format(
          "No gradient reaches {}: it is detached, or does not take part in the loss. What stands before "
          "that point was not compared.",
          fmt::join(names, ", ")));
    }
  }

  /// At every precision; after each, goes_on() is asked. Returns what it answered last.
  bool run_mini_batch(std::int64_t mini_batch, const std::function<bool()>& goes_on) {
    const ScriptBatch& batch = batches_[static_cast<std::size_t>(mini_batch)];
    const bool luck = mini_batch < settings_.luck_mini_batches && !results_.luck.empty();
    MeasuredPass first;
    std::vector<GradientList> gradients;
    bool stopped = false;
    for (const auto& measurer : measurers_) {
      const bool is_first = measurer == measurers_.front();
      const bool is_exact = is_first && settings_.errors && measurers_.size() > 1;
      MeasuredPass measured =
          measurer->measure(mini_batch, batch, settings_.errors && !is_first ? &first : nullptr,
                            is_exact ? GraphAfter::kept : GraphAfter::released);
      gradients.push_back(luck ? measured.gradients : GradientList{});
      if (is_first) {
        note_first(measured.gradients);
        first = std::move(measured);
      }
      stopped = !goes_on();
      if (stopped) {
        break;
      }
    }
    previous_ = std::move(first.gradients);
    // A runner has one pass at a time.
    first.pass.reset();
    for (std::size_t i = 0; luck && !stopped && i < measurers_.size(); ++i) {
      measure_luck_at(*measurers_[i], mini_batch, gradients[i]);
    }
    return !stopped;
  }

  void measure_luck_at(PrecisionMeasurer& measurer, std::int64_t mini_batch, const GradientList& gradients) {
    const Precision precision = measurer.results().precision;
    if (!is_asked_for(precision)) {
      return;
    }
    std::vector<Luck>& lucks = measurer.results().luck;
    for (const LuckKind kind : results_.luck) {
      auto found =
          std::find_if(lucks.begin(), lucks.end(), [kind](const Luck& one) { return one.kind == kind; });
      if (found == lucks.end()) {
        found = lucks.insert(lucks.end(), Luck{.kind = kind});
      }
      measure_luck(*found, mini_batch, batches_[static_cast<std::size_t>(mini_batch)], gradients, model_,
                   measurer.runner(), precision, rounding_of(measurer.results()), settings_);
    }
  }

  /// Takes down what is said of a mini-batch once: at the first precision that it runs at.
  void note_first(const GradientList& gradients) {
    if (results_.tensors.empty()) {
      for (const NamedGradient& one : gradients) {
        results_.tensors.push_back(
            {.name = one.name, .elements = one.gradient.defined() ? one.gradient.numel() : 0});
      }
      note_tensors_without_gradient(gradients);
    }
    // Between this mini-batch's gradient and the one before.
    for (std::size_t i = 0; i < previous_.size(); ++i) {
      const double distance = relative_difference(previous_[i].gradient, gradients[i].gradient);
      std::optional<double>& smallest = results_.tensors[i].between_mini_batches;
      if (distance > 0 && !(smallest && *smallest <= distance)) {
        smallest = distance;
      }
    }
  }

  ModelResults finish() {
    for (const Precision precision : settings_.precisions) {
      results_.precisions.push_back(std::move(measurer_at(precision).results()));
    }
    results_.kinks = std::move(sites_.sites());
    results_.reference_gaps = reference_.gaps();
    note_what_the_model_does();
    return std::move(results_);
  }

  /// Which parameters have no gradient to be measured.
  void note_frozen_parameters() {
    std::vector<std::string_view> frozen;
    for (const ModelTensor& parameter : model_.info().parameters) {
      if (!parameter.requires_grad) {
        frozen.push_back(parameter.name);
      }
    }
    if (!frozen.empty() && settings_.gradient_of == GradientOf::parameters) {
      results_.not_seen.push_back(fmt::format(
          "Frozen parameters (requires_grad is false) have no gradient, so that nothing was measured of "
          "{}: unfreeze them before the model is saved if that is not meant.",
          fmt::join(frozen, ", ")));
    }
  }

  void note_what_the_model_does() {
    note_frozen_parameters();
    if (!measurers_.front()->changed_state().empty()) {
      results_.not_seen.push_back(fmt::format(
          "The model changes its own state when it runs ({}); relu0 puts it back before each pass, so "
          "that what several passes in a row would do was not measured.",
          fmt::join(measurers_.front()->changed_state(), ", ")));
    }
    if (measurers_.front()->used_random_numbers()) {
      results_.not_seen.push_back(
          fmt::format("The model draws random numbers (dropout in training mode, for one); every pass starts "
                      "from the seed {}, "
                      "so that other draws were not measured.",
                      settings_.seed));
    }
    if (!measurers_.front()->steps().empty()) {
      results_.not_seen.push_back(fmt::format(
          "Steps, which turn numbers into truth values, integers or numbers of Python, end every gradient, "
          "so that what a choice at them would do was not compared: {}.",
          fmt::join(measurers_.front()->steps(), "; ")));
    }
    if (!measurers_.front()->shortened().empty()) {
      results_.not_seen.push_back(fmt::format(
          "The model itself converts real numbers to a shorter type, at every precision: {}. What is lost "
          "there is lost at fp64 too, so that no error against fp64 holds it; leave such conversions to "
          "--precision where they are to be measured.",
          fmt::join(measurers_.front()->shortened(), "; ")));
    }
    if (!model_.info().interface_calls.empty()) {
      results_.not_seen.push_back(
          fmt::format("Modules that are called through an interface are seen only as far as they ran: {}.",
                      fmt::join(model_.info().interface_calls, ", ")));
    }
  }

  const RunnableModel& model_;
  std::span<const ScriptBatch> batches_;
  const MeasureSettings& settings_;
  SiteTable sites_;
  ReferenceMeasurer reference_;
  ModelResults results_;
  /// In the order in which each mini-batch runs at them: fp64 first, where it is among them.
  std::vector<std::unique_ptr<PrecisionMeasurer>> measurers_;
  GradientList previous_;
};

}  // namespace

ModelResults measure_model(const RunnableModel& model, std::span<const ScriptBatch> batches,
                           const MeasureSettings& settings, const MeasureProgress& progress) {
  const ComputingThreads one_thread(1);
  return ModelMeasurer(model, batches, settings).run(progress);
}

}  // namespace relu0::gate
