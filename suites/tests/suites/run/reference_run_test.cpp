// Small real measurements of the experiments on the reference, on the law of zeros and on kinks: of small
// networks, on few of the embedded digits.
#include "suites/experiments/experiment.hpp"
#include "suites/run/runner.hpp"
#include "suites/tests/suites/run/embedded_data.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <map>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

class ReferenceRun : public ::testing::TestWithParam<std::string> {
 protected:
  /// Every draw's measurement by key and draw.
  using Content = std::map<std::pair<std::string, std::int64_t>, nlohmann::json>;

  /// Measures so many networks in each setting into a store, which may hold some already.
  void measure_into(const std::filesystem::path& folder, std::int64_t networks, int threads) {
    Store store = Store::open_for_run(folder / "results.sqlite");
    const Selection on_digits("data=MNIST", {"data"});
    settings_.networks = networks;
    settings_.fp64_networks = networks;
    ASSERT_EQ(measure(plan(on_digits.of(find_experiment(GetParam()).measurements()), settings_), settings_,
                      data_, store, threads),
              RunEnd::complete);
  }

  static Content content(const std::filesystem::path& folder) {
    const Store store = Store::open_for_reading(folder / "results.sqlite");
    Content result;
    for (const std::string& key : store.keys()) {
      for (const StoredDraw& measurement : store.stored_draws(key)) {
        result[{key, measurement.draw}] = measurement.values;
      }
    }
    return result;
  }

  const DataSets& data_ = test::shared_digits();
  RunSettings settings_ = [this] {
    RunSettings settings;
    settings.data = {{datasets::mnist, {.identity = "embedded", .images = data_.of(datasets::mnist).size()}}};
    settings.images = 12;
    return settings;
  }();
};

TEST_P(ReferenceRun, IsTheSameWhateverTheThreadsAndAfterAnInterruption) {
  const test::TemporaryFolder one;
  const test::TemporaryFolder two;
  const test::TemporaryFolder continued;
  measure_into(one.path(), 2, 1);
  measure_into(two.path(), 2, 2);
  measure_into(continued.path(), 1, 2);
  measure_into(continued.path(), 2, 1);
  const Content expected = content(one.path());
  EXPECT_GE(expected.size(), 2U * 2 * 3) << "two draws of two networks in three storage formats";
  EXPECT_EQ(content(two.path()), expected);
  EXPECT_EQ(content(continued.path()), expected);
}

INSTANTIATE_TEST_SUITE_P(All, ReferenceRun,
                         ::testing::Values("reference-error", "zero-origin", "zero-law", "kinks"),
                         [](const auto& parameters) {
                           std::string name = parameters.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(KinksRun, LooksAtAsManyMiniBatchesAsItsOptionSays) {
  const DataSets& data = test::shared_digits();
  const Selection one("network=mlp-3x256,precision=fp32", {"network", "precision"});
  for (const std::int64_t minibatches : {1, 3}) {
    const test::TemporaryFolder folder;
    Store store = Store::open_for_run(folder.path() / "results.sqlite");
    const RunSettings settings{.networks = 1, .minibatches = minibatches, .data = data.facts()};
    const Measurements planned = plan(one.of(find_experiment("kinks").measurements()), settings);
    ASSERT_EQ(planned.size(), 1U);
    ASSERT_EQ(measure(planned, settings, data, store, 1), RunEnd::complete);
    const std::vector<StoredDraw> draws = store.stored_draws(planned.front()->key(settings));
    ASSERT_EQ(draws.size(), 1U);
    EXPECT_EQ(draws.front().values.at("minibatches"), minibatches);
    EXPECT_EQ(draws.front().values.at("images"), minibatches * 256);
  }
}

}  // namespace
}  // namespace relu0
