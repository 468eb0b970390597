#include "suites/gate/gate_options.hpp"

#include "analysis/gate/batches/dataset_inputs.hpp"
#include "suites/command_line/shell_word.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

std::string canonical_command(const GateOptions& options) {
  const GateRequest& request = options.request;
  const GateRequest usual;
  std::string command = fmt::format("relu0 gate {}", shell_word(request.model.string()));
  const auto add = [&command](std::string_view option, const std::string& value) {
    command += fmt::format(" {} {}", option, shell_word(value));
  };
  add("--inputs", request.inputs.string());
  if (request.targets) {
    add("--targets", request.targets->string());
  }
  if (request.data && parse_dataset_inputs(request.inputs.string())) {
    add("--data", request.data->string());
    if (options.allow_embedded) {
      command += " --allow-embedded";
    }
  }
  if (request.batch_size != usual.batch_size) {
    add("--batch-size", std::to_string(request.batch_size));
  }
  if (request.loss != usual.loss) {
    add("--loss", request.loss);
  }
  if (request.with_respect_to != usual.with_respect_to) {
    add("--wrt", request.with_respect_to);
  }
  if (request.output) {
    add("--output-index", std::to_string(*request.output));
  }
  if (!request.onnx.output.empty()) {
    add("--output", request.onnx.output);
  }
  if (request.onnx.input) {
    add("--input-shape", fmt::format("{}", fmt::join(*request.onnx.input, ",")));
  }
  if (request.onnx.final_softmax == FinalSoftmax::part_of_loss) {
    command += " --softmax-in-loss";
  }
  if (request.onnx.clip == ClampSpelling::hardtanh) {
    add("--clip", "hardtanh");
  }
  for (const ValuePair& pair : request.pairs) {
    add("--values", fmt::format("{}={},{}", pair.kink, pair.a, pair.b));
  }
  if (request.luck.size() != all_luck_kinds.size()) {
    std::vector<std::string_view> kinds;
    std::transform(request.luck.begin(), request.luck.end(), std::back_inserter(kinds),
                   [](LuckKind kind) { return name(kind); });
    add("--luck", fmt::format("{}", fmt::join(kinds, ",")));
  }
  if (!request.errors) {
    command += " --no-errors";
  }
  if (request.seed != usual.seed) {
    add("--seed", std::to_string(request.seed));
  }
  if (request.reference_mini_batches) {
    add("--reference-mini-batches", std::to_string(*request.reference_mini_batches));
  }
  if (request.reference_samples != usual.reference_samples) {
    add("--reference-samples", std::to_string(request.reference_samples));
  }
  if (request.reference_gibibytes != usual.reference_gibibytes) {
    add("--reference-memory", std::to_string(request.reference_gibibytes));
  }
  if (request.probe_kinks) {
    command += " --probe-kinks";
  }
  for (const std::filesystem::path& library : request.libraries) {
    add("--load-library", library.string());
  }
  if (options.policy) {
    add("--policy", options.policy->string());
  }
  return command;
}

}  // namespace relu0::gate
