#include "suites/gate/baseline.hpp"

#include "fixtures/count_text.hpp"
#include "fixtures/data/files/text_file.hpp"
#include "fixtures/error.hpp"
#include "reports/model/text.hpp"
#include "reports/writers/replace_file.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/gate/check_list.hpp"
#include "suites/gate/judge.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

constexpr std::size_t fewest_runs = 2;

/// Adds up the figures of one run.
class Figures {
 public:
  explicit Figures(std::map<std::string, double>& figures) : figures_(figures) {}

  void add(const PrecisionResults& results) {
    precision_ = name(results.precision);
    for (const PairComparison& comparison : results.comparisons) {
      const std::string pair = fmt::format("{} {}", comparison.pair.kink, text(comparison.pair));
      set("impacted", pair, static_cast<double>(comparison.impacted));
      for (const TensorChange& change : comparison.changes) {
        set("value_change", fmt::format("{} {}", pair, change.tensor), change.change);
      }
    }
    for (const TensorError& error : results.errors) {
      set("relative_error", error.tensor, error.relative_l2);
    }
    for (const Luck& luck : results.luck) {
      for (const TensorChange& change : luck.changes) {
        set("luck", fmt::format("{} {}", name(luck.kind), change.tensor), change.change);
      }
    }
    for (const ReferenceError& error : results.reference) {
      set("reference_error", error.tensor, error.relative_l2);
    }
  }

  void add(const KinkSite& site) {
    for (const KinkCount& count : site.counts) {
      precision_ = name(count.precision);
      // Operations that stand more than once are counted together.
      figures_[label("hits", fmt::format("{} {}", site.operation, site.kink))] +=
          static_cast<double>(count.hits());
    }
  }

 private:
  [[nodiscard]] std::string label(std::string_view what, const std::string& of) const {
    return printable(fmt::format("{} {} {}", precision_, what, of));
  }
  void set(std::string_view what, const std::string& of, double value) { figures_[label(what, of)] = value; }

  std::map<std::string, double>& figures_;
  std::string_view precision_;
};

std::string text_of_file(const std::filesystem::path& file) {
  return read_text(file, "the baseline", "name a readable file that --save-baseline wrote");
}

[[noreturn]] void throw_not_written(const std::filesystem::path& file, int error) {
  throw InputError(fmt::format("{}: the baseline cannot be written ({}); make its folder writable",
                               file.string(), std::generic_category().message(error)));
}

std::vector<BaselineEntry> entries_in(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw EnvironmentMismatch(
        fmt::format("{}: there is no such baseline; save one with --save-baseline", file.string()));
  }
  return parse_baseline(text_of_file(file), file.string());
}

/// Those that a run can be held against: at least one.
std::vector<BaselineEntry> entries_to_compare(const std::filesystem::path& file) {
  std::vector<BaselineEntry> entries = entries_in(file);
  if (entries.empty()) {
    throw EnvironmentMismatch(
        fmt::format("{}: the baseline holds no environment; save one with --save-baseline", file.string()));
  }
  return entries;
}

void require_usable(const BaselineEntry& entry, const Measurements& run) {
  if (run.aborted) {
    throw InputError(
        fmt::format("no baseline can be saved from a run that did not come to its end ({}); "
                    "measure again",
                    *run.aborted));
  }
  for (const auto& [figure, value] : entry.figures) {
    if (std::isnan(value)) {
      throw InputError(fmt::format("no baseline can be saved: '{}' is NaN; correct that first", figure));
    }
  }
}

void require_agreement(const BaselineEntry& first, const BaselineEntry& other) {
  const auto refuse = [](const std::string& what, const std::string& a, const std::string& b) {
    throw InputError(
        fmt::format("no baseline can be saved, as the runs do not agree: '{}' is {} and {}; fix the "
                    "environment (threads, kernels, the executor) until runs agree",
                    what, a, b));
  };
  for (const auto& [fact, value] : first.key) {
    if (const auto found = other.key.find(fact); found == other.key.end() || found->second != value) {
      refuse(fact, value, found == other.key.end() ? "absent" : found->second);
    }
  }
  for (const auto& [figure, value] : first.figures) {
    if (const auto found = other.figures.find(figure);
        found == other.figures.end() || found->second != value) {
      refuse(figure, exact(value), found == other.figures.end() ? "absent" : exact(found->second));
    }
  }
  if (first != other) {
    throw InputError(
        "no baseline can be saved, as one run has facts or figures that the other lacks; measure "
        "both alike");
  }
}

using Key = std::map<std::string, std::string>;

/// How much of a run's key is known.
enum class Known {
  before_passes,  ///< all but the framework's choice at each kink, which only a pass meets
  all,
};

constexpr std::string_view begin_of_choices = "native ";

/// The facts in which two keys differ, as far as the one of now is known.
std::vector<std::string> differing(const Key& now, const Key& then, Known known) {
  std::set<std::string> facts;
  for (const auto& [fact, value] : now) {
    facts.insert(fact);
  }
  for (const auto& [fact, value] : then) {
    if (known == Known::all || !fact.starts_with(begin_of_choices)) {
      facts.insert(fact);
    }
  }
  std::vector<std::string> result;
  for (const std::string& fact : facts) {
    const auto value = [&fact](const auto& key) {
      const auto found = key.find(fact);
      return found == key.end() ? std::string("not known") : fmt::format("'{}'", found->second);
    };
    if (value(now) != value(then)) {
      result.push_back(fmt::format("{} is {} and was {}", fact, value(now), value(then)));
    }
  }
  return result;
}

/// The entry whose key is nearest to the one of now, and the facts in which it differs. There is an entry.
struct Nearest {
  const BaselineEntry& entry;
  std::vector<std::string> differing;
};
Nearest nearest_to(const Key& now, const std::vector<BaselineEntry>& entries, Known known) {
  const auto nearest = std::min_element(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
    return differing(now, a.key, known).size() < differing(now, b.key, known).size();
  });
  return {.entry = *nearest, .differing = differing(now, nearest->key, known)};
}

std::string mismatch_text(const std::string& file, const std::vector<BaselineEntry>& entries,
                          const std::vector<std::string>& facts) {
  return fmt::format(
      "{}: {} {}. Save this one too, with --save-baseline", file,
      entries.size() == 1
          ? "its environment is another than this one:"
          : fmt::format("none of its {} environments is this one. In the nearest,", entries.size()),
      fmt::join(facts, "; "));
}

}  // namespace

BaselineEntry baseline_entry(const Measurements& run) {
  BaselineEntry entry;
  for (const auto& [fact, value] : run.environment) {
    if (decides_bits(fact)) {
      entry.key[printable(fact)] = printable(value);
    }
  }
  entry.key["model SHA-256"] = run.model.sha256;
  entry.key["inputs SHA-256"] = run.inputs.sha256;
  std::map<std::string, std::set<std::string>> choices;
  for (const KinkSite& site : run.kinks) {
    choices[printable(fmt::format("{}{} {}", begin_of_choices, site.operation, site.kink))].insert(
        printable(site.native_choice.value_or("not measured")));
  }
  for (const auto& [kink, values] : choices) {
    entry.key[kink] = fmt::format("{}", fmt::join(values, ", "));
  }
  Figures figures(entry.figures);
  for (const PrecisionResults& results : run.precisions) {
    figures.add(results);
  }
  for (const KinkSite& site : run.kinks) {
    figures.add(site);
  }
  return entry;
}

bool says_ci(const char* value) {
  if (value == nullptr) {
    return false;
  }
  std::string word(value);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return !word.empty() && word != "0" && word != "false";
}

void require_outside_ci(const char* ci) {
  if (says_ci(ci)) {
    throw InputError(
        fmt::format("no baseline is saved where CI is set (CI={}): a gate that writes what it is "
                    "held against passes always. Save it on your own machine and commit it",
                    ci));
  }
}

void require_savable(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) {
    (void)entries_in(file);
  }
}

void require_baseline(const std::filesystem::path& file) { (void)entries_to_compare(file); }

void require_baseline_of(const Measurements& before, const std::filesystem::path& file) {
  const std::vector<BaselineEntry> entries = entries_to_compare(file);
  const Nearest nearest = nearest_to(baseline_entry(before).key, entries, Known::before_passes);
  if (!nearest.differing.empty()) {
    throw EnvironmentMismatch(mismatch_text(file.string(), entries, nearest.differing));
  }
}

std::string save_baseline(const std::filesystem::path& file, std::span<const Measurements> runs,
                          const char* ci) {
  require_outside_ci(ci);
  if (runs.size() < fewest_runs) {
    throw InputError(fmt::format("a baseline takes at least {} that agree, and there is {}; measure again",
                                 count_text(fewest_runs, "run"), runs.size()));
  }
  const BaselineEntry entry = baseline_entry(runs.front());
  for (const Measurements& run : runs) {
    const BaselineEntry other = baseline_entry(run);
    require_usable(other, run);
    require_agreement(entry, other);
  }
  const std::string before = std::filesystem::exists(file) ? text_of_file(file) : "";
  const std::string after = with_entry(before, entry, file.string());
  if (after == before) {
    return fmt::format("{}: holds these figures already, and was left alone", file.string());
  }
  if (const int error = replace_file(file, after); error != 0) {
    throw_not_written(file, error);
  }
  return fmt::format("{}: saved {} of {} that agree", file.string(),
                     count_text(entry.figures.size(), "figure"), count_text(runs.size(), "run"));
}

std::vector<Check> compare_with_baseline(const Measurements& run, const std::filesystem::path& file) {
  const std::vector<BaselineEntry> entries = entries_to_compare(file);
  const BaselineEntry now = baseline_entry(run);
  const Nearest nearest = nearest_to(now.key, entries, Known::all);
  const BaselineEntry& then = nearest.entry;

  std::vector<Check> checks;
  const auto add = [&](CheckVerdict verdict, const std::string& figure, std::string message,
                       std::string_view rule = rule_baseline_drift) -> Check& {
    Check& check = checks.emplace_back();
    check.rule = rule;
    check.verdict = verdict;
    check.message = std::move(message);
    check.values = figure;
    check.policy.file = file.string();
    check.replay = replay_command(run, {}, {});
    return check;
  };
  if (!nearest.differing.empty()) {
    add(CheckVerdict::inconclusive, "", mismatch_text(file.string(), entries, nearest.differing),
        rule_baseline_environment);
    return checks;
  }
  for (const auto& [figure, value] : then.figures) {
    const auto found = now.figures.find(figure);
    if (found == now.figures.end()) {
      add(CheckVerdict::fail, figure,
          fmt::format("'{}' is in the baseline and was not measured now; measure all that the baseline holds",
                      figure));
      continue;
    }
    const double seen = found->second;
    if (seen == value) {
      continue;
    }
    const bool is_smaller = seen < value;
    Check& check = add(
        is_smaller ? CheckVerdict::warn : CheckVerdict::fail, figure,
        fmt::format("'{}' is {} and was {} in the same environment{}", figure, told_apart(seen, value),
                    told_apart(value, seen), is_smaller ? "; save the baseline again if that is meant" : ""));
    check.seen = seen;
    check.allowed = value;
  }
  for (const auto& [figure, value] : now.figures) {
    if (!then.figures.contains(figure)) {
      add(CheckVerdict::warn, figure,
          fmt::format("'{}' is not in the baseline; save it again to hold it", figure))
          .seen = value;
    }
  }
  if (checks.empty()) {
    add(CheckVerdict::pass, "",
        fmt::format("every figure is the baseline's, which holds {}",
                    count_text(then.figures.size(), "figure")));
  }
  return checks;
}

}  // namespace relu0::gate
