#include "suites/gate/unmeasured.hpp"

#include "suites/gate/limits.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// Why nothing was measured for the limit; empty where something was, or where there may be nothing to
/// measure.
std::string why_unmeasured(Limit limit, const Measurements& measurements) {
  const Plan& plan = measurements.plan;
  const auto& results = measurements.precisions;
  switch (limit) {
    case Limit::relative_error:
    case Limit::ulp_error:
    case Limit::times_plain_error:
    case Limit::branch_change: {
      const bool only_fp64 = std::all_of(plan.precisions.begin(), plan.precisions.end(),
                                         [](Precision precision) { return precision == Precision::fp64; });
      return plan.errors || only_fp64 ? "" : "errors against fp64 were not asked for (--no-errors)";
    }
    case Limit::repeat_difference:
    case Limit::order_difference: {
      const bool measured = std::any_of(plan.luck.begin(), plan.luck.end(),
                                        [limit](LuckKind kind) { return limit_on(kind) == limit; });
      return measured ? "" : "no luck of that kind was measured (--luck)";
    }
    case Limit::reference_error:
    case Limit::reference_ulps:
    case Limit::outside_segment: {
      const bool measured = std::any_of(results.begin(), results.end(),
                                        [](const PrecisionResults& at) { return !at.reference.empty(); });
      return measured ? "" : "the reference did not run (--reference-mini-batches)";
    }
    case Limit::probed_change: {
      const auto& sites = measurements.kinks;
      const bool measured = std::any_of(sites.begin(), sites.end(), [](const KinkSite& site) {
        return !site.probes.empty() || !site.why_not_probed.empty();
      });
      const bool all_met =
          std::all_of(sites.begin(), sites.end(), [](const KinkSite& site) { return site.met(); });
      return measured || all_met ? "" : "kinks that no mini-batch met were not probed (--probe-kinks)";
    }
    default:
      return "";
  }
}

}  // namespace

void note_unmeasured_limits(CheckList& list, const Measurements& measurements, const Policy& policy) {
  if (measurements.aborted) {
    return;
  }
  const auto note = [&](const LimitSetting& setting) {
    const bool is_set = !setting.place.file.empty() && (setting.tiers.warn || setting.tiers.fail);
    const std::string why = is_set ? why_unmeasured(setting.limit, measurements) : "";
    if (!why.empty()) {
      const LimitDescription& limit = describe(setting.limit);
      list.add(std::string(limit.rule), CheckVerdict::inconclusive, {},
               fmt::format("{}: the policy sets {}, for which nothing was measured: {}",
                           text_of_place(setting), limit.key, why));
    }
  };
  std::for_each(policy.limits.begin(), policy.limits.end(), note);
  for (const Override& other : policy.overrides) {
    std::for_each(other.limits.begin(), other.limits.end(), note);
  }
}

}  // namespace relu0::gate
