// relu0 run --budget and --until-decided as a user gives them, small ones on the embedded digits.
#include "reports/model/environment.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::run_relu0;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The paper's network at 64 bits, of which none is impacted.
std::vector<std::string> fp64_run(const std::filesystem::path& out, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"run",      "precision", "--only", "precision=fp64,network=mlp-3x256",
                                     "--images", "512",       "--out",  out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::set<std::int64_t> draws_in(const std::filesystem::path& out) {
  const Store store = Store::open_for_reading(out / "results.sqlite");
  EXPECT_EQ(store.keys().size(), 1U);
  return store.draws(store.keys().at(0));
}

Finding none_in(const std::filesystem::path& out) {
  const Results results = Store::open_for_reading(out / "results.sqlite").results();
  return *std::find_if(results.findings.begin(), results.findings.end(),
                       [](const Finding& finding) { return finding.id == "fp64-none" && finding.headline; });
}

bool is_marked(const std::filesystem::path& out) {
  return Store::open_for_reading(out / "results.sqlite").environment().contains(facts::draws_by_results);
}

TEST(BudgetCommand, EndsWhenItsHeadlinesAreDecidedAndMarksTheStoreForGood) {
  const TemporaryFolder folder;
  const auto end = run_relu0(fp64_run(folder.path(), {"--until-decided"}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  const Finding decided = none_in(folder.path());
  EXPECT_EQ(decided.verdict, Verdict::reproduced) << decided.why;
  EXPECT_THAT(decided.decision_rule, HasSubstr("confidence sequences"));
  const std::set<std::int64_t> draws = draws_in(folder.path());
  // 51 networks suffice for "none"; the last look may be a slice late.
  EXPECT_GE(draws.size(), 51U);
  EXPECT_LT(draws.size(), 1000U);
  EXPECT_EQ(*draws.rbegin() + 1, static_cast<std::int64_t>(draws.size())) << "the first ones, without a gap";
  EXPECT_TRUE(is_marked(folder.path()));
  EXPECT_THAT(
      test::text_of(folder.path() / "summary.md"),
      AllOf(HasSubstr("The results may have decided how many networks"), HasSubstr("--until-decided")));

  // The same command has nothing to go on with.
  ASSERT_EQ(run_relu0(fp64_run(folder.path(), {"--until-decided"})).exit_code, exit_pass);
  EXPECT_EQ(draws_in(folder.path()), draws);

  // A fixed number on the same store is not held to be one: with 40 of them it would be "reproduced".
  ASSERT_EQ(run_relu0(fp64_run(folder.path(), {"--fp64-networks", "40"})).exit_code, exit_pass);
  EXPECT_TRUE(is_marked(folder.path()));
  const Finding fixed = none_in(folder.path());
  EXPECT_EQ(fixed.verdict, Verdict::inconclusive) << fixed.why;
  EXPECT_THAT(fixed.decision_rule, HasSubstr("confidence sequences"));

  const TemporaryFolder other;
  ASSERT_EQ(run_relu0(fp64_run(other.path(), {"--fp64-networks", "40"})).exit_code, exit_pass);
  EXPECT_FALSE(is_marked(other.path()));
  EXPECT_EQ(none_in(other.path()).verdict, Verdict::reproduced);
  // Its draws have the same bits.
  const Store a = Store::open_for_reading(folder.path() / "results.sqlite");
  const Store b = Store::open_for_reading(other.path() / "results.sqlite");
  ASSERT_EQ(a.keys(), b.keys());
  const auto by_results = a.stored_draws(a.keys().at(0));
  const auto by_number = b.stored_draws(b.keys().at(0));
  ASSERT_EQ(by_number.size(), 40U);
  for (std::size_t i = 0; i < by_number.size(); ++i) {
    EXPECT_EQ(by_results[i].draw, by_number[i].draw);
    EXPECT_EQ(by_results[i].values, by_number[i].values);
  }
}

TEST(BudgetCommand, SaysWhatItWouldTakeWhereItMayDrawNoMore) {
  const TemporaryFolder folder;
  const auto end = run_relu0(fp64_run(folder.path(), {"--until-decided", "--fp64-networks", "10"}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_EQ(draws_in(folder.path()).size(), 10U);
  EXPECT_THAT(end.output,
              HasSubstr("all networks that this run may draw were drawn. Headline findings still open: 1"));
  EXPECT_THAT(none_in(folder.path()).why,
              AllOf(HasSubstr("about 41 more networks"), HasSubstr("more than the 10 which a run draws")));
}

TEST(BudgetCommand, IsContinuedUntilItIsDecided) {
  const TemporaryFolder folder;
  Verdict verdict = Verdict::inconclusive;
  std::size_t before = 0;
  for (int runs = 0; verdict != Verdict::reproduced && runs < 60; ++runs) {
    const auto end = run_relu0(fp64_run(folder.path(), {"--budget", "1s", "--threads", "1"}));
    ASSERT_EQ(end.exit_code, exit_pass) << end.output;
    verdict = none_in(folder.path()).verdict;
    const std::set<std::int64_t> draws = draws_in(folder.path());
    EXPECT_GT(draws.size(), before);
    EXPECT_EQ(*draws.rbegin() + 1, static_cast<std::int64_t>(draws.size()));
    before = draws.size();
    if (verdict != Verdict::reproduced) {
      EXPECT_THAT(end.output, HasSubstr("the budget is spent"));
    }
  }
  EXPECT_EQ(verdict, Verdict::reproduced);
}

TEST(BudgetCommand, RefusesABudgetThatIsTooSmallForOneDrawAndWritesNothing) {
  const TemporaryFolder folder;
  // Through the reference a network takes some seconds.
  const auto end = run_relu0({"run", "reference-error", "--only", "network=VGG11,precision=fp32", "--budget",
                              "1s", "--out", (folder.path() / "out").string()});
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("1 s is too little for one draw"), HasSubstr("Nothing was written")));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

}  // namespace
}  // namespace relu0
