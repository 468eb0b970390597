#include "suites/experiments/reference/zero_evidence.hpp"

#include <algorithm>
#include <numeric>

namespace relu0 {

namespace {

std::int64_t sum(const std::vector<ZeroOriginsOutcome>& draws, std::int64_t ZeroOriginsOutcome::*field) {
  return std::accumulate(
      draws.begin(), draws.end(), std::int64_t{0},
      [field](std::int64_t total, const ZeroOriginsOutcome& draw) { return total + draw.*field; });
}

template <typename Predicate>
Proportion share(const std::vector<ZeroOriginsOutcome>& draws, Predicate predicate) {
  return {std::count_if(draws.begin(), draws.end(), predicate), std::ssize(draws)};
}

}  // namespace

std::int64_t ZeroEvidence::images() const { return sum(draws, &ZeroOriginsOutcome::images); }

std::int64_t ZeroEvidence::relu_inputs() const { return sum(draws, &ZeroOriginsOutcome::relu_inputs); }

std::int64_t ZeroEvidence::surveyed() const { return sum(draws, &ZeroOriginsOutcome::surveyed); }

ZeroCounts ZeroEvidence::zeros() const {
  ZeroCounts total;
  for (const ZeroOriginsOutcome& draw : draws) {
    total.add(draw.zeros());
  }
  return total;
}

ZeroCounts ZeroEvidence::true_zeros() const {
  ZeroCounts total;
  for (const ZeroOriginsOutcome& draw : draws) {
    total.add(draw.true_zeros);
  }
  return total;
}

Proportion ZeroEvidence::with_zero() const {
  return share(draws, [](const ZeroOriginsOutcome& draw) { return draw.zeros().total() > 0; });
}

Proportion ZeroEvidence::with_exact_zero() const {
  return share(draws, [](const ZeroOriginsOutcome& draw) {
    return draw.zeros().exact > 0 || draw.true_zeros.exact > 0;
  });
}

std::vector<ZeroEvidence> gather_zeros(const std::vector<ZeroOrigins>& measurements,
                                       const Evidence& evidence) {
  std::vector<ZeroEvidence> result;
  for (const ZeroOrigins& measurement : measurements) {
    result.push_back({evidence.of(measurement)});
  }
  return result;
}

}  // namespace relu0
