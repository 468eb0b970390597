#include "suites/command_line/store_message.hpp"

#include <fmt/format.h>

namespace relu0 {

namespace {

/// By which options a run's user follows the advice in the message; begins with a space where there are such.
std::string_view options_of_run(StoreRemedy remedy) {
  switch (remedy) {
    case StoreRemedy::wait_for_other_run:
    case StoreRemedy::permission:
    case StoreRemedy::other_folder:
    case StoreRemedy::newer_program:
    case StoreRemedy::move_away:
      return " (--out names the folder.)";
    case StoreRemedy::run_first:
      return " (`relu0 run` measures; --out names the folder.)";
    case StoreRemedy::close_other_program:
    case StoreRemedy::free_space:
    case StoreRemedy::check_disk:
      return "";
  }
  return "";
}

/// What helps where a store is only read. another: how to name another one.
std::string advice_on_reading(StoreRemedy remedy, std::string_view another) {
  switch (remedy) {
    case StoreRemedy::wait_for_other_run:
      return "Wait until that run has ended.";
    case StoreRemedy::close_other_program:
      return "Close the other program that has it open.";
    case StoreRemedy::permission:
      return "Make the file and its folder readable for you.";
    case StoreRemedy::free_space:
      return "Free some space.";
    case StoreRemedy::check_disk:
      return "Check the disk and its permissions.";
    case StoreRemedy::other_folder:
      return fmt::format("{}.", another);
    case StoreRemedy::newer_program:
      return "Use the newer relu0 that wrote it.";
    case StoreRemedy::move_away:
      return fmt::format("Restore it from a copy, or measure again. {}.", another);
    case StoreRemedy::run_first:
      return fmt::format("`relu0 run` measures and concludes. {}.", another);
  }
  return "";
}

}  // namespace

std::string store_message(const StoreError& error, std::string_view command) {
  const bool compares = command == "compare";
  if (!compares && command != "report" && command != "merge") {
    return fmt::format("{}{}", error.what(), options_of_run(error.remedy()));
  }
  if (error.problem().empty()) {
    return error.what();
  }
  if (command == "merge" && error.remedy() == StoreRemedy::permission) {
    return fmt::format(
        "{}. Make the file and its folder readable and writable for you, or choose another --out.",
        error.problem());
  }
  if (command == "merge" && error.remedy() == StoreRemedy::run_first) {
    return fmt::format("{}. `relu0 run --shard I/N` measures a shard.", error.problem());
  }
  return fmt::format(
      "{}. {}", error.problem(),
      advice_on_reading(error.remedy(), compares ? "Name the results.sqlite of a run, or what `relu0 report "
                                                   "--record` made of it"
                                        : command == "merge"
                                            ? "Name the results.sqlite of each shard of a run"
                                            : "Name a run's results.sqlite by --store, or its folder by "
                                              "--out"));
}

}  // namespace relu0
