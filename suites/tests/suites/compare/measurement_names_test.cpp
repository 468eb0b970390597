// What `relu0 compare` calls measurements, of which a store keeps nothing but keys.
#include "suites/compare/measurement_names.hpp"

#include "suites/compare/comparison.hpp"
#include "suites/compare/writers.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// Runs that differ in what keys depend on.
std::vector<RunSettings> some_settings() {
  const RunSettings usual = test::synthetic_settings();
  RunSettings small = usual;
  small.images = 60;
  small.epochs = 1;
  small.seed = 7;
  small.rate_candidates = 4;
  RunSettings native = usual;
  native.scale = RunScale::paper;
  native.kernel = {};
  native.s_b = 2;
  native.reference_bits = 256;
  RunSettings other = usual;
  other.kernel = parse_kernel_choice("portable:no-fma+block=64");
  other.minibatches = 3;
  other.protocol = Protocol::two_network;
  other.rate_candidates = 81;
  other.max_reference_bits = 4096;
  return {usual, small, native, other};
}

TEST(MeasurementNames, AreThoseOfProgressLinesWhateverTheRunsSettings) {
  MeasurementNames names;
  for (const RunSettings& settings : some_settings()) {
    std::map<std::string, std::set<std::string>> described;
    for (const Experiment& experiment : experiments()) {
      for (const MeasurementPtr& measurement : experiment.measurements()) {
        described[measurement->key(settings)].insert(measurement->describe());
      }
    }
    for (const auto& [key, descriptions] : described) {
      EXPECT_THAT(descriptions, ::testing::Contains(names.of(key))) << key;
    }
  }
}

TEST(MeasurementNames, AreTheKeysOfWhatNoExperimentMeasures) {
  MeasurementNames names;
  for (const char* key : {R"({"network":"mlp","seed":1})", R"({"kernel":"of tomorrow"})", "no JSON", "[1]"}) {
    EXPECT_EQ(names.of(key), key);
  }
}

TEST(MeasurementNames, StandInComparisonsInThePlaceOfKeys) {
  const MeasurementPtr training = find_experiment("sgd-sweep").measurements().front();
  const std::string key = training->key(test::synthetic_settings());
  const test::TemporaryFolder folder;
  for (const int images : {1, 2}) {
    Store store = Store::open_for_run(folder.path() / std::to_string(images));
    store.record({key, 0, {{"images", images}}});
  }
  const StoreComparison comparison = compare_sides(folder.path() / "1", folder.path() / "2", true);
  const std::string name = "mlp-3x256 on MNIST, fp16, batch 128: trained by SGD";
  const std::string plain = comparison_writers::plain(comparison);
  EXPECT_THAT(plain, ::testing::HasSubstr("1 draw(s) differ (seed 1) in " + name));
  EXPECT_THAT(plain, ::testing::HasSubstr("/images of " + name));
  const std::string markdown = comparison_writers::markdown(comparison);
  EXPECT_THAT(markdown, ::testing::HasSubstr("| " + name));
  for (const std::string& text : {plain, markdown}) {
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("\"network\"")));
  }
  const auto json = nlohmann::json::parse(comparison_writers::json(comparison));
  EXPECT_EQ(json.at("draws").at("measurements").at(0).at("measurement"), key) << "programs look it up";
  EXPECT_EQ(json.at("draws").at("measurements").at(0).at("description"), training->describe());
}

}  // namespace
}  // namespace relu0
