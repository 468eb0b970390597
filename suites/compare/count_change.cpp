#include "suites/compare/count_change.hpp"

#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace relu0 {

namespace {

using Counts = std::map<std::string, std::optional<std::int64_t>>;

void collect(const nlohmann::json& value, const nlohmann::json::json_pointer& place, Counts& counts) {
  if (value.is_number_integer()) {
    counts[place.to_string()] = value.get<std::int64_t>();
  } else if (value.is_boolean()) {
    counts[place.to_string()] = value.get<bool>() ? 1 : 0;
  } else if (value.is_null()) {
    counts[place.to_string()] = std::nullopt;
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      collect(member, place / name, counts);
    }
  } else if (value.is_array() && !value.empty() &&
             std::all_of(value.begin(), value.end(),
                         [](const nlohmann::json& element) { return element.is_number_integer(); })) {
    std::int64_t sum = 0;
    for (const nlohmann::json& element : value) {
      sum += element.get<std::int64_t>();
    }
    counts[place.to_string()] = sum;
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      collect(value[i], place / i, counts);
    }
  }
}

/// The places that every draw of both sides has.
std::set<std::string> common_places(const CountedDraws& a, const CountedDraws& b) {
  std::set<std::string> places;
  for (const auto& [place, count] : a.front()) {
    const auto has = [&name = place](const Counts& draw) { return draw.contains(name); };
    if (std::all_of(a.begin(), a.end(), has) && std::all_of(b.begin(), b.end(), has)) {
      places.insert(place);
    }
  }
  return places;
}

}  // namespace

std::map<std::string, std::optional<std::int64_t>> counts_in(const nlohmann::json& values) {
  Counts counts;
  collect(values, nlohmann::json::json_pointer(), counts);
  return counts;
}

CountTest fisher_test(Proportion a, Proportion b) {
  return {.of = {},
          .count = {},
          .test = "Fisher's exact test",
          .change = {},
          .result = {fisher_exact(a, b), smallest_fisher_exact(a, b)},
          .least_p = fisher_exact({a.trials, a.trials}, {0, b.trials})};
}

std::vector<CountTest> paired_tests(const std::string& measurement, const CountedDraws& a,
                                    const CountedDraws& b) {
  std::vector<CountTest> tests;
  const auto comparable = [](const std::optional<std::int64_t>& count) {
    return count.value_or(std::numeric_limits<std::int64_t>::max());
  };
  for (const std::string& place : common_places(a, b)) {
    std::int64_t larger = 0;
    std::int64_t smaller = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::int64_t first = comparable(a[i].at(place));
      const std::int64_t second = comparable(b[i].at(place));
      larger += second > first ? 1 : 0;
      smaller += second < first ? 1 : 0;
    }
    tests.push_back({.of = measurement,
                     .count = place,
                     .test = "exact sign test of the same draws",
                     .change = fmt::format("larger (or never met) in {} of {} draws, smaller in {}", larger,
                                           a.size(), smaller),
                     .result = {sign_test(larger, smaller), sign_test(larger + smaller, 0)},
                     .least_p = sign_test(std::ssize(a), 0)});
  }
  return tests;
}

std::vector<CountTest> unpaired_tests(const std::string& measurement, const CountedDraws& a,
                                      const CountedDraws& b) {
  std::vector<CountTest> tests;
  for (const std::string& place : common_places(a, b)) {
    const auto is_absent = [&place](const Counts& draw) { return !draw.at(place).has_value(); };
    const bool some_absent =
        std::any_of(a.begin(), a.end(), is_absent) || std::any_of(b.begin(), b.end(), is_absent);
    const auto counted = [&](const CountedDraws& draws) {
      return Proportion{std::count_if(draws.begin(), draws.end(),
                                      [&](const Counts& draw) {
                                        return some_absent ? draw.at(place).has_value()
                                                           : draw.at(place).value() != 0;
                                      }),
                        std::ssize(draws)};
    };
    const Proportion first = counted(a);
    const Proportion second = counted(b);
    CountTest& test = tests.emplace_back(fisher_test(first, second));
    test.of = measurement;
    test.count = place;
    test.test = "Fisher's exact test of other draws";
    test.change =
        fmt::format("{} in {} draws, {} in {}", some_absent ? "met" : "not 0", wording::fraction(first),
                    some_absent ? "met" : "not 0", wording::fraction(second));
  }
  return tests;
}

}  // namespace relu0
