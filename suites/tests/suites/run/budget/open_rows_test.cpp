// What rows that stay open say of the draws that they would take.
#include "suites/run/budget/open_rows.hpp"

#include "suites/tests/suites/measurements/weight_sum.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::budget {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class OpenRows : public ::testing::Test {
 protected:
  OpenRows() {
    costs_.add(key(0), 10);
    costs_.add(key(1), 20);
  }

  static MeasurementPtr measurement(std::int64_t width) {
    return std::make_shared<test::WeightSum>(
        Setting{.network = Mlp{.hidden_layers = 1, .width = width}, .batch_size = 8});
  }
  std::string key(std::size_t i) const { return plan_[i]->key(settings_); }

  /// What a row with this outlook says, which said "open" before.
  std::string said(const Outlook& outlook, Verdict verdict = Verdict::inconclusive) const {
    std::vector<Finding> findings(1);
    findings[0].verdict = verdict;
    findings[0].why = "open";
    findings[0].outlook = outlook;
    say_what_it_takes(findings, drawn_, costs_);
    return findings[0].why;
  }

  RunSettings settings_ = [] {
    RunSettings settings;
    settings.data = {{datasets::mnist, {.identity = "synthetic digits"}}};
    return settings;
  }();
  Measurements plan_{measurement(4), measurement(8)};
  DrawCosts costs_{plan_, settings_, /*threads=*/1};
  DrawnByKey drawn_{{key(0), {8, 10}}, {key(1), {3, 10}}};
};

TEST_F(OpenRows, SayHowManyMoreAtTheRateSeen) {
  EXPECT_THAT(said({.keys = {key(0), key(1)}, .more_draws = 4}),
              AllOf(HasSubstr("open; at the rate seen so far about 4 more networks"), HasSubstr("2 min")));
}

/// Such a rule is applied to all planned draws only: no fewer decide it, and neither need all of them.
TEST_F(OpenRows, PromiseNoVerdictOfARuleForAFixedNumber) {
  const std::string row = said({.keys = {key(0), key(1)}, .more_draws = 5, .only_at_planned_number = true});
  EXPECT_THAT(row, AllOf(HasSubstr("a verdict takes all that were planned: 7 more in the setting that lacks"),
                         HasSubstr("Whether they decide, nothing tells"), Not(HasSubstr("would decide it"))));
  // Two of 10 s and seven of 20 s.
  EXPECT_THAT(row, HasSubstr("2 min 40 s"));
}

TEST_F(OpenRows, DoNotSayNeverOfTooFewDraws) {
  EXPECT_EQ(said({.keys = {key(0), key(1)}, .more_draws = {}, .at_least = 4}),
            "open; so few networks do not tell yet how many it takes to decide it");
  EXPECT_EQ(said({.keys = {key(0), key(1)}, .more_draws = {}, .at_least = 3}),
            "open; at the rate seen so far 1000000 more networks would not decide it");
}

TEST_F(OpenRows, LeaveWhatSaysItself) {
  EXPECT_EQ(said({.keys = {key(0)}, .more_draws = {}, .unseen = true}), "open");
  EXPECT_EQ(said({.keys = {key(0)}, .more_draws = 1}, Verdict::not_run), "open");
  EXPECT_EQ(said({.keys = {key(0), "of a worker"}, .more_draws = 1}), "open");
}

}  // namespace
}  // namespace relu0::budget
