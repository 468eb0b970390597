#pragma once
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace relu0::test {

/// Fails once for each problem.
inline void expect_none(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    ADD_FAILURE() << problem;
  }
}

}  // namespace relu0::test
