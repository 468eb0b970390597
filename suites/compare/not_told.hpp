#pragma once
#include "suites/compare/comparison.hpp"

#include <string>
#include <vector>

/// What a comparison cannot tell, put together for the reader: writers show the same.
namespace relu0 {

/// Counts of one measurement or finding whose test has no power (CountTest::has_power()).
struct CountsWithoutPower {
  std::string of;
  std::string test;
  double least_p = 1;
  std::vector<std::string> counts;  ///< their places
};
std::vector<CountsWithoutPower> counts_without_power(const StoreComparison& comparison);

/// Findings that were not held against each other for the same reason.
struct FindingsApart {
  std::string why;
  std::vector<std::string> findings;  ///< "depth (fp32, chain-rule)"
};
std::vector<FindingsApart> findings_apart(const StoreComparison& comparison);

}  // namespace relu0
