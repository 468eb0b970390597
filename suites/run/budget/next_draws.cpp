#include "suites/run/budget/next_draws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace relu0::budget {

namespace {

/// The measurements of a finding that lack draws.
std::vector<std::string> incomplete(const Finding& finding, const DrawnByKey& drawn) {
  std::vector<std::string> keys;
  if (finding.outlook) {
    std::copy_if(finding.outlook->keys.begin(), finding.outlook->keys.end(), std::back_inserter(keys),
                 [&](const std::string& key) {
                   const auto found = drawn.find(key);
                   return found != drawn.end() && found->second.draws < found->second.most;
                 });
  }
  return keys;
}

/// The least number of draws that one of these has.
std::int64_t level(const std::vector<std::string>& keys, const DrawnByKey& drawn) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const std::string& key : keys) {
    least = std::min(least, drawn.at(key).draws);
  }
  return least;
}

/// Whether the next round is known not to fit.
bool too_long(const std::vector<std::string>& keys, const DrawCosts& costs, std::optional<double> left) {
  return left && std::any_of(keys.begin(), keys.end(),
                             [&](const std::string& key) { return costs.latency(key).value_or(0) > *left; });
}

}  // namespace

bool is_open(const Finding& finding, const DrawnByKey& drawn) {
  return finding.headline && !incomplete(finding, drawn).empty();
}

Forecast forecast(const Finding& finding, const DrawnByKey& drawn, const DrawCosts& costs) {
  const std::vector<std::string> keys = incomplete(finding, drawn);
  const std::int64_t from = level(keys, drawn);
  Forecast result;
  std::int64_t left = 0;
  for (const std::string& key : keys) {
    left = std::max(left, drawn.at(key).most - from);
    result.seconds_of_round += costs.expected(key);
  }
  const bool seen = !finding.outlook->unseen &&
                    std::any_of(finding.outlook->keys.begin(), finding.outlook->keys.end(),
                                [&](const std::string& key) { return drawn.at(key).draws > 0; });
  std::optional<std::int64_t> wanted = seen ? finding.outlook->more_draws : std::optional<std::int64_t>(1);
  if (const std::int64_t at_least = finding.outlook->at_least;
      from < at_least && wanted.value_or(left + 1) > left) {
    wanted = at_least - from;
  }
  result.within_reach = wanted && *wanted <= left;
  result.rounds = std::clamp<std::int64_t>(wanted.value_or(left), 1, left);
  for (const std::string& key : keys) {
    const Drawn& of = drawn.at(key);
    const std::int64_t to = std::min(of.most, from + result.rounds);
    result.seconds += costs.expected(key) * static_cast<double>(std::max<std::int64_t>(0, to - of.draws));
  }
  return result;
}

std::map<std::string, std::int64_t> next_draws(const std::vector<Finding>& findings, const DrawnByKey& drawn,
                                               const DrawCosts& costs, const Slice& slice) {
  const Finding* cheapest = nullptr;
  Forecast of_cheapest;
  const auto rank = [](const Forecast& of) { return std::tuple(!of.within_reach, of.seconds); };
  for (const Finding& finding : findings) {
    if (!is_open(finding, drawn) || too_long(incomplete(finding, drawn), costs, slice.left)) {
      continue;
    }
    const Forecast of = forecast(finding, drawn, costs);
    if (cheapest == nullptr || rank(of) < rank(of_cheapest)) {
      cheapest = &finding;
      of_cheapest = of;
    }
  }
  std::map<std::string, std::int64_t> result;
  if (cheapest != nullptr) {
    const double fitting = std::max(static_cast<double>(slice.fewest_rounds),
                                    std::floor(slice.seconds / of_cheapest.seconds_of_round));
    const auto rounds = static_cast<std::int64_t>(std::min(fitting, static_cast<double>(of_cheapest.rounds)));
    const std::vector<std::string> keys = incomplete(*cheapest, drawn);
    const std::int64_t to = level(keys, drawn) + rounds;
    for (const std::string& key : keys) {
      const Drawn& of = drawn.at(key);
      if (of.draws < std::min(of.most, to)) {
        result.emplace(key, std::min(of.most, to));
      }
    }
  }
  return result;
}

}  // namespace relu0::budget
