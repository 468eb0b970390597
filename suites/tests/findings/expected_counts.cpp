#include "suites/tests/findings/expected_counts.hpp"

#include "fixtures/error.hpp"

#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace relu0::test {

namespace {

constexpr const char* format_name = "relu0 expected counts";

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what) {
  throw InputError(fmt::format("{}: {}; make the file anew with: {}", file.string(), what, update_command));
}

/// The settings that differ, one sentence each.
std::vector<std::string> setting_differences(const ExpectedCounts& expected, const ExpectedCounts& measured) {
  std::vector<std::string> result;
  if (expected.networks != measured.networks) {
    result.push_back(fmt::format("the counts are of {} networks, and {} were measured", expected.networks,
                                 measured.networks));
  }
  const Json before = Json::parse(expected.settings);
  const Json now = Json::parse(measured.settings);
  std::set<std::string> names;
  for (const Json* settings : {&before, &now}) {
    for (const auto& [name, value] : settings->items()) {
      names.insert(name);
    }
  }
  for (const std::string& name : names) {
    const Json was = before.value(name, Json());
    const Json is = now.value(name, Json());
    if (was != is) {
      result.push_back(fmt::format("the setting '{}' was {} and is {}", name, was.dump(), is.dump()));
    }
  }
  return result;
}

}  // namespace

ExpectedSurveys read_expected_counts(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    refuse(file, "cannot be read");
  }
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("format", Json()) != format_name) {
    refuse(file, fmt::format("is no JSON file with \"format\": \"{}\"", format_name));
  }
  if (const Json version = document.value("version", Json()); version != expected_counts_version) {
    refuse(file, fmt::format("/version is {}, and only version {} is read", version.dump(),
                             expected_counts_version));
  }
  ExpectedSurveys surveys;
  std::string place = "/surveys";
  try {
    for (const auto& [name, survey] : document.at("surveys").items()) {
      place = "/surveys/" + name;
      surveys[name] = {.networks = survey.at("networks").get<std::int64_t>(),
                       .settings = survey.at("settings").dump(),
                       .counts = survey.at("counts").get<Counts>()};
    }
  } catch (const Json::exception& error) {
    refuse(file, fmt::format("{} is damaged ({})", place, error.what()));
  }
  return surveys;
}

std::string expected_counts_text(const ExpectedSurveys& surveys) {
  nlohmann::ordered_json by_name = nlohmann::ordered_json::object();
  for (const auto& [name, survey] : surveys) {
    by_name[name] = {{"networks", survey.networks},
                     {"settings", nlohmann::ordered_json::parse(survey.settings)},
                     {"counts", survey.counts}};
  }
  const nlohmann::ordered_json document{
      {"format", format_name}, {"version", expected_counts_version}, {"surveys", by_name}};
  return document.dump(2) + "\n";
}

std::vector<std::string> count_differences(const Counts& expected, const Counts& measured) {
  std::vector<std::string> result;
  for (const auto& [what, count] : measured) {
    const auto found = expected.find(what);
    if (found == expected.end()) {
      result.push_back(fmt::format("nothing is expected of '{}', of which there are {}", what, count));
    } else if (found->second != count) {
      result.push_back(fmt::format("{}: {} instead of {}", what, count, found->second));
    }
  }
  for (const auto& [what, count] : expected) {
    if (!measured.contains(what)) {
      result.push_back(fmt::format("{}: not counted, instead of {}", what, count));
    }
  }
  return result;
}

std::vector<std::string> differences(const ExpectedSurveys& expected, const std::string& survey,
                                     const ExpectedCounts& measured) {
  const auto found = expected.find(survey);
  std::vector<std::string> result;
  if (found == expected.end()) {
    result.push_back(fmt::format("nothing is expected of the survey '{}'", survey));
  } else {
    result = setting_differences(found->second, measured);
    if (!result.empty()) {
      result.insert(result.begin(), fmt::format("the counts of the survey '{}' are stale", survey));
    } else {
      for (const std::string& difference : count_differences(found->second.counts, measured.counts)) {
        result.push_back(fmt::format("survey '{}': {}", survey, difference));
      }
    }
  }
  if (!result.empty()) {
    result.push_back(fmt::format("where the change is meant, update the file with: {}", update_command));
  }
  return result;
}

}  // namespace relu0::test
