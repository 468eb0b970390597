#include "suites/run/checkpoints/checkpoint_file.hpp"

#include "fixtures/data/files/digest.hpp"
#include "fixtures/error.hpp"
#include "reports/codec/stored_values.hpp"
#include "reports/writers/replace_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace relu0 {

namespace {

static_assert(std::endian::native == std::endian::little, "a checkpoint's numbers are little-endian");

constexpr std::string_view first_line = "relu0 checkpoint of a training\n";
constexpr int current_version = 1;
constexpr std::size_t checksum_digits = 64;

/// The tensors of a state, by what holds them.
using TensorLists = std::array<std::pair<const char*, std::vector<TypedValues> TrainingState::*>, 3>;
constexpr TensorLists tensor_lists{{{"parameters", &TrainingState::parameters},
                                    {"memory", &TrainingState::memory},
                                    {"statistics", &TrainingState::statistics}}};

/// What the line of JSON holds.
struct Header {
  int version = current_version;
  std::vector<IdentityField> identity;
  TrainingSnapshot snapshot;                              ///< without its tensors
  std::map<std::string, std::vector<std::string>> sizes;  ///< "binary32 2048" for each tensor of a list
};

void fields(Fields& f, Header& header) {
  f("version", header.version);
  f("identity", header.identity);
  f("steps", header.snapshot.state.steps);
  f("optimizer_steps", header.snapshot.state.optimizer_steps);
  f("loss_scale", header.snapshot.state.loss_scale);
  f("epoch", header.snapshot.epoch);
  f("outcome", header.snapshot.outcome);
  f.added_later("scores", header.snapshot.scores);
  f("sizes", header.sizes);
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw InputError(
      fmt::format("{}: {}. Remove it, and the training begins anew; or go on with what it was made with",
                  file.string(), why));
}

std::string size_text(const TypedValues& values) {
  return values.visit([]<typename Value>(std::span<const Value> of) {
    return fmt::format("{} {}", sizeof(Value) == sizeof(double) ? "binary64" : "binary32", of.size());
  });
}

/// Takes the values of a tensor of that size from the front of `bytes`. Throws std::invalid_argument where
/// there are too few, or the size is none.
TypedValues take_values(const std::string& size, std::string_view& bytes) {
  const auto take = [&bytes]<typename Value>(std::size_t count, Value /*type*/) {
    if (bytes.size() / sizeof(Value) < count) {
      throw std::invalid_argument("it holds fewer values than it says");
    }
    std::vector<Value> values(count);
    if (count > 0) {
      std::memcpy(values.data(), bytes.data(), count * sizeof(Value));
    }
    bytes.remove_prefix(count * sizeof(Value));
    return TypedValues(std::move(values));
  };
  const std::size_t space = size.find(' ');
  const auto count = static_cast<std::size_t>(std::stoull(size.substr(std::min(space, size.size()))));
  const std::string type = size.substr(0, space);
  if (type != "binary32" && type != "binary64") {
    throw std::invalid_argument(fmt::format("'{}' is no size of a tensor", size));
  }
  return type == "binary32" ? take(count, float{}) : take(count, double{});
}

std::string bytes_of(Header header, const TrainingState& state) {
  std::string tensors;
  for (const auto& [name, list] : tensor_lists) {
    for (const TypedValues& values : state.*list) {
      header.sizes[name].push_back(size_text(values));
      values.visit(
          [&tensors](auto of) { tensors.append(reinterpret_cast<const char*>(of.data()), of.size_bytes()); });
    }
  }
  std::string bytes(first_line);
  bytes += canonical_text(encode(std::move(header)));
  bytes += '\n';
  bytes += tensors;
  bytes += sha256_of_text(bytes);
  return bytes;
}

/// The file's content without its checksum, which is right.
std::string checked_content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad() || !stream.is_open()) {
    refuse(file, "it cannot be read");
  }
  if (!bytes.starts_with(first_line)) {
    refuse(file, "it is no checkpoint of a training");
  }
  if (bytes.size() < first_line.size() + checksum_digits) {
    refuse(file, "it ends too early");
  }
  const std::string checksum = bytes.substr(bytes.size() - checksum_digits);
  bytes.resize(bytes.size() - checksum_digits);
  if (sha256_of_text(bytes) != checksum) {
    refuse(file, "its checksum is not that of its content: it is damaged");
  }
  return bytes;
}

void require_identity(const std::filesystem::path& file, const std::vector<IdentityField>& in_file,
                      const std::vector<IdentityField>& expected) {
  const auto [theirs, ours] = std::mismatch(in_file.begin(), in_file.end(), expected.begin(), expected.end());
  if (theirs == in_file.end() && ours == expected.end()) {
    return;
  }
  if (theirs == in_file.end() || ours == expected.end() || theirs->name != ours->name) {
    refuse(file, "it was written by another version of relu0, which says otherwise what a training is");
  }
  refuse(file, fmt::format("it is of another training: its {} is '{}', not '{}'", ours->name, theirs->value,
                           ours->value));
}

TrainingSnapshot snapshot_in(const std::filesystem::path& file, const std::string& content,
                             const std::vector<IdentityField>& identity) {
  const std::size_t end = content.find('\n', first_line.size());
  if (end == std::string::npos) {
    refuse(file, "it has no header");
  }
  nlohmann::json json =
      nlohmann::json::parse(std::string_view(content).substr(first_line.size(), end - first_line.size()));
  if (const nlohmann::json version = json.value("version", nlohmann::json()); version != current_version) {
    refuse(file, fmt::format("it is of version {} of the format; this program reads version {}",
                             version.dump(), current_version));
  }
  auto header = decode<Header>(restored_values({.text = json.dump(), .numbers = {}}));
  require_identity(file, header.identity, identity);
  std::string_view rest = std::string_view(content).substr(end + 1);
  for (const auto& [name, list] : tensor_lists) {
    for (const std::string& size : header.sizes[name]) {
      (header.snapshot.state.*list).push_back(take_values(size, rest));
    }
  }
  if (!rest.empty()) {
    throw std::invalid_argument("it holds more values than it says");
  }
  return std::move(header.snapshot);
}

}  // namespace

std::vector<IdentityField> CheckpointFile::identity() const {
  std::ifstream stream(file_, std::ios::binary);
  std::string line;
  std::getline(stream, line);
  if (line + '\n' != first_line || !std::getline(stream, line)) {
    return {};
  }
  try {
    return decode<Header>(restored_values({.text = line, .numbers = {}})).identity;
  } catch (const std::exception&) {
    return {};
  }
}

std::optional<TrainingSnapshot> CheckpointFile::load(const std::vector<IdentityField>& identity) const {
  std::error_code error;
  if (!std::filesystem::exists(file_, error)) {
    if (error) {
      refuse(file_, fmt::format("it cannot be looked for ({})", error.message()));
    }
    return std::nullopt;
  }
  try {
    return snapshot_in(file_, checked_content(file_), identity);
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& why) {
    refuse(file_, fmt::format("it is damaged ({})", why.what()));
  }
}

void CheckpointFile::save(const std::vector<IdentityField>& identity,
                          const TrainingSnapshot& snapshot) const {
  Header header;
  header.identity = identity;
  header.snapshot.epoch = snapshot.epoch;
  header.snapshot.outcome = snapshot.outcome;
  header.snapshot.scores = snapshot.scores;
  header.snapshot.state.steps = snapshot.state.steps;
  header.snapshot.state.optimizer_steps = snapshot.state.optimizer_steps;
  header.snapshot.state.loss_scale = snapshot.state.loss_scale;
  if (const int error = replace_file(file_, bytes_of(std::move(header), snapshot.state)); error != 0) {
    throw InputError(
        fmt::format("{}: the checkpoint cannot be written ({}). What was kept before is as it was; "
                    "make room, or choose another folder by --out, and run the same command",
                    file_.string(), std::generic_category().message(error)));
  }
}

void CheckpointFile::remove() const {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

}  // namespace relu0
