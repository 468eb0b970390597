#include "suites/gate/run_gate.hpp"

#include "analysis/gate/value_pairs.hpp"
#include "analysis/torchscript/kinks/native_choices.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/run/progress.hpp"

#include <optional>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// What decides the bits of a gate's figures.
Environment environment(const std::vector<MeasuredChoice>& native) {
  Environment facts = describe_machine(Device::cpu);
  for (const MeasuredChoice& choice : native) {
    facts[fmt::format("native {} at {}", choice.spelling, choice.point)] =
        choice.derivative ? fmt::format("{}", *choice.derivative) : "refused";
  }
  return facts;
}

/// What is known before a pass is made; native: what measure_native_choices() gave.
Measurements known_before(const GateModel& model, const GateOptions& options,
                          const std::vector<MeasuredChoice>& native) {
  const GateRequest& request = options.request;
  Measurements result;
  result.model = {.file = request.model.string(),
                  .sha256 = model.facts().sha256,
                  .importer = model.facts().importer,
                  .parameters = model.facts().parameters};
  result.inputs = {.file = request.inputs.string(),
                   .sha256 = model.facts().inputs_sha256,
                   .mini_batches = model.mini_batches(),
                   .batch_size = request.batch_size,
                   .copies = model.facts().copies,
                   .replayed = request.mini_batch};
  result.loss = request.loss;
  result.with_respect_to = request.with_respect_to;
  result.command = canonical_command(options);
  result.environment = environment(native);
  result.not_seen = model.facts().notes;
  return result;
}

}  // namespace

std::vector<Precision> usual_precisions() { return {Precision::fp32, Precision::fp64}; }

Measurements before_measuring(const GateModel& model, const GateOptions& options) {
  return known_before(model, options, measure_native_choices());
}

Measurements measure(const GateModel& model, const GateOptions& options, ShowProgress show) {
  const GateRequest& request = options.request;
  const std::vector<MeasuredChoice> native = measure_native_choices();
  Measurements result = known_before(model, options, native);
  Progress progress("passes over mini-batches");
  std::optional<std::size_t> task;
  ModelResults found = model.measure([&](std::int64_t done, std::int64_t of) {
    if (show == ShowProgress::no) {
      return !InterruptGuard::requested();
    }
    if (!task) {
      task = progress.add({.name = result.model.file, .cost_of_draw = 1, .networks = of, .pending = of});
    }
    progress.done(*task, done);
    return !InterruptGuard::requested();
  });
  result.plan = {.precisions = request.precisions,
                 .pairs = found.pairs,
                 .luck = found.luck,
                 .errors = request.errors,
                 .reference_mini_batches = request.reference_mini_batches.value_or(1)};
  result.tensors = std::move(found.tensors);
  result.kinks = std::move(found.kinks);
  for (KinkSite& site : result.kinks) {
    if (site.controlled) {
      site.native_choice = native_choice(native, site.operation, parse_script_kink(site.kink));
    }
  }
  result.precisions = std::move(found.precisions);
  result.not_seen.insert(result.not_seen.end(), found.not_seen.begin(), found.not_seen.end());
  result.reference_gaps = std::move(found.reference_gaps);
  result.aborted = std::move(found.aborted);
  return result;
}

}  // namespace relu0::gate
