#include "suites/run/checkpoints/checkpoint_file.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "fixtures/data/embedded/embedded_digits.hpp"
#include "fixtures/data/files/digest.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/small_disk.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;

const Network& network() {
  static const Network built =
      build(Mlp{.hidden_layers = 2, .width = 12, .batch_norm = true, .dropout = 0.25});
  return built;
}

std::shared_ptr<const ImageSource> digits(Split split, std::int64_t count) {
  return first_images(image_source(std::make_shared<Dataset>(embedded_digits(split))), count);
}

TrainingOptions options() {
  return {.relu = {.value = 1, .rule = Rule::published_code}, .optimizer = AdamOptions{}, .epochs = 2};
}

class Checkpoint : public ::testing::Test {
 protected:
  [[nodiscard]] Training start(const TrainingOptions& how = options(), std::uint64_t seed = 7) const {
    return {network(), draw_weights(network(), 3), train_, test_, seed, how};
  }
  [[nodiscard]] Training advanced(std::int64_t steps) const {
    Training training = start();
    for (std::int64_t step = 0; step < steps; ++step) {
      training.step();
    }
    return training;
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "a.checkpoint"; }
  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string refusal() const {
    return test::input_error_of([this] { (void)file_.load(start().identity()); });
  }

  test::TemporaryFolder folder_;
  BatchSource train_{digits(Split::train, 60), {.batch_size = 20, .order = Order::shuffled}};
  BatchSource test_{digits(Split::test, 30), {.batch_size = 15}};
  CheckpointFile file_{folder_.path() / "a.checkpoint"};
};

TEST_F(Checkpoint, BringsBackEveryBit) {
  const Training training = advanced(4);
  EXPECT_EQ(file_.load(training.identity()), std::nullopt) << "there is none yet";
  file_.save(training.identity(), training.snapshot());
  const TrainingSnapshot saved = training.snapshot();
  const TrainingSnapshot loaded = *file_.load(training.identity());
  EXPECT_TRUE(loaded.state.same_bits(saved.state));
  EXPECT_EQ(encode(loaded.outcome), encode(saved.outcome));
  EXPECT_EQ(encode(loaded.epoch), encode(saved.epoch));
  file_.remove();
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Checkpoint, BringsBackWhatIsNotFinite) {
  const Training training = advanced(1);
  TrainingSnapshot snapshot = training.snapshot();
  snapshot.epoch.gradient_norm = std::numeric_limits<double>::infinity();
  snapshot.epoch.loss = std::numeric_limits<double>::quiet_NaN();
  snapshot.outcome.first_non_finite = TrainingPlace{.epoch = 0, .step = 1};
  file_.save(training.identity(), snapshot);
  const TrainingSnapshot loaded = *file_.load(training.identity());
  EXPECT_EQ(loaded.epoch.gradient_norm, std::numeric_limits<double>::infinity());
  EXPECT_NE(loaded.epoch.loss, loaded.epoch.loss);
  EXPECT_EQ(loaded.outcome.first_non_finite, snapshot.outcome.first_non_finite);
}

/// Goes on with the training of the file to its end, saving before each step; the process is killed when it
/// has taken so many.
void train_in_child(Training training, const CheckpointFile& file, std::int64_t killed_after) {
  if (const auto snapshot = file.load(training.identity())) {
    training.restore(*snapshot);
  }
  for (std::int64_t step = 0; !training.finished(); ++step) {
    if (step == killed_after) {
      ::kill(::getpid(), SIGKILL);
    }
    training.step();
    file.save(training.identity(), training.snapshot());
  }
}

TEST_F(Checkpoint, ATrainingKilledAtAnyStepOnceOrTwiceEndsWithTheSameBits) {
  Training undisturbed = start();
  const std::int64_t steps = undisturbed.planned_steps();
  while (!undisturbed.finished()) {
    undisturbed.step();
  }
  const TrainingSnapshot end = undisturbed.snapshot();
  for (std::int64_t first = 0; first < steps; ++first) {
    for (const std::int64_t second :
         {std::int64_t{1}, steps}) {  // a second kill after one more step, or none
      file_.remove();
      for (const std::int64_t killed_after : {first, second}) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
          try {
            train_in_child(start(), file_, killed_after);
          } catch (...) {
            ::_exit(1);
          }
          ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << first << ", " << second;
      }
      Training last = start();
      if (const auto snapshot = file_.load(last.identity())) {
        last.restore(*snapshot);
      }
      while (!last.finished()) {
        last.step();
      }
      EXPECT_TRUE(last.snapshot().state.same_bits(end.state)) << first << ", " << second;
      EXPECT_EQ(encode(last.outcome()), encode(end.outcome)) << first << ", " << second;
    }
  }
}

TEST_F(Checkpoint, SaysWhatItIsOf) {
  EXPECT_TRUE(file_.identity().empty()) << "there is no file";
  const Training training = advanced(2);
  file_.save(training.identity(), training.snapshot());
  EXPECT_EQ(file_.identity(), training.identity());
  write(path(), "relu0 checkpoint of a training\n{\"version\":1}\n");
  EXPECT_TRUE(file_.identity().empty());
}

TEST_F(Checkpoint, KeepsScoresThatWereAskedFor) {
  Training training = advanced(2);
  training.score();
  training.step();
  const Score second = training.score();
  file_.save(training.identity(), training.snapshot());
  Training other = start();
  other.restore(*file_.load(training.identity()));
  ASSERT_EQ(other.scores().size(), 2U);
  EXPECT_EQ(other.scores()[1].loss, second.loss);
  EXPECT_EQ(other.scores()[1].correct, second.correct);
  EXPECT_EQ(other.scores()[1].images, second.images);
  Training without = advanced(3);
  EXPECT_TRUE(other.snapshot().state.same_bits(without.snapshot().state)) << "no step depends on a score";
}

TEST_F(Checkpoint, IsRefusedWhereItIsDamaged) {
  const Training training = advanced(2);
  file_.save(training.identity(), training.snapshot());
  const std::string whole = bytes_of(path());
  // One bit anywhere: sampled over the file, its checksum included.
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 61) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    write(path(), damaged);
    EXPECT_THAT(refusal(), HasSubstr(path().string())) << at;
  }
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{10}, std::size_t{40}, whole.size() / 2, whole.size() - 1}) {
    write(path(), whole.substr(0, length));
    EXPECT_THAT(refusal(), HasSubstr("Remove it")) << length;
  }
  write(path(), whole + "x");
  EXPECT_THAT(refusal(), HasSubstr("damaged"));
  write(path(), "PK\3\4");
  EXPECT_THAT(refusal(), HasSubstr("no checkpoint"));
}

TEST_F(Checkpoint, IsRefusedWhereItIsOfAnotherTraining) {
  const Training training = advanced(2);
  file_.save(training.identity(), training.snapshot());
  const auto refused = [this](const Training& other) {
    return test::input_error_of([&] { (void)file_.load(other.identity()); });
  };
  EXPECT_THAT(refused(start(options(), 8)), HasSubstr("its seed is '7', not '8'"));
  TrainingOptions other = options();
  other.precision = Precision::fp64;
  EXPECT_THAT(refused(start(other)), HasSubstr("its precision is 'fp32', not 'fp64'"));
  other = options();
  other.learning_rate = 0.5;
  EXPECT_THAT(refused(start(other)), HasSubstr("its learning rate is '0.01', not '0.5'"));
  const Network smaller = build(Mlp{.hidden_layers = 1, .width = 12});
  EXPECT_THAT(refused(Training(smaller, draw_weights(smaller, 3), train_, test_, 7, options())),
              HasSubstr("its network is"));
}

TEST_F(Checkpoint, IsRefusedWhereItIsOfAnotherVersion) {
  const Training training = advanced(1);
  file_.save(training.identity(), training.snapshot());
  std::string bytes = bytes_of(path());
  const std::string version = "\"version\":1";
  const std::size_t at = bytes.find(version);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, version.size(), "\"version\":2");
  bytes.resize(bytes.size() - 64);
  bytes += sha256_of_text(bytes);
  write(path(), bytes);
  EXPECT_THAT(refusal(), HasSubstr("version 2 of the format; this program reads version 1"));
}

TEST_F(Checkpoint, SurvivesAFullDisk) {
  const std::filesystem::path at = folder_.path() / "disk";
  const test::SmallDisk disk(at, 512 * 1024);
  if (!disk.mounted()) {
    GTEST_SKIP() << "a small tmpfs cannot be mounted here: " << disk.why_not();
  }
  const CheckpointFile file(at / "a.checkpoint");
  Training training = advanced(2);
  file.save(training.identity(), training.snapshot());
  const TrainingSnapshot kept = training.snapshot();
  // What is left is less than a checkpoint takes.
  const auto size = std::filesystem::file_size(file.path());
  const auto left = std::filesystem::space(at).available;
  ASSERT_GT(left, size);
  write(at / "something else", std::string(left - size / 2, 'x'));
  training.step();
  EXPECT_THAT(test::input_error_of([&] { file.save(training.identity(), training.snapshot()); }),
              HasSubstr("No space left on device"));
  const TrainingSnapshot loaded = *file.load(training.identity());
  EXPECT_TRUE(loaded.state.same_bits(kept.state));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(at)) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("a.checkpoint", "something else"));
  // With room again it goes on.
  std::filesystem::remove(at / "something else");
  file.save(training.identity(), training.snapshot());
  EXPECT_TRUE(file.load(training.identity())->state.same_bits(training.snapshot().state));
}

}  // namespace
}  // namespace relu0
