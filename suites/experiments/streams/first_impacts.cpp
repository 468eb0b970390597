#include "suites/experiments/streams/first_impacts.hpp"

#include "suites/texts/texts.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr Texts stream_text{"shared-streams"};

}  // namespace

Proportion FirstImpacts::networks() const {
  Proportion result;
  for (const OfNetwork& draw : draws) {
    ++result.trials;
    result.successes += draw.index ? 1 : 0;
  }
  return result;
}

Proportion FirstImpacts::rate() const {
  Proportion result;
  for (const OfNetwork& draw : draws) {
    result.trials += draw.index ? *draw.index + 1 : draw.minibatches;
    result.successes += draw.index ? 1 : 0;
  }
  return result;
}

std::string FirstImpacts::mean_index() const {
  const Proportion proportion = rate();
  const Interval interval = clopper_pearson(proportion, verdict_rules::confidence);
  const auto index = [](double p) { return p == 0 ? std::string("∞") : fmt::format("{:.3g}", (1 - p) / p); };
  if (proportion.trials == 0) {
    return "none measured";
  }
  if (proportion.successes == 0) {
    return fmt::format("at least {}, none met", index(interval.high));
  }
  return fmt::format("{}{} [{}, {}]", networks().successes < networks().trials ? "about " : "",
                     index(*proportion.estimate()), index(interval.high), index(interval.low));
}

std::string FirstImpacts::in_words(Proportion judged) const {
  const std::string impacted = wording::fraction(networks());
  const std::string minibatches = wording::fraction(rate());
  const std::string judged_words = wording::count(judged);
  return most_minibatches == 1 ? stream_text("measured.within-one-minibatch", "networks"_a = impacted,
                                             "minibatches"_a = minibatches, "mean_index"_a = mean_index(),
                                             "judged"_a = judged_words)
                               : stream_text("measured.within-minibatches", "networks"_a = impacted,
                                             "most"_a = most_minibatches, "minibatches"_a = minibatches,
                                             "mean_index"_a = mean_index(), "judged"_a = judged_words);
}

Proportion FirstImpacts::surviving(std::int64_t minibatches) const {
  Proportion result;
  for (const OfNetwork& draw : draws) {
    if (draw.index || draw.minibatches >= minibatches) {
      ++result.trials;
      result.successes += !draw.index || *draw.index >= minibatches ? 1 : 0;
    }
  }
  return result;
}

std::vector<std::int64_t> FirstImpacts::survival_places() const {
  std::vector<std::int64_t> result;
  for (std::int64_t place = 1; place <= most_minibatches; place += std::max<std::int64_t>(1, place / 5)) {
    result.push_back(place);
  }
  return result;
}

FirstImpacts first_impacts(const SweepEvidence& evidence, Rule rule) {
  FirstImpacts result;
  for (std::size_t i = 0; i < evidence.draws.size(); ++i) {
    const SweepOutcome& draw = evidence.draws[i];
    result.draws.push_back({evidence.under(rule, i).first_impacted, draw.minibatches});
    result.most_minibatches = std::max(result.most_minibatches, draw.minibatches);
    result.with_zeros.trials += draw.minibatches;
    result.with_zeros.successes += draw.minibatches_with_zeros;
    result.reached.trials += draw.minibatches;
    result.reached.successes += draw.minibatches_reached;
  }
  return result;
}

}  // namespace relu0
