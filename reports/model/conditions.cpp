#include "reports/model/conditions.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

/// What a key leaves out is what there was before there was a choice.
std::string usual_of(const std::string& field) { return field == "kernel" ? "native" : "usual"; }

/// Shorter texts first, so that whole numbers stand in their order.
struct ByLength {
  bool operator()(const std::string& a, const std::string& b) const {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  }
};

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string value_or_usual(const Conditions& conditions, const std::string& field) {
  const auto found = conditions.find(field);
  return found == conditions.end() ? usual_of(field) : found->second;
}

Conditions conditions_of(const std::vector<std::string>& keys) {
  std::map<std::string, std::set<std::string, ByLength>> values;
  std::map<std::string, std::size_t> named;
  for (const std::string& key : keys) {
    nlohmann::json identity = nlohmann::json::parse(key, nullptr, /*allow_exceptions=*/false);
    if (!identity.is_object()) {
      identity = {{"measurement", key}};
    }
    identity.erase("seed");
    for (const auto& [field, value] : identity.items()) {
      values[field].insert(text_of(value));
      ++named[field];
    }
  }
  Conditions conditions;
  for (auto& [field, of_field] : values) {
    if (named[field] < keys.size()) {
      of_field.insert(usual_of(field));
    }
    conditions[field] = fmt::format("{}", fmt::join(of_field, ", "));
  }
  return conditions;
}

std::vector<OtherCondition> other_conditions(const Conditions& a, const Conditions& b) {
  std::set<std::string> fields;
  for (const Conditions* side : {&a, &b}) {
    std::transform(side->begin(), side->end(), std::inserter(fields, fields.end()),
                   [](const auto& condition) { return condition.first; });
  }
  std::vector<OtherCondition> others;
  for (const std::string& field : fields) {
    OtherCondition other{field, value_or_usual(a, field), value_or_usual(b, field)};
    if (other.a != other.b) {
      others.push_back(std::move(other));
    }
  }
  return others;
}

bool are_same(const Conditions& a, const Conditions& b) { return !a.empty() && a == b; }

}  // namespace relu0
