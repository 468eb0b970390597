#include "reports/codec/stored_values.hpp"
#include "reports/recorded/recorded_results.hpp"
#include "reports/store/store.hpp"
#include "suites/commands/commands.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

/// One of the two that are compared: a store, or recorded results, which hold no draws.
struct Side {
  std::string file;
  Environment environment;
  std::vector<RecordedFinding> findings;
  std::optional<Store> store{};
};

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

VerdictComparison compare_verdicts(const Side& a, const Side& b) {
  std::map<std::pair<std::string, std::string>, RecordedFinding> theirs;
  for (const RecordedFinding& finding : b.findings) {
    theirs[{finding.id, finding.setting}] = finding;
  }
  VerdictComparison result;
  for (const RecordedFinding& finding : a.findings) {
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

void print_unrecorded(const std::vector<std::string>& facts, const Side& side) {
  if (!facts.empty()) {
    fmt::print("  {} does not record, for all of its measurements: {}\n", side.file, list_facts(facts));
  }
}

void print(const EnvironmentDifference& difference, const Side& a, const Side& b) {
  if (difference.none()) {
    fmt::print("Environments: the same\n");
    return;
  }
  fmt::print("Environments: {}\n", difference.differing.empty() ? "not known to be the same" : "different");
  for (const std::string& fact : difference.differing) {
    fmt::print("  {}: {} -> {}\n", fact, value_of(a.environment, fact), value_of(b.environment, fact));
  }
  print_unrecorded(difference.unrecorded_a, a);
  print_unrecorded(difference.unrecorded_b, b);
}

Side open_side(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw EnvironmentMismatch(
        fmt::format("{}: there is no such store; give two files results.sqlite, or recorded results (*.json) "
                    "for one of them",
                    file.string()));
  }
  if (is_recorded(file)) {
    RecordedResults recorded = read_recorded(file);
    return {.file = file.string(),
            .environment = std::move(recorded.environment),
            .findings = std::move(recorded.findings)};
  }
  Store store = Store::open_for_reading(file);
  Side side{.file = file.string(), .environment = store.environment(), .findings = {}};
  for (const Finding& finding : store.results().findings) {
    side.findings.push_back(recorded_finding(finding));
  }
  side.store = std::move(store);
  return side;
}

}  // namespace

ExitCode compare(const std::filesystem::path& file_a, const std::filesystem::path& file_b) {
  const Side a = open_side(file_a);
  const Side b = open_side(file_b);
  const EnvironmentDifference environments = difference(a.environment, b.environment, recorded_facts());
  print(environments, a, b);
  DrawComparison draws;
  if (a.store && b.store) {
    fmt::print("Measurements:\n");
    draws = compare_draws(*a.store, *b.store);
    fmt::print("  {} draws measured in both, {} differ\n", draws.common, draws.differing);
  } else {
    fmt::print("Measurements: not compared, since recorded results hold none\n");
  }
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
