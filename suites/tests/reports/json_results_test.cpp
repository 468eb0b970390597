#include "reports/codec/packed_numbers.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/reports/support.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;
using test::hostile;
using test::StoreFolder;

TEST(JsonResults, HoldAllThatIsInTheStore) {
  const StoreFolder folder;
  const json document = json::parse(json_results(test::sample_store(folder.file())));
  EXPECT_EQ(document.at("schema_version"), Store::schema_version);
  EXPECT_EQ(document.at("run").at("command"), test::sample_run_info().command);
  EXPECT_EQ(document.at("run").at("seed"), test::sample_run_info().seed);
  EXPECT_EQ(document.at("notes").at(1), hostile);
  EXPECT_EQ(document.at("environment").at(hostile), hostile);
  ASSERT_EQ(document.at("claims").size(), 2U);
  EXPECT_EQ(document.at("claims").at(0).at("protocol"), "60,000 images");
  EXPECT_EQ(document.at("claims").at(0).at("verdict"), "not run") << "none of its findings is a headline";
  EXPECT_EQ(document.at("claims").at(0).at("not_run"), "");
  EXPECT_EQ(document.at("claims").at(1).at("absence"), hostile);
  EXPECT_EQ(document.at("claims").at(1).at("verdict"), "not reproduced");
  EXPECT_EQ(document.at("answer").at("claims"),
            "Of the paper's 2 claims, 0 are reproduced, 1 is not reproduced and 1 was not run.");
  ASSERT_EQ(document.at("findings").size(), 4U);
  const json& finding = document.at("findings").at(0);
  EXPECT_EQ(finding.at("verdict"), "inconclusive");
  EXPECT_EQ(finding.at("interval"), json({0.1 + 0.2, 0.53668}));
  EXPECT_EQ(finding.at("paper_claim"), "fp32-half");
  EXPECT_EQ(finding.at("precision"), "fp32");
  EXPECT_EQ(finding.at("rule"), "chain-rule");
  EXPECT_EQ(finding.at("recorded_verdict"), "reproduced");
  EXPECT_EQ(finding.at("part_seen"), "2048 of the published 60000 images");
  EXPECT_FALSE(document.at("findings").at(2).contains("precision"));
  EXPECT_FALSE(document.at("findings").at(2).contains("recorded_verdict"));
  EXPECT_EQ(document.at("findings").at(1).at("interval"), json({"-Infinity", "NaN"}));
  EXPECT_FALSE(document.at("findings").at(2).contains("interval"));
  const json& figure = document.at("figures").at(0);
  EXPECT_EQ(figure.at("series").at(0).at("points").at(1),
            (json{{"x", 2.0}, {"y", 0.1 + 0.2}, {"high", 0.5}}));
  EXPECT_EQ(figure.at("series").at(1).at("label"), hostile);
  const json& map = document.at("heat_maps").at(0);
  EXPECT_EQ(map.at("unit"), "relative error");
  EXPECT_EQ(map.at("y").at("categories"), json({"conv1", "fc"}));
  EXPECT_EQ(map.at("rows"), json({{1e-3, nullptr, 0.0}, {"NaN", 0.25, "Infinity"}}));
  EXPECT_EQ(map.at("floor"), 1e-9);
  EXPECT_EQ(document.at("heat_maps").at(1).at("x").at("places"), json({-1.0, 0.0, 0.5}));
  EXPECT_EQ(document.at("heat_maps").at(1).at("contours"), json({0.5}));
  EXPECT_EQ(document.at("tables").at(0).at("rows").at(0), json({"1", "12"}));
  EXPECT_EQ(document.at("experiments").at(0).at("id"), "depth");
}

TEST(JsonResults, HoldFilledContoursAsTheyComeOutOfAStore) {
  const StoreFolder folder;
  Results results;
  results.heat_maps = {test::noisy_filled_contours()};
  Store store = Store::open_for_run(folder.file());
  store.replace_results(results);
  EXPECT_TRUE(store.results().heat_maps.at(0).filled);
  EXPECT_EQ(store.results().heat_maps.at(0).floor, std::nullopt);
  const json document = json::parse(json_results(store));
  EXPECT_EQ(document.at("heat_maps").at(0).at("filled"), true);
  EXPECT_EQ(document.at("heat_maps").at(0).at("floor"), nullptr);
}

TEST(JsonResults, HoldEachMeasurementUnderItsCell) {
  const StoreFolder folder;
  const json cells = json::parse(json_results(test::sample_store(folder.file()))).at("measurements");
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells.at(0).at("cell"), hostile) << "a cell whose key is no JSON stays a string";
  EXPECT_EQ(cells.at(0).at("draws").at(0), (json{{"draw", -1}, {"values", {{"norm", "NaN"}}}}));
  EXPECT_EQ(cells.at(1).at("cell"), (json{{"bits", 32}, {"depth", 3}}));
  EXPECT_EQ(cells.at(1).at("draws").at(2),
            (json{{"draw", 2}, {"values", {{"impacted", 2}, {"norm", 1e-7}}}}));
}

TEST(JsonResults, ListPackedNumbers) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.record(
      {.key = "c", .draw = 0, .values = {{"panel", pack_numbers({0.5, 1}, PackedFormat::binary32)}}});
  EXPECT_EQ(json::parse(json_results(store)).at("measurements").at(0).at("draws").at(0).at("values"),
            (json{{"panel", {0.5, 1.0}}}));
}

TEST(JsonResults, OfAnEmptyStoreAreJsonToo) {
  const StoreFolder folder;
  const json document = json::parse(json_results(Store::open_for_run(folder.file())));
  EXPECT_EQ(document.at("findings"), json::array());
  EXPECT_EQ(document.at("measurements"), json::array());
}

TEST(JsonResults, SurviveTextThatIsNotUtf8) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.set_environment({{"path", "/data/\xFF"}});
  EXPECT_EQ(json::parse(json_results(store)).at("environment").at("path"), "/data/\uFFFD");
}

}  // namespace
}  // namespace relu0
