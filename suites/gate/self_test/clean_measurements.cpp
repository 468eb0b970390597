#include "suites/gate/self_test/clean_measurements.hpp"

namespace relu0::gate {

namespace {

constexpr std::int64_t mini_batches = 40;

std::vector<TensorChange> changes(double change) {
  return {{.tensor = "w", .change = change, .mini_batch = 3}, {.tensor = "b", .change = 0, .mini_batch = 0}};
}

PrecisionResults results_at(Precision precision, double error) {
  PrecisionResults results;
  results.precision = precision;
  results.operations = 6;
  results.summands = 100;
  results.comparisons = {{.pair = {.kink = "relu", .a = "0", .b = "1"},
                          .mini_batches = mini_batches,
                          .impacted = 1,
                          .first_impacted = 3,
                          .changes = changes(error),
                          .control = Control{.mini_batches = 1, .differing = 0, .first_differing = {}}}};
  Gradients gradients;
  gradients.mini_batches = mini_batches;
  for (const char* tensor : {"w", "b"}) {
    gradients.tensors.push_back({.tensor = tensor, .smallest_norm = 0.5, .largest_norm = 2});
    results.errors.push_back(
        {.tensor = tensor, .relative_l2 = error, .ulps = 1.5, .mini_batch = 7, .plain_relative_l2 = error});
    results.reference.push_back({.tensor = tensor,
                                 .relative_l2 = error,
                                 .ulps = 1.5,
                                 .bound = error / 1024,
                                 .mini_batch = 7,
                                 .on_segment = true});
  }
  results.gradients = gradients;
  for (const LuckKind kind : all_luck_kinds) {
    const bool same = kind == LuckKind::repeat || kind == LuckKind::calls;
    results.luck.push_back({.kind = kind,
                            .what = "",
                            .mini_batches = 2,
                            .same_bits = same,
                            .changes = changes(same ? 0 : error)});
  }
  return results;
}

}  // namespace

Measurements clean_measurements() {
  Measurements measurements;
  measurements.model = {
      .file = "model.pt", .sha256 = "ab12", .importer = "TorchScript 1.13.0", .parameters = 12};
  measurements.inputs = {
      .file = "inputs.pt", .sha256 = "cd34", .mini_batches = mini_batches, .batch_size = 8};
  measurements.loss = "cross-entropy";
  measurements.with_respect_to = "parameters";
  measurements.command = "relu0 gate model.pt --inputs inputs.pt";
  measurements.environment = {{"processor", "x86-64 A"}, {"BLAS", "OpenBLAS 0.3.21 Haswell"}};
  measurements.plan = {.precisions = {Precision::fp16, Precision::fp32},
                       .pairs = {{.kink = "relu", .a = "0", .b = "1"}},
                       .luck = {all_luck_kinds.begin(), all_luck_kinds.end()}};
  measurements.tensors = {{.name = "w", .elements = 10, .between_mini_batches = 0.75},
                          {.name = "b", .elements = 2, .between_mini_batches = {}}};
  KinkSite site;
  site.operation = "aten::relu";
  site.kink = "relu";
  site.source = {.file = "model.py", .line = 12, .text = "x = F.relu(x)"};
  site.native_choice = "0";
  site.controlled = true;
  for (const Precision precision : measurements.plan.precisions) {
    KinkCount count;
    count.precision = precision;
    count.elements = 1000;
    count.positive_zeros = 2;
    count.reached = 1;
    count.first_hit = 3;
    site.counts.push_back(count);
  }
  measurements.kinks = {site};
  measurements.precisions = {results_at(Precision::fp16, 1e-4), results_at(Precision::fp32, 1e-7)};
  return measurements;
}

PrecisionResults& at_fp32(Measurements& measurements) { return measurements.precisions.at(1); }

}  // namespace relu0::gate
