#include "reports/codec/gate_fields.hpp"

#include "fixtures/error.hpp"
#include "reports/codec/stored_values.hpp"

#include <fmt/format.h>

namespace relu0::gate {

void fields(Fields& f, SourcePlace& place) {
  f("file", place.file);
  f("line", place.line);
  f("text", place.text);
}

void fields(Fields& f, ModelFacts& model) {
  f("file", model.file);
  f("sha256", model.sha256);
  f("importer", model.importer);
  f("parameters", model.parameters);
}

void fields(Fields& f, InputFacts& inputs) {
  f("file", inputs.file);
  f("sha256", inputs.sha256);
  f("mini_batches", inputs.mini_batches);
  f("batch_size", inputs.batch_size);
  f.added_later("copies", inputs.copies);
  f.added_later("replayed", inputs.replayed);
}

void fields(Fields& f, TensorFacts& tensor) {
  f("name", tensor.name);
  f("elements", tensor.elements);
  f("between_mini_batches", tensor.between_mini_batches);
}

void fields(Fields& f, ValuePair& pair) {
  f("kink", pair.kink);
  f("a", pair.a);
  f("b", pair.b);
}

void fields(Fields& f, Plan& plan) {
  f.named("precisions", plan.precisions, parse_precision);
  f("pairs", plan.pairs);
  f.named("luck", plan.luck, parse_luck_kind);
  f("errors", plan.errors);
  f("reference_mini_batches", plan.reference_mini_batches);
}

void fields(Fields& f, KinkCount& count) {
  f.named("precision", count.precision, parse_precision);
  f("elements", count.elements);
  f("positive_zeros", count.positive_zeros);
  f("negative_zeros", count.negative_zeros);
  f("flushed", count.flushed);
  f("other", count.other);
  f("reached", count.reached);
  f("nan_inputs", count.nan_inputs);
  f("first_hit", count.first_hit);
  f("first_nan", count.first_nan);
}

void fields(Fields& f, KinkProbe& probe) {
  f("pair", probe.pair);
  f("change", probe.change);
  f("tensor", probe.tensor);
  f("mini_batch", probe.mini_batch);
}

void fields(Fields& f, KinkSite& site) {
  f("operation", site.operation);
  f("kink", site.kink);
  f("source", site.source);
  f("module", site.module);
  f("native_choice", site.native_choice);
  f("controlled", site.controlled);
  f("why_not_controlled", site.why_not_controlled);
  f.added_later("located", site.located);
  f.added_later("on_data", site.on_data);
  f("counts", site.counts);
  f("probes", site.probes);
  f("why_not_probed", site.why_not_probed);
}

void fields(Fields& f, Control& control) {
  f("mini_batches", control.mini_batches);
  f("differing", control.differing);
  f("first_differing", control.first_differing);
}

void fields(Fields& f, SummedDifference& summed) {
  f("difference", summed.difference);
  f("times", summed.times);
  f("mini_batch", summed.mini_batch);
}

void fields(Fields& f, TensorChange& change) {
  f("tensor", change.tensor);
  f("change", change.change);
  f("mini_batch", change.mini_batch);
  f("summed", change.summed);
}

void fields(Fields& f, KinkOperation& operation) {
  f("operation", operation.operation);
  f("module", operation.module);
  f("source", operation.source);
  f("change", operation.change);
}

void fields(Fields& f, PairComparison& comparison) {
  f("pair", comparison.pair);
  f("mini_batches", comparison.mini_batches);
  f("impacted", comparison.impacted);
  f("signs_of_zero", comparison.signs_of_zero);
  f("first_impacted", comparison.first_impacted);
  f("most_moving", comparison.most_moving);
  f("changes", comparison.changes);
  f("control", comparison.control);
}

void fields(Fields& f, TensorError& error) {
  f("tensor", error.tensor);
  f("relative_l2", error.relative_l2);
  f("ulps", error.ulps);
  f("mini_batch", error.mini_batch);
  f("plain_relative_l2", error.plain_relative_l2);
  f("branch_change", error.branch_change);
  f("branch_mini_batch", error.branch_mini_batch);
  f("summed", error.summed);
}

void fields(Fields& f, BranchCount& count) {
  f("operation", count.operation);
  f("elements", count.elements);
  f("differing", count.differing);
}

void fields(Fields& f, TensorGradient& gradient) {
  f("tensor", gradient.tensor);
  f("smallest_norm", gradient.smallest_norm);
  f("largest_norm", gradient.largest_norm);
  f("nans", gradient.nans);
  f("infinite", gradient.infinite);
  f("first_non_finite", gradient.first_non_finite);
}

void fields(Fields& f, Gradients& gradients) {
  f("mini_batches", gradients.mini_batches);
  f("tensors", gradients.tensors);
  f("zero_mini_batches", gradients.zero_mini_batches);
  f("first_zero_mini_batch", gradients.first_zero_mini_batch);
}

void fields(Fields& f, Luck& luck) {
  f.named("kind", luck.kind, parse_luck_kind);
  f("what", luck.what);
  f("mini_batches", luck.mini_batches);
  f("same_bits", luck.same_bits);
  f("changes", luck.changes);
  f("other_branches", luck.other_branches);
  f.added_later("failure", luck.failure);
}

void fields(Fields& f, ReferenceError& error) {
  f("tensor", error.tensor);
  f("relative_l2", error.relative_l2);
  f("ulps", error.ulps);
  f("bound", error.bound);
  f("mini_batch", error.mini_batch);
  f("on_segment", error.on_segment);
  f("off_segment", error.off_segment);
  f("summed", error.summed);
}

void fields(Fields& f, ZeroOriginCount& count) {
  f("operation", count.operation);
  f("structural", count.structural);
  f("exact", count.exact);
  f("rounding", count.rounding);
  f("undecided", count.undecided);
}

void fields(Fields& f, PrecisionResults& results) {
  f.named("precision", results.precision, parse_precision);
  f("operations", results.operations);
  f("summands", results.summands);
  f("comparisons", results.comparisons);
  f("gradients", results.gradients);
  f("errors", results.errors);
  f("branches", results.branches);
  f("luck", results.luck);
  f("reference", results.reference);
  f("zero_origins", results.zero_origins);
}

void fields(Fields& f, ReferenceGap& gap) {
  f("operation", gap.operation);
  f("source", gap.source);
  f("why", gap.why);
}

void fields(Fields& f, Measurements& measurements) {
  f("aborted", measurements.aborted);
  f("not_seen", measurements.not_seen);
  f("command", measurements.command);
  f("model", measurements.model);
  f("inputs", measurements.inputs);
  f("loss", measurements.loss);
  f("with_respect_to", measurements.with_respect_to);
  f("plan", measurements.plan);
  f("kinks", measurements.kinks);
  f("tensors", measurements.tensors);
  f("precisions", measurements.precisions);
  f("reference_gaps", measurements.reference_gaps);
  f("environment", measurements.environment);
}

void fields(Fields& f, Check& check) {
  f("rule", check.rule);
  f.named("verdict", check.verdict, parse_check_verdict);
  f("message", check.message);
  f.named("precision", check.precision, parse_precision);
  f("operation", check.operation);
  f("module", check.module);
  f("source", check.source);
  f("kink", check.kink);
  f("values", check.values);
  f("tensor", check.tensor);
  f("unit", check.unit);
  f("seen", check.seen);
  f("allowed", check.allowed);
  f("is_minimum", check.is_minimum);
  f("limit", check.limit);
  f("policy", check.policy);
  f("mini_batch", check.mini_batch);
  f("replay", check.replay);
}

void fields(Fields& f, Judgement& judgement) {
  f.named("outcome", judgement.outcome, parse_outcome);
  f("exit_code", judgement.exit_code);
  f("headline", judgement.headline);
  f("notes", judgement.notes);
  f("rules", judgement.rules);
  f("command", judgement.command);
  f("checks", judgement.checks);
  f("model", judgement.model);
  f("inputs", judgement.inputs);
  f("loss", judgement.loss);
  f("with_respect_to", judgement.with_respect_to);
  f("policy_file", judgement.policy_file);
  f("policy", judgement.policy);
  f("kinks", judgement.kinks);
  f("environment", judgement.environment);
}

}  // namespace relu0::gate

namespace relu0 {

namespace {

constexpr const char* measurements_format = "relu0 gate measurements";
constexpr int format_version = 1;

}  // namespace

std::string measurements_text(const gate::Measurements& measurements) {
  nlohmann::json document = encode(measurements);
  document["format"] = measurements_format;
  document["version"] = format_version;
  return readable_values(document).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

gate::Measurements read_measurements(std::string_view text, const std::string& file) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("format", nlohmann::json()) != measurements_format) {
    throw InputError(fmt::format("{}: holds no measurements of a gate; relu0 gate writes them", file));
  }
  if (document.value("version", nlohmann::json()) != format_version) {
    throw InputError(fmt::format("{}: is of version {}, and this relu0 reads version {}; measure again", file,
                                 document.value("version", nlohmann::json()).dump(), format_version));
  }
  try {
    return decode<gate::Measurements>(document);
  } catch (const DecodeError& error) {
    throw InputError(fmt::format("{}: {}; measure again", file, error.what()));
  }
}

}  // namespace relu0
