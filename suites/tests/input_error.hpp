#pragma once
#include "fixtures/error.hpp"

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace relu0::test {

/// What the InputError says that `action` throws; a test failure and "" where it throws none.
inline std::string input_error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no InputError was thrown";
  return "";
}

}  // namespace relu0::test
