// The gate's SARIF file fits the official schema, by Debian's jsonschema.
#include "reports/writers/gate/gate_writers.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/reports/gate/sample_judgement.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

/// What validate_sarif.py says of a text: "valid\n", errors, or why it could not look.
std::string said_of(const std::string& sarif) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "relu0-gate.sarif";
  std::ofstream(file) << sarif;
  const std::string said =
      test::output_of(fmt::format("{} '{}/suites/tests/reports/gate/validate_sarif.py' '{}' . 2>&1",
                                  test::python, RELU0_SOURCE_DIR, file.string()));
  std::filesystem::remove(file);
  return said;
}

TEST(GateSarifSchema, AcceptsWhatTheGateWritesAndNothingElse) {
  if (!test::python_imports("jsonschema")) {
    GTEST_SKIP() << "needs Debian's python3-jsonschema";
  }
  std::string sarif = gate_sarif(gate::test::sample_judgement(), "/");
  const std::string said = said_of(sarif);
  if (said.starts_with("skipped")) {
    GTEST_SKIP() << said;
  }
  EXPECT_EQ(said, "valid\n");
  // One of each shape: cut off, with the notification that says so, and without any result.
  EXPECT_EQ(said_of(gate_sarif(gate::test::large_judgement(200, gate::CheckVerdict::fail, 20'000), "/")),
            "valid\n");
  gate::Judgement empty;
  EXPECT_EQ(said_of(gate_sarif(empty, "/")), "valid\n");
  const std::string level = "\"level\":\"error\"";
  sarif.replace(sarif.find(level), level.size(), "\"level\":\"fatal\"");
  EXPECT_THAT(said_of(sarif), testing::HasSubstr("'fatal' is not one of"));
}

}  // namespace
}  // namespace relu0
