// relu0 run --train: trainings of the user's own, as a run of their own.
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::run_relu0;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// Two small ones; at 16 bits the published rule acts.
std::vector<std::string> two_trainings() {
  return {"run",
          "--train",
          "network=mlp-1x16,precision=fp16,s=1,s=10",
          "--train",
          "network=mlp-1x16,optimizer=adam,learning-rate=0.003,batch=64",
          "--networks",
          "2",
          "--epochs",
          "1",
          "--images",
          "512"};
}

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(OwnTrainingRun, ConcludesWhatItMeasuredAndClaimsNothingOfThePaper) {
  const TemporaryFolder folder;
  const auto end = run_relu0(with(two_trainings(), {"--out", folder.path()}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_THAT(end.output, HasSubstr("Of 3 combinations of training and s, "));
  EXPECT_THAT(end.output, HasSubstr("relu0 run --train network=mlp-1x16,precision=fp16,s=1,s=10 --train "
                                    "network=mlp-1x16,optimizer=adam,learning-rate=0.003,batch=64 --scale"));
  EXPECT_THAT(end.output, Not(HasSubstr("not run: ")));
  const Results results = Store::open_for_reading(folder.path() / "results.sqlite").results();
  EXPECT_THAT(results.claims, IsEmpty());
  EXPECT_THAT(results.findings, AllOf(SizeIs(6), Each(Field(&Finding::verdict, Verdict::measured)),
                                      Each(Field(&Finding::published, HasSubstr("a training of your own")))));
}

TEST(OwnTrainingRun, SaysWhatItCannotTell) {
  const TemporaryFolder folder;
  const auto of = [&](const std::string& training, const std::string& networks, const std::string& only) {
    const auto end = run_relu0({"run", "--train", training, "--networks", networks, "--epochs", "1",
                                "--images", "256", "--only", only, "--out", folder.path() / training});
    EXPECT_EQ(end.exit_code, exit_pass) << end.output;
    return end.output;
  };
  EXPECT_THAT(
      of("network=mlp-1x8", "1", "kind=training"),
      HasSubstr("Of 1 combination more nothing is said: not measured under both rules, or by too few draws"));
  EXPECT_THAT(of("network=mlp-1x8,precision=fp64", "2", "rule=chain-rule"),
              AllOf(HasSubstr("Of 0 combinations of training and s"), HasSubstr("Of 1 combination more"),
                    HasSubstr("mean of 2 draws")));
  EXPECT_THAT(of("network=mlp-1x8,learning-rate=1e30", "2", "kind=training"),
              HasSubstr("2 of 2 ended in a number that is not finite with s = 0, and 2 of 2 with s = 1"));
}

TEST(OwnTrainingRun, OfShardsIsThatOfOneMachine) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_relu0(with(two_trainings(), {"--out", folder.path() / "whole"})).exit_code, exit_pass);
  std::vector<std::string> merge{"merge"};
  for (const char* shard : {"1/2", "2/2"}) {
    const std::filesystem::path out = folder.path() / std::string(1, *shard);
    const auto end = run_relu0(with(two_trainings(), {"--shard", shard, "--out", out}));
    ASSERT_EQ(end.exit_code, exit_pass) << end.output;
    merge.push_back(out / "results.sqlite");
  }
  const auto merged = run_relu0(with(merge, {"--out", folder.path() / "merged"}));
  ASSERT_EQ(merged.exit_code, exit_pass) << merged.output;
  const auto content = [](const std::filesystem::path& file) {
    return Store::open_for_reading(file).results().findings;
  };
  const auto whole = content(folder.path() / "whole" / "results.sqlite");
  const auto joined = content(folder.path() / "merged" / "results.sqlite");
  ASSERT_EQ(whole.size(), joined.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].measured, joined[i].measured);
  }
}

TEST(OwnTrainingRun, IsAskedForByTrainAndByNoName) {
  const auto end = run_relu0({"run", "own-training"});
  EXPECT_EQ(end.exit_code, exit_usage);
  EXPECT_THAT(end.output, HasSubstr("is what --train asks for, without a name"));
  EXPECT_THAT(run_relu0({"list"}).output,
              HasSubstr("own-training (relu0 run --train FIELD=VALUE): Trainings of"));
  const TemporaryFolder folder;
  const auto named = run_relu0(with(two_trainings(), {"own-training", "--dry-run", "--out", folder.path()}));
  EXPECT_EQ(named.exit_code, exit_pass) << named.output;
  EXPECT_THAT(named.output, HasSubstr("relu0 run --train "));
}

TEST(OwnTrainingRun, StandsAloneAndDecidesNothing) {
  const TemporaryFolder folder;
  const auto refused = [&](const std::vector<std::string>& more, const std::string& message) {
    const auto end = run_relu0(with(two_trainings(), with(more, {"--out", folder.path() / "out"})));
    EXPECT_EQ(end.exit_code, exit_usage) << end.output;
    EXPECT_THAT(end.output, HasSubstr(message));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
  };
  refused({"precision"}, "run precision apart, into another --out");
  refused({"--train", "network=mlp-1x8,batch=1024"},
          "a mini-batch takes 1024 images, and there are 512 to train on");
  refused({"--fail-on", "inconclusive"}, "leave --fail-on out");
  refused({"--with-training"}, "leave it out");
  refused({"--until-decided"}, "give --networks, not --budget or --until-decided");
  refused({"--learning-rates", "search"}, "leave one of them out");
  refused({"--s", "0", "2"}, "run it without --s");
  refused({"--train", "network=LeNet-5,learning-rate=0"}, "learning-rate=0: give a number above 0");
}

}  // namespace
}  // namespace relu0
