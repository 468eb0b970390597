// `relu0 compare` on stores with synthetic draws, through the functions that the command calls.
#include "reports/recorded/recorded_results.hpp"
#include "suites/commands/commands.hpp"
#include "suites/compare/comparison.hpp"
#include "suites/compare/writers.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

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
  std::int64_t images = 600;  ///< that the run looked at
  std::int64_t networks = 30;
  bool knows_conditions = true;  ///< whether the finding records them
  bool by_results = false;       ///< whether results may have decided how many networks there are
};

/// Two stores in a folder.
class StoreComparisons : public ::testing::Test {
 protected:
  /// In place of one of that name.
  std::filesystem::path store(const char* name, const Contents& contents) const {
    const std::filesystem::path file = folder_.path() / name;
    std::filesystem::remove(file);
    Store store = Store::open_for_run(file);
    Environment environment;
    for (const std::string& fact : recorded_facts()) {
      environment[fact] = fact == facts::blas ? contents.blas : "the same";
    }
    if (contents.by_results) {
      environment[facts::draws_by_results] = "relu0 run --budget 1s";
    }
    store.set_environment(environment);
    const std::string key = nlohmann::json{
        {"network", contents.network},
        {"images", contents.images},
        {"seed", contents.seed}}.dump();
    for (std::int64_t draw = 0; draw < contents.networks; ++draw) {
      nlohmann::json values{{"images", contents.images}, {"first_impacted", nullptr}};
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
    if (contents.knows_conditions) {
      finding.conditions = conditions_of({key});
    }
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

TEST_F(StoreComparisons, VerdictsOfOtherConditionsAreNotHeldAgainstEachOtherAndThatIsSaid) {
  const StoreComparison comparison =
      compared({}, {.verdict = Verdict::not_reproduced, .images = 60}, /*allowed=*/false);
  EXPECT_EQ(comparison.exit_code(), exit_inconclusive) << "opposite, but of another number of images";
  EXPECT_TRUE(comparison.verdict_changes.empty());
  ASSERT_EQ(comparison.apart.size(), 1U);
  EXPECT_EQ(comparison.apart[0].why, "images: 600 -> 60");
  for (const std::string& text :
       {comparison_writers::plain(comparison), comparison_writers::markdown(comparison)}) {
    EXPECT_THAT(text, HasSubstr("1 findings in both, 0 changed, 1 not held against each other"));
    EXPECT_THAT(text, HasSubstr("images: 600"));
    EXPECT_THAT(text, HasSubstr("fp32-half"));
  }
  const auto read = nlohmann::json::parse(comparison_writers::json(comparison));
  EXPECT_EQ(read.at("verdicts").at("apart").at(0).at("why"), "images: 600 -> 60");
  EXPECT_EQ(read.at("verdicts").at("apart").at(0).at("id"), "fp32-half");
}

TEST_F(StoreComparisons, VerdictsOfUnknownConditionsAreNotHeldAgainstEachOther) {
  const StoreComparison comparison =
      compared({.knows_conditions = false}, {.verdict = Verdict::not_reproduced});
  EXPECT_TRUE(comparison.verdict_changes.empty());
  EXPECT_THAT(comparison.apart.at(0).why, HasSubstr("A does not record what was looked at"));
  EXPECT_EQ(comparison.draws.common(), networks) << "draws know by their keys what they are of";
}

/// Four against four: Fisher's p of all against none is 2/70.
TEST_F(StoreComparisons, OfTooFewNetworksNothingCanBeTold) {
  const Contents few{.networks = 4};
  const Contents others{.seed = 1000, .impacted = [](std::int64_t /*draw*/) { return true; }, .networks = 4};
  const StoreComparison comparison = compared(few, others);
  EXPECT_EQ(comparison.exit_code(), exit_inconclusive);
  EXPECT_THAT(comparison.outcome(), HasSubstr("of so few draws no count could have changed beyond chance"));
  const std::vector<CountTest> without = comparison.without_power();
  ASSERT_EQ(without.size(), 2U);
  EXPECT_EQ(without.size(), comparison.tests.size());
  EXPECT_DOUBLE_EQ(without[0].least_p, 2.0 / 70);
  const std::string plain = comparison_writers::plain(comparison);
  EXPECT_THAT(plain, HasSubstr("/first_impacted, /images of {"));
  EXPECT_THAT(plain, HasSubstr("no power: of so few draws the smallest possible p is 0.029, not below 0.01"));
  EXPECT_THAT(plain, HasSubstr("2 without power"));
  const std::string markdown = comparison_writers::markdown(comparison);
  EXPECT_THAT(markdown, HasSubstr("## relu0 compare: inconclusive"));
  EXPECT_THAT(markdown, HasSubstr("no power"));
  const auto read = nlohmann::json::parse(comparison_writers::json(comparison));
  EXPECT_EQ(read.at("exit_code"), 5);
  EXPECT_EQ(read.at("counts").at("without_power").size(), 2U);
  EXPECT_DOUBLE_EQ(read.at("counts").at("without_power").at(0).at("least_p").get<double>(), 2.0 / 70);
}

/// Five against five: 2/252 is below the level, whatever was seen.
TEST_F(StoreComparisons, OfJustEnoughNetworksACountCanBeTold) {
  const StoreComparison comparison = compared({.networks = 5}, {.seed = 1000, .networks = 5});
  EXPECT_EQ(comparison.exit_code(), exit_pass);
  EXPECT_TRUE(comparison.without_power().empty()) << "also of a count that was the same in all draws";
}

TEST_F(StoreComparisons, OfFewCommonDrawsBitsAreComparedAllTheSame) {
  const StoreComparison comparison = compared({.networks = 4}, {.networks = 4});
  EXPECT_EQ(comparison.exit_code(), exit_pass);
  EXPECT_EQ(comparison.draws.common(), 4);
  EXPECT_EQ(comparison.without_power().size(), 2U) << "4 signs have p = 2^-3 at least";
  EXPECT_THAT(comparison.outcome(), HasSubstr("No count could have"));
}

TEST_F(StoreComparisons, OfRecordedResultsWithFewNetworksNothingCanBeTold) {
  const auto recorded = folder() / "recorded.json";
  write_recorded(recorded_from(Store::open_for_reading(store("b.sqlite", {.measured = "4/4 (100.0 %)"}))),
                 recorded);
  const StoreComparison comparison =
      compare_sides(recorded, store("a.sqlite", {.measured = "0/4 (0.0 %)"}), false);
  EXPECT_EQ(comparison.exit_code(), exit_inconclusive);
  EXPECT_THAT(comparison_writers::plain(comparison), HasSubstr("networks of fp32-half (fp32): no power"));
}

TEST_F(StoreComparisons, RecordedResultsOfOtherConditionsAreNotCompared) {
  const auto recorded = folder() / "recorded.json";
  write_recorded(recorded_from(Store::open_for_reading(
                     store("b.sqlite", {.measured = "200/200 (100.0 %)", .images = 60000}))),
                 recorded);
  const StoreComparison comparison = compare_sides(recorded, store("a.sqlite", {}), false);
  EXPECT_EQ(comparison.exit_code(), exit_inconclusive);
  EXPECT_TRUE(comparison.tests.empty());
  EXPECT_EQ(comparison.apart.at(0).why, "images: 60000 -> 600");
}

TEST_F(StoreComparisons, AreNotWrittenOverOneOfTheTwo) {
  const auto a = store("a.sqlite", {});
  const auto recorded = folder() / "recorded.json";
  write_recorded(recorded_from(Store::open_for_reading(a)), recorded);
  const std::string before = test::text_of(recorded);
  EXPECT_THAT(test::input_error_of(
                  [&] { (void)commands::compare(recorded, a, {.json = folder() / "." / "recorded.json"}); }),
              HasSubstr("is one of the two that are compared"));
  EXPECT_EQ(test::text_of(recorded), before);
  EXPECT_THAT(test::input_error_of([&] {
                (void)commands::compare(a, a, {.json = folder() / "c", .markdown = folder() / "." / "c"});
              }),
              HasSubstr("name two files"));
}

TEST_F(StoreComparisons, OfWhatIsNoStoreSayWhatToGive) {
  const auto a = store("a.sqlite", {});
  std::filesystem::create_directory(folder() / "empty");
  EXPECT_THAT(test::input_error_of([&] { (void)open_side(folder() / "empty"); }),
              HasSubstr("is a folder; give the results.sqlite of a run"));
  std::filesystem::create_directory(folder() / "run");
  std::filesystem::copy_file(a, folder() / "run" / "results.sqlite");
  EXPECT_THAT(test::input_error_of([&] { (void)open_side(folder() / "run"); }),
              HasSubstr("is a folder; give the store in it, " + (folder() / "run/results.sqlite").string()));
  EXPECT_THROW((void)open_side(folder() / "nowhere.sqlite"), EnvironmentMismatch);
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

TEST_F(StoreComparisons, OppositeVerdictsOfATrendFail) {
  const std::string trend = "1: 3/30, 2: 9/30";
  const StoreComparison comparison = compared({.measured = trend},
                                              {.impacted = more_impacted(2),
                                               .verdict = Verdict::not_reproduced,
                                               .measured = trend,
                                               .blas = "another"},
                                              true);
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_THAT(comparison.verdict_changes.at(0).why, HasSubstr("opposite, and each is wrong"));
}

/// 36 of 36 rule out what 33 of 36 have, yet a share of 0.95 gives both.
TEST_F(StoreComparisons, OppositeVerdictsOfACountThatMayBeTheSamePass) {
  const StoreComparison comparison =
      compared({.measured = "36/36 (100.0 %)"},
               {.seed = 1000, .verdict = Verdict::not_reproduced, .measured = "33/36 (91.7 %)"});
  EXPECT_EQ(comparison.exit_code(), exit_pass);
  ASSERT_EQ(comparison.verdict_changes.size(), 1U);
  EXPECT_FALSE(comparison.verdict_changes[0].beyond_chance);
  EXPECT_THAT(
      comparison.verdict_changes[0].why,
      HasSubstr("The verdicts are opposite, and Fisher's exact test finds that the counts may differ by "
                "chance (p = 0.24"));
}

TEST_F(StoreComparisons, OppositeVerdictsOfACountThatDiffersFail) {
  const StoreComparison comparison =
      compared({.measured = "36/36 (100.0 %)"},
               {.seed = 1000, .verdict = Verdict::not_reproduced, .measured = "20/36 (55.6 %)"});
  EXPECT_EQ(comparison.exit_code(), exit_failed);
  EXPECT_TRUE(comparison.verdict_changes.at(0).beyond_chance);
  EXPECT_THAT(comparison.verdict_changes[0].why, HasSubstr("the counts differ"));
}

/// 12 of 12 against 5 of 12 has p = 0.0046: below the level alone, not as one of three.
TEST_F(StoreComparisons, OppositeVerdictsAreCorrectedForTheCountsOfAllFindings) {
  const auto recorded = [this](const char* name, Verdict verdict, const std::string& measured, int findings) {
    RecordedResults results;
    for (const std::string& fact : recorded_facts()) {
      results.environment[fact] = "the same";
    }
    for (int i = 0; i < findings; ++i) {
      results.findings.push_back({.id = "fp32-half",
                                  .setting = std::to_string(i),
                                  .measured = measured,
                                  .interval = {},
                                  .verdict = verdict,
                                  .conditions = conditions_of({R"({"network": "mlp", "seed": 1})"})});
    }
    write_recorded(results, folder() / name);
    return folder() / name;
  };
  for (const auto& [findings, exit_code] : {std::pair{1, exit_failed}, {3, exit_pass}}) {
    const StoreComparison comparison =
        compare_sides(recorded("a.json", Verdict::reproduced, "12/12 (100.0 %)", findings),
                      recorded("b.json", Verdict::not_reproduced, "5/12 (41.7 %)", findings), false);
    EXPECT_EQ(comparison.exit_code(), exit_code) << findings;
    EXPECT_EQ(comparison.factor, findings);
    EXPECT_EQ(comparison.verdict_changes.size(), static_cast<std::size_t>(findings));
  }
}

TEST_F(StoreComparisons, AnotherVerdictByOtherRulesOnTheSameDrawsPasses) {
  for (const Verdict verdict : {Verdict::inconclusive, Verdict::not_reproduced}) {
    const StoreComparison comparison = compared({}, {.verdict = verdict, .by_results = true});
    EXPECT_EQ(comparison.exit_code(), exit_pass);
    EXPECT_THAT(
        comparison_writers::plain(comparison),
        HasSubstr("A concluded from them by rules for a fixed number of networks, B by rules that are "
                  "valid at any time."));
    EXPECT_EQ(compared({.by_results = true}, {.verdict = verdict, .by_results = true}).exit_code(),
              exit_failed)
        << "by the same rules";
  }
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
