#include "analysis/torchscript/archive/archive_check.hpp"

#include "analysis/torchscript/archive/pickled_tensors.hpp"
#include "analysis/torchscript/archive/zip_records.hpp"
#include "fixtures/data/files/byte_source.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <charconv>
#include <regex>

#include <caffe2/serialize/versions.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr const char* remedy =
    "save the model with torch.jit.script(model).save(path) or torch.jit.trace(…).save(path)";

bool is_pickle(const std::string& bytes) {
  // Protocol 2 and later begin with the operation PROTO and the protocol's number.
  return bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

bool is_tar(const std::string& bytes) {
  constexpr std::size_t magic_offset = 257;
  return bytes.size() > magic_offset + 5 && bytes.compare(magic_offset, 5, "ustar") == 0;
}

void check_version(const std::filesystem::path& path, const ZipArchive& archive) {
  const ZipRecord* record = archive.find("version");
  if (record == nullptr) {
    // Where PyTorch keeps it from format version 10 on, which models with gelu have.
    record = archive.find(".data/version");
  }
  constexpr std::uint64_t longest_number = 20;
  if (record == nullptr || record->size > longest_number) {
    throw InputError(fmt::format("{}: a zip archive, but not one of PyTorch (it has no record 'version'): {}",
                                 path.string(), remedy));
  }
  const std::string text = archive.content(*record);
  std::uint64_t version = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), version).ec != std::errc{}) {
    throw InputError(fmt::format("{}: the archive's record 'version' is no number", path.string()));
  }
  constexpr std::uint64_t newest = caffe2::serialize::kMaxSupportedFileFormatVersion;
  if (version > newest) {
    throw InputError(
        fmt::format("{}: file format version {}, and this LibTorch reads versions up to {}: save the model "
                    "with an older PyTorch, or "
                    "build relu0 with a newer LibTorch",
                    path.string(), version, newest));
  }
}

/// Code of TorchScript can read and write files; it may run as soon as a model is loaded (__setstate__).
void check_code(const std::filesystem::path& path, const ZipArchive& archive) {
  static const std::regex touches_files(R"((torch|ops\s*\.\s*aten)\s*\.\s*(save|from_file)\s*\()");
  constexpr std::uint64_t longest_code = std::uint64_t{64} << 20;
  for (const ZipRecord& record : archive.records()) {
    if (!record.name.ends_with(".py")) {
      continue;
    }
    if (record.size > longest_code) {
      throw InputError(fmt::format("{}: the code '{}' is {} bytes long: that is no model's code",
                                   path.string(), record.name, record.size));
    }
    const std::string code = archive.content(record);
    std::size_t number = 1;
    for (std::size_t begin = 0; begin < code.size(); ++number) {
      const std::size_t end = std::min(code.find('\n', begin), code.size());
      const std::string line = code.substr(begin, end - begin);
      if (std::smatch match; line.size() < 10000 && std::regex_search(line, match, touches_files)) {
        throw InputError(fmt::format(
            "{}: {}:{} calls torch.{}(), which reads or writes files: a model that does is not run",
            path.string(), record.name, number, match[2].str()));
      }
      begin = end + 1;
    }
  }
}

}  // namespace

std::shared_ptr<const std::string> bytes_of_file(const std::filesystem::path& path, std::string_view remedy) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw InputError(fmt::format("{}: there is no such file", path.string()));
  }
  if (std::filesystem::is_directory(status)) {
    throw InputError(fmt::format("{}: is a folder: give the file in it", path.string()));
  }
  ByteSource source(path);
  auto bytes = std::make_shared<std::string>(std::filesystem::file_size(path), '\0');
  bytes->resize(source.read({reinterpret_cast<std::uint8_t*>(bytes->data()), bytes->size()}));
  if (bytes->empty()) {
    throw InputError(fmt::format("{}: the file is empty: {}", path.string(), remedy));
  }
  return bytes;
}

std::shared_ptr<const std::string> read_archive(const std::filesystem::path& path) {
  const std::shared_ptr<const std::string> bytes = bytes_of_file(path, remedy);
  if (bytes->starts_with("PK")) {
    return bytes;
  }
  std::string what = "not a TorchScript file";
  if (is_pickle(*bytes)) {
    what =
        "a pickle (of torch.save() before PyTorch 1.6, or of Python), which holds weights or Python objects "
        "but no model";
  } else if (is_tar(*bytes)) {
    what = "a tar archive (of torch.save() before PyTorch 0.1.10), which holds weights but no model";
  }
  throw InputError(fmt::format("{}: {}: {}", path.string(), what, remedy));
}

void check_archive(const std::filesystem::path& path, const std::shared_ptr<const std::string>& bytes) {
  const ZipArchive archive(path, bytes);
  // PyTorch stores tensors as they are; only code and its line numbers are packed, which this leaves room
  // for.
  constexpr std::uint64_t for_code = std::uint64_t{1} << 30;
  check_names(path, archive);
  check_sizes(path, archive, bytes->size() + for_code);
  check_version(path, archive);
  if (archive.find("constants.pkl") == nullptr) {
    throw InputError(fmt::format(
        "{}: a file of torch.save(), which holds a state dict, tensors or Python objects but no model: {}",
        path.string(), remedy));
  }
  check_code(path, archive);
  for (const std::string part : {"constants", "data"}) {
    check_storages(path, archive, part + ".pkl", part + "/");
  }
}

}  // namespace relu0
