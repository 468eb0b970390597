#include "analysis/gate/measure_model.hpp"

#include "analysis/gate/gradient_figures.hpp"
#include "analysis/gate/kink_probes.hpp"
#include "analysis/gate/luck.hpp"
#include "analysis/gate/precision_measurer.hpp"
#include "analysis/gate/reference/reference_measurer.hpp"
#include "analysis/gate/value_pairs.hpp"
#include "analysis/machine/threads.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <memory>

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
    // At fp64 first, whether or not it was asked for.
    exact_ = std::make_unique<PrecisionMeasurer>(model, settings, Precision::fp64, sites_);
    const ScriptResult first = exact_->runner().run(batches.front());
    results_.pairs = pairs_of(first.sites, settings.pairs);
    for (const NamedGradient& one : first.gradients) {
      results_.tensors.push_back(
          {.name = one.name, .elements = one.gradient.defined() ? one.gradient.numel() : 0});
    }
    note_tensors_without_gradient(first.gradients);
    for (const LuckKind kind : settings.luck) {
      if (std::string why =
              why_not_measurable(kind, batches.front(), settings, model.info(), exact_->runner());
          !why.empty()) {
        results_.not_seen.push_back(std::move(why));
      } else {
        results_.luck.push_back(kind);
      }
    }
    for (const Precision precision : settings.precisions) {
      if (precision != Precision::fp64) {
        others_.push_back(std::make_unique<PrecisionMeasurer>(model, settings, precision, sites_));
      }
      measurer_at(precision).compare_pairs(results_.pairs);
    }
  }

  ModelResults run(const MeasureProgress& progress) {
    const auto passes = std::ssize(batches_) * (1 + std::ssize(others_));
    std::int64_t done = 0;
    const auto goes_on = [&] { return progress(++done, passes); };
    bool stopped = false;
    for (std::size_t i = 0; i < batches_.size() && !stopped; ++i) {
      const auto mini_batch = static_cast<std::int64_t>(i);
      GradientList exact = measure(*exact_, mini_batch, nullptr);
      note_distance(exact);
      stopped = !goes_on();
      for (const auto& measurer : others_) {
        if (!stopped) {
          (void)measure(*measurer, mini_batch, &exact);
          stopped = !goes_on();
        }
      }
      previous_ = std::move(exact);
      if (!stopped && reference_.runs(mini_batch)) {
        reference_.measure(mini_batch, batches_[i], measurers_asked_for());
      }
    }
    if (settings_.probe_kinks && !stopped) {
      // At the precision that most models are trained in where it is measured, else at fp64, which always is.
      probe_kinks(sites_, results_.pairs, measurer_at(Precision::fp32).runner(), batches_.front(), 0);
    }
    if (stopped) {
      results_.aborted = fmt::format("stopped after {} of {} passes", done, passes);
    }
    return finish();
  }

 private:
  [[nodiscard]] bool is_asked_for(Precision precision) const {
    return std::find(settings_.precisions.begin(), settings_.precisions.end(), precision) !=
           settings_.precisions.end();
  }
  /// The measurer at fp64, or at a precision that was asked for.
  [[nodiscard]] PrecisionMeasurer& measurer_at(Precision precision) {
    const auto found = std::find_if(others_.begin(), others_.end(), [precision](const auto& measurer) {
      return measurer->results().precision == precision;
    });
    return found == others_.end() ? *exact_ : **found;
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

  GradientList measure(PrecisionMeasurer& measurer, std::int64_t mini_batch, const GradientList* exact) {
    const ScriptBatch& batch = batches_[static_cast<std::size_t>(mini_batch)];
    GradientList gradients = measurer.measure(mini_batch, batch, exact);
    const Precision precision = measurer.results().precision;
    if (mini_batch < settings_.luck_mini_batches && is_asked_for(precision)) {
      std::vector<Luck>& lucks = measurer.results().luck;
      for (const LuckKind kind : results_.luck) {
        auto found =
            std::find_if(lucks.begin(), lucks.end(), [kind](const Luck& one) { return one.kind == kind; });
        if (found == lucks.end()) {
          found = lucks.insert(lucks.end(), Luck{.kind = kind});
        }
        measure_luck(*found, mini_batch, batch, gradients, model_, measurer.runner(), precision, settings_);
      }
    }
    return gradients;
  }

  /// Between this mini-batch's gradient and the one before.
  void note_distance(const GradientList& gradients) {
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

  void note_what_the_model_does() {
    if (!exact_->changed_state().empty()) {
      results_.not_seen.push_back(fmt::format(
          "The model changes its own state when it runs ({}); relu0 puts it back before each pass, so "
          "that what several passes in a row would do was not measured.",
          fmt::join(exact_->changed_state(), ", ")));
    }
    if (exact_->used_random_numbers()) {
      results_.not_seen.push_back(
          fmt::format("The model draws random numbers (dropout in training mode, for one); every pass starts "
                      "from the seed {}, "
                      "so that other draws were not measured.",
                      settings_.seed));
    }
    if (!exact_->steps().empty()) {
      results_.not_seen.push_back(fmt::format(
          "Steps, which turn numbers into truth values, integers or numbers of Python, end every gradient, "
          "so that what a choice at them would do was not compared: {}.",
          fmt::join(exact_->steps(), "; ")));
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
  std::unique_ptr<PrecisionMeasurer> exact_;
  std::vector<std::unique_ptr<PrecisionMeasurer>> others_;
  GradientList previous_;
};

}  // namespace

ModelResults measure_model(const RunnableModel& model, std::span<const ScriptBatch> batches,
                           const MeasureSettings& settings, const MeasureProgress& progress) {
  const ComputingThreads one_thread(1);
  return ModelMeasurer(model, batches, settings).run(progress);
}

}  // namespace relu0::gate
