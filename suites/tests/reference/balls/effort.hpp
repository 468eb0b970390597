#pragma once
#include <cstdlib>

namespace relu0::test {

/// How many times as many cases the random tests of balls draw: RELU0_TEST_EFFORT, 1 where it is not set (as
/// FLINT's FLINT_TEST_MULTIPLIER). Cases are the same for the same effort, and those of a smaller one are
/// among them.
inline int effort() {
  const char* given = std::getenv("RELU0_TEST_EFFORT");
  const int value = given == nullptr ? 1 : std::atoi(given);
  return value < 1 ? 1 : value;
}

}  // namespace relu0::test
