// `relu0 gate` as its users run it: on files of Python's torch, judged by exit code, first line and files.
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/suites/gate/python_models.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using test::text_of;

using test::ProcessEnd;
using test::run_relu0;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Without the lines of progress.
std::string said(const ProcessEnd& end) {
  const std::size_t begin = end.output.rfind(" left\n");
  return begin == std::string::npos ? end.output : end.output.substr(begin + 6);
}

class GateCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!test::python_imports("torch")) {
      GTEST_SKIP() << "needs Debian's python3-torch, which makes the models";
    }
    folder_ = test::python_models();
    ASSERT_FALSE(HasFailure());
  }

  [[nodiscard]] ProcessEnd gate(const std::string& model, const std::vector<std::string>& more = {},
                                const std::string& batches = "batches.pt",
                                const test::Variables& variables = {}) const {
    std::vector<std::string> arguments{
        "gate", folder_ / model, "--inputs",  folder_ / batches, "--batch-size",
        "8",    "--precision",   "fp32,fp64", "--out",           out_.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_relu0(arguments, {}, variables);
  }

  std::filesystem::path folder_;
  test::TemporaryFolder out_;
};

TEST_F(GateCommand, IsRedWhereAChoiceMovesTheGradient) {
  for (const char* model : {"impacted.pt", "traced.pt"}) {
    const ProcessEnd end = gate(model);
    EXPECT_EQ(end.exit_code, exit_failed) << end.output;
    EXPECT_THAT(said(end), StartsWith("red: "));
    EXPECT_THAT(end.output,
                AllOf(HasSubstr("fail: kink-impact: relu = 0 against 1 changes the gradient of 20 of 20"),
                      HasSubstr("operation:   aten::relu"), HasSubstr("mini-batch:  0"),
                      HasSubstr("--precision fp32 --mini-batch ")));
    EXPECT_THAT(end.output, AllOf(HasSubstr("fail: kink-change: "), HasSubstr("tensor:      0.weight")));
  }
}

TEST_F(GateCommand, IsGreenWhereNoGradientReachesTheKink) {
  const ProcessEnd end = gate("unimpacted.pt");
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_THAT(said(end), StartsWith("green: "));
  for (const char* file : {"gate.html", "gate.json", "gate.sarif", "junit.xml", "summary.md"}) {
    EXPECT_TRUE(std::filesystem::exists(out_.path() / file)) << file;
  }
}

TEST_F(GateCommand, SaysWhereTheInputsHoldFewerMiniBatchesThanAsked) {
  const ProcessEnd fewer = gate("unimpacted.pt", {"--minibatches", "99", "--no-errors", "--luck", "repeat"});
  EXPECT_EQ(fewer.exit_code, exit_pass) << fewer.output;
  EXPECT_THAT(fewer.output,
              HasSubstr("--minibatches 99 asked for more than the inputs hold: 20 were measured"));
  const ProcessEnd all = gate("unimpacted.pt", {"--minibatches", "20", "--no-errors", "--luck", "repeat"});
  EXPECT_THAT(all.output, Not(HasSubstr("--minibatches")));
}

TEST_F(GateCommand, LeavesErrorsOutWhereItIsTold) {
  const ProcessEnd end = gate("unimpacted.pt", {"--no-errors", "--precision", "fp32"});
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  const std::string written = text_of(out_.path() / "gate.json");
  EXPECT_THAT(written, AllOf(Not(HasSubstr("\"precision-error\"")), HasSubstr("errors were not asked for"),
                             HasSubstr("--no-errors")));
  EXPECT_EQ(gate("unimpacted.pt", {"--precision", "fp32"}).exit_code, exit_pass);
  EXPECT_THAT(text_of(out_.path() / "gate.json"), HasSubstr("\"precision-error\""));
}

TEST_F(GateCommand, LeavesNoReportOfAnEarlierRunBehind) {
  ASSERT_EQ(gate("impacted.pt").exit_code, exit_failed);
  ASSERT_TRUE(std::filesystem::exists(out_.path() / "mini-batch-0.pt"));
  ASSERT_EQ(gate("unimpacted.pt").exit_code, exit_pass);
  EXPECT_FALSE(std::filesystem::exists(out_.path() / "mini-batch-0.pt"));
  EXPECT_EQ(gate("no_such_model.pt").exit_code, exit_usage);
  for (const char* file : {"gate.html", "gate.json", "gate.sarif", "junit.xml", "summary.md"}) {
    EXPECT_FALSE(std::filesystem::exists(out_.path() / file)) << file;
  }
}

TEST_F(GateCommand, RemovesTheMiniBatchesOfAnEarlierRunBeforeItMeasures) {
  const auto there = [this](const std::string& name) { return std::filesystem::exists(out_.path() / name); };
  std::ofstream(out_.path() / "mini-batch-77.pt") << "another program's";
  ASSERT_EQ(gate("impacted.pt", {"--no-errors", "--luck", "repeat"}).exit_code, exit_failed);
  ASSERT_TRUE(there("mini-batch-0.pt"));
  // One that reads a mini-batch of the earlier run replaces the others.
  const std::string saved = (out_.path() / "mini-batch-0.pt").string();
  const ProcessEnd replay = run_relu0({"gate", folder_ / "impacted.pt", "--inputs", saved, "--luck", "repeat",
                                       "--mini-batch", "0", "--out", out_.path()});
  EXPECT_EQ(replay.exit_code, exit_failed) << replay.output;
  EXPECT_TRUE(there("mini-batch-0.pt"));
  EXPECT_EQ(gate("impacted.pt", {}, "labels_out_of_range.pt").exit_code, exit_usage);
  EXPECT_FALSE(there("mini-batch-0.pt"));
  EXPECT_EQ(text_of(out_.path() / "mini-batch-77.pt"), "another program's");
}

TEST_F(GateCommand, LeavesFilesOfOtherProgramsAlone) {
  for (const char* file : {"junit.xml", "summary.md"}) {
    std::ofstream(out_.path() / file) << "another program's";
  }
  EXPECT_EQ(gate("no_such_model.pt").exit_code, exit_usage);
  for (const char* file : {"junit.xml", "summary.md"}) {
    EXPECT_EQ(text_of(out_.path() / file), "another program's");
  }
}

TEST_F(GateCommand, IsInconclusiveAboutLimitsThatItMeasuredNothingFor) {
  const std::filesystem::path policy = out_.path() / "strict.toml";
  std::ofstream(policy) << "version = 1\n\n[limits]\nrelative_error = 0.001\norder_difference = 0.001\n";
  const ProcessEnd end =
      gate("unimpacted.pt", {"--no-errors", "--luck", "repeat", "--policy", policy.string()});
  EXPECT_EQ(end.exit_code, exit_inconclusive) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("strict.toml:4:1: the policy sets relative_error, for which nothing "
                              "was measured"),
                    HasSubstr("strict.toml:5:1: the policy sets order_difference")));
  EXPECT_EQ(gate("unimpacted.pt", {"--policy", policy.string()}).exit_code, exit_pass);
}

TEST_F(GateCommand, WritesTheMiniBatchThatReplaysAFailure) {
  ASSERT_EQ(gate("impacted.pt").exit_code, exit_failed);
  const std::filesystem::path saved = out_.path() / "mini-batch-0.pt";
  ASSERT_TRUE(std::filesystem::exists(saved));
  const test::TemporaryFolder again;
  const ProcessEnd end = run_relu0({"gate", folder_ / "impacted.pt", "--inputs", saved, "--precision", "fp32",
                                    "--mini-batch", "0", "--out", again.path()});
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_THAT(end.output, HasSubstr("relu = 0 against 1 changes the gradient of mini-batch 0 at fp32"));
}

/// The first check of a report that failed under a rule on a mini-batch; null where there is none.
nlohmann::json failed(const std::filesystem::path& report, const std::string& rule) {
  const nlohmann::json document = nlohmann::json::parse(text_of(report));
  for (const nlohmann::json& check : document.at("checks")) {
    if (check.at("rule") == rule && check.at("verdict") == "fail" && !check.at("mini_batch").is_null()) {
      return check;
    }
  }
  return nullptr;
}

TEST_F(GateCommand, ReplaysTheViolationOfOneMiniBatchAndNoOther) {
  ASSERT_EQ(gate("impacted.pt").exit_code, exit_failed);
  const nlohmann::json found = failed(out_.path() / "gate.json", "kink-change");
  ASSERT_FALSE(found.is_null());
  const std::string number = found.at("mini_batch").dump();
  const std::string precision = found.at("precision");
  ASSERT_THAT(found.at("replay").get<std::string>(), HasSubstr("--mini-batch " + number));
  const test::TemporaryFolder again;
  const ProcessEnd end =
      run_relu0({"gate", folder_ / "impacted.pt", "--inputs", folder_ / "batches.pt", "--batch-size", "8",
                 "--precision", precision, "--mini-batch", number, "--out", again.path()});
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("A replay of mini-batch " + number + " alone"),
                                Not(HasSubstr("kink-impact")), Not(HasSubstr("too-few-mini-batches"))));
  const nlohmann::json replayed = failed(again.path() / "gate.json", "kink-change");
  for (const char* field :
       {"operation", "tensor", "kink", "values", "seen", "allowed", "mini_batch", "replay"}) {
    EXPECT_EQ(replayed.at(field), found.at(field)) << field;
  }
  EXPECT_TRUE(std::filesystem::exists(again.path() / ("mini-batch-" + number + ".pt")));
}

TEST_F(GateCommand, IsNotGreenWhereItSawNoKink) {
  const std::string suggested = out_.path() / "suggested.toml";
  const ProcessEnd end = gate("smooth.pt", {"--luck", "repeat", "--suggest-policy", suggested});
  EXPECT_EQ(end.exit_code, exit_inconclusive) << end.output;
  EXPECT_THAT(said(end), StartsWith("inconclusive: "));
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("nothing-seen"), HasSubstr("under which it still is inconclusive: ")));
}

TEST_F(GateCommand, HoldsGradientsAgainstTheReference) {
  const ProcessEnd end = gate("unimpacted.pt");
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  // The dead unit is 0 for each of the 4 samples, since its weights are.
  EXPECT_THAT(end.output, HasSubstr("4 are 0 in the real numbers too, 0 were made by rounding"));
  EXPECT_THAT(text_of(out_.path() / "gate.json"),
              AllOf(HasSubstr("reference-error"), HasSubstr("outside-segment")));
}

TEST_F(GateCommand, NamesTheOperatorThatKeepsTheReferenceAway) {
  const std::filesystem::path policy = out_.path() / "demanding.toml";
  std::ofstream(policy) << "version = 1\n[limits]\nreference_missing = \"fail\"\n";
  const ProcessEnd end = gate("smooth.pt", {"--luck", "repeat", "--policy", policy});
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("fail: reference-missing"), HasSubstr("aten::softplus"),
                                HasSubstr("the networks of relu0 do not have it")));
  const ProcessEnd without = gate("smooth.pt", {"--luck", "repeat"});
  EXPECT_EQ(without.exit_code, exit_inconclusive) << without.output;
  EXPECT_THAT(without.output, HasSubstr("Not held against the reference: aten::softplus"));
  EXPECT_THAT(gate("unimpacted.pt", {"--policy", policy, "--reference-mini-batches", "0"}).output,
              HasSubstr("fail: reference-missing"));
}

TEST_F(GateCommand, IsRedWhereItMeetsNan) {
  const ProcessEnd end = gate("unimpacted.pt", {}, "nan.pt");
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("nan-at-kink"), HasSubstr("fail: nan")));
  EXPECT_THAT(said(end), AllOf(StartsWith("red: "), HasSubstr("passed: 960 NaN reached the kink 'relu' of")));
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("The inputs hold NaN in 20 of 20 mini-batches (the first: 32 of 32 numbers in "
                              "'input', of mini-batch 0)"),
                    HasSubstr("Not held against the reference: "), Not(HasSubstr("missing-measurement"))));
}

TEST_F(GateCommand, ReadsSingleItemsAsPythonPicklesThem) {
  for (const char* batches : {"one_in_a_list.pt", "one_key.pt", "one_of_one_key.pt", "one_too_many.pt"}) {
    const std::string targets = (folder_ / "targets.pt").string();
    const bool has_targets = std::string_view(batches) == "one_in_a_list.pt";
    const bool as_many = std::string_view(batches) == "one_key.pt";
    const ProcessEnd end =
        has_targets ? gate("impacted.pt", {"--no-errors", "--luck", "repeat"}, batches)
        : as_many   ? gate("impacted.pt", {"--no-errors", "--luck", "repeat", "--targets", targets}, batches)
                    : gate("impacted.pt", {}, batches);
    if (has_targets || as_many) {
      EXPECT_EQ(end.exit_code, exit_failed) << batches << ": " << end.output;
      EXPECT_THAT(end.output, HasSubstr(as_many ? "of 20 of 20 mini-batches" : "of 1 of 1 mini-batch at"))
          << batches;
    } else {
      EXPECT_THAT(end.output, HasSubstr("has no target")) << batches << " was read";
    }
  }
}

TEST_F(GateCommand, CountsAComparisonOnceHoweverOftenItIsNamed) {
  const auto impacts = [this](const std::vector<std::string>& values) {
    EXPECT_EQ(gate("impacted.pt", values).exit_code, exit_failed);
    std::size_t count = 0;
    const std::string text = text_of(out_.path() / "junit.xml");
    for (std::size_t at = text.find("kink-impact"); at != std::string::npos;
         at = text.find("kink-impact", at + 1)) {
      ++count;
    }
    return count;
  };
  const std::size_t once = impacts({"--values", "relu=0,1"});
  EXPECT_GT(once, 0U);
  EXPECT_EQ(impacts({"--values", "relu=0,1", "--values", "relu=0.0,1", "--values", "relu=1,0"}), once);
  EXPECT_GT(impacts({"--values", "relu=0,1", "--values", "relu=0,0.5"}), once);
}

TEST_F(GateCommand, ChecksBeforeItMeasuresWhatItWillWrite) {
  const std::filesystem::path file = out_.path() / "file";
  std::ofstream(file) << "text\n";
  const std::filesystem::path below = file / "policy.toml";
  const auto run = [this](const std::string& model, const std::string& batches,
                          const std::filesystem::path& out, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"gate",   folder_ / model, "--inputs", folder_ / batches, "--luck",
                                       "repeat", "--batch-size",  "8",        "--out",           out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_relu0(arguments, {}, {{"CI", ""}});
  };
  const auto expect_refused = [&](const std::filesystem::path& out, const std::vector<std::string>& more) {
    // The mini-batches are not even read.
    const ProcessEnd end = run("impacted.pt", "absent.pt", out, more);
    EXPECT_EQ(end.exit_code, exit_usage) << end.output;
    EXPECT_THAT(end.output, Not(HasSubstr("absent.pt")));
  };
  expect_refused(out_.path(), {"--suggest-policy", below});
  expect_refused(out_.path(), {"--suggest-policy", out_.path()});
  expect_refused(out_.path(), {"--save-baseline", below});
  expect_refused(out_.path(), {"--save-baseline", file});
  expect_refused(below, {});
  EXPECT_EQ(run("impacted.pt", "absent.pt", out_.path(), {"--baseline", below}).exit_code, exit_environment);
  EXPECT_EQ(text_of(file), "text\n");
  // In the folder of the reports, which the gate makes.
  const std::filesystem::path out = out_.path() / "new";
  const ProcessEnd end = run("unimpacted.pt", "batches.pt", out, {"--suggest-policy", out / "policy.toml"});
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_TRUE(std::filesystem::exists(out / "policy.toml"));
}

TEST_F(GateCommand, EndsAsEverWhereStreamsAreClosed) {
  const std::string command =
      fmt::format("{} gate '{}' --inputs", RELU0_EXECUTABLE, (folder_ / "impacted.pt").string());
  EXPECT_EQ(test::output_of(command + " absent.pt 2>&-; echo $?"), "2\n");
  EXPECT_EQ(test::output_of(command + " absent.pt 2>/dev/full; echo $?"), "2\n");
  EXPECT_EQ(
      test::output_of(fmt::format("({} '{}' --no-errors --luck repeat --out '{}' >&- 2>&- <&-); echo $?",
                                  command, (folder_ / "batches.pt").string(), out_.path().string())),
      "1\n");
  EXPECT_THAT(text_of(out_.path() / "gate.html"), StartsWith("<!DOCTYPE html>"))
      << "nothing was printed into it";
}

TEST_F(GateCommand, EndsInTheSameWayHoweverEarlyItIsInterrupted) {
  // As soon as the process catches SIGTERM (15), which it does before LibTorch is loaded.
  const std::string early = fmt::format(
      "'{}' gate '{}' --inputs '{}' --out '{}' 2>&1 & "
      "until [ $((0x$(sed -n 's/^SigCgt:[^0-9a-f]*//p' /proc/$!/status) & 0x4000)) -ne 0 ]; do :; done; "
      "kill -TERM $!; wait $!; echo $?",
      RELU0_EXECUTABLE, (folder_ / "impacted.pt").string(), (folder_ / "batches.pt").string(),
      out_.path().string());
  EXPECT_THAT(test::output_of(early), AllOf(HasSubstr("interrupted before all mini-batches were measured"),
                                            testing::EndsWith("\n5\n")));
}

TEST_F(GateCommand, SaysWhatTheModelWasGivenWhereItFails) {
  const ProcessEnd bytes = gate("impacted.pt", {}, "bytes.pt");
  EXPECT_EQ(bytes.exit_code, exit_usage);
  EXPECT_THAT(bytes.output, StartsWith("relu0: " + (folder_ / "bytes.pt").string() +
                                       ": mini-batch 0: the model fails while it runs: "));
  EXPECT_THAT(bytes.output, AllOf(HasSubstr("The model was given 'input', uint8 [8 × 4]. Whole numbers"),
                                  HasSubstr("save them as float32"), Not(HasSubstr("serialized code"))));
  const ProcessEnd replay = gate("impacted.pt", {"--mini-batch", "3"}, "bytes.pt");
  EXPECT_THAT(replay.output, HasSubstr("bytes.pt: mini-batch 3: "));
  const ProcessEnd shape = gate("impacted.pt", {}, "wrong_shape.pt");
  EXPECT_THAT(shape.output, AllOf(HasSubstr("wrong_shape.pt: mini-batch 0: the model fails while it runs: "),
                                  HasSubstr("given 'input', float32 [8 × 5]. Where it takes another shape")));
  const ProcessEnd labels = gate("impacted.pt", {}, "labels_out_of_range.pt");
  EXPECT_THAT(labels.output, HasSubstr("labels_out_of_range.pt: mini-batch 0: the targets: label 3 "));
  const ProcessEnd real = gate("impacted.pt", {}, "labels_as_numbers.pt");
  EXPECT_EQ(real.exit_code, exit_usage);
  EXPECT_THAT(real.output, HasSubstr("the model gives [8 × 3] and the targets are real numbers of [8]: save "
                                     "labels as int64"));
}

struct BadInput {
  const char* name;
  const char* model;
  const char* batches;
  const char* message;
};

TEST_F(GateCommand, RefusesBadInputByName) {
  for (const BadInput& bad :
       {BadInput{"state dict", "state_dict.pt", "batches.pt", "state_dict.pt: a file of torch.save()"},
        BadInput{"truncated", "truncated.pt", "batches.pt", "truncated.pt: truncated or damaged archive"},
        BadInput{"missing", "absent.pt", "batches.pt", "absent.pt: there is no such file"},
        BadInput{"missing mini-batches", "impacted.pt", "absent.pt", "absent.pt"},
        BadInput{"a model for mini-batches", "impacted.pt", "impacted.pt",
                 "a TorchScript module, where mini-batches"},
        BadInput{"labels", "impacted.pt", "labels_out_of_range.pt", "label"},
        BadInput{"shape", "impacted.pt", "wrong_shape.pt", "the model fails while it runs"}}) {
    const ProcessEnd end = gate(bad.model, {}, bad.batches);
    EXPECT_EQ(end.exit_code, exit_usage) << bad.name << ": " << end.output;
    EXPECT_THAT(end.output, AllOf(StartsWith("relu0: "), HasSubstr(bad.message))) << bad.name;
    EXPECT_TRUE(std::filesystem::is_empty(out_.path())) << bad.name;
  }
  EXPECT_EQ(gate("impacted.pt", {"--mini-batch", "20"}).exit_code, exit_usage);
  EXPECT_EQ(gate("impacted.pt", {"--values", "relu=1,1"}).exit_code, exit_usage);
  EXPECT_EQ(gate("impacted.pt", {"--loss", "hinge"}).exit_code, exit_usage);
  const ProcessEnd output = gate("impacted.pt", {"--output-index", "1"});
  EXPECT_EQ(output.exit_code, exit_usage);
  EXPECT_THAT(output.output, HasSubstr("the model returns one tensor, so there is no output 1"));
}

TEST_F(GateCommand, ExplainsAPolicyThatItTakes) {
  const ProcessEnd explained = run_relu0({"gate", "--explain"});
  ASSERT_EQ(explained.exit_code, exit_pass) << explained.output;
  const std::filesystem::path policy = out_.path() / "relu0.toml";
  std::ofstream(policy) << explained.output;
  EXPECT_EQ(gate("unimpacted.pt", {"--policy", policy}).exit_code, exit_pass);
  std::ofstream(policy) << "version = 1\n[limits]\nimpacted_shard = 0.5\n";
  const ProcessEnd refused = gate("unimpacted.pt", {"--policy", policy});
  EXPECT_EQ(refused.exit_code, exit_usage);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("relu0.toml:3:1"), HasSubstr("impacted_share")));
}

TEST_F(GateCommand, KeepsABaselineForItsEnvironmentAndNotInCi) {
  const std::filesystem::path baseline = out_.path() / "baseline.toml";
  // The test itself may run in CI.
  const test::Variables outside{{"CI", ""}};
  EXPECT_EQ(gate("unimpacted.pt", {"--save-baseline", baseline}, "batches.pt", {{"CI", "true"}}).exit_code,
            exit_usage);
  EXPECT_FALSE(std::filesystem::exists(baseline));
  EXPECT_EQ(gate("unimpacted.pt", {"--baseline", baseline}).exit_code, exit_environment)
      << "there is none yet";
  const ProcessEnd saved = gate("unimpacted.pt", {"--save-baseline", baseline}, "batches.pt", outside);
  ASSERT_EQ(saved.exit_code, exit_pass) << saved.output;
  const std::string text = text_of(baseline);
  EXPECT_THAT(text, HasSubstr("native aten::relu relu"));
  const ProcessEnd same = gate("unimpacted.pt", {"--baseline", baseline});
  EXPECT_EQ(same.exit_code, exit_pass) << same.output;
  // Another value than the one that this test itself may run under.
  const char* here = std::getenv("ATEN_CPU_CAPABILITY");
  const std::string another = here != nullptr && std::string_view(here) == "default" ? "avx2" : "default";
  const ProcessEnd other =
      gate("unimpacted.pt", {"--baseline", baseline}, "batches.pt", {{"ATEN_CPU_CAPABILITY", another}});
  EXPECT_EQ(other.exit_code, exit_environment) << other.output;
  EXPECT_THAT(other.output, HasSubstr("ATEN_CPU_CAPABILITY"));
  EXPECT_THAT(other.output, Not(HasSubstr("passes over mini-batches"))) << "it was known before";
  EXPECT_FALSE(std::filesystem::exists(out_.path() / "gate.json"));
  EXPECT_EQ(text_of(baseline), text) << "comparing never writes";

  // The framework's choice at the kinks that a model has is known when it has run.
  const std::string choice = "\"native aten::relu relu\" = \"0\"";
  std::string changed = text;
  changed.replace(changed.find(choice), choice.size(), "\"native aten::relu relu\" = \"0.5\"");
  std::ofstream(baseline) << changed;
  const ProcessEnd late = gate("unimpacted.pt", {"--baseline", baseline});
  EXPECT_EQ(late.exit_code, exit_environment) << late.output;
  EXPECT_THAT(said(late),
              AllOf(StartsWith("inconclusive: "), HasSubstr("native aten::relu relu is '0' and was '0.5'")));
  EXPECT_EQ(nlohmann::json::parse(text_of(out_.path() / "gate.json")).at("exit_code"), exit_environment);
}

}  // namespace
}  // namespace relu0
