#include "reports/recorded/recorded_results.hpp"

#include "fixtures/data/files/digest.hpp"
#include "fixtures/error.hpp"
#include "fixtures/published/recorded_files.hpp"
#include "reports/codec/result_fields.hpp"
#include "reports/codec/stored_values.hpp"
#include "reports/recorded/recorded_fields.hpp"
#include "reports/writers/replace_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace relu0 {

void fields(Fields& f, RecordedFinding& finding) {
  f("id", finding.id);
  f("setting", finding.setting);
  f("measured", finding.measured);
  interval_field(f, finding.interval);
  f.named("verdict", finding.verdict, parse_verdict);
  f.added_later("conditions", finding.conditions);
}

void fields(Fields& f, RecordedResults& results) {
  f("command", results.run.command);
  f("scale", results.run.scale);
  f("seed", results.run.seed);
  f("kernel", results.kernel);
  f("environment", results.environment);
  f("findings", results.findings);
}

namespace {

using nlohmann::json;

constexpr const char* recorded_format = "relu0 recorded results";
constexpr std::string_view remedy =
    "make it anew from its store: relu0 report --store results.sqlite --record FILE";

std::string checksum_of(const json& content) { return sha256_of_text(canonical_text(content)); }

[[noreturn]] void refuse(std::string_view file, std::string_view problem) {
  throw InputError(fmt::format("{}: {}; {}", file, problem, remedy));
}

/// The content of a file whose form, version and checksum are right.
json content_of(std::string_view file, std::string_view text) {
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const json format = document.is_object() ? document.value("format", json()) : json();
  if (format != recorded_format) {
    refuse(file, fmt::format("is not a JSON object with \"format\": \"{}\"{}", recorded_format,
                             format.is_string() ? fmt::format(", but with {}", format.dump()) : ""));
  }
  const json version = document.value("version", json());
  if (version != recorded_version) {
    refuse(file, fmt::format("is of version {}, and this program reads version {}", version.dump(),
                             recorded_version));
  }
  json content = document.value("content", json());
  if (!content.is_object() || document.value("sha256", json()) != checksum_of(content)) {
    refuse(file, "its checksum does not hold: the content is not what was recorded");
  }
  return content;
}

void require_unique(std::string_view file, const std::vector<RecordedFinding>& findings) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const RecordedFinding& finding : findings) {
    if (!seen.emplace(finding.id, finding.setting).second) {
      refuse(file, fmt::format("findings: '{}' ({}) stands there twice", finding.id, finding.setting));
    }
  }
}

const RecordedFinding* find(const RecordedResults& recorded, const Finding& finding) {
  const auto found = std::find_if(
      recorded.findings.begin(), recorded.findings.end(),
      [&](const RecordedFinding& of) { return of.id == finding.id && of.setting == finding.setting; });
  return found == recorded.findings.end() ? nullptr : &*found;
}

/// What one recorded run has of a finding.
struct Recorded {
  const RecordedResults* run;
  const RecordedFinding* finding;
};

/// In what it was measured otherwise than the reader's finding, in a few words each. Of a finding that was
/// not run, nothing is held against anything, and only the run's kernel counts.
std::vector<std::string> remarks(const Recorded& recorded, const Finding& finding,
                                 const std::string& kernel) {
  constexpr std::size_t longest_value = 24;
  const Conditions& theirs = recorded.finding->conditions;
  const bool known = !theirs.empty() && !finding.conditions.empty();
  std::vector<std::string> result;
  const bool not_run = finding.verdict == Verdict::not_run;
  if ((!known || not_run) && recorded.run->kernel != kernel) {
    result.push_back(fmt::format("kernel {}", recorded.run->kernel));
  }
  if (not_run) {
    return result;
  }
  if (!known) {
    result.emplace_back("what was looked at is not recorded");
    return result;
  }
  for (const OtherCondition& other : other_conditions(theirs, finding.conditions)) {
    result.push_back(other.a.size() > longest_value ? fmt::format("other {}", other.field)
                                                    : fmt::format("{} {}", other.field, other.a));
  }
  return result;
}

/// Which of several runs is shown beside a finding: smaller first.
int rank(const Recorded& recorded, const Finding& finding, const std::string& kernel) {
  return are_same(recorded.finding->conditions, finding.conditions) ? 0
         : recorded.run->kernel == kernel                           ? 1
                                                                    : 2;
}

/// The runs through other kernels than the shown one that came to another verdict.
std::vector<Recorded> other_verdicts(const std::vector<RecordedResults>& recorded, const Recorded& shown,
                                     const Finding& finding) {
  std::vector<Recorded> result;
  for (const RecordedResults& run : recorded) {
    const RecordedFinding* const theirs = find(run, finding);
    if (theirs != nullptr && run.kernel != shown.run->kernel && theirs->verdict != shown.finding->verdict) {
      result.push_back({&run, theirs});
    }
  }
  return result;
}

std::string note_on(const RecordedResults& recorded) {
  std::string data;
  for (const auto& [fact, value] : recorded.environment) {
    if (fact.starts_with(facts::data_prefix)) {
      data += fmt::format("{}{}", data.empty() ? "" : "; ", value);
    }
  }
  // Portable kernels depend on no processor, and their environment says so.
  const Environment& environment = recorded.environment;
  auto processor = environment.find(facts::processor);
  if (processor == environment.end()) {
    processor = environment.find(std::string(facts::unused_prefix) + facts::processor);
  }
  return fmt::format("Recorded is this project's own run with kernel {} on {}, measured on {}: {}",
                     recorded.kernel,
                     processor == environment.end() ? "a processor that is not named" : processor->second,
                     data.empty() ? "data that are not named" : data, recorded.run.command);
}

}  // namespace

RecordedFinding recorded_finding(const Finding& finding) {
  return {.id = finding.id,
          .setting = finding.setting,
          .measured = finding.measured,
          .interval = finding.interval,
          .verdict = finding.verdict,
          .conditions = finding.conditions};
}

RecordedResults recorded_from(const Store& store) {
  RecordedResults results;
  results.environment = store.environment();
  results.kernel = value_of(results.environment, facts::kernel);
  results.run = store.run_info();
  for (const Finding& finding : store.results().findings) {
    if (finding.verdict != Verdict::not_run) {
      results.findings.push_back(recorded_finding(finding));
    }
  }
  if (results.findings.empty()) {
    throw StoreError(
        fmt::format("{}: there is no finding to record, since no run has ended on it", store.file().string()),
        "Let a run end on it first.", StoreRemedy::run_first);
  }
  return results;
}

std::string recorded_text(const RecordedResults& results) {
  const json content = encode(results);
  nlohmann::ordered_json document;
  document["format"] = recorded_format;
  document["version"] = recorded_version;
  document["sha256"] = checksum_of(content);
  document["content"] = readable_values(content);
  return document.dump(1, ' ') + "\n";
}

RecordedResults parse_recorded(std::string_view file, std::string_view text) {
  const json content = content_of(file, text);
  try {
    auto results = decode<RecordedResults>(content);
    require_unique(file, results.findings);
    return results;
  } catch (const DecodeError& error) {
    refuse(file, error.what());
  }
}

RecordedResults read_recorded(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw InputError(fmt::format("{}: cannot be read; name a file of recorded results", file.string()));
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return parse_recorded(file.string(), text);
}

bool is_recorded(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return false;
  }
  std::ifstream stream(file, std::ios::binary);
  return stream.get() == '{';
}

void write_recorded(const RecordedResults& results, const std::filesystem::path& file) {
  if (const int error = replace_file(file, recorded_text(results)); error != 0) {
    throw StoreError(
        fmt::format(
            "recorded results {} cannot be written ({}). Name a file in a folder that is there and can "
            "be written to, with space left on its disk: the result store is as it was.",
            file.string(), std::generic_category().message(error)),
        StoreRemedy::free_space);
  }
}

const std::vector<RecordedResults>& built_in_recorded() {
  static const std::vector<RecordedResults> all = [] {
    std::vector<RecordedResults> result;
    for (const RecordedFile& file : recorded_files()) {
      result.push_back(
          parse_recorded(fmt::format("fixtures/published/recorded/{}.json", file.name), file.json));
    }
    return result;
  }();
  return all;
}

void add_recorded(const std::vector<RecordedResults>& recorded, const std::string& kernel, Results& results) {
  std::set<const RecordedResults*> used;
  bool any_remark = false;
  for (Finding& finding : results.findings) {
    std::optional<Recorded> shown;
    for (const RecordedResults& run : recorded) {
      const Recorded candidate{&run, find(run, finding)};
      if (candidate.finding != nullptr &&
          (!shown || rank(candidate, finding, kernel) < rank(*shown, finding, kernel))) {
        shown = candidate;
      }
    }
    if (!shown) {
      continue;
    }
    const std::vector<std::string> differing = remarks(*shown, finding, kernel);
    finding.recorded = differing.empty()
                           ? shown->finding->measured
                           : fmt::format("{} ({})", shown->finding->measured, fmt::join(differing, "; "));
    for (const Recorded& other : other_verdicts(recorded, *shown, finding)) {
      finding.recorded += fmt::format("; kernel {}: {}, {}", other.run->kernel, other.finding->measured,
                                      name(other.finding->verdict));
      used.insert(other.run);
    }
    finding.recorded_verdict = shown->finding->verdict;
    any_remark = any_remark || (!differing.empty() && finding.verdict != Verdict::not_run);
    used.insert(shown->run);
  }
  for (const RecordedResults& run : recorded) {
    if (used.contains(&run)) {
      results.notes.push_back(note_on(run));
    }
  }
  if (any_remark) {
    results.notes.emplace_back(
        "A recorded figure with a remark in brackets was measured under other conditions than the one beside "
        "it, which the remark names, and is not to be held against it.");
  }
}

}  // namespace relu0
