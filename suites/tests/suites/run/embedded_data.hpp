#pragma once
#include "suites/run/data_sets.hpp"

namespace relu0::test {

/// The embedded digits, drawn once for all tests of a process.
inline const DataSets& shared_digits() {
  static const DataSets data(std::nullopt, {datasets::mnist}, 1);
  return data;
}

/// With the test images, which trainings are evaluated on.
inline const DataSets& shared_digits_with_test_images() {
  static const DataSets data(std::nullopt, {datasets::mnist}, 1, {datasets::mnist});
  return data;
}

}  // namespace relu0::test
