// Makes the file of expected counts anew, and says what changed. Exit codes: 0 written, or nothing changed; 2
// for a file of another version or one that cannot be written.
#include "fixtures/error.hpp"
#include "reports/writers/replace_file.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/findings/exact_surveys.hpp"
#include "suites/tests/findings/expected_counts.hpp"

#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace {

using namespace relu0;
using namespace relu0::test;

/// The data of a group where they are there.
std::optional<Surveyor> open(const SurveyGroup& group) {
  if (!group.real) {
    return std::optional<Surveyor>(std::in_place, std::nullopt, group.data);
  }
  if (const std::vector<std::string> absent = absent_real_data(group.data); !absent.empty()) {
    fmt::print("RELU0_DATA_DIR names no folder with {}: its counts stay as they are\n",
               fmt::join(absent, ", "));
    return std::nullopt;
  }
  return std::optional<Surveyor>(std::in_place, real_data_folder(), group.data);
}

int update(const std::filesystem::path& file) {
  ExpectedSurveys surveys;
  if (std::filesystem::exists(file)) {
    surveys = read_expected_counts(file);
  }
  std::set<std::string> names;
  for (const SurveyGroup& group : exact_survey_groups()) {
    const auto surveyor = open(group);
    for (const ExactSurvey& survey : group.surveys) {
      names.insert(survey.name);
      if (!surveyor) {
        continue;
      }
      fmt::print("Measuring: {}\n", survey.name);
      const ExpectedCounts measured = measured_counts(*surveyor, survey);
      for (const std::string& difference : differences(surveys, survey.name, measured)) {
        fmt::print("{}\n", difference);
      }
      surveys[survey.name] = measured;
    }
  }
  std::erase_if(surveys, [&names](const auto& survey) {
    const bool is_old = !names.contains(survey.first);
    if (is_old) {
      fmt::print("there is no survey '{}' any more\n", survey.first);
    }
    return is_old;
  });
  if (const int error = replace_file(file, expected_counts_text(surveys)); error != 0) {
    throw InputError(fmt::format("{}: cannot be written ({})", file.string(), std::strerror(error)));
  }
  fmt::print("{}: written\n", file.string());
  return exit_pass;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    fmt::print(stderr, "usage: {} FILE\n", arguments[0]);
    return exit_usage;
  }
  try {
    return update(arguments[1]);
  } catch (const InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_internal;
  }
}
