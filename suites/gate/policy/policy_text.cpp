#include "suites/gate/policy/policy_text.hpp"

#include "reports/model/gate/judgement.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

constexpr std::size_t widest_comment = 100;

std::string threshold_text(const Threshold& threshold) {
  return threshold.derived ? "\"derived\"" : toml_number(threshold.value);
}

std::string tiers_text(Limit limit, const Tiers& tiers) {
  if (!tiers.warn && !tiers.fail) {
    return "\"off\"";
  }
  if (describe(limit).quantity == Quantity::flag) {
    return tiers.fail ? "\"fail\"" : "\"warn\"";
  }
  std::vector<std::string> parts;
  if (tiers.warn) {
    parts.push_back("warn = " + threshold_text(*tiers.warn));
  }
  if (tiers.fail) {
    parts.push_back("fail = " + threshold_text(*tiers.fail));
  }
  return fmt::format("{{ {} }}", fmt::join(parts, ", "));
}

std::string line(const LimitSetting& setting) {
  return fmt::format("{}  # {}\n", setting_text(setting.limit, setting.tiers),
                     toml_comment(text_of_place(setting)).substr(2));
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : printable(text)) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        result += c;
    }
  }
  return result + '"';
}

std::string toml_number(double value) { return fmt::format("{}", value); }

std::string toml_comment(std::string_view text) {
  std::string words = printable(text);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  std::string result;
  while (words.size() > widest_comment) {
    const std::size_t space = words.rfind(' ', widest_comment);
    if (space == std::string::npos || space == 0) {
      break;
    }
    result += "# " + words.substr(0, space) + "\n";
    words.erase(0, space + 1);
  }
  return result + "# " + words;
}

std::string setting_text(Limit limit, const Tiers& tiers) {
  return fmt::format("{} = {}", describe(limit).key, tiers_text(limit, tiers));
}

std::string explain(const Policy& policy) {
  std::string result = toml_comment(
      "The effective policy. Behind each limit stands where it was set; a value on a limit passes.");
  result += "\nversion = 1\n\n[limits]\n";
  for (const LimitSetting& setting : policy.limits) {
    const LimitDescription& limit = describe(setting.limit);
    result += fmt::format("{}\n{}\n{}\n", toml_comment(limit.meaning),
                          toml_comment(fmt::format("Default: {}", limit.derivation)), line(setting));
  }
  for (const Override& other : policy.overrides) {
    result += fmt::format("[[override]]  # {}\n", toml_comment(text(other.place)).substr(2));
    if (!other.precisions.empty()) {
      std::vector<std::string> names;
      std::transform(other.precisions.begin(), other.precisions.end(), std::back_inserter(names),
                     [](Precision precision) { return fmt::format("\"{}\"", name(precision)); });
      result += fmt::format("precision = [{}]\n", fmt::join(names, ", "));
    }
    if (other.tensor) {
      result += fmt::format("tensor = {}\n", toml_string(*other.tensor));
    }
    if (other.operation) {
      result += fmt::format("operation = {}\n", toml_string(*other.operation));
    }
    for (const LimitSetting& setting : other.limits) {
      result += line(setting);
    }
    result += "\n";
  }
  result.pop_back();
  return result;
}

}  // namespace relu0::gate
