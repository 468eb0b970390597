#include "suites/experiments/left_out.hpp"

#include "fixtures/add_once.hpp"
#include "fixtures/network/precision.hpp"
#include "suites/experiments/text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::experiments_common {

namespace {

/// What one field of all of them is, each value once.
std::vector<std::string> values_of(const std::vector<LeftOut>& left_out, std::string LeftOut::*field) {
  std::vector<std::string> values;
  for (const LeftOut& of : left_out) {
    add_once(values, of.*field);
  }
  return values;
}

}  // namespace

std::string command_for(const std::string& experiment, const std::vector<LeftOut>& left_out) {
  std::vector<std::string> conditions;
  const auto add = [&conditions](const char* name, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      conditions.push_back(fmt::format("{}={}", name, value));
    }
  };
  const std::vector<std::string> precisions = values_of(left_out, &LeftOut::precision);
  const std::vector<std::string> kernels = values_of(left_out, &LeftOut::kernel);
  add("network", values_of(left_out, &LeftOut::network));
  add("precision", precisions);
  if (std::none_of(kernels.begin(), kernels.end(),
                   [](const std::string& kernel) { return kernel.empty(); })) {
    add("kernel", kernels);
  }
  std::string command = fmt::format("relu0 run {} --only {}", experiment, fmt::join(conditions, ","));
  const auto at_fp64 = std::count(precisions.begin(), precisions.end(), std::string(name(Precision::fp64)));
  if (at_fp64 < std::ssize(precisions)) {
    command += fmt::format(" --networks {}", networks_where_left_out);
  }
  if (at_fp64 > 0) {
    command += fmt::format(" --fp64-networks {}", networks_where_left_out);
  }
  return command + left_out.front().data_options;
}

verdict_rules::Decision with_left_out(const Basis& basis, const std::string& experiment,
                                      verdict_rules::Decision decision) {
  if (basis.left_out.empty() || !basis.without_data.empty()) {
    return decision;
  }
  const std::string command = command_for(experiment, basis.left_out);
  if (decision.verdict == Verdict::not_run) {
    decision.why = text("left-out.all", "command"_a = command);
  } else {
    decision.why = text("left-out.some", "why"_a = decision.why,
                        "networks"_a = fmt::join(values_of(basis.left_out, &LeftOut::network), ", "),
                        "command"_a = command);
  }
  return decision;
}

}  // namespace relu0::experiments_common
