// What a run that looked at less than was published may conclude.
#include "suites/verdicts/reach.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;
using verdict_rules::CountRule;
using verdict_rules::Decision;
using verdict_rules::held_against;
using verdict_rules::Reach;

const Reach full{.unit = "images", .measured = 60'000, .published = 60'000};
const Reach reduced{.unit = "images", .measured = 2'048, .published = 60'000};

struct NamedRule {
  std::string name;
  CountRule rule;
};

/// A rule for a number of networks that was fixed.
CountRule fixed(Decision (*rule)(Proportion, Sampling)) {
  return [rule](Proportion p) { return rule(p, Sampling::fixed); };
}

std::vector<NamedRule> count_rules() {
  return {{"systematic",
           [](Proportion p) {
             return verdict_rules::systematic(p, {1000, 1000});
           }},
          {"none",
           [](Proportion p) {
             return verdict_rules::none(p, {0, 1000});
           }},
          {"half", fixed(verdict_rules::half)},
          {"almost none", fixed(verdict_rules::almost_none)},
          {"nearly all", fixed(verdict_rules::nearly_all)},
          {"happens", fixed(verdict_rules::happens)}};
}

TEST(Reach, AFullOneLeavesEveryRuleAsItIs) {
  for (const auto& [name, rule] : count_rules()) {
    for (std::int64_t count = 0; count <= 60; ++count) {
      const Decision alone = rule({count, 60});
      const Decision held = held_against({count, 60}, full, rule);
      EXPECT_EQ(held.verdict, alone.verdict) << name;
      EXPECT_EQ(held.why, alone.why) << name;
      EXPECT_EQ(held.rule, alone.rule) << name;
    }
  }
}

/// The networks that a longer look adds are unknown: whatever their number, it must not contradict the
/// verdict.
TEST(Reach, AReducedOneConcludesNothingThatAFullOneCouldContradict) {
  for (const auto& [name, rule] : count_rules()) {
    for (const std::int64_t networks : {1, 12, 40}) {
      std::vector<Verdict> alone;
      for (std::int64_t count = 0; count <= networks; ++count) {
        alone.push_back(rule({count, networks}).verdict);
      }
      for (std::int64_t count = 0; count <= networks; ++count) {
        const Verdict verdict = held_against({count, networks}, reduced, rule).verdict;
        const auto from_here = alone.begin() + count;
        const bool all_the_same =
            std::all_of(from_here, alone.end(), [&](Verdict other) { return other == *from_here; });
        EXPECT_EQ(verdict, all_the_same ? *from_here : Verdict::inconclusive)
            << name << " " << count << " of " << networks;
      }
    }
  }
}

TEST(Reach, TooFewAmongFewerImagesIsNoRefutation) {
  const auto systematic = count_rules()[0].rule;
  EXPECT_EQ(systematic({5, 12}).verdict, Verdict::not_reproduced);
  const Decision held = held_against({5, 12}, reduced, systematic);
  EXPECT_EQ(held.verdict, Verdict::inconclusive);
  EXPECT_THAT(held.why,
              ::testing::StartsWith(
                  "so far 5/12 (41.7 %), but only 2048 of the published 60000 images were looked at"));
  EXPECT_THAT(held_against({0, 12}, reduced, count_rules()[1].rule).why,
              ::testing::StartsWith("so far 0/12 (0.0 %), but only 2048 of the published"))
      << "too few networks as well";
  EXPECT_THAT(held.rule, HasSubstr("more of them cannot undo"));
}

TEST(Reach, EveryNetworkAmongFewerImagesIsOne) {
  const Decision held = held_against({40, 40}, reduced, count_rules()[0].rule);
  EXPECT_EQ(held.verdict, Verdict::reproduced);
  EXPECT_THAT(held.why,
              HasSubstr("only 2048 of the published 60000 images were looked at, and more of them"));
}

TEST(Reach, HalfAmongFewerImagesMayBeMoreAmongAllButTooManyStayTooMany) {
  EXPECT_EQ(verdict_rules::half({100, 200}).verdict, Verdict::reproduced);
  EXPECT_EQ(held_against({100, 200}, reduced, fixed(verdict_rules::half)).verdict, Verdict::inconclusive);
  EXPECT_EQ(held_against({10, 200}, reduced, fixed(verdict_rules::half)).verdict, Verdict::inconclusive)
      << "both ends refute, but not what lies between";
  EXPECT_EQ(held_against({190, 200}, reduced, fixed(verdict_rules::half)).verdict, Verdict::not_reproduced);
}

TEST(Reach, NoneAmongFewerImagesIsNotNoneButACounterexampleStays) {
  const auto none = count_rules()[1].rule;
  EXPECT_EQ(none({0, 60}).verdict, Verdict::reproduced);
  EXPECT_EQ(held_against({0, 60}, reduced, none).verdict, Verdict::inconclusive);
  EXPECT_EQ(held_against({10, 60}, reduced, none).verdict, Verdict::not_reproduced);
  EXPECT_EQ(held_against({0, 60}, reduced, fixed(verdict_rules::almost_none)).verdict, Verdict::inconclusive);
  EXPECT_EQ(held_against({1, 60}, reduced, fixed(verdict_rules::almost_none)).verdict,
            Verdict::not_reproduced);
}

TEST(Reach, MoreNetworksDecideAmongFewerImagesOnlyWhatMoreImagesCannotUndo) {
  const CountRule systematic = [](Proportion p) {
    return verdict_rules::systematic(p, {1000, 1000}, Sampling::anytime);
  };
  const Decision every = held_against({10, 10}, reduced, systematic);
  EXPECT_EQ(every.verdict, Verdict::inconclusive);
  ASSERT_TRUE(every.after);
  EXPECT_EQ(every.after(0), Verdict::inconclusive);
  EXPECT_EQ(every.after(90), Verdict::reproduced);

  const CountRule none = [](Proportion p) { return verdict_rules::none(p, {0, 1000}, Sampling::anytime); };
  EXPECT_EQ(none({0, 100}).verdict, Verdict::reproduced);
  const Decision open = held_against({0, 10}, reduced, none);
  EXPECT_TRUE(open.at_any_time);
  EXPECT_TRUE(open.takes_more_reach)
      << "some may be impacted among more images, whatever the number of networks";
  EXPECT_FALSE(every.takes_more_reach);
}

TEST(Reach, NothingMeasuredIsNotRunWhateverTheReach) {
  for (const auto& [name, rule] : count_rules()) {
    const Decision held = held_against({0, 0}, reduced, rule);
    EXPECT_EQ(held.verdict, Verdict::not_run) << name;
    EXPECT_EQ(held.why, rule({0, 0}).why) << name;
  }
  EXPECT_EQ(held_against(Decision{}, reduced, Verdict::reproduced).verdict, Verdict::not_run);
}

TEST(Reach, OfATrendKeepsTheVerdictThatStandsOnly) {
  const auto with = [](Verdict verdict) { return Decision{.verdict = verdict, .why = "w", .rule = "r"}; };
  for (const Verdict verdict : {Verdict::reproduced, Verdict::not_reproduced, Verdict::inconclusive}) {
    EXPECT_EQ(held_against(with(verdict), full, std::nullopt).verdict, verdict);
    EXPECT_EQ(held_against(with(verdict), reduced, std::nullopt).verdict, Verdict::inconclusive);
    EXPECT_EQ(held_against(with(verdict), reduced, Verdict::reproduced).verdict,
              verdict == Verdict::reproduced ? Verdict::reproduced : Verdict::inconclusive);
  }
  Decision counted = with(Verdict::inconclusive);
  counted.after = [](std::int64_t /*more*/) { return Verdict::reproduced; };
  EXPECT_TRUE(held_against(counted, reduced, Verdict::reproduced).after);
  EXPECT_FALSE(held_against(counted, reduced, std::nullopt).after) << "no number of networks decides it";
  EXPECT_THAT(held_against(with(Verdict::reproduced), reduced, Verdict::reproduced).why,
              HasSubstr("w, among 2048 of the published 60000 images"));
}

TEST(Reach, OfAnotherNetworkIsNeverFull) {
  constexpr auto stands = Verdict::reproduced;
  const Reach other{.unit = "epochs", .measured = 200, .published = 200, .other = true};
  EXPECT_FALSE(other.is_full());
  const Decision refuted =
      held_against({.verdict = Verdict::not_reproduced, .why = "w", .rule = "r"}, other, stands);
  EXPECT_EQ(refuted.verdict, Verdict::inconclusive);
  EXPECT_THAT(refuted.why, HasSubstr("the network or the data are others"));
  EXPECT_THAT(refuted.rule, HasSubstr("nothing is refuted"));
  const Decision shown = held_against({.verdict = stands, .why = "w", .rule = "r"}, other, stands);
  EXPECT_EQ(shown.verdict, stands);
  EXPECT_THAT(shown.why, HasSubstr("w, with another network"));
}

TEST(Reach, SaysWhyCountsAreNotCompared) {
  EXPECT_EQ(verdict_rules::not_comparable(full), "");
  EXPECT_THAT(verdict_rules::not_comparable(reduced), HasSubstr("2048 of the published 60000 images"));
}

}  // namespace
}  // namespace relu0
