#include "fixtures/count_text.hpp"
#include "reports/model/text.hpp"
#include "reports/writers/gate/gate_writers.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace relu0 {

namespace {

namespace fs = std::filesystem;
using gate::Check;
using gate::CheckVerdict;
using nlohmann::ordered_json;

constexpr std::size_t most_results = 25'000;
constexpr std::size_t most_bytes_of_results = 9'000'000;
constexpr std::string_view fallback_file = "relu0.toml";

std::string percent_encoded(const std::string& path) {
  constexpr std::string_view kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string result;
  for (const char c : path) {
    if (kept.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

/// The file as a URI relative to the root; absent where it does not lie below it.
std::optional<std::string> uri_below(const fs::path& root, const std::string& file) {
  if (file.empty() || file.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  std::error_code error;
  const fs::path whole = fs::absolute(file, error).lexically_normal();
  const fs::path relative = whole.lexically_relative(root.lexically_normal());
  if (error || relative.empty() || relative == "." || *relative.begin() == "..") {
    return std::nullopt;
  }
  return percent_encoded(relative.generic_string());
}

bool is_file(const std::string& name) {
  std::error_code error;
  return !name.empty() && fs::is_regular_file(name, error);
}

ordered_json location(const std::string& uri, const std::optional<std::int64_t>& line) {
  ordered_json physical{{"artifactLocation", {{"uri", uri}, {"uriBaseId", "%SRCROOT%"}}}};
  physical["region"] = {{"startLine", std::max<std::int64_t>(line.value_or(1), 1)}};
  return {{"physicalLocation", physical}};
}

ordered_json location_of(const Check& check, const gate::Judgement& judgement, const fs::path& root) {
  for (const gate::SourcePlace& place : {check.source, check.policy}) {
    if (const std::optional<std::string> uri = uri_below(root, place.file); uri && is_file(place.file)) {
      return location(*uri, place.line);
    }
  }
  // A model is no text; its first line stands for all of it.
  const std::string& model = judgement.model.file;
  if (const std::optional<std::string> uri = uri_below(root, model)) {
    return location(*uri, {});
  }
  const std::string last = fs::path(model).filename().string();
  return location(
      last.empty() || last == ".." || last == "." ? std::string(fallback_file) : percent_encoded(last), {});
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo): tells checks apart, and is no protection against anybody.
std::string fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return fmt::format("{:016x}", hash);
}

ordered_json result_of(const Check& check, std::size_t rule_index, const gate::Judgement& judgement,
                       const fs::path& root) {
  ordered_json result;
  result["ruleId"] = check.rule;
  result["ruleIndex"] = rule_index;
  result["level"] = check.verdict == CheckVerdict::fail ? "error" : "warning";
  const std::string_view prefix = check.verdict == CheckVerdict::inconclusive ? "Inconclusive: " : "";
  result["message"] = {{"text", fmt::format("{}{}", prefix, printable(check.message))}};
  result["locations"] = ordered_json::array({location_of(check, judgement, root)});
  result["partialFingerprints"] = {{"relu0CheckIdentity/v1", fingerprint(identity(check))}};
  ordered_json properties = ordered_json::object();
  for (const auto& [label, value] : gate::facts_of(check)) {
    properties[label] = printable(value);
  }
  result["properties"] = std::move(properties);
  return result;
}

}  // namespace

std::string gate_sarif(const gate::Judgement& judgement, const fs::path& root) {
  ordered_json rules = ordered_json::array();
  std::map<std::string_view, std::size_t> indices;
  for (const auto& [id, meaning] : judgement.rules) {
    indices.emplace(id, rules.size());
    rules.push_back({{"id", id}, {"shortDescription", {{"text", printable(meaning)}}}});
  }
  for (const Check& check : judgement.checks) {
    if (indices.try_emplace(check.rule, rules.size()).second) {
      rules.push_back({{"id", check.rule}});
    }
  }
  ordered_json results = ordered_json::array();
  std::size_t bytes = 0;
  std::size_t left_out = 0;
  bool crashed = false;
  for (const Check& check : judgement.checks) {
    crashed = crashed || check.rule == "crashed";
    if (check.verdict == CheckVerdict::pass) {
      continue;
    }
    ordered_json result = result_of(check, indices.at(check.rule), judgement, root);
    const std::size_t size = result.dump(-1, ' ', false, ordered_json::error_handler_t::replace).size();
    if (left_out > 0 || results.size() == most_results || bytes + size > most_bytes_of_results) {
      ++left_out;
      continue;
    }
    bytes += size;
    results.push_back(std::move(result));
  }
  ordered_json invocation{{"executionSuccessful", !crashed},
                          {"exitCode", judgement.exit_code},
                          {"exitCodeDescription", printable(judgement.headline)}};
  if (!judgement.command.empty()) {
    invocation["commandLine"] = printable(judgement.command);
  }
  if (left_out > 0) {
    invocation["toolExecutionNotifications"] =
        ordered_json::array({{{"level", "warning"},
                              {"message",
                               {{"text", count_text(left_out, "more result stands", "more results stand") +
                                             " in gate.json; GitHub takes no larger file."}}}}});
  }
  ordered_json driver{{"name", "relu0"}, {"rules", std::move(rules)}};
  ordered_json run{{"tool", {{"driver", std::move(driver)}}},
                   {"invocations", ordered_json::array({std::move(invocation)})},
                   {"columnKind", "utf16CodeUnits"},
                   {"results", std::move(results)}};
  const ordered_json document{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                              {"version", "2.1.0"},
                              {"runs", ordered_json::array({std::move(run)})}};
  // Compact: GitHub takes 10 MB.
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace relu0
