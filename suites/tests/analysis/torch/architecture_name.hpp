#pragma once
#include "fixtures/network/architectures/architecture.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace relu0::test {

/// What GoogleTest calls a test of this architecture: its name without what GoogleTest does not take.
inline std::string architecture_name(const testing::TestParamInfo<ConvolutionalNetwork>& parameters) {
  std::string text = name(parameters.param);
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

}  // namespace relu0::test
