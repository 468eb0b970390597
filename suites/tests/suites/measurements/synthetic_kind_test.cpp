// A kind of measurement that relu0 does not know takes one file (weight_sum.hpp) and one line in the list of
// kinds: it is planned, measured, kept, continued, selected and read back as the others are.
#include "suites/measurements/kinds.hpp"
#include "suites/run/evidence.hpp"
#include "suites/run/runner.hpp"
#include "suites/tests/suites/measurements/weight_sum.hpp"
#include "suites/tests/suites/run/embedded_data.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::WeightSum;
using ::testing::Contains;
using ::testing::HasSubstr;

class SyntheticKind : public ::testing::Test {
 protected:
  static WeightSum weight_sum(int factor) {
    WeightSum measurement({.network = Mlp{.hidden_layers = 1, .width = 4}, .batch_size = 8});
    measurement.factor = factor;
    return measurement;
  }
  /// The list of kinds, with one line more.
  static Measurements kinds() {
    Measurements all = kinds_of_measurement();
    all.push_back(std::make_shared<WeightSum>());
    return all;
  }
  RunEnd run(const Measurements& measurements, Store& store) const {
    return measure(plan(measurements, settings_), settings_, data_, store, 2);
  }

  test::TemporaryFolder folder_;
  const DataSets& data_ = test::shared_digits();
  RunSettings settings_ = [this] {
    RunSettings settings;
    settings.images = 50;
    settings.data = {{datasets::mnist, {.identity = "embedded", .images = data_.of(datasets::mnist).size()}}};
    return settings;
  }();
};

TEST_F(SyntheticKind, IsPlannedOnceMeasuredKeptAndReadBack) {
  const WeightSum once = weight_sum(1);
  const WeightSum twice = weight_sum(2);
  const Measurements measurements = as_measurements(std::vector{once, twice, once});
  EXPECT_EQ(plan(measurements, settings_).size(), 2U);
  Store store = Store::open_for_run(folder_.path() / "results.sqlite");
  ASSERT_EQ(run(measurements, store), RunEnd::complete);
  EXPECT_EQ(*once.measured, 3) << "the draws of quick scale";
  const Evidence evidence(store, settings_);
  const auto of_once = evidence.of(once).draws;
  const auto of_twice = evidence.of(twice).draws;
  ASSERT_EQ(of_once.size(), 3U);
  ASSERT_EQ(of_twice.size(), 3U);
  for (std::size_t draw = 0; draw < 3; ++draw) {
    EXPECT_EQ(of_once[draw].images, 50);
    EXPECT_NE(of_once[draw].sum, 0);
    EXPECT_EQ(of_twice[draw].sum, 2 * of_once[draw].sum) << "the same network, and doubling is exact";
  }
  EXPECT_NE(of_once[0].sum, of_once[1].sum) << "draws are other networks";
}

TEST_F(SyntheticKind, IsContinuedWhereARunStopped) {
  const WeightSum measurement = weight_sum(1);
  const Measurements measurements{std::make_shared<WeightSum>(measurement)};
  Store store = Store::open_for_run(folder_.path() / "results.sqlite");
  settings_.networks = 2;
  ASSERT_EQ(run(measurements, store), RunEnd::complete);
  EXPECT_EQ(*measurement.measured, 2);
  settings_.networks = 5;
  ASSERT_EQ(run(measurements, store), RunEnd::complete);
  EXPECT_EQ(*measurement.measured, 5) << "none is measured twice";
  ASSERT_EQ(run(measurements, store), RunEnd::complete);
  EXPECT_EQ(*measurement.measured, 5);
  settings_.networks = 4;
  EXPECT_EQ(Evidence(store, settings_).of(measurement).draws.size(), 4U)
      << "a smaller run concludes from its own draws";
}

TEST_F(SyntheticKind, IsSelectedByItsFieldsAndDescribed) {
  const std::vector<std::string> fields = selectable_fields(kinds());
  EXPECT_THAT(fields, Contains("factor"));
  EXPECT_THAT(selectable_fields(kinds_of_measurement()), ::testing::Not(Contains("factor")));
  const Measurements measurements = as_measurements(std::vector{weight_sum(1), weight_sum(2), weight_sum(3)});
  EXPECT_EQ(Selection("factor=2,factor=3,kind=Weight-Sum", fields).of(measurements).size(), 2U);
  EXPECT_EQ(measurements[0]->describe(), "mlp-1x4 on MNIST, fp32, batch 8: the sum of its first weights");
  EXPECT_THAT(describe_field_values(measurements), HasSubstr("  factor: 1, 2, 3"));
}

TEST_F(SyntheticKind, WhatIsNotSelectedIsNoEvidence) {
  const WeightSum measurement = weight_sum(1);
  Store store = Store::open_for_run(folder_.path() / "results.sqlite");
  ASSERT_EQ(run({std::make_shared<WeightSum>(measurement)}, store), RunEnd::complete);
  const Evidence limited(store, settings_, Selection("factor=2", selectable_fields(kinds())));
  EXPECT_FALSE(limited.of(measurement).selected);
  EXPECT_TRUE(limited.of(measurement).draws.empty());
}

}  // namespace
}  // namespace relu0
