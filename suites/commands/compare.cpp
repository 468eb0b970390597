#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/commands/commands.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"

#include <map>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

/// Draws that both stores measured, and how many of them differ.
struct DrawComparison {
  std::int64_t common = 0;
  std::int64_t differing = 0;
};

DrawComparison compare_draws(const Store& a, const Store& b) {
  DrawComparison result;
  for (const std::string& key : a.keys()) {
    std::map<std::int64_t, nlohmann::json> theirs;
    for (const StoredDraw& measurement : b.stored_draws(key)) {
      theirs[measurement.draw] = measurement.values;
    }
    std::int64_t differing = 0;
    for (const StoredDraw& measurement : a.stored_draws(key)) {
      const auto found = theirs.find(measurement.draw);
      if (found == theirs.end()) {
        continue;
      }
      ++result.common;
      differing += canonical_text(found->second) != canonical_text(measurement.values) ? 1 : 0;
    }
    if (differing > 0) {
      fmt::print("  {} draw(s) differ in {}\n", differing, key);
    }
    result.differing += differing;
  }
  return result;
}

struct VerdictComparison {
  std::int64_t common = 0;
  std::int64_t changed = 0;
};

VerdictComparison compare_verdicts(const Store& a, const Store& b) {
  std::map<std::pair<std::string, std::string>, Finding> theirs;
  for (const Finding& finding : b.results().findings) {
    theirs[{finding.id, finding.setting}] = finding;
  }
  VerdictComparison result;
  for (const Finding& finding : a.results().findings) {
    const auto found = theirs.find({finding.id, finding.setting});
    if (found == theirs.end()) {
      continue;
    }
    ++result.common;
    if (found->second.verdict != finding.verdict) {
      ++result.changed;
      fmt::print("  {} ({}): {} ({}) -> {} ({})\n", finding.id, finding.setting, name(finding.verdict),
                 finding.measured, name(found->second.verdict), found->second.measured);
    }
  }
  return result;
}

void print_unrecorded(const std::vector<std::string>& facts, const Store& store) {
  if (!facts.empty()) {
    fmt::print("  {} does not record, for all of its measurements: {}\n", store.file().string(),
               list_facts(facts));
  }
}

void print(const EnvironmentDifference& difference, const Store& a, const Store& b) {
  if (difference.none()) {
    fmt::print("Environments: the same\n");
    return;
  }
  fmt::print("Environments: {}\n", difference.differing.empty() ? "not known to be the same" : "different");
  const Environment of_a = a.environment();
  const Environment of_b = b.environment();
  for (const std::string& fact : difference.differing) {
    fmt::print("  {}: {} -> {}\n", fact, of_a.at(fact), of_b.at(fact));
  }
  print_unrecorded(difference.unrecorded_a, a);
  print_unrecorded(difference.unrecorded_b, b);
}

Store open_baseline(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw EnvironmentMismatch(
        fmt::format("{}: there is no such store; give two files results.sqlite", file.string()));
  }
  return Store::open_for_reading(file);
}

}  // namespace

ExitCode compare(const std::filesystem::path& file_a, const std::filesystem::path& file_b) {
  const Store a = open_baseline(file_a);
  const Store b = open_baseline(file_b);
  const EnvironmentDifference environments = difference(a.environment(), b.environment(), recorded_facts());
  print(environments, a, b);
  fmt::print("Measurements:\n");
  const DrawComparison draws = compare_draws(a, b);
  fmt::print("  {} draws measured in both, {} differ\n", draws.common, draws.differing);
  fmt::print("Verdicts:\n");
  const VerdictComparison verdicts = compare_verdicts(a, b);
  fmt::print("  {} findings in both, {} changed\n", verdicts.common, verdicts.changed);
  if (draws.common == 0 && verdicts.common == 0) {
    fmt::print("Nothing is in both stores: they were measured with other data, settings or experiments\n");
    return environments.none() ? exit_inconclusive : exit_environment;
  }
  if (verdicts.changed > 0) {
    return exit_failed;
  }
  // Another environment may round otherwise: there only the verdicts can be held against each other.
  if (draws.differing == 0 || !environments.differing.empty()) {
    return exit_pass;
  }
  if (environments.none()) {
    return exit_failed;
  }
  fmt::print("Nobody knows whether draws differ because the environments do, or for another reason\n");
  return exit_environment;
}

}  // namespace relu0::commands
