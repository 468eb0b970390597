// Runs that are limited to some of their measurements.
#include "suites/run/selection.hpp"

#include "fixtures/error.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/kinds.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/run/run_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Selection selection_of(const std::string& conditions) {
  return {conditions, selectable_fields(kinds_of_measurement())};
}

std::string refusal(const std::string& conditions) {
  try {
    (void)selection_of(conditions);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

const ConvolutionalNetwork vgg11{Architecture::vgg11};
const Stream cifar10_fp16(Setting{
    .network = vgg11, .precision = Precision::fp16, .batch_size = 100, .data = datasets::cifar10});
const Stream svhn_fp32(Setting{
    .network = vgg11, .precision = Precision::fp32, .batch_size = 100, .data = datasets::svhn});

TEST(Selection, TakesEverythingWithoutACondition) {
  EXPECT_TRUE(Selection().everything());
  EXPECT_TRUE(selection_of("").everything());
  EXPECT_TRUE(Selection().selects(svhn_fp32));
  EXPECT_EQ(Selection().text(), "");
}

TEST(Selection, ComparesValuesByNameWithoutRegardToCase) {
  EXPECT_TRUE(selection_of("network=vgg11").selects(svhn_fp32));
  EXPECT_TRUE(
      selection_of("NETWORK=VGG11,Data=svhn,precision=FP32,batch=100,kind=stream").selects(svhn_fp32));
  EXPECT_FALSE(selection_of("network=VGG1").selects(svhn_fp32)) << "a part of the name is another name";
  EXPECT_FALSE(selection_of("network=VGG11-bn").selects(svhn_fp32));
}

TEST(Selection, TakesAlternativesOfOneFieldAndAllFieldsTogether) {
  const Selection either = selection_of("precision=fp16,precision=fp32,network=VGG11");
  EXPECT_TRUE(either.selects(cifar10_fp16));
  EXPECT_TRUE(either.selects(svhn_fp32));
  const Selection both = selection_of("precision=fp16,data=SVHN");
  EXPECT_FALSE(both.selects(cifar10_fp16));
  EXPECT_FALSE(both.selects(svhn_fp32));
  EXPECT_EQ(both.text(), "precision=fp16,data=SVHN");
}

TEST(Selection, LeavesOutBlanksAroundNamesAndValues) {
  EXPECT_EQ(selection_of(" precision = fp16 , data=SVHN\t").text(), "precision=fp16,data=SVHN");
}

TEST(Selection, DoesNotTakeWhatLacksAField) {
  EXPECT_FALSE(selection_of("extent=all").selects(svhn_fp32));
  Sweep sweep;
  sweep.extent = Extent::all;
  EXPECT_TRUE(selection_of("extent=all").selects(sweep));
}

TEST(Selection, TakesAComparisonWithTheReferenceForAnyOfItsPrecisions) {
  const ReferenceError at_storage_of_fp32(Setting{.precision = Precision::fp32});
  for (const char* precision : {"tf32", "fp32", "fp64"}) {
    EXPECT_TRUE(selection_of(std::string("precision=") + precision).selects(at_storage_of_fp32));
  }
  EXPECT_FALSE(selection_of("precision=bf16").selects(at_storage_of_fp32));
}

TEST(Selection, RefusesUnknownFieldsAndOtherForms) {
  EXPECT_THAT(refusal("flavour=sweet"),
              AllOf(HasSubstr("no field 'flavour'"),
                    HasSubstr("network, precision, batch, data, kernel, kind, extent")));
  for (const char* conditions : {"network", "network=", "=VGG11", "network=VGG11,", ",",
                                 "network=VGG11,,kind=stream", " ", "network= "}) {
    EXPECT_THAT(refusal(conditions), HasSubstr("FIELD=VALUE")) << conditions;
  }
}

TEST(Selection, NamesTheConditionsThatNothingFits) {
  const Measurements measurements = as_measurements(std::vector{cifar10_fp16, svhn_fp32});
  EXPECT_THAT(selection_of("network=VGG12,data=SVHN,data=MNIST").unmet(measurements),
              ElementsAre("network=VGG12", "data=MNIST"));
  EXPECT_THAT(selection_of("network=vgg11").unmet(measurements), IsEmpty());
  EXPECT_EQ(
      describe_field_values(measurements, parse_kernel_choice("native")),
      "  network: VGG11\n  precision: fp16, fp32\n  batch: 100\n  data: CIFAR-10, SVHN\n  kernel: native\n"
      "  kind: stream");
}

TEST(Selection, ByKernelIsThatOfTheSettingOrElseOfTheRun) {
  Stream own = svhn_fp32;
  own.setting.kernel = parse_kernel_choice("portable:no-fma+block=64");
  const auto of_run = [](const char* conditions, const char* kernel) {
    return Selection(conditions, selectable_fields(kinds_of_measurement()), parse_kernel_choice(kernel));
  };
  EXPECT_TRUE(of_run("kernel=bias-last", "bias-last").selects(svhn_fp32));
  EXPECT_FALSE(of_run("kernel=bias-last", "native").selects(svhn_fp32));
  EXPECT_FALSE(of_run("kernel=bias-last", "bias-last").selects(own));
  EXPECT_TRUE(of_run("kernel=portable:no-fma+block=64", "bias-last").selects(own));
  EXPECT_THAT(own.describe(), HasSubstr(", kernel portable:no-fma+block=64: "));
  EXPECT_FALSE(own.shares_data_with(svhn_fp32));
}

TEST(Selection, StandsInTheCommandThatRepeatsTheRun) {
  RunOptions options;
  options.experiments = {"depth"};
  EXPECT_EQ(canonical_command(options), "relu0 run depth --scale quick --seed 1");
  options.only = selection_of("Network=VGG11,precision=fp32");
  EXPECT_EQ(canonical_command(options),
            "relu0 run depth --only network=VGG11,precision=fp32 --scale quick --seed 1");
  options.settings.kernel = parse_kernel_choice("portable:no-fma");
  EXPECT_EQ(canonical_command(options),
            "relu0 run depth --only network=VGG11,precision=fp32 --scale quick --seed 1 "
            "--kernel portable:no-fma");
  EXPECT_FALSE(is_decided_by_results(options));
  options.settings.kernel = usual_kernel(Device::cpu);
  options.budget = "1h30m";
  options.until_decided = true;
  EXPECT_TRUE(is_decided_by_results(options));
  EXPECT_EQ(canonical_command(options),
            "relu0 run depth --only network=VGG11,precision=fp32 --scale quick --seed 1 --budget 1h30m "
            "--until-decided");
}

}  // namespace
}  // namespace relu0
