#include "fixtures/error.hpp"
#include "suites/command_line/standard_streams.hpp"
#include "suites/commands/commands.hpp"
#include "suites/gate/self_test/self_test.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

namespace relu0::commands {

ExitCode gate_self_test(const std::filesystem::path& out) {
  const std::filesystem::path folder = out / "self-test";
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (!std::filesystem::create_directories(folder, error) || error) {
    throw InputError(fmt::format("{}: cannot be made anew ({}); --out names another folder for it",
                                 folder.string(), error.message()));
  }
  std::vector<gate::SelfTestRow> rows = gate::self_test_judge();
  const auto add = [&rows](std::vector<gate::SelfTestRow> more) {
    std::move(more.begin(), more.end(), std::back_inserter(rows));
  };
  print_error(fmt::format("self-test: measuring a small model, then running relu0 on its files, in {}",
                          folder.string()));
  add(gate::self_test_engine(folder));
  add(gate::self_test_runs("/proc/self/exe", folder));
  fmt::print("{}", gate::self_test_table(rows));
  return gate::self_test_passed(rows) ? exit_pass : exit_internal;
}

}  // namespace relu0::commands
