// What a finding says of what the run's scale draws no network for.
#include "suites/experiments/left_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::experiments_common {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(LeftOut, IsMeasuredByACommandThatSelectsIt) {
  EXPECT_EQ(command_for("depth", {{.network = "mlp-1x256", .precision = "fp32"}}),
            "relu0 run depth --only network=mlp-1x256,precision=fp32 --networks 40");
  EXPECT_EQ(command_for("depth", {{.network = "mlp-1x256", .precision = "fp64"},
                                  {.network = "mlp-2x256", .precision = "fp64"},
                                  {.network = "mlp-1x256", .precision = "fp64"}}),
            "relu0 run depth --only network=mlp-1x256,network=mlp-2x256,precision=fp64 --fp64-networks 40")
      << "the number at 64 bits has an option of its own, and each value stands once";
  EXPECT_EQ(command_for("kinks", {{.network = "LeNet-5", .precision = "fp16"},
                                  {.network = "LeNet-5", .precision = "fp64"}}),
            "relu0 run kinks --only network=LeNet-5,precision=fp16,precision=fp64 --networks 40 "
            "--fp64-networks 40");
  const LeftOut fixed{.network = "VGG11", .precision = "fp32", .kernel = "bias-last"};
  EXPECT_EQ(command_for("conv-volume", {fixed}),
            "relu0 run conv-volume --only network=VGG11,precision=fp32,kernel=bias-last --networks 40");
  EXPECT_EQ(command_for("conv-volume", {fixed, {.network = "VGG11", .precision = "bf16"}}),
            "relu0 run conv-volume --only network=VGG11,precision=fp32,precision=bf16 --networks 40")
      << "a condition on the kernel would leave out the run's";
  const LeftOut of_real_images{
      .network = "VGG11", .precision = "fp32", .data_options = " --data '/my images'"};
  EXPECT_THAT(command_for("conv-volume", {of_real_images}), EndsWith(" --networks 40 --data '/my images'"));
}

TEST(LeftOut, IsWhyNothingWasMeasuredOrWhatAVerdictIsWithout) {
  const Basis basis{.left_out = {{.network = "VGG11", .precision = "fp32"}}};
  const auto nothing =
      with_left_out(basis, "zero-origin", {.verdict = Verdict::not_run, .why = "no network", .rule = "r"});
  EXPECT_EQ(nothing.verdict, Verdict::not_run);
  EXPECT_THAT(nothing.why, StartsWith("left out at this scale: relu0 run zero-origin --only "));
  const auto some =
      with_left_out(basis, "zero-origin", {.verdict = Verdict::reproduced, .why = "none of 36", .rule = "r"});
  EXPECT_EQ(some.verdict, Verdict::reproduced);
  EXPECT_THAT(some.why,
              StartsWith("none of 36; without VGG11, left out at this scale: relu0 run zero-origin"));
  EXPECT_THAT(some.why, EndsWith("measures them"));
}

TEST(LeftOut, ChangesNoDecisionWhereNothingIsOrTheDataAreMissing) {
  EXPECT_EQ(with_left_out({}, "depth", {.verdict = Verdict::not_run, .why = "no network", .rule = "r"}).why,
            "no network");
  const Basis without_data{.without_data = "no MNIST", .left_out = {{.network = "n", .precision = "fp32"}}};
  EXPECT_EQ(
      with_left_out(without_data, "depth", {.verdict = Verdict::not_run, .why = "no MNIST", .rule = "r"}).why,
      "no MNIST");
}

}  // namespace
}  // namespace relu0::experiments_common
