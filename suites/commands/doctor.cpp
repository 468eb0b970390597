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

void describe_data(DataName data, const std::optional<std::filesystem::path>& folder) {
  const DataSets data_sets(folder, {data}, processor_cores());
  const ImageSource& images = data_sets.images(data);
  const DatasetFacts& facts = images.facts();
  fmt::print("{}: {} {}, {} images, from {}\n", name(data), facts.name, name(facts.split), images.size(),
             facts.source);
  if (facts.embedded) {
    advise(fmt::format(
        "{} stand in for {}: {} ({})", facts.name, name(data),
        folder ? folder->string() + " does not hold it" : "set RELU0_DATA_DIR or --data to a folder with it",
        data == DataName::imagenet ? "below imagenet/train or train, a folder for each class"
                                   : "ci/fetch-data downloads the files"));
  }
  for (const RefusedFile& file : facts.refused) {
    fmt::print("  refused: {}: {}\n", file.file, file.reason);
  }
  for (const Checksum& checksum : facts.checksums) {
    fmt::print("  {} md5 {} ({})\n", checksum.file, checksum.md5,
               checksum.canonical ? "the canonical file" : "not known to be the canonical file");
  }
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
  for (const DataName wanted : {DataName::mnist, DataName::cifar10, DataName::svhn, DataName::imagenet}) {
    describe_data(wanted, data);
  }
  return exit_pass;
}

}  // namespace relu0::commands
