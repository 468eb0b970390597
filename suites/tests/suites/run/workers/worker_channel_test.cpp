#include "suites/run/workers/worker_channel.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/run/workers/workers.hpp"

#include <cmath>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::workers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string without_end(std::string line) {
  EXPECT_EQ(line.find('\n'), line.size() - 1) << "one line";
  line.pop_back();
  return line;
}

TEST(WorkerChannel, GivesBackWhatWasTold) {
  const Environment environment{{"BLAS", "OpenBLAS \"x\"\nSkylakeX"}, {"kernel", "native"}};
  EXPECT_EQ(std::get<Environment>(parse_line(without_end(line_of(environment)))), environment);
  const StoredDraw draw{
      "{\"network\":\"VGG11\"}", 7, {{"zeros", {1, 2}}, {"ratio", 0.1}, {"infinite", INFINITY}}};
  const auto back = std::get<StoredDraw>(parse_line(without_end(line_of(draw))));
  EXPECT_EQ(back.key, draw.key);
  EXPECT_EQ(back.draw, 7);
  EXPECT_EQ(back.values, draw.values);
}

TEST(WorkerChannel, RefusesAnythingElse) {
  for (const char* line : {"", "x", "{}", "[1]", R"({"key":"k","draw":"one","values":"{}"})",
                           R"({"key":"k","draw":1,"values":"{"})"}) {
    EXPECT_THROW((void)parse_line(line), std::runtime_error) << line;
  }
}

TEST(WorkerChannel, IsReadLineByLine) {
  std::string text = "one\ntw";
  EXPECT_EQ(take_line(text), "one");
  EXPECT_EQ(take_line(text), std::nullopt);
  text += "o\n";
  EXPECT_EQ(take_line(text), "two");
  EXPECT_EQ(text, "");
}

TEST(WorkerEnvironment, MayDifferInWhatTheChoiceSteersOnly) {
  const Environment run = describe_machine(Device::cpu);
  const LibraryChoice choice{.onednn = "AVX2"};
  Environment worker = run;
  worker[facts::onednn] = "another instruction set";
  worker["variable DNNL_MAX_CPU_ISA"] = "AVX2";
  EXPECT_NO_THROW(require_same_but_for_libraries(run, worker, choice));
  Environment other_variable = worker;
  other_variable["variable OPENBLAS_CORETYPE"] = "Haswell";
  EXPECT_THAT([&] { require_same_but_for_libraries(run, other_variable, choice); },
              ThrowsMessage<EnvironmentMismatch>(HasSubstr("variable OPENBLAS_CORETYPE")));
  for (const char* fact : {facts::relu0_version, facts::relu0_revision, facts::c_library, facts::rounding}) {
    Environment other = worker;
    other[fact] = "another";
    EXPECT_THAT([&] { require_same_but_for_libraries(run, other, choice); },
                ThrowsMessage<EnvironmentMismatch>(HasSubstr(fact)));
  }
}

}  // namespace
}  // namespace relu0::workers
