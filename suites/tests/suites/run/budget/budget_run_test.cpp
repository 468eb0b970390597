// Runs whose results decide their draws, with a made-up measurement (weight_sum.hpp) and a clock on which
// each of its draws takes a second.
#include "suites/run/budget/budget_run.hpp"

#include "suites/experiments/common.hpp"
#include "suites/run/budget/open_rows.hpp"
#include "suites/run/evidence.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/suites/measurements/weight_sum.hpp"
#include "suites/tests/suites/run/embedded_data.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::budget {
namespace {

using test::WeightSum;
using ::testing::HasSubstr;

class BudgetRuns : public ::testing::Test {
 protected:
  BudgetRuns() { settings_.networks = 400; }

  static WeightSum weight_sum(int factor) {
    WeightSum measurement({.network = Mlp{.hidden_layers = 1, .width = 4}, .batch_size = 8});
    measurement.factor = factor;
    return measurement;
  }

  Clock clock() const {
    return [count = sums_.measured] { return static_cast<double>(*count); };
  }

  /// "The sum is positive for about half of the networks", as which it is drawn.
  std::vector<Finding> findings(const Store& store) const {
    const auto evidence = Evidence(store, settings_, {}, {}, Sampling::anytime).of(sums_);
    Proportion positive;
    for (const test::WeightSumOutcome& draw : evidence.draws) {
      ++positive.trials;
      positive.successes += draw.sum > 0 ? 1 : 0;
    }
    const Basis basis = evidence.basis(/*deterministic=*/true);
    Finding finding = experiments_common::finding(
        {.id = "positive", .experiment = "", .claim = "", .published = "", .source = ""}, "", positive, basis,
        verdict_rules::half(positive, basis.sampling));
    finding.headline = true;
    return {finding};
  }

  BudgetRun run(std::optional<double> seconds, Store& store, int threads = 1) {
    const std::unique_ptr<DrawKeeper> keeper = keep_in(store);
    return measure_within({seconds}, clock()(), {plan_, settings_, data_, *keeper, threads, clock()},
                          std::nullopt, [&] { return findings(store); });
  }

  Store new_store(const std::string& name = "results.sqlite") const {
    return Store::open_for_run(folder_.path() / name);
  }
  std::vector<StoredDraw> draws_in(const Store& store) const {
    return store.stored_draws(sums_.key(settings_));
  }
  /// The draws of a run that was asked for so many.
  std::vector<StoredDraw> fixed_draws(std::int64_t networks) {
    Store store = new_store("fixed.sqlite");
    RunSettings settings = settings_;
    settings.networks = networks;
    EXPECT_EQ(measure(plan_, settings, data_, store, 2), RunEnd::complete);
    return draws_in(store);
  }
  static void expect_prefix(const std::vector<StoredDraw>& part, const std::vector<StoredDraw>& whole) {
    ASSERT_LE(part.size(), whole.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      EXPECT_EQ(part[i].draw, static_cast<std::int64_t>(i));
      EXPECT_EQ(part[i].values, whole[i].values);
    }
  }

  test::TemporaryFolder folder_;
  const DataSets& data_ = test::shared_digits();
  RunSettings settings_ = [this] {
    RunSettings settings;
    settings.images = 50;
    settings.data = {{datasets::mnist, {.identity = "embedded", .images = data_.of(datasets::mnist).size()}}};
    return settings;
  }();
  WeightSum sums_ = weight_sum(1);
  Measurements plan_{std::make_shared<WeightSum>(sums_)};
};

TEST_F(BudgetRuns, EndWhenAllIsDecided) {
  Store store = new_store();
  const BudgetRun end = run(std::nullopt, store);
  EXPECT_EQ(end.ending, Ending::decided);
  const Finding finding = findings(store).front();
  EXPECT_EQ(finding.verdict, Verdict::reproduced) << finding.measured;
  EXPECT_FALSE(finding.outlook);
  EXPECT_THAT(finding.decision_rule, HasSubstr("confidence sequences"));
  const std::int64_t draws = std::ssize(draws_in(store));
  EXPECT_EQ(draws, *sums_.measured);
  EXPECT_LT(draws, 400);
  // Before the last slice, a tenth of the time until then and at least a second long, it was open.
  EXPECT_EQ(end.costs.latency(sums_.key(settings_)), 1);
  expect_prefix(draws_in(store), fixed_draws(draws + 1));
  const int measured = *sums_.measured;
  EXPECT_EQ(run(std::nullopt, store).ending, Ending::decided);
  EXPECT_EQ(*sums_.measured, measured) << "there is nothing to go on with";
}

TEST_F(BudgetRuns, SpendNoMoreThanTheBudgetAndTheDrawsInHand) {
  for (const int threads : {1, 3}) {
    Store store = new_store(std::to_string(threads));
    const int before = *sums_.measured;
    const BudgetRun end = run(20, store, threads);
    EXPECT_EQ(end.ending, Ending::spent);
    // With several threads the clock goes on while a draw waits for its turn, and none is begun that would
    // not fit.
    EXPECT_GE(*sums_.measured - before, threads == 1 ? 20 : 1);
    EXPECT_LE(*sums_.measured - before, 20 + threads - 1);
    EXPECT_EQ(std::ssize(draws_in(store)), *sums_.measured - before) << "every draw that was begun is kept";
    std::vector<Finding> open = findings(store);
    ASSERT_TRUE(open.front().outlook);
    const std::int64_t more = open.front().outlook->more_draws.value();
    say_what_it_takes(open, end.drawn, end.costs);
    EXPECT_THAT(open.front().why, HasSubstr("about " + std::to_string(more) + " more networks"));
    if (threads == 1) {
      const std::string seconds = more >= 60 ? "1 min" : std::to_string(more) + " s";
      EXPECT_THAT(open.front().why, HasSubstr("in about " + seconds)) << "at a second each";
    }
  }
}

TEST_F(BudgetRuns, AreContinuedByTheSameCommand) {
  Store in_parts = new_store("parts");
  int runs = 0;
  Ending ending = Ending::spent;
  for (; ending == Ending::spent && runs < 100; ++runs) {
    ending = run(20, in_parts).ending;
  }
  EXPECT_EQ(ending, Ending::decided);
  EXPECT_GT(runs, 2);
  Store at_once = new_store("at once");
  ASSERT_EQ(run(std::nullopt, at_once).ending, Ending::decided);
  EXPECT_EQ(findings(in_parts).front().verdict, findings(at_once).front().verdict);
  const std::vector<StoredDraw> all = fixed_draws(400);
  expect_prefix(draws_in(in_parts), all);
  expect_prefix(draws_in(at_once), all);
}

TEST_F(BudgetRuns, EndWhereNothingIsLeftToDraw) {
  settings_.networks = 7;
  Store store = new_store();
  const BudgetRun end = run(std::nullopt, store, 2);
  EXPECT_EQ(end.ending, Ending::nothing_left);
  EXPECT_EQ(std::ssize(draws_in(store)), 7);
  std::vector<Finding> open = findings(store);
  EXPECT_EQ(open.front().verdict, Verdict::inconclusive);
  say_what_it_takes(open, end.drawn, end.costs);
  EXPECT_THAT(open.front().why, HasSubstr("more than the 7 which a run draws"));
}

TEST_F(BudgetRuns, FillAGapThatAKillLeftAndDoNotLookBehindIt) {
  const std::vector<StoredDraw> all = fixed_draws(30);
  Store store = new_store();
  store.record({all[0], all[1], all[3]});
  EXPECT_EQ(Evidence(store, settings_, {}, {}, Sampling::anytime).of(sums_).draws.size(), 2U);
  EXPECT_EQ(Evidence(store, settings_).of(sums_).draws.size(), 3U);
  const int before = *sums_.measured;
  ASSERT_EQ(run(10, store).ending, Ending::spent);
  EXPECT_EQ(*sums_.measured - before, 10);
  EXPECT_EQ(std::ssize(draws_in(store)), 13);
  expect_prefix(draws_in(store), all);
}

TEST_F(BudgetRuns, LearnFromOneDrawWhatDrawsCost) {
  const auto none = [](const std::string& /*key*/) { return std::set<std::int64_t>(); };
  const auto probed = probe(plan_, settings_, data_, {}, none, {.seconds = 5}, clock());
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->seconds, 1);
  expect_prefix({probed->draw}, fixed_draws(1));
  Store store = new_store();
  const std::unique_ptr<DrawKeeper> keeper = keep_in(store);
  const int before = *sums_.measured;
  (void)measure_within({3.0}, clock()(), {plan_, settings_, data_, *keeper, 1, clock()}, probed,
                       [&] { return findings(store); });
  EXPECT_EQ(*sums_.measured - before, 3) << "the probed draw is kept, not made again";
  EXPECT_EQ(std::ssize(draws_in(store)), 4);
}

TEST_F(BudgetRuns, KeepNoProbedDrawWhereAllIsDecided) {
  Store store = new_store();
  ASSERT_EQ(run(std::nullopt, store).ending, Ending::decided);
  const std::int64_t draws = std::ssize(draws_in(store));
  const std::unique_ptr<DrawKeeper> keeper = keep_in(store);
  const auto probed = probe(
      plan_, settings_, data_, {}, [&](const std::string& key) { return store.draws(key); }, {}, clock());
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->draw.draw, draws);
  EXPECT_EQ(measure_within({}, clock()(), {plan_, settings_, data_, *keeper, 1, clock()}, probed,
                           [&] { return findings(store); })
                .ending,
            Ending::decided);
  EXPECT_EQ(std::ssize(draws_in(store)), draws);
}

TEST_F(BudgetRuns, RefuseABudgetThatIsTooSmallForOneDraw) {
  const auto none = [](const std::string& /*key*/) { return std::set<std::int64_t>(); };
  const std::string message = test::input_error_of(
      [&] { (void)probe(plan_, settings_, data_, {}, none, {.seconds = 0.5}, clock()); });
  EXPECT_THAT(message, HasSubstr("0.5 s is too little for one draw"));
  EXPECT_THAT(message, HasSubstr("took 1 s"));
  EXPECT_THAT(message, HasSubstr("mlp-1x4 on MNIST"));
  const auto all = [](const std::string& /*key*/) {
    std::set<std::int64_t> draws;
    for (std::int64_t draw = 0; draw < 400; ++draw) {
      draws.insert(draw);
    }
    return draws;
  };
  EXPECT_FALSE(probe(plan_, settings_, data_, {}, all, {.seconds = 0.5}, clock())) << "nothing is missing";
}

}  // namespace
}  // namespace relu0::budget
