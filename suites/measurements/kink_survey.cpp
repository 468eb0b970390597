#include "suites/measurements/kink_survey.hpp"

#include "fixtures/error.hpp"
#include "suites/measurements/base/against_reference.hpp"
#include "suites/measurements/base/survey_options.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// The inverse of name(Kink).
Kink kink_named(std::string_view text) {
  const auto found =
      std::find_if(all_kinks.begin(), all_kinks.end(), [text](Kink kink) { return name(kink) == text; });
  if (found == all_kinks.end()) {
    throw InputError(fmt::format("there is no kink '{}'", text));
  }
  return *found;
}

}  // namespace

void fields(Fields& f, ChoiceEffect& effect) {
  f("impacted", effect.impacted);
  f("relative_l2", effect.relative_l2);
}

void fields(Fields& f, BetweenSides& between) {
  f("judged", between.judged);
  f("inside", between.inside);
  f("distances", between.distances);
}

void fields(Fields& f, KinkFigures& figures) {
  f.named("kink", figures.kink, kink_named);
  f("places", figures.places);
  f("hits", figures.hits);
  f("reached", figures.reached);
  f("minibatches_hit", figures.minibatches_hit);
  f("minibatches_reached", figures.minibatches_reached);
  f("sides", figures.sides);
  f("middle", figures.middle);
  f("between", figures.between);
  f("assigned", figures.assigned);
  f("origins", figures.origins);
}

void fields(Fields& f, KinkSurveyOutcome& outcome) {
  f("minibatches", outcome.minibatches);
  f("images", outcome.images);
  f("kinks", outcome.kinks);
  f("deterministic", outcome.deterministic);
  f("most_bits", outcome.most_bits);
}

KinkSurveyOptions KinkSurvey::options(const RunSettings& settings) const {
  const std::int64_t wanted = settings.minibatches ? *settings.minibatches * setting.batch_size : images;
  auto options = survey_options<KinkSurveyOptions>(*this, wanted, settings);
  options.certify = certify_options(settings, 1);
  return options;
}

void KinkSurvey::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const KinkSurveyOptions identified = options(settings);
  identity["measured"] = kind_name;
  identity["images"] = identified.images;
  identity["explained_samples"] = identified.explained_samples;
  identify_reference_bits(settings, identity);
}

std::string KinkSurvey::work() const { return "kinks met, and what the choice there changes"; }

double KinkSurvey::passes(const Network& /*network*/, const RunSettings& settings) const {
  // At 16 bits nearly every mini-batch meets a kink, and takes five backward passes.
  constexpr double with_backward_passes = 11;
  return static_cast<double>(options(settings).images) *
         (storage_bits(setting.precision) == 16 ? with_backward_passes : 1);
}

std::int64_t KinkSurvey::usual_draws(RunScale scale) const {
  return scale == RunScale::paper ? 100 : networks;
}

KinkSurvey::OutcomeMeasurer KinkSurvey::measurer(const Network& network, const GroupData& data,
                                                 const RunSettings& settings, int /*threads*/) const {
  return [&network, &dataset = data.dataset(), how = options(settings)](const Weights& weights,
                                                                        std::uint64_t /*seed*/) {
    return kink_survey(network, weights, dataset, how);
  };
}

}  // namespace relu0
