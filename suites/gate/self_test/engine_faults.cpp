#include "analysis/gate/self_test/sample_files.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/gate/run_gate.hpp"
#include "suites/gate/self_test/rows.hpp"
#include "suites/gate/self_test/self_test.hpp"

#include <cmath>
#include <functional>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr const char* part = "engine";

/// A measurement of the sample model with a fault in it, or beside a limit.
struct EngineFault {
  std::string name;
  int exit_code;
  std::string rule;
  SampleModel model = SampleModel::unimpacted;
  std::optional<GradientFault> fault{};
  std::string limits{};                                 ///< lines of the policy; empty: the defaults
  std::function<void(Measurements&)> lose_something{};  ///< of what was measured
};

std::vector<EngineFault> engine_faults() {
  const auto at_fp32 = [](GradientFaultKind kind) {
    return GradientFault{.kind = kind, .precision = Precision::fp32};
  };
  // One of all mini-batches is impacted. Whatever moves is off but the share.
  const double share =
      clopper_pearson({.successes = 1, .trials = sample_mini_batches}, share_confidence).high;
  const auto share_of = [](double limit) {
    return fmt::format("value_change = \"off\"\nimpacted_share = {}\n", limit);
  };
  return {
      {.name = "no_fault", .exit_code = 0, .rule = ""},
      {.name = "one_ulp_in_one_gradient",
       .exit_code = 1,
       .rule = "luck-repeat",
       .fault = at_fp32(GradientFaultKind::one_ulp)},
      {.name = "nan_in_one_gradient",
       .exit_code = 1,
       .rule = "nan",
       .fault = at_fp32(GradientFaultKind::nan)},
      {.name = "infinity_in_one_gradient",
       .exit_code = 1,
       .rule = "non-finite",
       .fault = at_fp32(GradientFaultKind::infinite)},
      {.name = "zero_gradient_of_one_mini_batch",
       .exit_code = 1,
       .rule = "zero-gradient",
       .fault = at_fp32(GradientFaultKind::zero)},
      {.name = "dropped_measurement",
       .exit_code = 1,
       .rule = "missing-measurement",
       .lose_something = [](Measurements& m) { m.precisions.at(0).luck.pop_back(); }},
      {.name = "dropped_precision",
       .exit_code = 1,
       .rule = "missing-measurement",
       .lose_something = [](Measurements& m) { m.precisions.pop_back(); }},
      {.name = "choice_at_one_kink", .exit_code = 1, .rule = "kink-change", .model = SampleModel::impacted},
      {.name = "share just inside its limit",
       .exit_code = 0,
       .rule = "",
       .model = SampleModel::impacted,
       .limits = share_of(share)},
      {.name = "share just outside its limit",
       .exit_code = 1,
       .rule = "kink-impact",
       .model = SampleModel::impacted,
       .limits = share_of(std::nextafter(share, 0.0))},
      {.name = "mini-batches just inside their limit",
       .exit_code = 0,
       .rule = "",
       .limits = fmt::format("mini_batches = {}\n", sample_mini_batches)},
      {.name = "mini-batches just outside their limit",
       .exit_code = 5,
       .rule = "too-few-mini-batches",
       .limits = fmt::format("mini_batches = {}\n", sample_mini_batches + 1)},
  };
}

Measurements measured(const EngineFault& fault, const std::filesystem::path& folder) {
  GateOptions options;
  options.request = {.model = folder / "model.pt",
                     .inputs = folder / "batches.pt",
                     .batch_size = sample_batch_size,
                     .loss = "mse",
                     .precisions = usual_precisions(),
                     .luck = {all_luck_kinds.begin(), all_luck_kinds.end()},
                     .fault = fault.fault};
  write_sample_model(fault.model, options.request.model);
  write_sample_batches(SampleBatches::usual, options.request.inputs);
  Measurements result = measure(GateModel(options.request), options, ShowProgress::no);
  if (fault.lose_something) {
    fault.lose_something(result);
  }
  return result;
}

}  // namespace

std::vector<SelfTestRow> self_test_engine(const std::filesystem::path& folder) {
  std::vector<SelfTestRow> rows;
  for (const EngineFault& fault : engine_faults()) {
    const Policy policy = fault.limits.empty()
                              ? default_policy()
                              : parse_policy("version = 1\n[limits]\n" + fault.limits, "relu0.toml");
    try {
      rows.push_back(
          judged_row(part, fault.name, measured(fault, folder), policy, fault.exit_code, fault.rule));
    } catch (const std::exception& error) {
      rows.push_back(thrown_row(part, fault.name, fault.exit_code, fault.rule, error.what()));
    }
  }
  return rows;
}

}  // namespace relu0::gate
