#pragma once
#include "analysis/training/training.hpp"
#include "suites/run/progress_line.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// Where the trainings of a draw keep their checkpoints, and whom they tell where they are.
struct KeptDraw {
  /// checkpoint_of(); its folder is made. Absent: nothing is kept.
  std::optional<std::filesystem::path> file;
  std::string shown;                             ///< what the draw is called where it tells
  std::int64_t steps = 0;                        ///< that its trainings take together
  std::function<void(const DrawPlace&)> tell{};  ///< absent: nobody is told
};

/// The file of a draw's checkpoint. folder: RunSettings::checkpoints; key: of the draw's measurement.
std::filesystem::path checkpoint_of(const std::filesystem::path& folder, const std::string& key,
                                    std::uint64_t seed);

/// What the names of all checkpoints of one draw begin with, those of its search among them: up to the first
/// point.
std::string stem_of(const std::filesystem::path& checkpoint);

/// Removes all checkpoints of a measurement's draws by their seeds, those of their searches among them.
void remove_checkpoints(const std::filesystem::path& folder, const std::string& key,
                        const std::vector<std::uint64_t>& seeds);

/// The trainings that one draw is made of: the one whose outcome it is, and those of its search for a
/// learning rate. They are taken up one after the other, each from its checkpoint where there is one, and
/// those that rest are kept in memory. Checkpoints stay, for whoever keeps the outcome to remove.
///
/// All that is not on the disk yet is written when a minute has passed since that was done last and 100 times
/// what it took, so that it takes at most 1 % of the time, and when InterruptGuard asks to stop; then
/// DrawInterrupted is thrown. A kill loses what was not written, and the same bits are made again.
class CheckpointedTrainings {
 public:
  explicit CheckpointedTrainings(KeptDraw kept) : kept_(std::move(kept)) {}

  /// Brings a training that was just begun to where it rested last, or to its checkpoint, where there is
  /// either. part: which of the draw's trainings it is, in characters that file names may have; empty: the
  /// draw's own. Throws InputError for a checkpoint that cannot be used.
  void take_up(Training& training, const std::string& part);
  /// Takes steps until it has taken so many or is finished. shown: what it is called where it tells, behind
  /// the draw. Throws InputError where a checkpoint cannot be written.
  void run(Training& training, const std::string& part, std::int64_t steps, const std::string& shown);
  /// Keeps a training that may be taken up again, as it is.
  void rest(const Training& training, const std::string& part);

 private:
  using Time = std::chrono::steady_clock;
  static constexpr std::chrono::minutes least_interval{1};
  struct Resting {
    std::vector<IdentityField> identity;
    TrainingSnapshot snapshot;
    bool written = false;
  };

  [[nodiscard]] std::filesystem::path file_of(const std::string& part) const;
  void write(const Training& running, const std::string& part);
  void tell(const Training& training, const std::string& part, const std::string& shown) const;

  KeptDraw kept_;
  std::map<std::string, Resting> resting_{};
  std::int64_t steps_taken_ = 0;
  std::int64_t steps_taken_up_ = 0;  ///< that checkpoints hold
  Time::time_point last_ = Time::now();
  Time::duration interval_ = least_interval;
};

}  // namespace relu0
