#include "suites/experiments/kinks/kink_evidence.hpp"

#include <algorithm>

namespace relu0::kink_evidence {

namespace {

void append(const std::vector<double>& more, std::vector<double>& to) {
  to.insert(to.end(), more.begin(), more.end());
}

void add(const ChoiceEffect& more, ChoiceEffect& to) {
  to.impacted += more.impacted;
  append(more.relative_l2, to.relative_l2);
}

void add(const BetweenSides& more, BetweenSides& to) {
  to.judged += more.judged;
  to.inside += more.inside;
  append(more.distances, to.distances);
}

void add(const KinkFigures& more, KinkFigures& to) {
  to.places += more.places;
  to.hits += more.hits;
  to.reached += more.reached;
  to.minibatches_hit += more.minibatches_hit;
  to.minibatches_reached += more.minibatches_reached;
  add(more.sides, to.sides);
  add(more.middle, to.middle);
  add(more.between, to.between);
  add(more.assigned, to.assigned);
  to.origins.add(more.origins);
}

Proportion count_of(const std::vector<bool>& outcomes) {
  return {std::count(outcomes.begin(), outcomes.end(), true), std::ssize(outcomes)};
}

}  // namespace

double OfKink::hits_per_minibatch() const {
  return static_cast<double>(figures.hits) / static_cast<double>(hit.trials);
}

std::optional<double> OfKink::median_change() const { return quantile(figures.sides.relative_l2, 0.5); }

std::vector<KinkEvidence> gather(const std::vector<KinkSurvey>& measurements, const Evidence& evidence) {
  std::vector<KinkEvidence> result;
  result.reserve(measurements.size());
  for (const KinkSurvey& measurement : measurements) {
    result.push_back(evidence.of(measurement));
  }
  return result;
}

OfKink pool(const std::vector<KinkEvidence>& evidence, Kink kink,
            const std::function<bool(const Setting&)>& wanted) {
  OfKink result;
  result.figures.kink = kink;
  std::int64_t minibatches = 0;
  // By draw: draw i has the same seed in every setting.
  std::vector<bool> changed;
  std::vector<bool> over_reals;
  for (const KinkEvidence& in_setting : evidence) {
    if (!wanted(in_setting.setting)) {
      continue;
    }
    const std::vector<Kink> known = kinks_of(in_setting.setting);
    if (std::find(known.begin(), known.end(), kink) == known.end()) {
      continue;
    }
    result.basis = result.basis.and_also(in_setting.basis());
    changed.resize(std::max(changed.size(), in_setting.draws.size()));
    over_reals.resize(changed.size());
    for (std::size_t i = 0; i < in_setting.draws.size(); ++i) {
      const KinkSurveyOutcome& draw = in_setting.draws[i];
      for (const KinkFigures& figures : draw.kinks) {
        if (figures.kink != kink) {
          continue;
        }
        add(figures, result.figures);
        result.most_bits = std::max(result.most_bits, draw.most_bits);
        minibatches += draw.minibatches;
        changed[i] = changed[i] || figures.sides.impacted > 0;
        over_reals[i] = over_reals[i] || figures.origins.structural + figures.origins.exact > 0;
      }
    }
  }
  result.networks = count_of(changed);
  result.met_over_reals = count_of(over_reals);
  result.hit = {result.figures.minibatches_hit, minibatches};
  result.reached = {result.figures.minibatches_reached, minibatches};
  result.impacted = {result.figures.sides.impacted, minibatches};
  result.to_middle = {result.figures.middle.impacted, minibatches};
  return result;
}

std::vector<Kink> kinks_of(const Setting& setting) {
  const Network network = build(setting.network);
  std::vector<Kink> result;
  std::copy_if(all_kinks.begin(), all_kinks.end(), std::back_inserter(result),
               [&network](Kink kink) { return !network.nodes_with(kink).empty(); });
  return result;
}

bool anything(const std::vector<KinkEvidence>& evidence) {
  return std::any_of(evidence.begin(), evidence.end(),
                     [](const KinkEvidence& in_setting) { return !in_setting.draws.empty(); });
}

}  // namespace relu0::kink_evidence
