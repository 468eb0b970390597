#include "analysis/gate/batches/dataset_inputs.hpp"

#include "fixtures/data/sets/datasets.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

/// Cuts the text up to the next colon off.
std::string_view cut_part(std::string_view& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(std::min(colon + 1, text.size()));
  return part;
}

Split parse_split(const DatasetDescription& set, std::string_view text) {
  std::vector<std::string_view> names;
  for (const PublishedSplit& there : set.splits) {
    if (name(there.split) == text) {
      return there.split;
    }
    names.push_back(name(there.split));
  }
  throw InputError(
      fmt::format("{} has no split '{}'; ask for {}", set.title, text, fmt::join(names, " or ")));
}

}  // namespace

std::optional<DatasetInputs> parse_dataset_inputs(const std::string& text) {
  std::string_view rest = text;
  const std::string_view id = cut_part(rest);
  const auto* const found =
      std::find_if(datasets::all.begin(), datasets::all.end(),
                   [id](const DatasetDescription* candidate) { return candidate->id == id; });
  std::error_code ignored;
  if (found == datasets::all.end() || std::filesystem::exists(text, ignored)) {
    return std::nullopt;
  }
  DatasetInputs result{.set = *found};
  if (!rest.empty()) {
    result.split = parse_split(**found, cut_part(rest));
  }
  if (!rest.empty()) {
    std::int64_t images = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), images);
    if (error != std::errc{} || end != rest.data() + rest.size() || images < 1) {
      throw InputError(fmt::format("'{}': '{}' is no number of images; write {}:{}:320 for the first 320",
                                   text, rest, id, name(result.split)));
    }
    result.images = images;
  }
  return result;
}

}  // namespace relu0::gate
