#include "reports/model/environment.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace relu0 {

namespace {

using Names = std::set<std::string>;

/// Whether the environment says that what the fact is about was not used.
bool not_used(const Environment& environment, const std::string& fact) {
  return environment.contains(std::string(facts::unused_prefix) + fact);
}

/// The facts whose value is not known for all of the store's measurements.
Names unrecorded(const Environment& environment, const Names& expected) {
  Names names;
  for (const std::string& fact : expected) {
    if (!environment.contains(fact) && fact != facts::kernel) {
      names.insert(fact);
    }
  }
  if (const auto later = environment.find(facts::recorded_later); later != environment.end()) {
    constexpr std::string_view separator = "; ";
    std::string_view rest = later->second;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(separator), rest.size());
      names.emplace(rest.substr(0, end));
      rest.remove_prefix(std::min(end + separator.size(), rest.size()));
    }
  }
  return names;
}

std::vector<std::string> sorted(const Names& names) { return {names.begin(), names.end()}; }

}  // namespace

bool decides_bits(std::string_view fact) {
  constexpr std::array<std::string_view, 6> harmless{facts::processor_cores,  facts::mpfr,
                                                     facts::relu0_revision,   facts::recorded_later,
                                                     facts::draws_by_results, facts::shard};
  return std::find(harmless.begin(), harmless.end(), fact) == harmless.end() &&
         !fact.starts_with(facts::continued_prefix) && !fact.starts_with(facts::unused_prefix);
}

const std::string& value_of(const Environment& environment, const std::string& fact) {
  static const std::string only_kernel = "native";
  const auto found = environment.find(fact);
  return found == environment.end() && fact == facts::kernel ? only_kernel : environment.at(fact);
}

bool EnvironmentDifference::none() const {
  return differing.empty() && unrecorded_a.empty() && unrecorded_b.empty();
}

EnvironmentDifference difference(const Environment& a, const Environment& b,
                                 const std::vector<std::string>& expected) {
  Names names(expected.begin(), expected.end());
  for (const Environment* environment : {&a, &b}) {
    std::transform(environment->begin(), environment->end(), std::inserter(names, names.end()),
                   [](const auto& entry) { return entry.first; });
  }
  std::erase_if(names, [&](const std::string& fact) {
    return !decides_bits(fact) || not_used(a, fact) || not_used(b, fact);
  });
  EnvironmentDifference result;
  for (const std::string& fact : names) {
    const auto recorded = [&fact](const Environment& environment) {
      return environment.contains(fact) || fact == facts::kernel;
    };
    if (recorded(a) && recorded(b) && value_of(a, fact) != value_of(b, fact)) {
      result.differing.push_back(fact);
    }
  }
  std::erase_if(names, [](const std::string& fact) { return fact.starts_with(facts::data_prefix); });
  result.unrecorded_a = sorted(unrecorded(a, names));
  result.unrecorded_b = sorted(unrecorded(b, names));
  return result;
}

}  // namespace relu0
