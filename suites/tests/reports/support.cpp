#include "suites/tests/reports/support.hpp"

#include "reports/store/store.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0::test {

namespace fs = std::filesystem;

const std::string hostile =
    R"(<script>alert('1')</script> & "q" | `touch x` $(touch x) {{TITLE}} 'y'; DROP TABLE note; @x ]]> \ é θ)";

Results sample_results() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  Results results;
  results.claims = {{.id = "fp32-half",
                     .name = "half at 32 bits",
                     .sentence = "About half of the θ.",
                     .published = "463/1000",
                     .protocol = "60,000 images",
                     .experiment = "depth",
                     .absence = ""},
                    {.id = hostile,
                     .name = hostile,
                     .sentence = hostile,
                     .published = hostile,
                     .protocol = hostile,
                     .experiment = "",
                     .absence = hostile}};
  results.experiments = {{.id = "depth",
                          .title = "Depth",
                          .summary = "Hidden layers 1 to 6.",
                          .answer = "More layers, more zeros."},
                         {.id = "hostile", .title = hostile, .summary = hostile, .answer = hostile}};
  results.findings = {
      {.id = "fp32-half",
       .setting = "fp32, \"chain-rule\"",
       .claim = "about half of the θ",
       .published = "463/1000",
       .measured = "93/200 (46.5 %)",
       .interval = Interval{.low = 0.1 + 0.2, .high = 0.53668},
       .agreement = "Fisher p = 0.62",
       .verdict = Verdict::inconclusive,
       .why = "The interval is wide.",
       .decision_rule = "exact test at level 0.05",
       .source = "mnist_volume_by_layers",
       .headline = false,
       .experiment = "depth",
       .paper_claim = "fp32-half",
       .precision = Precision::fp32,
       .rule = Rule::chain_rule,
       .recorded = "468/1000 (46.8 %)",
       .recorded_verdict = Verdict::reproduced,
       .part_seen = "2048 of the published 60000 images",
       .conditions = {{"images", "60000"}, {"network", "mlp-3x256"}}},
      {.id = hostile,
       .setting = hostile,
       .claim = hostile,
       .published = hostile,
       .measured = hostile,
       .interval = Interval{.low = -infinity, .high = nan},
       .agreement = hostile,
       .verdict = Verdict::not_reproduced,
       .why = hostile,
       .decision_rule = hostile,
       .source = hostile,
       .headline = true,
       .experiment = "hostile",
       .paper_claim = hostile,
       .recorded = hostile,
       .part_seen = hostile,
       .conditions = {{hostile, hostile}}},
      {.id = "depth",
       .setting = "fp32",
       .claim = "grows with depth",
       .published = "54, 258",
       .measured = "11, 49",
       .interval = std::nullopt,
       .agreement = "",
       .verdict = Verdict::reproduced,
       .why = "trend",
       .decision_rule = "",
       .source = "",
       .headline = true,
       .experiment = "depth",
       .conditions = {{"images", "60000"}}},
      {.id = "depth",
       .setting = "fp64",
       .claim = "grows with depth",
       .published = "",
       .measured = "",
       .interval = std::nullopt,
       .agreement = "",
       .verdict = Verdict::not_run,
       .why = "no data",
       .decision_rule = "",
       .source = "",
       .headline = false,
       .experiment = ""},
  };
  const FigureSeries ours{.label = "fp32, measured",
                          .published = false,
                          .points = {{.x = 1, .y = 0.0625, .low = 0.03125, .high = 0.125},
                                     {.x = 2, .y = 0.1 + 0.2, .low = {}, .high = 0.5},
                                     {.x = 3, .y = nan, .low = {}, .high = {}}},
                          .group = "fp32"};
  const FigureSeries published{
      .label = hostile,
      .published = true,
      .points = {{.x = 1, .y = 0.054, .low = {}, .high = {}}, {.x = 2, .y = 0.258, .low = {}, .high = {}}},
      .group = "fp32"};
  results.figures = {{.id = "depth-fp32",
                      .experiment = "depth",
                      .title = "Share by depth",
                      .caption = "200 networks",
                      .x = {.label = "hidden layers", .logarithmic = false, .low = {}, .high = {}},
                      .y = {.label = "share", .logarithmic = false, .low = 0, .high = 1},
                      .series = {ours, published}},
                     {.id = hostile,
                      .experiment = "hostile",
                      .title = hostile,
                      .caption = hostile,
                      .x = {.label = hostile, .logarithmic = true, .low = 0.5, .high = infinity},
                      .y = {.label = hostile, .logarithmic = true, .low = {}, .high = {}},
                      .series = {ours, published}}};
  results.heat_maps = {{.id = "error",
                        .experiment = "depth",
                        .title = "Error by layer",
                        .caption = "8 images",
                        .x = {.label = "precision", .categories = {"fp16", "fp32", "fp64"}, .places = {}},
                        .y = {.label = "layer", .categories = {"conv1", "fc"}, .places = {}},
                        .unit = "relative error",
                        .logarithmic = true,
                        .rows = {{1e-3, std::nullopt, 0.0}, {nan, 0.25, infinity}},
                        .group = "errors",
                        .contours = {},
                        .floor = 1e-9},
                       {.id = hostile,
                        .experiment = "hostile",
                        .title = hostile,
                        .caption = hostile,
                        .x = {.label = hostile, .categories = {}, .places = {-1, 0, 0.5}},
                        .y = {.label = hostile, .categories = {}, .places = {0.1 + 0.2, 7}},
                        .unit = hostile,
                        .logarithmic = false,
                        .rows = {{-0.0, 0.1, -infinity}, {0.7, 1, 2}},
                        .group = "",
                        .contours = {0.5}},
                       {.id = "labels",
                        .experiment = "another experiment without a section",
                        .title = "Hostile labels",
                        .caption = "",
                        .x = {.label = "x", .categories = {hostile}, .places = {}},
                        .y = {.label = "y", .categories = {hostile}, .places = {}},
                        .unit = "1",
                        .logarithmic = false,
                        .rows = {{1.0}},
                        .group = hostile,
                        .contours = {}}};
  results.tables = {{.id = "zeros",
                     .experiment = "depth",
                     .title = "Exact zeros",
                     .caption = "per layer",
                     .columns = {"layer", "zeros"},
                     .rows = {{"1", "12"}, {"2", "0"}}},
                    {.id = hostile,
                     .experiment = "an experiment without a section",
                     .title = hostile,
                     .caption = hostile,
                     .columns = {hostile},
                     .rows = {{hostile}}}};
  results.notes = {"fp16 was emulated.", hostile};
  return results;
}

HeatMap noisy_heat_map() {
  constexpr std::size_t side = 128;
  static_assert(side * side == most_heat_map_cells);
  HeatMap map;
  map.id = "noise";
  map.title = "Noise";
  map.unit = "1";
  std::vector<std::optional<double>> row;
  for (std::size_t i = 0; i < side; ++i) {
    map.x.places.push_back(static_cast<double>(i));
    row.emplace_back(i % 2 == 0 ? 0.0 : 1.0);
  }
  map.y.places = map.x.places;
  map.rows.assign(side, row);
  return map;
}

HeatMap noisy_filled_contours() {
  constexpr std::size_t side = 200;
  static_assert(side * side == most_filled_cells);
  HeatMap map = noisy_heat_map();
  map.filled = true;
  map.x.places.clear();
  std::vector<std::optional<double>> row;
  for (std::size_t i = 0; i < side; ++i) {
    map.x.places.push_back(static_cast<double>(i));
    row.emplace_back(i % 2 == 0 ? 0.0 : 1.0);
  }
  map.y.places = map.x.places;
  map.rows.assign(side, row);
  return map;
}

Environment sample_environment() {
  return {{"cpu", "a CPU"}, {"blas", "OpenBLAS, 2 threads"}, {hostile, hostile}};
}

RunInfo sample_run_info() {
  return {.command = "relu0 run depth --seed -3 --data '" + hostile + "'",
          .scale = "quick",
          .seed = std::numeric_limits<std::int64_t>::min()};
}

Store sample_store(const fs::path& file) {
  Store store = Store::open_for_run(file);
  store.set_environment(sample_environment());
  store.set_run_info(sample_run_info());
  for (std::int64_t draw = 0; draw < 3; ++draw) {
    store.record(
        {.key = R"({"bits":32,"depth":3})", .draw = draw, .values = {{"impacted", draw}, {"norm", 1e-7}}});
  }
  store.record({.key = hostile, .draw = -1, .values = {{"norm", std::numeric_limits<double>::quiet_NaN()}}});
  store.replace_results(sample_results());
  return store;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream.is_open()) << file;
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << bytes;
  ASSERT_TRUE(stream.flush()) << file;
}

std::vector<std::uint64_t> bits_of(const std::vector<double>& values) {
  std::vector<std::uint64_t> bits;
  bits.reserve(values.size());
  for (const double value : values) {
    bits.push_back(std::bit_cast<std::uint64_t>(value));
  }
  return bits;
}

std::string store_error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const StoreError& error) {
    return error.what();
  }
  return "no StoreError";
}

pid_t start_child(const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child < 0) {
    throw std::runtime_error("fork failed");
  }
  if (child == 0) {
    try {
      action();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  return child;
}

void kill_child(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

std::string in_child(const std::function<std::string()>& action) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    throw std::runtime_error("pipe failed");
  }
  const pid_t child = start_child([&] {
    std::string answer;
    try {
      answer = action();
    } catch (const std::exception& error) {
      answer = std::string("exception: ") + error.what();
    }
    if (::write(ends[1], answer.data(), answer.size()) < 0) {
      ::_exit(1);
    }
  });
  ::close(ends[1]);
  std::string answer;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? answer : "died";
}

bool drop_rights() {
  constexpr uid_t nobody = 65534;
  if (::geteuid() != 0) {
    return true;
  }
  return ::setgid(nobody) == 0 && ::setuid(nobody) == 0;
}

}  // namespace relu0::test
