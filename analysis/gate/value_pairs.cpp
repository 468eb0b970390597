#include "analysis/gate/value_pairs.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

bool is_tie_of_many(ScriptKink kink) {
  return kink == ScriptKink::max_pool_tie || kink == ScriptKink::reduction_tie;
}

/// Absent where the text is no choice at this kink.
std::optional<ScriptChoice> parse_choice(ScriptKink kink, std::string_view text) {
  if (!is_tie_of_many(kink)) {
    return ScriptChoice(DerivativeChoice{.value = parse_relu_at_zero(text)});
  }
  for (const TieChoice choice : all_tie_choices) {
    if (name(choice) == text) {
      return ScriptChoice(choice);
    }
  }
  return std::nullopt;
}

ScriptChoice choice_of(ScriptKink kink, std::string_view text) {
  try {
    if (const auto choice = parse_choice(kink, text)) {
      return *choice;
    }
  } catch (const InputError&) {
    // Said below, for the kink in hand.
  }
  throw InputError(fmt::format("'{}' is nothing that can be chosen at the kink '{}': give {}", text,
                               name(kink), is_tie_of_many(kink) ? "first, last or mean" : "a finite number"));
}

}  // namespace

ScriptKink parse_script_kink(std::string_view text) {
  const auto* const found = std::find_if(all_script_kinks.begin(), all_script_kinks.end(),
                                         [text](ScriptKink kink) { return name(kink) == text; });
  if (found == all_script_kinks.end()) {
    std::vector<std::string_view> names;
    std::transform(all_script_kinks.begin(), all_script_kinks.end(), std::back_inserter(names),
                   [](ScriptKink kink) { return name(kink); });
    throw InputError(fmt::format("there is no kink '{}'; there are {}", text, fmt::join(names, ", ")));
  }
  return *found;
}

ScriptChoices choices_of(const ValuePair& pair, bool a) {
  const ScriptKink kink = parse_script_kink(pair.kink);
  ScriptChoices choices;
  choices.of_kind[kink] = choice_of(kink, a ? pair.a : pair.b);
  return choices;
}

ValuePair usual_pair(ScriptKink kink) {
  const std::string named(name(kink));
  if (is_tie_of_many(kink)) {
    return {named, "first", "last"};
  }
  return {named, kink == ScriptKink::absolute ? "-1" : "0", "1"};
}

ValuePair parse_value_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::size_t comma = equals == std::string_view::npos ? equals : text.find(',', equals);
  if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos) {
    throw InputError(fmt::format("'{}' names no two values: give KINK=A,B, such as relu=0,1", text));
  }
  const ScriptKink kink = parse_script_kink(text.substr(0, equals));
  ValuePair pair{std::string(name(kink)), std::string(text.substr(equals + 1, comma - equals - 1)),
                 std::string(text.substr(comma + 1))};
  if (choice_of(kink, pair.a) == choice_of(kink, pair.b)) {
    throw InputError(fmt::format("'{}': give two different values", text));
  }
  return pair;
}

bool compare_the_same(const ValuePair& one, const ValuePair& other) {
  if (one.kink != other.kink) {
    return false;
  }
  const ScriptKink kink = parse_script_kink(one.kink);
  const auto same = [kink](const std::string& a, const std::string& b) {
    return choice_of(kink, a) == choice_of(kink, b);
  };
  return (same(one.a, other.a) && same(one.b, other.b)) || (same(one.a, other.b) && same(one.b, other.a));
}

}  // namespace relu0::gate
