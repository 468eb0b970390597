// relu0 run --budget and --until-decided as a user gives them, small ones on the embedded digits.
#include "reports/model/environment.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
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

/// Growth with depth at 16 bits, which shows among few images and networks too.
std::vector<std::string> depth_run(const std::filesystem::path& out, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"run",      "depth", "--only", "precision=fp16",
                                     "--images", "512",   "--out",  out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The draws of each depth that has some.
std::vector<std::vector<StoredDraw>> draws_in(const std::filesystem::path& out) {
  const Store store = Store::open_for_reading(out / "results.sqlite");
  std::vector<std::vector<StoredDraw>> draws;
  for (const std::string& key : store.keys()) {
    draws.push_back(store.stored_draws(key));
  }
  return draws;
}

std::size_t count(const std::vector<std::vector<StoredDraw>>& draws) {
  std::size_t result = 0;
  for (const std::vector<StoredDraw>& of_depth : draws) {
    result += of_depth.size();
  }
  return result;
}

void expect_no_gap(const std::vector<std::vector<StoredDraw>>& draws) {
  for (const std::vector<StoredDraw>& of_depth : draws) {
    ASSERT_FALSE(of_depth.empty());
    EXPECT_EQ(of_depth.back().draw + 1, static_cast<std::int64_t>(of_depth.size()));
  }
}

Finding growth_in(const std::filesystem::path& out) {
  const Results results = Store::open_for_reading(out / "results.sqlite").results();
  return *std::find_if(results.findings.begin(), results.findings.end(), [](const Finding& finding) {
    return finding.id == "depth" && finding.precision == Precision::fp16 && finding.headline;
  });
}

bool is_marked(const std::filesystem::path& out) {
  return Store::open_for_reading(out / "results.sqlite").environment().contains(facts::draws_by_results);
}

TEST(BudgetCommand, EndsWhenItsHeadlinesAreDecidedAndMarksTheStoreForGood) {
  const TemporaryFolder folder;
  const auto end = run_relu0(depth_run(folder.path(), {"--until-decided"}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  const Finding decided = growth_in(folder.path());
  EXPECT_EQ(decided.verdict, Verdict::reproduced) << decided.why;
  EXPECT_THAT(decided.decision_rule, HasSubstr("confidence sequences"));
  const auto draws = draws_in(folder.path());
  EXPECT_EQ(draws.size(), 5U);
  expect_no_gap(draws);
  EXPECT_LT(count(draws), 5 * 1000U);
  EXPECT_TRUE(is_marked(folder.path()));
  EXPECT_THAT(
      test::text_of(folder.path() / "summary.md"),
      AllOf(HasSubstr("The results may have decided how many networks"), HasSubstr("--until-decided")));

  // The same command has nothing to go on with.
  ASSERT_EQ(run_relu0(depth_run(folder.path(), {"--until-decided"})).exit_code, exit_pass);
  EXPECT_EQ(count(draws_in(folder.path())), count(draws));

  // A fixed number on the same store is not held to be one.
  ASSERT_EQ(run_relu0(depth_run(folder.path(), {"--networks", "4"})).exit_code, exit_pass);
  EXPECT_TRUE(is_marked(folder.path()));
  EXPECT_THAT(growth_in(folder.path()).decision_rule, HasSubstr("confidence sequences"));

  const TemporaryFolder other;
  ASSERT_EQ(run_relu0(depth_run(other.path(), {"--networks", "4"})).exit_code, exit_pass);
  EXPECT_FALSE(is_marked(other.path()));
  EXPECT_THAT(growth_in(other.path()).decision_rule, Not(HasSubstr("confidence sequences")));
  // Its draws have the same bits.
  const auto by_results = draws_in(folder.path());
  const auto by_number = draws_in(other.path());
  for (std::size_t depth = 0; depth < by_number.size(); ++depth) {
    ASSERT_EQ(by_number[depth].size(), 4U);
    for (std::size_t i = 0; i < std::min<std::size_t>(4, by_results[depth].size()); ++i) {
      EXPECT_EQ(by_results[depth][i].draw, by_number[depth][i].draw);
      EXPECT_EQ(by_results[depth][i].values, by_number[depth][i].values);
    }
  }
}

TEST(BudgetCommand, SaysWhatItWouldTakeWhereItMayDrawNoMore) {
  const TemporaryFolder folder;
  const auto end = run_relu0(depth_run(folder.path(), {"--until-decided", "--networks", "2"}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_EQ(count(draws_in(folder.path())), 10U);
  EXPECT_THAT(end.output,
              HasSubstr("all networks that this run may draw were drawn. Headline findings still open: 1"));
  EXPECT_THAT(growth_in(folder.path()).why,
              AllOf(HasSubstr(" more networks"), HasSubstr("more than the 2 which a run draws")));
}

TEST(BudgetCommand, IsContinuedUntilItIsDecided) {
  const TemporaryFolder folder;
  Verdict verdict = Verdict::inconclusive;
  std::size_t before = 0;
  // How many runs that takes depends on the machine.
  while (verdict != Verdict::reproduced) {
    const auto end = run_relu0(depth_run(folder.path(), {"--budget", "1s", "--threads", "1"}));
    ASSERT_EQ(end.exit_code, exit_pass) << end.output;
    verdict = growth_in(folder.path()).verdict;
    const auto draws = draws_in(folder.path());
    ASSERT_GT(count(draws), before) << "each run makes a draw at least, whatever it costs";
    expect_no_gap(draws);
    before = count(draws);
    if (verdict != Verdict::reproduced) {
      EXPECT_THAT(end.output, HasSubstr("the budget is spent"));
    }
  }
  EXPECT_EQ(draws_in(folder.path()).size(), 5U);
}

TEST(BudgetCommand, MayDrawWhatTheScaleLeavesOut) {
  const TemporaryFolder folder;
  const std::vector<std::string> resnet{"run",
                                        "conv-volume",
                                        "--only",
                                        "network=ResNet18,precision=fp32",
                                        "--dry-run",
                                        "--out",
                                        (folder.path() / "out").string()};
  const auto left_out = run_relu0(resnet);
  EXPECT_EQ(left_out.exit_code, exit_inconclusive) << left_out.output;
  EXPECT_THAT(left_out.output, HasSubstr("no network is drawn for ResNet18"));
  std::vector<std::string> until_decided = resnet;
  until_decided.emplace_back("--until-decided");
  const auto end = run_relu0(until_decided);
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_THAT(end.output, HasSubstr("ResNet18 on CIFAR-10, fp32"));
}

TEST(BudgetCommand, SaysInADryRunThatResultsDecideTheNumber) {
  const TemporaryFolder folder;
  const auto fixed = run_relu0(depth_run(folder.path(), {"--networks", "7", "--dry-run"}));
  EXPECT_THAT(fixed.output, AllOf(HasSubstr(": 7 network(s), estimated at"),
                                  HasSubstr("35 network(s) in all"), Not(HasSubstr("results decide"))));
  const auto end = run_relu0(depth_run(folder.path(), {"--budget", "1s", "--dry-run"}));
  EXPECT_EQ(end.exit_code, exit_pass);
  EXPECT_THAT(
      end.output,
      AllOf(HasSubstr(": at most 1000 network(s), each estimated at"),
            HasSubstr("The results decide how many of these networks are drawn, at most 5000"),
            HasSubstr("or the budget, where one is given, is spent"), Not(HasSubstr("to be measured"))));
}

TEST(BudgetCommand, RefusesWhatHasNoPublishedFigureToBeDecidedAndWritesNothing) {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--budget", "5s"}, {"--until-decided"}, {"--budget", "5s", "--dry-run"}}) {
    std::vector<std::string> arguments{"run",      "precision", "--only", "precision=bf16",
                                       "--images", "512",       "--out",  (folder.path() / "out").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto end = run_relu0(arguments);
    EXPECT_EQ(end.exit_code, exit_inconclusive) << end.output;
    EXPECT_THAT(end.output,
                AllOf(HasSubstr("held against a published figure"), HasSubstr("give --networks N"),
                      Not(HasSubstr("to learn what draws cost"))));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
  }
}

TEST(BudgetCommand, RefusesABudgetThatIsTooSmallForOneDrawAndWritesNothing) {
  const TemporaryFolder folder;
  // Two trainings of 1.8 million weights on 12,800 images take 1e11 multiply-adds at fp64: no core makes as
  // many in a second.
  const auto end = run_relu0({"run", "divergence", "--only", "precision=fp64", "--budget", "1s", "--out",
                              (folder.path() / "out").string()});
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("1 s is too little for one draw"), HasSubstr("Nothing was written")));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

}  // namespace
}  // namespace relu0
