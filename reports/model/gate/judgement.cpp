#include "reports/model/gate/judgement.hpp"

#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace relu0::gate {

std::string_view name(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::pass:
      return "pass";
    case CheckVerdict::warn:
      return "warn";
    case CheckVerdict::fail:
      return "fail";
    case CheckVerdict::inconclusive:
      return "inconclusive";
  }
  throw std::logic_error("not a CheckVerdict");
}

CheckVerdict parse_check_verdict(std::string_view text) {
  for (const CheckVerdict verdict : all_check_verdicts) {
    if (text == name(verdict)) {
      return verdict;
    }
  }
  throw InputError(fmt::format("unknown verdict '{}': use pass, warn, fail or inconclusive", text));
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::green:
      return "green";
    case Outcome::red:
      return "red";
    case Outcome::inconclusive:
      return "inconclusive";
  }
  throw std::logic_error("not an Outcome");
}

Outcome parse_outcome(std::string_view text) {
  for (const Outcome outcome : {Outcome::green, Outcome::red, Outcome::inconclusive}) {
    if (text == name(outcome)) {
      return outcome;
    }
  }
  throw InputError(fmt::format("unknown outcome '{}': use green, red or inconclusive", text));
}

std::optional<double> Check::margin() const {
  if (!seen || !allowed) {
    return std::nullopt;
  }
  return is_minimum ? *seen - *allowed : *allowed - *seen;
}

std::int64_t count(const std::vector<Check>& checks, CheckVerdict verdict) {
  return std::count_if(checks.begin(), checks.end(),
                       [verdict](const Check& check) { return check.verdict == verdict; });
}

std::string tally(const std::vector<Check>& checks) {
  return fmt::format("{} failed, {} inconclusive, {}, {} passed", count(checks, CheckVerdict::fail),
                     count(checks, CheckVerdict::inconclusive),
                     count_text(count(checks, CheckVerdict::warn), "warning"),
                     count(checks, CheckVerdict::pass));
}

std::string identity(const Check& check) {
  std::string result = check.rule;
  const auto add = [&result](std::string_view label, std::string_view value) {
    if (!value.empty()) {
      result += fmt::format(" {}={}", label, value);
    }
  };
  add("precision", check.precision ? name(*check.precision) : "");
  add("kink", check.kink);
  add("values", check.values);
  add("operation", check.operation);
  add("tensor", check.tensor);
  add("module", check.module);
  add("at", check.source.text.empty() ? text(check.source) : check.source.file + ": " + check.source.text);
  return result;
}

std::vector<std::pair<std::string, std::string>> facts_of(const Check& check) {
  std::vector<std::pair<std::string, std::string>> facts;
  const auto add = [&facts](std::string_view label, std::string value) {
    if (!value.empty()) {
      facts.emplace_back(label, std::move(value));
    }
  };
  const auto add_number = [&](std::string_view label, const std::optional<double>& value) {
    if (value) {
      add(label, check.unit.empty() ? exact(*value) : fmt::format("{} ({})", exact(*value), check.unit));
    }
  };
  add("precision", check.precision ? std::string(name(*check.precision)) : "");
  add("operation", check.operation);
  add("module", check.module);
  add("source", text(check.source));
  add("source line", check.source.line ? check.source.text : "");
  add("kink", check.kink);
  add("values", check.values);
  add("tensor", check.tensor);
  add_number("seen", check.seen);
  add_number(check.is_minimum ? "at least" : "allowed", check.allowed);
  add_number("margin", check.margin());
  add("limit", check.limit);
  add("policy", text(check.policy));
  add("mini-batch", check.mini_batch ? std::to_string(*check.mini_batch) : "");
  add("replay", check.replay);
  return facts;
}

std::string text(const SourcePlace& place) {
  if (place.file.empty()) {
    return "";
  }
  if (place.line) {
    return fmt::format("{}:{}", place.file, *place.line);
  }
  return place.text.empty() ? place.file : fmt::format("{}, {}", place.file, place.text);
}

}  // namespace relu0::gate
