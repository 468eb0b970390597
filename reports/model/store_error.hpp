#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

namespace relu0 {

/// What the user can do about a store that cannot be used.
enum class StoreRemedy {
  wait_for_other_run,
  close_other_program,
  permission,
  free_space,
  check_disk,
  other_folder,
  newer_program,
  move_away,
  run_first
};

/// A result store cannot be used, or not written any more: foreign, truncated, of a newer schema, locked by
/// another run, no permission, disk full, content that is not what was asked for. The message names the file
/// or the place in it, what is wrong and the remedy. The file is left as it was (a full disk: as it was after
/// the last measurement).
class StoreError : public std::runtime_error {
 public:
  explicit StoreError(const std::string& message, StoreRemedy remedy = StoreRemedy::move_away)
      : std::runtime_error(message), remedy_(remedy) {}
  /// The message is "PROBLEM. ADVICE": what a run's user can do about it.
  StoreError(const std::string& problem, std::string_view advice, StoreRemedy remedy)
      : std::runtime_error(problem + ". " + std::string(advice)), problem_(problem), remedy_(remedy) {}

  /// The remedy that the message describes, for a command line that can say by which option.
  [[nodiscard]] StoreRemedy remedy() const { return remedy_; }

  /// What is wrong, without the advice, which is a run's; empty where the message is one for every use.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::string problem_;
  StoreRemedy remedy_;
};

}  // namespace relu0
