#include "analysis/gate/batches/saved_values.hpp"

#include "analysis/gate/batches/npy.hpp"
#include "analysis/gate/batches/pickled_items.hpp"
#include "analysis/torchscript/archive/archive_check.hpp"
#include "analysis/torchscript/archive/memory_archive.hpp"
#include "analysis/torchscript/archive/pickled_tensors.hpp"
#include "analysis/torchscript/archive/zip_records.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <caffe2/serialize/inline_container.h>
#include <fmt/format.h>
#include <torch/csrc/jit/serialization/pickle.h>
#include <torch/csrc/jit/serialization/unpickler.h>

namespace relu0::gate {

namespace {

constexpr const char* remedy =
    "give a file of torch.save() with a tensor, a list or a dictionary of tensors, or of numpy.save() or "
    "numpy.savez()";

c10::IValue arrays_of(const std::filesystem::path& path, const ZipArchive& archive) {
  c10::impl::GenericDict result(c10::StringType::get(), c10::TensorType::get());
  for (const ZipRecord& record : archive.records()) {
    constexpr std::string_view ending = ".npy";
    if (!record.name.ends_with(ending)) {
      throw InputError(
          fmt::format("{}: the record '{}' is no array: {}", path.string(), record.name, remedy));
    }
    result.insert(record.name.substr(0, record.name.size() - ending.size()),
                  read_npy(archive.content(record), fmt::format("{}: {}", path.string(), record.name)));
  }
  return result;
}

/// Throws InputError where a value is neither a tensor nor made of such.
void require_tensors(const std::filesystem::path& path, const c10::IValue& value) {
  if (value.isTensor()) {
    return;
  }
  if (value.isList() || value.isTuple()) {
    const std::vector<c10::IValue> items =
        value.isList() ? value.toListRef().vec() : value.toTupleRef().elements().vec();
    std::for_each(items.begin(), items.end(),
                  [&path](const c10::IValue& item) { require_tensors(path, item); });
    return;
  }
  if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      if (!entry.key().isString()) {
        throw InputError(fmt::format("{}: a dictionary whose keys are not names: {}", path.string(), remedy));
      }
      require_tensors(path, entry.value());
    }
    return;
  }
  throw InputError(
      fmt::format("{}: holds a {}, which is no tensor: {}", path.string(), value.tagKind(), remedy));
}

/// What torch::jit::pickle_load() does, after single items have become groups, which it lacks.
c10::IValue unpickled(const std::filesystem::path& path, const std::shared_ptr<const std::string>& bytes) {
  try {
    caffe2::serialize::PyTorchStreamReader archive(std::make_shared<MemoryArchive>(bytes));
    const auto [data, size] = archive.getRecord("data.pkl");
    const std::string pickle = with_grouped_items(std::string(static_cast<const char*>(data.get()), size));
    std::size_t position = 0;
    const auto next = [&](char* buffer, std::size_t count) {
      const std::size_t given = pickle.copy(buffer, count, position);
      position += given;
      return given;
    };
    torch::jit::Unpickler unpickler(
        next, /*type_resolver=*/nullptr, /*obj_loader=*/nullptr,
        [&archive](const std::string& name) { return std::get<0>(archive.getRecord("data/" + name)); },
        /*device=*/{});
    unpickler.set_version(archive.version());
    return unpickler.parse_ivalue();
  } catch (const std::exception& error) {
    const std::string text = error.what();
    // LibTorch's reader asserts where a value is of a kind that it does not know, as an OrderedDict's.
    const std::string why =
        text.find("INTERNAL ASSERT") == std::string::npos
            ? text.substr(0, text.find('\n'))
            : "it holds a value that is no tensor, list, tuple or dict: a state dict or a "
              "whole module, for example";
    throw InputError(fmt::format("{}: cannot be read ({}): {}", path.string(), why, remedy));
  }
}

}  // namespace

c10::IValue read_saved_values(const std::filesystem::path& path) {
  const std::shared_ptr<const std::string> bytes = bytes_of_file(path, remedy);
  if (bytes->starts_with("\x93NUMPY")) {
    return read_npy(*bytes, path.string());
  }
  if (!bytes->starts_with("PK")) {
    throw InputError(
        fmt::format("{}: neither a file of torch.save() since PyTorch 1.6 nor of numpy.save(): {}",
                    path.string(), remedy));
  }
  const ZipArchive archive(path, bytes);
  constexpr std::uint64_t for_metadata = std::uint64_t{1} << 26;
  constexpr std::uint64_t compression = 32;
  // numpy.savez_compressed() packs arrays; torch.save() does not.
  check_sizes(path, archive, bytes->size() * compression + for_metadata);
  if (archive.find("constants.pkl") != nullptr) {
    throw InputError(
        fmt::format("{}: a TorchScript module, where mini-batches are expected: {}", path.string(), remedy));
  }
  check_storages(path, archive, "data.pkl", "data/");
  c10::IValue value = archive.find("data.pkl") != nullptr ? unpickled(path, bytes) : arrays_of(path, archive);
  require_tensors(path, value);
  return value;
}

std::string saved_values_file(const c10::IValue& values) {
  const std::vector<char> bytes = torch::jit::pickle_save(values);
  return {bytes.begin(), bytes.end()};
}

void write_saved_values(const c10::IValue& values, const std::filesystem::path& path) {
  const std::string bytes = saved_values_file(values);
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), std::ssize(bytes));
  if (!stream.flush()) {
    throw InputError(fmt::format("{}: cannot be written", path.string()));
  }
}

}  // namespace relu0::gate
