#include "suites/tests/suites/gate/python_models.hpp"

#include "suites/tests/command_output.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0::test {

std::filesystem::path python_models() {
  static const TemporaryFolder folder;
  static const std::string said =
      output_of(fmt::format("{} '{}/suites/tests/suites/gate/make_models.py' '{}' 2>&1", python,
                            RELU0_SOURCE_DIR, folder.path().string()));
  // The last one that it makes.
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "wrong_shape.pt")) << said;
  return folder.path();
}

}  // namespace relu0::test
