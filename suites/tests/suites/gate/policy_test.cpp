#include "suites/gate/policy/policy.hpp"

#include "suites/tests/input_error.hpp"
#include "suites/tests/suites/gate/gate_support.hpp"

#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::input_error_of;
using testing::HasSubstr;

std::string error_of(const std::string& toml) {
  return input_error_of([&toml] { parse_policy(toml, "ci/relu0.toml"); });
}

TEST(Policy, KeepsTheDefaultsOfWhatItDoesNotSet) {
  const Policy policy = parse_policy("version = 1\n", "p.toml");
  for (const LimitSetting& setting : policy.limits) {
    EXPECT_EQ(setting.tiers, describe(setting.limit).defaults) << describe(setting.limit).key;
  }
}

TEST(Policy, ThatCannotFailIsRefused) {
  std::string text = "version = 1\n[limits]\n";
  for (const LimitDescription& limit : all_limits()) {
    text += std::string(limit.key) + " = \"off\"\n";
  }
  EXPECT_THAT(input_error_of([&] { (void)parse_policy(text, "p.toml"); }),
              HasSubstr("p.toml:1:1: no limit of this policy can fail"));
  EXPECT_NO_THROW((void)parse_policy(text + "[[override]]\ntensor = \"w\"\nulp_error = 4\n", "p.toml"));
}

TEST(Policy, ReadsTiersShorthandsAndFlags) {
  const Policy policy = parse_policy(R"(version = 1
[limits]
impacted_share = { warn = 0.05, fail = 0.1 }
ulp_error = 4
relative_error = "off"
value_change = { warn = "derived" }
unseen_kink = "fail"
)",
                                     "p.toml");
  const auto tiers = [&policy](Limit limit) { return policy.setting(limit, {}, "", "").tiers; };
  EXPECT_EQ(tiers(Limit::impacted_share).warn->value, 0.05);
  EXPECT_EQ(tiers(Limit::impacted_share).fail->value, 0.1);
  EXPECT_EQ(tiers(Limit::ulp_error).fail->value, 4);
  EXPECT_EQ(tiers(Limit::relative_error), Tiers{});
  EXPECT_TRUE(tiers(Limit::value_change).warn->derived);
  EXPECT_FALSE(tiers(Limit::value_change).fail);
  EXPECT_TRUE(tiers(Limit::unseen_kink).fail);
  EXPECT_EQ(policy.setting(Limit::ulp_error, {}, "", "").place.line, 4);
}

TEST(Policy, LetsTheLastFittingOverrideCount) {
  const Policy policy = parse_policy(R"(version = 1
[[override]]
tensor = "*.bias"
relative_error = 0.5
[[override]]
precision = ["fp16", "bf16"]
tensor = "fc.*"
relative_error = 0.25
[[override]]
operation = "aten::max_pool*"
unseen_kink = "off"
)",
                                     "p.toml");
  const auto allowed = [&policy](Precision precision, const std::string& tensor) {
    const Tiers& tiers = policy.setting(Limit::relative_error, precision, tensor, "").tiers;
    return tiers.fail->derived ? -1 : tiers.fail->value;
  };
  EXPECT_EQ(allowed(Precision::fp32, "conv.bias"), 0.5);
  EXPECT_EQ(allowed(Precision::fp16, "fc.bias"), 0.25);
  EXPECT_EQ(allowed(Precision::fp32, "fc.bias"), 0.5);
  EXPECT_EQ(allowed(Precision::fp32, "fc.weight"), -1);
  EXPECT_EQ(policy.setting(Limit::unseen_kink, {}, "", "aten::max_pool2d").tiers, Tiers{});
  EXPECT_NE(policy.setting(Limit::unseen_kink, {}, "", "aten::relu").tiers, Tiers{});
}

struct BadPolicy {
  std::string name;
  std::string toml;
  std::string place;   ///< "line:column"
  std::string reason;  ///< that the message says
};

void PrintTo(const BadPolicy& policy, std::ostream* out) { *out << policy.toml; }

class BadPolicies : public testing::TestWithParam<BadPolicy> {};

TEST_P(BadPolicies, AreRefusedWithPlaceAndRemedy) {
  const std::string error = error_of(GetParam().toml);
  EXPECT_THAT(error, testing::StartsWith("ci/relu0.toml:" + GetParam().place + ": "));
  EXPECT_THAT(error, HasSubstr(GetParam().reason));
}

std::string limits(const std::string& line) { return "version = 1\n[limits]\n" + line + "\n"; }

INSTANTIATE_TEST_SUITE_P(
    All, BadPolicies,
    testing::Values(
        BadPolicy{"no_version", "[limits]\n", "1:1", "begin it with \"version = 1\""},
        BadPolicy{"newer_version", "version = 2\n", "1:11", "policies of version 1"},
        BadPolicy{"version_of_other_type", "version = \"1\"\n", "1:11", "write \"version = 1\""},
        BadPolicy{"not_toml", "version = 1\n[limits\n", "2:8", "Correct the TOML"},
        BadPolicy{"twice", limits("ulp_error = 1\nulp_error = 2"), "4:13", "Correct the TOML"},
        BadPolicy{"unknown_key", "version = 1\n[limit]\n", "2:2", "did you mean 'limits'?"},
        BadPolicy{"unknown_limit", limits("impacted_shar = 0.1"), "3:1", "did you mean 'impacted_share'?"},
        BadPolicy{"unknown_limit_like_none", limits("gradient = 0.1"), "3:1", "There are mini_batches, "},
        BadPolicy{"unknown_tier", limits("ulp_error = { fial = 1 }"), "3:15", "did you mean 'fail'?"},
        BadPolicy{"limits_of_other_type", "version = 1\nlimits = 3\n", "2:10", "is no table"},
        BadPolicy{"text", limits("ulp_error = \"4\""), "3:13", "write a number or \"off\""},
        BadPolicy{"flag_as_number", limits("unseen_kink = 1"), "3:15", "write \"off\", \"warn\" or"},
        BadPolicy{"flag_misspelt", limits("unseen_kink = \"wran\""), "3:15", "did you mean 'warn'?"},
        BadPolicy{"boolean", limits("ulp_error = true"), "3:13", "is true or false, and must be a number"},
        BadPolicy{"no_tier", limits("ulp_error = {}"), "3:13", "neither a warn nor a fail tier"},
        BadPolicy{"nan", limits("ulp_error = nan"), "3:13", "cannot be nan"},
        BadPolicy{"infinite", limits("ulp_error = inf"), "3:13", "cannot be inf"},
        BadPolicy{"negative", limits("ulp_error = -1"), "3:13", "not negative"},
        BadPolicy{"fraction_of_a_count", limits("non_finite = 0.5"), "3:14", "is no whole number"},
        BadPolicy{"huge_whole_number", limits("ulp_error = 9223372036854775807"), "3:13", "cannot be inf"},
        BadPolicy{"share_of_none", limits("impacted_share = 0"), "3:18", "ends above 0"},
        BadPolicy{"factor_of_none", limits("times_plain_error = 0"), "3:21", "write 1 or more"},
        BadPolicy{"derived_without_formula", limits("ulp_error = \"derived\""), "3:13", "write a number"},
        BadPolicy{"inverted", limits("relative_error = { warn = 0.2, fail = 0.1 }"), "3:18", "inverted"},
        BadPolicy{"equal_tiers", limits("relative_error = { warn = 0.1, fail = 0.1 }"), "3:18", "inverted"},
        BadPolicy{"inverted_minimum", limits("mini_batches = { warn = 8, fail = 9 }"), "3:16", "inverted"},
        BadPolicy{"vacuous_difference", limits("relative_error = 1"), "3:18",
                  "the largest limit that it does not pass is 0.9999999999999999"},
        BadPolicy{"vacuous_warning", limits("value_change = { warn = 1.5 }"), "3:25", "vacuous"},
        BadPolicy{"vacuous_share", limits("impacted_share = 1"), "3:18", "every share passes it"},
        BadPolicy{"vacuous_minimum", limits("mini_batches = 0"), "3:16", "measured nothing reaches it"},
        BadPolicy{"vacuous_ulps", limits("ulp_error = 4503599627370496"), "3:13", "vacuous"},
        BadPolicy{"vacuous_ulps_of_override",
                  "version = 1\n[[override]]\nprecision = \"bf16\"\nulp_error = 128\n", "4:13",
                  "the largest limit that it does not pass is 127.99999999999999"},
        BadPolicy{"override_as_table", "version = 1\n[override]\n", "2:1", "write [[override]]"},
        BadPolicy{"override_of_all", "version = 1\n[[override]]\nulp_error = 1\n", "2:1", "selects nothing"},
        BadPolicy{"override_without_limit", "version = 1\n[[override]]\ntensor = \"a\"\n", "2:1",
                  "sets no limit"},
        BadPolicy{"override_with_unknown_key", "version = 1\n[[override]]\ntensors = \"a\"\ntensor = \"b\"\n",
                  "3:1", "did you mean 'tensor'?"},
        BadPolicy{"override_with_misspelt_tensor",
                  "version = 1\n[[override]]\ntensro = \"a\"\nulp_error = 1\n", "3:1",
                  "did you mean 'tensor'?"},
        BadPolicy{"override_with_misspelt_operation",
                  "version = 1\n[[override]]\nunseen_kink = \"off\"\n  oprations = \"a\"\n", "4:3",
                  "did you mean 'operation'?"},
        BadPolicy{"override_with_misspelt_precision",
                  "version = 1\n[[override]]\nprecison = \"fp16\"\nulp_error = 1\n", "3:1",
                  "did you mean 'precision'?"},
        BadPolicy{"override_with_misspelt_limit", "version = 1\n[[override]]\ntensor = \"a\"\nulp_eror = 1\n",
                  "4:1", "did you mean 'ulp_error'?"},
        BadPolicy{"override_with_open_set",
                  "version = 1\n[[override]]\ntensor = \"fc[12.bias\"\nulp_error = 1\n", "3:10",
                  "'[' that no ']' closes"},
        BadPolicy{"override_with_open_set_of_a_bracket",
                  "version = 1\n[[override]]\ntensor = \"[!]\"\nulp_error = 1\n", "3:10",
                  "'[' that no ']' closes"},
        BadPolicy{"override_with_a_backslash_at_the_end",
                  "version = 1\n[[override]]\noperation = 'aten\\'\nunseen_kink = \"off\"\n", "3:13",
                  "ends in a backslash"},
        BadPolicy{"override_of_no_precision", "version = 1\n[[override]]\nprecision = []\n", "3:13",
                  "names none"},
        BadPolicy{"override_of_unknown_precision", "version = 1\n[[override]]\nprecision = \"fp8\"\n", "3:13",
                  "use fp16, bf16, tf32, fp32 or fp64"},
        BadPolicy{"override_of_one_precision_twice",
                  "version = 1\n[[override]]\nprecision = [\"fp16\", \"fp16\"]\n", "3:13", "twice"},
        BadPolicy{"override_by_tensor_of_a_share",
                  "version = 1\n[[override]]\ntensor = \"a\"\nimpacted_share = 0.1\n", "4:1",
                  "is not judged by tensor"},
        BadPolicy{"override_by_operation_of_a_tensor",
                  "version = 1\n[[override]]\noperation = \"a\"\nulp_error = 1\n", "4:1",
                  "is not judged by operation"},
        BadPolicy{"same_selectors",
                  "version = 1\n[[override]]\ntensor = \"a\"\nulp_error = 1\n[[override]]\ntensor = "
                  "\"a\"\nnon_finite = 1\n",
                  "5:1", "stands in line 2"}),
    [](const auto& test_case) { return test_case.param.name; });

TEST(Policy, TakesPatternsWhoseSetsAreClosed) {
  for (const std::string pattern : {"fc[12].bias", "fc[!]].bias", "[[]0]", "[]]", "a\\\\[b", "a]b", "*"}) {
    EXPECT_NO_THROW(
        parse_policy("version = 1\n[[override]]\ntensor = \"" + pattern + "\"\nulp_error = 1\n", "p.toml"))
        << pattern;
  }
}

TEST(Policy, SaysThatAFileCannotBeRead) {
  EXPECT_THAT(input_error_of([] { read_policy("/nowhere/relu0.toml"); }),
              HasSubstr("/nowhere/relu0.toml: the policy cannot be read (there is no such file)"));
  EXPECT_THAT(input_error_of([] { read_policy("/"); }),
              HasSubstr("/: the policy cannot be read (it is a folder)"));
  EXPECT_THAT(input_error_of([] { read_policy("/dev/zero"); }), HasSubstr("it is longer than 64 MiB"));
}

TEST(Policy, AcceptsTheNeighboursOfItsRanges) {
  for (const std::string line :
       {"relative_error = 0.9999999999999999", "impacted_share = 0.9999999999999999", "mini_batches = 1",
        "ulp_error = 4503599627370495", "relative_error = { warn = 0.1, fail = 0.10000000000000002 }",
        "mini_batches = { warn = 9, fail = 8 }", "repeat_difference = 0", "non_finite = 0"}) {
    EXPECT_NO_THROW(parse_policy(limits(line), "p.toml")) << line;
  }
}

void expect_same(const Policy& a, const Policy& b) {
  ASSERT_EQ(a.limits.size(), b.limits.size());
  for (std::size_t i = 0; i < a.limits.size(); ++i) {
    EXPECT_EQ(a.limits[i].tiers, b.limits[i].tiers) << describe(a.limits[i].limit).key;
  }
  ASSERT_EQ(a.overrides.size(), b.overrides.size());
  for (std::size_t i = 0; i < a.overrides.size(); ++i) {
    EXPECT_EQ(a.overrides[i].precisions, b.overrides[i].precisions);
    EXPECT_EQ(a.overrides[i].tensor, b.overrides[i].tensor);
    EXPECT_EQ(a.overrides[i].operation, b.overrides[i].operation);
    ASSERT_EQ(a.overrides[i].limits.size(), b.overrides[i].limits.size());
    for (std::size_t j = 0; j < a.overrides[i].limits.size(); ++j) {
      EXPECT_EQ(a.overrides[i].limits[j].limit, b.overrides[i].limits[j].limit);
      EXPECT_EQ(a.overrides[i].limits[j].tiers, b.overrides[i].limits[j].tiers);
    }
  }
}

TEST(ExplainedPolicy, ReadsBackAsTheSame) {
  expect_same(parse_policy(explain(default_policy()), "explained.toml"), default_policy());
  const Policy policy = parse_policy(R"(version = 1
[limits]
impacted_share = { warn = 0.05, fail = 0.1 }
relative_error = { warn = 1e-30, fail = "derived" }
ulp_error = "off"
reference_missing = "fail"
[[override]]
tensor = "a\"\\\n\t*é"
precision = ["fp32", "fp16"]
relative_error = 0.30000000000000004
[[override]]
operation = "aten::*"
uncontrolled_kink = "warn"
)",
                                     "a\nb.toml");
  expect_same(parse_policy(explain(policy), "explained.toml"), policy);
}

TEST(ExplainedPolicy, SaysWhereEachValueComesFrom) {
  const std::string text = explain(test::policy_with("ulp_error = 4"));
  EXPECT_THAT(text, HasSubstr("ulp_error = { fail = 4 }  # relu0.toml:3:1\n"));
  EXPECT_THAT(text, HasSubstr("unseen_kink = \"warn\"  # default policy\n"));
  for (const LimitDescription& limit : all_limits()) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(limit.key) + " = "));
  }
}

TEST(SuggestedPolicy, IsPassedByTheRunsItRestsOn) {
  std::vector<Measurements> runs(2, test::clean_measurements());
  runs[1].inputs.sha256 = "ef56";
  test::at_fp32(runs[1]).errors[0].relative_l2 = 0.0123;
  const std::string text = suggest_policy(runs);
  EXPECT_THAT(text, HasSubstr("2 runs with 80 different mini-batches"));
  EXPECT_THAT(text, HasSubstr("1/81"));
  EXPECT_THAT(text, HasSubstr("relative_error = { fail = 0.013 }"));
  const Policy policy = parse_policy(text, "suggested.toml");
  for (const Measurements& run : runs) {
    const Judgement judgement = judge(run, policy);
    EXPECT_EQ(judgement.outcome, Outcome::green) << test::troubles(judgement);
  }
}

TEST(SuggestedPolicy, DoesNotCountTheSameInputsTwice) {
  const std::vector<Measurements> runs(3, test::clean_measurements());
  EXPECT_THAT(suggest_policy(runs), HasSubstr("3 runs with 40 different"));
}

TEST(SuggestedPolicy, LeavesOffWhatWouldBeVacuous) {
  std::vector<Measurements> runs(1, test::clean_measurements());
  // Tensor "w" of another mini-batch lies 0.75 away.
  test::at_fp32(runs[0]).errors[0].relative_l2 = 0.75;
  const std::string text = suggest_policy(runs);
  EXPECT_THAT(text, HasSubstr("relative_error = \"off\""));
  EXPECT_THAT(text, HasSubstr("# 0.75 was measured"));
}

TEST(SuggestedPolicy, RestsOnNoRunThatSaysNothing) {
  EXPECT_THAT(input_error_of([] { suggest_policy({}); }), HasSubstr("measure first"));
  const auto error_of_run = [](const auto& change) {
    std::vector<Measurements> runs(1, test::clean_measurements());
    change(runs[0]);
    return input_error_of([&runs] { suggest_policy(runs); });
  };
  EXPECT_THAT(error_of_run([](Measurements& run) { run.aborted = "killed"; }), HasSubstr("to its end"));
  EXPECT_THAT(error_of_run([](Measurements& run) { run.inputs.mini_batches = 0; }),
              HasSubstr("no mini-batch"));
  EXPECT_THAT(error_of_run([](Measurements& run) { test::at_fp32(run).gradients->tensors[0].nans = 1; }),
              HasSubstr("NaN"));
  EXPECT_THAT(error_of_run([](Measurements& run) { test::at_fp32(run).errors[0].relative_l2 = NAN; }),
              HasSubstr("NaN"));
}

TEST(DefaultPolicy, AsksForAsManyMiniBatchesAsItsShareTakes) {
  const Policy policy = default_policy();
  EXPECT_EQ(policy.setting(Limit::mini_batches, {}, "", "").tiers.fail->value,
            static_cast<double>(
                mini_batches_that_show(policy.setting(Limit::impacted_share, {}, "", "").tiers.fail->value)));
}

}  // namespace
}  // namespace relu0::gate
