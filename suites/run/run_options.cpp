#include "suites/run/run_options.hpp"

#include "suites/command_line/shell_word.hpp"

#include <fmt/format.h>

namespace relu0 {

bool is_decided_by_results(const RunOptions& options) {
  return !options.budget.empty() || options.until_decided;
}

namespace {

/// Each word as a shell takes it, after a blank.
std::string as_typed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += " " + shell_word(word);
  }
  return text;
}

std::vector<std::string> data_arguments(const RunOptions& options) {
  if (!options.data) {
    return {};
  }
  std::vector<std::string> words{"--data",
                                 std::filesystem::absolute(*options.data).lexically_normal().string()};
  if (options.allow_embedded) {
    words.emplace_back("--allow-embedded");
  }
  return words;
}

}  // namespace

std::string data_options(const RunOptions& options) { return as_typed(data_arguments(options)); }

std::vector<std::string> canonical_arguments(const RunOptions& options) {
  const RunSettings& settings = options.settings;
  const RunSettings usual;
  std::vector<std::string> words{"run"};
  words.insert(words.end(), options.experiments.begin(), options.experiments.end());
  const auto add = [&words](const std::string& option, const auto& value) {
    words.push_back(option);
    words.push_back(fmt::format("{}", value));
  };
  for (const std::string& training : settings.trainings) {
    add("--train", training);
  }
  if (!options.only.everything()) {
    add("--only", options.only.text());
  }
  add("--scale", name(settings.scale));
  add("--seed", settings.seed);
  if (settings.networks) {
    add("--networks", *settings.networks);
  }
  if (settings.fp64_networks) {
    add("--fp64-networks", *settings.fp64_networks);
  }
  if (settings.minibatches) {
    add("--minibatches", *settings.minibatches);
  }
  if (settings.images) {
    add("--images", *settings.images);
  }
  if (settings.s_a != usual.s_a || settings.s_b != usual.s_b) {
    add("--s", settings.s_a);
    words.push_back(fmt::format("{}", settings.s_b));
  }
  if (settings.epochs) {
    add("--epochs", *settings.epochs);
  }
  if (settings.rate_candidates) {
    add("--learning-rates", "search");
    add("--candidates", *settings.rate_candidates);
  }
  if (options.with_training) {
    words.emplace_back("--with-training");
  }
  if (settings.reference_bits != usual.reference_bits) {
    add("--reference-bits", settings.reference_bits);
  }
  if (settings.max_reference_bits != usual.max_reference_bits) {
    add("--max-reference-bits", settings.max_reference_bits);
  }
  if (settings.protocol == Protocol::two_network) {
    add("--protocol", "two-network");
  }
  if (settings.device != usual.device) {
    add("--device", name(settings.device));
  }
  if (settings.kernel != usual_kernel(settings.device)) {
    add("--kernel", name(settings.kernel));
  }
  const std::vector<std::string> data = data_arguments(options);
  words.insert(words.end(), data.begin(), data.end());
  if (options.data_checksums) {
    add("--data-checksum", checksums_text(*options.data_checksums));
  }
  if (!options.budget.empty()) {
    add("--budget", options.budget);
  }
  if (settings.shard) {
    add("--shard", name(*settings.shard));
  }
  if (options.until_decided) {
    words.emplace_back("--until-decided");
  }
  return words;
}

std::string canonical_command(const RunOptions& options) {
  return "relu0" + as_typed(canonical_arguments(options));
}

}  // namespace relu0
