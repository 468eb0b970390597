#include "suites/gate/self_test/limit_cases.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/gate/self_test/clean_measurements.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void set_value_change(Measurements& m, double figure) {
  at_fp32(m).comparisons.at(0).changes.at(0).change = figure;
}

void set_relative_error(Measurements& m, double figure) { at_fp32(m).errors.at(0).relative_l2 = figure; }

void set_reference_error(Measurements& m, double figure) {
  ReferenceError& error = at_fp32(m).reference.at(0);
  error.relative_l2 = figure;
  error.bound = 0;
}

std::function<void(Measurements&, double)> set_luck(LuckKind kind) {
  return [kind](Measurements& m, double figure) {
    for (Luck& luck : at_fp32(m).luck) {
      if (luck.kind == kind) {
        luck.same_bits = figure == 0;
        luck.changes.at(0).change = figure;
      }
    }
  };
}

void set_mini_batches(Measurements& m, double figure) {
  const auto count = static_cast<std::int64_t>(figure);
  m.inputs.mini_batches = count;
  for (PrecisionResults& results : m.precisions) {
    results.comparisons.at(0).mini_batches = count;
    results.gradients->mini_batches = count;
  }
}

/// A case of real numbers: the limit itself passes.
LimitCase real(Limit limit, double allowed, std::function<void(Measurements&, double)> measure) {
  return {.limit = limit,
          .allowed = fmt::format("{}", allowed),
          .inside = allowed,
          .outside = std::nextafter(allowed, infinity),
          .measure = std::move(measure)};
}

/// A case whose limit is derived from the sizes of clean_measurements(), as `errors` times its rounding
/// bound.
LimitCase derived(Limit limit, double errors, std::function<void(Measurements&, double)> measure) {
  Measurements clean = clean_measurements();
  const PrecisionResults& results = at_fp32(clean);
  LimitCase result = real(
      limit, errors * probabilistic_rounding_bound(Precision::fp32, *results.operations, *results.summands),
      std::move(measure));
  result.allowed = "\"derived\"";
  return result;
}

LimitCase whole(Limit limit, int inside, int outside, std::function<void(Measurements&, double)> measure,
                int exit_code = 1) {
  return {.limit = limit,
          .allowed = std::to_string(inside),
          .inside = static_cast<double>(inside),
          .outside = static_cast<double>(outside),
          .measure = std::move(measure),
          .exit_code = exit_code};
}

LimitCase flag(Limit limit, std::function<void(Measurements&)> raise) {
  return {.limit = limit,
          .allowed = "\"fail\"",
          .inside = 0,
          .outside = 1,
          .measure = [raise = std::move(raise)](Measurements& m, double figure) {
            if (figure != 0) {
              raise(m);
            }
          }};
}

/// One impacted mini-batch of all is just inside, two are outside.
LimitCase share() {
  Measurements clean = clean_measurements();
  LimitCase result = whole(Limit::impacted_share, 1, 2, [](Measurements& m, double figure) {
    at_fp32(m).comparisons.at(0).impacted = static_cast<std::int64_t>(figure);
  });
  const double high =
      clopper_pearson({.successes = 1, .trials = clean.inputs.mini_batches}, share_confidence).high;
  result.allowed = fmt::format("{}", high);
  return result;
}

}  // namespace

std::vector<LimitCase> limit_cases() {
  return {
      whole(Limit::mini_batches, 30, 29, set_mini_batches, /*exit_code=*/5),
      share(),
      real(Limit::value_change, 0.01, set_value_change),
      derived(Limit::value_change, 1, set_value_change),
      real(Limit::probed_change, 0.01,
           [](Measurements& m, double figure) {
             m.kinks.at(0).probes = {
                 {.pair = m.plan.pairs.at(0), .change = figure, .tensor = "w", .mini_batch = 1}};
           }),
      real(Limit::relative_error, 0.01, set_relative_error),
      derived(Limit::relative_error, 1, set_relative_error),
      real(Limit::ulp_error, 8,
           [](Measurements& m, double figure) { at_fp32(m).errors.at(0).ulps = figure; }),
      real(Limit::times_plain_error, 2,
           [](Measurements& m, double figure) {
             // Times a power of 2, which rounds nothing.
             for (PrecisionResults& results : m.precisions) {
               for (TensorError& error : results.errors) {
                 error.plain_relative_l2 = 0.125;
               }
             }
             at_fp32(m).errors.at(0).relative_l2 = figure * 0.125;
           }),
      real(Limit::branch_change, 0.01,
           [](Measurements& m, double figure) { at_fp32(m).errors.at(0).branch_change = figure; }),
      whole(Limit::non_finite, 3, 4,
            [](Measurements& m, double figure) {
              at_fp32(m).gradients->tensors.at(1).infinite = static_cast<std::int64_t>(figure);
            }),
      whole(Limit::zero_gradients, 2, 3,
            [](Measurements& m, double figure) {
              at_fp32(m).gradients->zero_mini_batches = static_cast<std::int64_t>(figure);
            }),
      flag(Limit::control, [](Measurements& m) { at_fp32(m).comparisons.at(0).control->differing = 1; }),
      real(Limit::repeat_difference, 0.01, set_luck(LuckKind::repeat)),
      real(Limit::order_difference, 0.01, set_luck(LuckKind::threads)),
      derived(Limit::order_difference, 2, set_luck(LuckKind::split)),
      flag(Limit::unseen_kink,
           [](Measurements& m) {
             KinkSite unseen = m.kinks.at(0);
             for (KinkCount& count : unseen.counts) {
               count.positive_zeros = 0;
             }
             m.kinks.push_back(unseen);
           }),
      flag(Limit::uncontrolled_kink, [](Measurements& m) { m.kinks.at(0).controlled = false; }),
      real(Limit::reference_error, 0.01, set_reference_error),
      derived(Limit::reference_error, 1, set_reference_error),
      real(Limit::reference_ulps, 8,
           [](Measurements& m, double figure) { at_fp32(m).reference.at(0).ulps = figure; }),
      flag(Limit::reference_missing, [](Measurements& m) { at_fp32(m).reference.pop_back(); }),
      flag(Limit::outside_segment, [](Measurements& m) { at_fp32(m).reference.at(0).on_segment = false; }),
  };
}

bool is_continuous(const LimitCase& limit) {
  const Quantity quantity = describe(limit.limit).quantity;
  return quantity == Quantity::relative || quantity == Quantity::ulps || quantity == Quantity::factor;
}

Policy policy_of(const LimitCase& limit, const std::string& value) {
  std::string text = fmt::format("version = 1\n[limits]\n{} = {}\n", describe(limit.limit).key, value);
  for (const Limit other : {Limit::relative_error, Limit::value_change}) {
    if (other != limit.limit) {
      text += fmt::format("{} = \"off\"\n", describe(other).key);
    }
  }
  return parse_policy(text, "relu0.toml");
}

}  // namespace relu0::gate
