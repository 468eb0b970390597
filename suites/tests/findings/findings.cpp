#include "suites/tests/findings/findings.hpp"

#include "analysis/statistics/trend_test.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::test {

namespace {

constexpr Proportion published_all{1000, 1000};
constexpr Proportion published_none{0, 1000};
/// Published shares at 32 bits by the batch size: 351 to 488 of 1000.
constexpr double published_spread = 0.137;

std::vector<std::string> problems(const std::string& name, const verdict_rules::Decision& decision,
                                  const std::set<Verdict>& accepted) {
  if (accepted.contains(decision.verdict)) {
    return {};
  }
  return {fmt::format("{}: {}. {} ({})", name, relu0::name(decision.verdict), decision.why, decision.rule)};
}

/// log of n! / (a! b! (n − a − b)!) · p^a q^b (1 − p − q)^(n − a − b).
double log_trinomial(std::int64_t n, std::int64_t a, std::int64_t b, double p, double q) {
  const auto log_factorial = [](std::int64_t k) { return std::lgamma(static_cast<double>(k) + 1); };
  const auto log_power = [](double x, std::int64_t k) {
    return k == 0 ? 0.0 : static_cast<double>(k) * std::log(x);
  };
  const std::int64_t rest = n - a - b;
  return log_factorial(n) - log_factorial(a) - log_factorial(b) - log_factorial(rest) + log_power(p, a) +
         log_power(q, b) + log_power(1 - p - q, rest);
}

/// The trend test of pairs: at two levels it is the one-sided sign test.
TrendTest trend_of(PairedCounts counts) {
  std::vector<std::vector<bool>> blocks;
  blocks.insert(blocks.end(), static_cast<std::size_t>(counts.only_first), {true, false});
  blocks.insert(blocks.end(), static_cast<std::size_t>(counts.only_second), {false, true});
  blocks.resize(static_cast<std::size_t>(counts.draws), {false, false});
  return blocked_trend_test(blocks);
}

}  // namespace

std::vector<std::string> problems(const CountFinding& finding, Proportion measured) {
  return problems(finding.name, finding.rule(measured), finding.accepted);
}

std::vector<std::string> problems(const PairedFinding& finding, PairedCounts measured) {
  return problems(finding.name, finding.rule(measured), finding.accepted);
}

double false_alarm(const CountFinding& finding, std::int64_t networks, const Interval& rates) {
  std::vector<bool> alarms;
  for (std::int64_t count = 0; count <= networks; ++count) {
    alarms.push_back(!problems(finding, {count, networks}).empty());
  }
  constexpr int steps = 100;
  double largest = 0;
  for (int step = 0; step <= steps; ++step) {
    const double rate = rates.low + (rates.high - rates.low) * step / steps;
    double alarm = 0;
    for (std::int64_t count = 0; count <= networks; ++count) {
      if (alarms[static_cast<std::size_t>(count)]) {
        alarm += std::exp(log_trinomial(networks, count, 0, rate, 0));
      }
    }
    largest = std::max(largest, alarm);
  }
  return largest;
}

double false_alarm(const PairedFinding& finding, std::int64_t draws, double only_first, double only_second) {
  // What is far less probable than the limit together needs no verdict.
  constexpr double negligible = 1e-14;
  double alarm = 0;
  for (std::int64_t first = 0; first <= draws; ++first) {
    for (std::int64_t second = 0; first + second <= draws; ++second) {
      const double probability = std::exp(log_trinomial(draws, first, second, only_first, only_second));
      const bool is_counted = probability >= negligible;
      alarm += !is_counted || !problems(finding, {first, second, draws}).empty() ? probability : 0;
    }
  }
  return alarm;
}

PairedCounts paired(const std::vector<bool>& first, const std::vector<bool>& second) {
  if (first.size() != second.size()) {
    throw std::invalid_argument("pairs of outcomes must be as many at both levels");
  }
  PairedCounts counts{.draws = std::ssize(first)};
  for (std::size_t i = 0; i < first.size(); ++i) {
    counts.only_first += first[i] && !second[i] ? 1 : 0;
    counts.only_second += !first[i] && second[i] ? 1 : 0;
  }
  return counts;
}

CountFinding every_network_at_fp16(std::set<Verdict> accepted) {
  return {"at 16 bits the gradient of every network depends on s",
          [](Proportion measured) { return verdict_rules::systematic(measured, published_all); },
          std::move(accepted)};
}

CountFinding some_networks_at_fp32() { return happens("at 32 bits the gradient of a network depends on s"); }

CountFinding not_every_network_at_fp32() {
  return {"at 32 bits not every network's gradient depends on s, so that 'every one' is refuted",
          [](Proportion measured) { return verdict_rules::systematic(measured, published_all); },
          {Verdict::not_reproduced}};
}

CountFinding about_half_at_fp32() {
  return {"at 32 bits the gradient of about half of the networks depends on s",
          [](Proportion measured) { return verdict_rules::half(measured); },
          {Verdict::reproduced, Verdict::inconclusive}};
}

CountFinding no_network_at_fp64() {
  return {"at 64 bits the gradient of no network depends on s",
          [](Proportion measured) { return verdict_rules::none(measured, published_none); },
          {Verdict::reproduced}};
}

PairedFinding grows(const std::string& factor) {
  return {"the share of networks grows with " + factor,
          [](PairedCounts counts) {
            const bool saturated = counts.only_first == 0 && counts.only_second == 0;
            return verdict_rules::grows(trend_of(counts), static_cast<std::size_t>(counts.draws), saturated);
          },
          {Verdict::reproduced}};
}

PairedFinding does_not_depend(const std::string& factor) {
  return {"the share of networks does not depend on " + factor,
          [](PairedCounts counts) {
            return verdict_rules::does_not_depend(trend_of(counts), counts, published_spread,
                                                  "the spread of the published shares");
          },
          {Verdict::reproduced}};
}

CountFinding happens(const std::string& what) {
  return {what, [](Proportion measured) { return verdict_rules::happens(measured); }, {Verdict::reproduced}};
}

CountFinding nearly_all_show(const std::string& what) {
  return {"nearly always: " + what,
          [](Proportion measured) { return verdict_rules::nearly_all(measured); },
          {Verdict::reproduced, Verdict::inconclusive}};
}

CountFinding never_happens(const std::string& what) {
  return {"never: " + what,
          [](Proportion measured) { return verdict_rules::almost_none(measured); },
          {Verdict::reproduced, Verdict::inconclusive}};
}

}  // namespace relu0::test
