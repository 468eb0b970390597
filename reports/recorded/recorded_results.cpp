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
#include <nlohmann/json.hpp>

namespace relu0 {

void fields(Fields& f, RecordedFinding& finding) {
  f("id", finding.id);
  f("setting", finding.setting);
  f("measured", finding.measured);
  interval_field(f, finding.interval);
  f.named("verdict", finding.verdict, parse_verdict);
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

constexpr const char* format_name = "relu0 recorded results";
constexpr std::string_view remedy =
    "make it anew from its store: relu0 report --store results.sqlite --record FILE";

std::string checksum_of(const json& content) { return sha256_of_text(canonical_text(content)); }

[[noreturn]] void refuse(std::string_view file, std::string_view problem) {
  throw InputError(fmt::format("{}: {}; {}", file, problem, remedy));
}

/// The content of a file whose form, version and checksum are right.
json content_of(std::string_view file, std::string_view text) {
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || document.value("format", json()) != format_name) {
    refuse(file, fmt::format("is not a JSON object with \"format\": \"{}\"", format_name));
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

std::string note_on(const RecordedResults& recorded) {
  std::string data;
  for (const auto& [fact, value] : recorded.environment) {
    if (fact.starts_with(facts::data_prefix)) {
      data += fmt::format("{}{}", data.empty() ? "" : "; ", value);
    }
  }
  const auto processor = recorded.environment.find(facts::processor);
  return fmt::format(
      "Recorded is this project's own run with kernel {} on {}, measured on {}: {}", recorded.kernel,
      processor == recorded.environment.end() ? "a processor that is not named" : processor->second,
      data.empty() ? "data that are not named" : data, recorded.run.command);
}

}  // namespace

RecordedFinding recorded_finding(const Finding& finding) {
  return {.id = finding.id,
          .setting = finding.setting,
          .measured = finding.measured,
          .interval = finding.interval,
          .verdict = finding.verdict};
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
    throw StoreError(fmt::format("{}: there is no finding to record", store.file().string()),
                     StoreRemedy::run_first);
  }
  return results;
}

std::string recorded_text(const RecordedResults& results) {
  const json content = encode(results);
  nlohmann::ordered_json document;
  document["format"] = format_name;
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
  std::ifstream stream(file, std::ios::binary);
  return stream.get() == '{';
}

void write_recorded(const RecordedResults& results, const std::filesystem::path& file) {
  if (const int error = replace_file(file, recorded_text(results)); error != 0) {
    throw StoreError(
        fmt::format("recorded results {} cannot be written ({}). Free some space or make its folder "
                    "writable, then record again: the result store is as it was.",
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
  std::vector<const RecordedResults*> sources;
  for (const RecordedResults& run : recorded) {
    sources.push_back(&run);
  }
  std::stable_partition(sources.begin(), sources.end(),
                        [&kernel](const RecordedResults* run) { return run->kernel == kernel; });
  std::set<const RecordedResults*> used;
  for (Finding& finding : results.findings) {
    for (const RecordedResults* run : sources) {
      if (const RecordedFinding* const found = find(*run, finding)) {
        finding.recorded = run->kernel == kernel
                               ? found->measured
                               : fmt::format("{} (kernel {})", found->measured, run->kernel);
        finding.recorded_verdict = found->verdict;
        used.insert(run);
        break;
      }
    }
  }
  for (const RecordedResults* run : sources) {
    if (used.contains(run)) {
      results.notes.push_back(note_on(*run));
    }
  }
}

}  // namespace relu0
