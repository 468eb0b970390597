// Checkpoints that wait for another command, and dry runs, by whole runs of the executable.
#include "suites/run/checkpoints/other_checkpoints.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/measurements/training.hpp"
#include "suites/run/checkpoints/checkpoint_file.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

void touch(const std::filesystem::path& file) { std::ofstream(file) << "x"; }

TEST(OtherCheckpoints, AreThoseOfNoDrawThatIsToBeMade) {
  const test::TemporaryFolder folder;
  RunSettings settings;
  settings.checkpoints = folder.path();
  settings.data = {{datasets::mnist, {.identity = "embedded", .images = 600}}};
  const auto measurement = std::make_shared<TrainedNetwork>();
  const std::string key = measurement->key(settings);
  EXPECT_TRUE(other_checkpoints({}, settings).files.empty());
  const std::filesystem::path wanted = checkpoint_of(folder.path(), key, settings.seed + 3);
  std::filesystem::path of_search = wanted;
  of_search.replace_extension("candidate-2.checkpoint");
  const std::filesystem::path other = checkpoint_of(folder.path(), key, settings.seed + 4);
  const std::filesystem::path unreadable = folder.path() / "notes.checkpoint.md";
  for (const auto& file : {unreadable, folder.path() / "notes.txt"}) {
    touch(file);
  }
  for (const auto& file : {wanted, of_search, other}) {
    CheckpointFile(file).save({{"network", "mlp-3x256"}, {"s", "1"}}, {});
  }
  std::filesystem::create_symlink(other, folder.path() / "link.checkpoint");
  const OtherCheckpoints others = other_checkpoints({{measurement, {3}}}, settings);
  EXPECT_THAT(others.files, ElementsAre(other));
  EXPECT_EQ(others.bytes, std::filesystem::file_size(other));
  EXPECT_THAT(others.unreadable, ElementsAre(unreadable));
  EXPECT_THAT(others.text(1),
              AllOf(HasSubstr(other.filename().string() + " (network mlp-3x256, s 1)"),
                    HasSubstr("notes.checkpoint.md is no checkpoint that can be read, and stays")));
  EXPECT_EQ(other_checkpoints({}, settings).files.size(), 3U);
  others.remove();
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_TRUE(std::filesystem::exists(wanted));
  EXPECT_TRUE(std::filesystem::exists(unreadable));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "notes.txt"));
}

/// One step of a training.
std::vector<std::string> small_training(const std::filesystem::path& out,
                                        const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{
      "run",        "sgd-sweep", "--only",   "network=mlp-3x256,precision=fp32,s=0",
      "--images",   "128",       "--epochs", "1",
      "--networks", "1",         "--out",    out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(OtherCheckpoints, AreNamedByARunAndRemovedWhereThatIsAskedFor) {
  const test::TemporaryFolder folder;
  const std::filesystem::path other = folder.path() / "checkpoints" / "0123.checkpoint";
  std::filesystem::create_directories(other.parent_path());
  CheckpointFile(other).save({{"network", "mlp-3x256"}, {"s", "7"}}, {});
  const auto named = test::run_relu0(small_training(folder.path()));
  EXPECT_EQ(named.exit_code, exit_pass) << named.output;
  EXPECT_THAT(named.output, HasSubstr("1 checkpoint(s) in " + other.parent_path().string()));
  EXPECT_THAT(named.output, HasSubstr("--remove-other-checkpoints removes them"));
  EXPECT_TRUE(std::filesystem::exists(other));
  const auto removed = test::run_relu0(small_training(folder.path(), {"--remove-other-checkpoints"}));
  EXPECT_THAT(removed.output, AllOf(HasSubstr("s 7)"), HasSubstr("are removed.")));
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_THAT(test::run_relu0(small_training(folder.path())).output, Not(HasSubstr("checkpoint(s)")));
}

TEST(DryRun, PrintsThePlanAndWritesNothing) {
  const test::TemporaryFolder folder;
  const std::filesystem::path out = folder.path() / "out";
  const auto planned = test::run_relu0(small_training(out, {"--dry-run"}));
  EXPECT_EQ(planned.exit_code, exit_pass) << planned.output;
  EXPECT_THAT(planned.output, HasSubstr("relu0 run sgd-sweep"));
  EXPECT_THAT(planned.output,
              HasSubstr("with s = 0, either rule: 1 network(s), estimated at less than 1 s of a core\n"));
  EXPECT_THAT(planned.output, HasSubstr("Estimated time: less than 1 s of one core"));
  EXPECT_THAT(planned.output, HasSubstr("1 network(s) in all, 1 of them to be measured"));
  EXPECT_FALSE(std::filesystem::exists(out));
  ASSERT_EQ(test::run_relu0(small_training(out)).exit_code, exit_pass);
  EXPECT_THAT(test::run_relu0(small_training(out, {"--dry-run"})).output,
              HasSubstr("1 network(s), 1 of them measured already\n"));
  // Ten trainings of 200 epochs: 1e9 multiply-adds and more for each of 50,000 images, three times.
  EXPECT_THAT(test::run_relu0({"run", "sgd-sweep", "--only", "network=ResNet18,s=0", "--scale", "paper",
                               "--dry-run", "--out", out.string()})
                  .output,
              HasSubstr(" h "));
  EXPECT_EQ(test::run_relu0({"run", "depht", "--dry-run"}).exit_code, exit_usage);
}

TEST(DryRun, RefusesWhatTheRunWouldRefuse) {
  const test::TemporaryFolder folder;
  const std::filesystem::path out = folder.path() / "out";
  ASSERT_EQ(test::run_relu0(small_training(out)).exit_code, exit_pass);
  const auto other_kernel = test::run_relu0(small_training(out, {"--kernel", "native", "--dry-run"}));
  EXPECT_EQ(other_kernel.exit_code, exit_environment) << other_kernel.output;
  const auto other_shard = test::run_relu0(small_training(out, {"--shard", "1/2", "--dry-run"}));
  EXPECT_EQ(other_shard.exit_code, exit_usage) << other_shard.output;
  touch(folder.path() / "file");
  const auto no_folder = test::run_relu0(small_training(folder.path() / "file" / "out", {"--dry-run"}));
  EXPECT_EQ(no_folder.exit_code, exit_usage);
  EXPECT_THAT(no_folder.output, HasSubstr("file' is no folder"));
  const auto no_training = test::run_relu0(
      {"run", "depth", "--networks", "1", "--learning-rates", "search", "--dry-run", "--out", out.string()});
  EXPECT_EQ(no_training.exit_code, exit_usage);
  EXPECT_THAT(no_training.output, HasSubstr("nothing that was asked for is trained to the end"));
}

}  // namespace
}  // namespace relu0
