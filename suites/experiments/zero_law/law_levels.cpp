#include "suites/experiments/zero_law/law_levels.hpp"

#include "analysis/statistics/mean_interval.hpp"
#include "suites/verdicts/law_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::law_levels {

namespace {

template <typename TextOf>
std::string joined(const std::vector<Level>& levels, TextOf text_of) {
  std::vector<std::string> texts;
  std::transform(levels.begin(), levels.end(), std::back_inserter(texts), text_of);
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

double Level::mean() const {
  return std::accumulate(expected.begin(), expected.end(), 0.0) / static_cast<double>(expected.size());
}

std::vector<Level> levels(const std::vector<law_evidence::LawEvidence>& evidence, std::int64_t Mlp::*value,
                          const PublishedFigure& published, std::int64_t PublishedCount::*published_value) {
  std::vector<Level> result;
  for (const law_evidence::LawEvidence& at_level : evidence) {
    if (at_level.draws.empty()) {
      continue;
    }
    Level& level = result.emplace_back();
    level.value = std::get<Mlp>(at_level.setting.network).*value;
    level.expected = at_level.expected_by_network(images_of_epoch);
    for (const PublishedCount& count : published.counts) {
      if (count.precision_bits == 32 && count.*published_value == level.value) {
        level.published = {count.affected, count.networks};
      }
    }
  }
  return result;
}

verdict_rules::Decision decide(const std::vector<Level>& levels) {
  std::vector<std::optional<Interval>> steps;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    std::vector<double> ratios;
    for (std::size_t draw = 0; draw < std::min(levels[i].expected.size(), levels[i - 1].expected.size());
         ++draw) {
      ratios.push_back(std::log(levels[i].expected[draw] / levels[i - 1].expected[draw]));
    }
    steps.push_back(mean_interval(ratios, verdict_rules::confidence));
  }
  return verdict_rules::grows_at_each_step(steps);
}

std::string values_text(const std::vector<Level>& levels) {
  return joined(levels, [](const Level& level) { return std::to_string(level.value); });
}

std::string zeros_text(const std::vector<Level>& levels) {
  return joined(levels, [](const Level& level) { return wording::number(level.mean()); });
}

std::string shares_text(const std::vector<Level>& levels) {
  return joined(levels, [](const Level& level) {
    return fmt::format("{:.3f}", law_evidence::share_with_zero(level.expected));
  });
}

std::string published_text(const std::vector<Level>& levels) {
  return joined(levels, [](const Level& level) {
    return fmt::format("{:.3f}", level.published.estimate().value_or(0));
  });
}

}  // namespace relu0::law_levels
