#include "suites/verdicts/lasting.hpp"

#include "suites/verdicts/text.hpp"

#include <cmath>

namespace relu0::verdict_rules {

Proportion with_more(Proportion measured, std::int64_t trials) {
  const double rate = measured.estimate().value();
  return {measured.successes + std::llround(rate * static_cast<double>(trials)), measured.trials + trials};
}

Decision lasting(Decision decision, Proportion measured, Sampling sampling,
                 const std::function<Decision(Proportion)>& rule) {
  if (sampling == Sampling::anytime && measured.trials > 0) {
    decision.at_any_time = true;
    decision.after = [measured, rule](std::int64_t more) { return rule(with_more(measured, more)).verdict; };
  }
  return decision;
}

LevelCounts LevelCounts::of(const std::vector<std::vector<bool>>& outcomes) {
  LevelCounts result{.trend = anytime::TrendCounts::of(outcomes), .first_against_last = {}};
  result.first_against_last.draws = std::ssize(outcomes);
  for (const std::vector<bool>& draw : outcomes) {
    result.first_against_last.only_first += draw.front() && !draw.back() ? 1 : 0;
    result.first_against_last.only_second += !draw.front() && draw.back() ? 1 : 0;
  }
  return result;
}

LevelCounts LevelCounts::with_more(std::int64_t draws) const {
  const auto before = static_cast<double>(first_against_last.draws);
  const double factor = (before + static_cast<double>(draws)) / before;
  const auto grown = [factor](std::int64_t count) {
    return std::llround(factor * static_cast<double>(count));
  };
  LevelCounts result = *this;
  result.trend.weighted = grown(trend.weighted);
  for (std::int64_t& count : result.trend.with_yes) {
    count = grown(count);
  }
  result.first_against_last = {grown(first_against_last.only_first), grown(first_against_last.only_second),
                               first_against_last.draws + draws};
  return result;
}

Decision lasting(Decision decision, const LevelCounts& measured, Sampling sampling,
                 const std::function<Decision(const LevelCounts&)>& rule) {
  if (sampling == Sampling::anytime && measured.first_against_last.draws > 0) {
    decision.at_any_time = true;
    decision.after = [measured, rule](std::int64_t more) { return rule(measured.with_more(more)).verdict; };
  }
  return decision;
}

Decision only_at_planned_number(const std::string& rule, std::int64_t draws, std::int64_t planned) {
  return {.verdict = Verdict::inconclusive,
          .why = text("anytime.only-at-planned-number", "draws"_a = draws, "planned"_a = planned),
          .rule = rule};
}

std::string anytime_rule(const std::string& rule) { return text("anytime.rule", "rule"_a = rule); }

}  // namespace relu0::verdict_rules
