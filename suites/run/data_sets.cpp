#include "suites/run/data_sets.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// The place in datasets::all, or behind its end.
std::ptrdiff_t rank(const DatasetDescription& set) {
  return std::find(datasets::all.begin(), datasets::all.end(), &set) - datasets::all.begin();
}

/// "MNIST: 3 of 23 files were refused: n01/a.JPEG (the file is empty); ...".
std::string refused_note(const ImageSource& images) {
  constexpr std::size_t most_named = 20;
  const auto& refused = images.facts().refused;
  std::vector<std::string> named;
  for (std::size_t i = 0; i < std::min(most_named, refused.size()); ++i) {
    named.push_back(fmt::format("{} ({})", refused[i].file, refused[i].reason));
  }
  return fmt::format("{}: {} of {} files were refused: {}{}", images.facts().name, refused.size(),
                     images.size() + std::ssize(refused), fmt::join(named, "; "),
                     refused.size() > most_named ? "; relu0 doctor names the others." : ".");
}

}  // namespace

std::strong_ordering operator<=>(DataName a, DataName b) {
  return std::pair(rank(*a), a->id) <=> std::pair(rank(*b), b->id);
}

DataSets::DataSets(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& wanted,
                   int threads, const std::set<DataName>& evaluated) {
  const OpenOptions how{.check = ImageCheck::pixels, .threads = threads};
  for (const DataName data : wanted) {
    opened_.emplace(data, evaluated.contains(data) ? open_dataset(*data, folder, data->measured.front(), how)
                                                   : open_measured(*data, folder, how));
  }
  for (const DataName data : evaluated) {
    tests_.emplace(data, open_dataset(*data, folder, Split::test, how));
  }
}

const Dataset& DataSets::of(DataName data) const {
  const OpenedDataset& found = opened(data);
  if (found.in_memory == nullptr) {
    throw std::logic_error("a data set that is not held in memory");
  }
  return *found.in_memory;
}

std::set<DataName> DataSets::names() const {
  std::set<DataName> result;
  for (const auto& [data, found] : opened_) {
    result.insert(data);
  }
  return result;
}

std::map<DataName, DataFacts> DataSets::facts() const {
  std::map<DataName, DataFacts> result;
  for (const auto& [data, found] : opened_) {
    const DatasetFacts& facts = found.images->facts();
    result[data] = {.name = fmt::format("{} {}", facts.name, relu0::name(facts.split)),
                    .identity = identify(facts),
                    .images = found.images->size(),
                    .classes = facts.classes};
    if (const auto test = tests_.find(data); test != tests_.end()) {
      result[data].test_identity = identify(test->second.images->facts());
      result[data].test_images = test->second.images->size();
    }
  }
  return result;
}

std::int64_t DataSets::largest() const {
  std::int64_t result = 0;
  for (const auto& [data, found] : opened_) {
    result = std::max(result, found.images->size());
  }
  return result;
}

std::vector<std::string> data_notes(const DataSets& data, std::optional<std::int64_t> images) {
  std::vector<std::string> notes;
  for (const DataName data_name : data.names()) {
    const ImageSource& source = data.images(data_name);
    const DatasetFacts& facts = source.facts();
    notes.push_back(data_note(*data_name, data.opened(data_name)));
    if (!facts.refused.empty()) {
      notes.push_back(refused_note(source));
    }
    if (images && *images < source.size()) {
      notes.push_back(
          fmt::format("Only the first {} of {} images of {} were used.", *images, source.size(), facts.name));
    }
  }
  for (const auto& [data_name, facts] : data.facts()) {
    if (facts.test_images > 0) {
      notes.push_back(fmt::format("Trained networks are scored on {} of the {} images of {}.",
                                  std::min(images.value_or(facts.test_images), facts.test_images),
                                  facts.test_images, facts.test_identity));
    }
  }
  return notes;
}

}  // namespace relu0
