#include "fixtures/data/sets/datasets.hpp"
#include "fixtures/error.hpp"
#include "suites/command_line/build_info.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/doctor_machine.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/environment_facts.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

bool on_path(const char* program) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::path(folders.substr(0, end)) / program, ignored)) {
      return true;
    }
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return false;
}

void describe_data(const DatasetDescription& set, const std::optional<std::filesystem::path>& folder) {
  const OpenedDataset opened = open_measured(set, folder, {.threads = processor_cores()});
  const DatasetFacts& facts = opened.images->facts();
  fmt::print("{}: {} {}, {} images, from {}\n", set.title, facts.name, name(facts.split),
             opened.images->size(), facts.source);
  if (facts.embedded) {
    advise(fmt::format(
        "{} stand in for {}: {}; {}", facts.name, set.title,
        folder ? folder->string() + " does not hold it" : "set RELU0_DATA_DIR or --data to a folder with it",
        set.remedy));
  }
  for (const RefusedFile& file : opened.near_misses) {
    fmt::print("  not used: {}: {}\n", file.file, file.reason);
  }
  for (const RefusedFile& file : facts.refused) {
    fmt::print("  refused: {}: {}\n", file.file, file.reason);
  }
  for (const Checksum& checksum : facts.checksums) {
    fmt::print("  {} md5 {} ({})\n", checksum.file, checksum.md5,
               checksum.canonical ? "the canonical file" : "not known to be the canonical file");
  }
}

/// Describes every data set, those after one that cannot be used as well. Whether all can be used.
bool describe_all_data(const std::optional<std::filesystem::path>& folder) {
  bool usable = true;
  for (const DatasetDescription* set : datasets::all) {
    try {
      describe_data(*set, folder);
    } catch (const InputError& error) {
      usable = false;
      fmt::print("{}: cannot be used\n", set->title);
      advise(error.what());
    }
  }
  return usable;
}

}  // namespace

ExitCode doctor(const std::optional<std::filesystem::path>& data) {
  fmt::print("relu0 {} ({}), {}, {}\n", build_info::version, build_info::revision, build_info::compiler,
             build_info::build_type);
  print_machine();
  if (on_path("gnuplot")) {
    fmt::print("gnuplot: found\n");
  } else {
    fmt::print("gnuplot: not found; reports show tables only\n");
    advise("apt-get install gnuplot-nox");
  }
  return describe_all_data(data) ? exit_pass : exit_usage;
}

}  // namespace relu0::commands
