// `relu0 compare` on stores with synthetic draws, through the functions that the command calls.
#include "reports/recorded/recorded_results.hpp"
#include "suites/commands/commands.hpp"
#include "suites/compare/comparison.hpp"
#include "suites/compare/writers.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::TemporaryFolder;
using ::testing::HasSubstr;

constexpr std::int64_t networks = 30;

/// What is written into a synthetic store.
struct Contents {
  std::uint64_t seed = 1;
  std::function<bool(std::int64_t draw)> impacted = [](std::int64_t draw) { return draw % 2 == 0; };
  Verdict verdict = Verdict::reproduced;
  std::string measured = "15/30 (50.0 %)";
  std::string blas = "OpenBLAS 0.3.21";
  std::string network = "mlp";
};

/// Two stores in a folder.
class StoreComparisons : public ::testing::Test {
 protected:
  std::filesystem::path store(const char* name, const Contents& contents) const {
    const std::filesystem::path file = folder_.path() / name;
    Store store = Store::open_for_run(file);
    Environment environment;
    for (const std::string& fact : recorded_facts()) {
      environment[fact] = fact == facts::blas ? contents.blas : "the same";
    }
    store.set_environment(environment);
    const std::string key = nlohmann::json{{"network", contents.network}, {"seed", contents.seed}}.dump();
    for (std::int64_t draw = 0; draw < networks; ++draw) {
      nlohmann::json values{{"images", 600}, {"first_impacted", nullptr}};
      if (contents.impacted(draw)) {
        values["first_impacted"] = 3;
      }
      store.record({key, draw, values});
    }
    Results results;
    Finding finding;
    finding.id = "fp32-half";
    finding.setting = "fp32";
    finding.measured = contents.measured;
    finding.verdict = contents.verdict;
    results.findings.push_back(finding);
    store.replace_results(results);
    return file;
  }

  StoreComparison compared(const Contents& a, const Contents& b, bool allowed = false) const {
    return compare_sides(store("a.sqlite", a), store("b.sqlite", b), allowed);
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

/// The usual contents, with `count` more draws impacted.
std::function<bool(std::int64_t)> more_impacted(std::int64_t count) {
  return [count](std::int64_t draw) { return draw % 2 == 0 || draw < 2 * count; };
}

TEST_F(StoreComparisons, TheSameDrawsPass) {
  const StoreComparison comparison = compared({}, {});
  EXPECT_EQ(comparison.exit_code(), exit_pass);
  EXPECT_EQ(comparison.draws.common(), networks);
  EXPECT_EQ(comparison.draws.changed(), 0);
  EXPECT_EQ(comparison.outcome(), "Nothing changed beyond chance.");
}

TEST_F(StoreComparisons, OfOtherSettingsNothingIsCompared) {
  const StoreComparison comparison = compared({}, {.network = "another"});
  EXPECT_EQ(comparison.exit_code(), exit_inconclusive) << "the same finding is in both";
  EXPECT_THAT(comparison.outcome(), HasSubstr("Nothing could be compared"));
}

TEST_F(StoreComparisons, AreNotWrittenOverAStore) {
  const auto a = store("a.sqlite", {});
  const auto b = store("b.sqlite", {});
  const std::string before = test::text_of(b);
  EXPECT_THROW(commands::compare(a, b, {.json = b}), InputError);
  EXPECT_THROW(commands::compare(a, b, {.markdown = b}), InputError);
  EXPECT_THROW(commands::report(a, folder() / "out", b), InputError);
  EXPECT_EQ(test::text_of(b), before);
  EXPECT_THROW(commands::compare(a, b, {.json = folder() / "c", .markdown = folder() / "c"}), InputError);
}

TEST_F(StoreComparisons, AChangedDrawInTheSameEnvironmentFails) {
  const StoreComparison comparison = compared({}, {.impacted = more_impacted(1)});
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_FALSE(comparison.beyond_chance());
  EXPECT_THAT(comparison.draws.measurements.at(0).changed, ::testing::ElementsAre(2U)) << "draw 1 of seed 1";
}

TEST_F(StoreComparisons, OtherEnvironmentsMustBeAllowed) {
  const Contents other{.impacted = more_impacted(1), .blas = "OpenBLAS 0.3.26"};
  EXPECT_EQ(compared({}, other).exit_code(), exit_environment);
}

TEST_F(StoreComparisons, OtherEnvironmentsThatAreAllowedMayChangeDraws) {
  const StoreComparison comparison =
      compared({}, {.impacted = more_impacted(2), .verdict = Verdict::inconclusive, .blas = "another"}, true);
  EXPECT_EQ(comparison.exit_code(), exit_pass);
  EXPECT_EQ(comparison.outcome(), "2 of 30 draws changed their bits, nothing beyond chance.");
  ASSERT_EQ(comparison.verdict_changes.size(), 1U);
  EXPECT_FALSE(comparison.verdict_changes[0].beyond_chance);
}

TEST_F(StoreComparisons, ACountThatChangesBeyondChanceFailsInAllowedEnvironments) {
  const StoreComparison comparison = compared({}, {.impacted = more_impacted(15), .blas = "another"}, true);
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  ASSERT_EQ(comparison.count_changes.size(), 1U);
  EXPECT_EQ(comparison.count_changes[0].count, "/first_impacted");
  EXPECT_EQ(comparison.factor, 1) << "the number of images cannot have changed, and is not corrected for";
}

TEST_F(StoreComparisons, OppositeVerdictsFail) {
  const StoreComparison comparison = compared(
      {}, {.impacted = more_impacted(2), .verdict = Verdict::not_reproduced, .blas = "another"}, true);
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_THAT(comparison.verdict_changes.at(0).why, HasSubstr("opposite"));
}

TEST_F(StoreComparisons, AnotherVerdictOnTheSameDrawsFails) {
  const StoreComparison comparison = compared({}, {.verdict = Verdict::inconclusive});
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_THAT(comparison.verdict_changes.at(0).why, HasSubstr("All draws are the same"));
}

TEST_F(StoreComparisons, DrawsArePairedByTheSeedOfTheirNetwork) {
  // Draw i of seed 11 is draw i + 10 of seed 1.
  const auto shifted = [](std::int64_t draw) { return (draw + 10) % 2 == 0; };
  const StoreComparison comparison = compared({}, {.seed = 11, .impacted = shifted});
  EXPECT_EQ(comparison.draws.common(), networks - 10);
  EXPECT_EQ(comparison.draws.changed(), 0);
}

TEST_F(StoreComparisons, OtherNetworksAreHeldAgainstOneAnother) {
  const StoreComparison alike = compared({}, {.seed = 1000});
  EXPECT_EQ(alike.exit_code(), exit_pass);
  EXPECT_EQ(alike.draws.common(), 0);
  EXPECT_EQ(alike.draws.unpaired(), 2 * networks);
}

TEST_F(StoreComparisons, OtherNetworksThatDifferBeyondChanceFail) {
  const StoreComparison comparison = compared({}, {.seed = 1000, .impacted = more_impacted(15)});
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_THAT(comparison.count_changes.at(0).test, HasSubstr("Fisher"));
}

TEST_F(StoreComparisons, RecordedResultsAreComparedByTheirCounts) {
  const auto recorded = folder() / "recorded.json";
  const auto mine = store("a.sqlite", {});
  write_recorded(recorded_from(Store::open_for_reading(store("b.sqlite", {.measured = "90/200 (45.0 %)"}))),
                 recorded);
  EXPECT_EQ(compare_sides(recorded, mine, false).exit_code(), exit_pass);
  write_recorded(recorded_from(Store::open_for_reading(store("c.sqlite", {.measured = "200/200 (100.0 %)"}))),
                 recorded);
  const StoreComparison comparison = compare_sides(recorded, mine, false);
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_EQ(comparison.count_changes.at(0).of, "fp32-half (fp32)");
}

TEST_F(StoreComparisons, AreWrittenAsJsonAndMarkdown) {
  const auto a = store("a.sqlite", {});
  const auto b = store("b.sqlite", {.impacted = more_impacted(15), .blas = "<b> | another"});
  const auto json = folder() / "comparison.json";
  const auto markdown = folder() / "comparison.md";
  EXPECT_EQ(commands::compare(a, b, {.allow_environments = true, .json = json, .markdown = markdown}),
            exit_failed);
  const nlohmann::json read = nlohmann::json::parse(test::text_of(json));
  EXPECT_EQ(read.at("format"), "relu0 comparison");
  EXPECT_EQ(read.at("version"), 1);
  EXPECT_EQ(read.at("exit_code"), 1);
  EXPECT_EQ(read.at("draws").at("common"), networks);
  EXPECT_EQ(read.at("draws").at("changed"), 15);
  EXPECT_EQ(read.at("counts").at("changed").size(), 1U);
  EXPECT_EQ(read.at("environments").at("differing").at(0).at("b"), "<b> | another");
  const std::string text = test::text_of(markdown);
  EXPECT_THAT(text, HasSubstr("## relu0 compare: red"));
  EXPECT_THAT(text, HasSubstr(R"(/first\_impacted)"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("<b> |"))) << "markup in a name stays text";
}

TEST_F(StoreComparisons, WriteNothingWhereTheFolderIsMissing) {
  const auto a = store("a.sqlite", {});
  const auto file = folder() / "missing" / "comparison.json";
  EXPECT_THAT(test::input_error_of([&] { (void)commands::compare(a, a, {.json = file}); }),
              HasSubstr(file.string() + ": cannot be written"));
}

}  // namespace
}  // namespace relu0
