#include "analysis/torchscript/archive/zip_records.hpp"

#include "fixtures/error.hpp"
#include "fixtures/letter_case.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sys/stat.h>
#include <zip.h>

namespace relu0 {

struct ZipArchive::State {
  std::shared_ptr<const std::string> bytes;
  zip_t* zip = nullptr;
};

namespace {

/// Archives of Unix keep the mode of a file, as stat() has it, in the upper half of these attributes; those
/// of writers that keep none have 0 there.
bool is_regular(zip_t* zip, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(zip, index, 0, &system, &attributes) != 0 ||
      system != ZIP_OPSYS_UNIX) {
    return true;
  }
  const zip_uint32_t type = attributes >> 16U & S_IFMT;
  return type == 0 || type == S_IFREG;
}

/// Whether unpacking it would write somewhere else than below a folder.
bool leads_out(std::string_view name) {
  if (name.starts_with('/') || name.find('\\') != std::string_view::npos) {
    return true;
  }
  const std::filesystem::path parts{name};
  return std::find(parts.begin(), parts.end(), "..") != parts.end();
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path, std::shared_ptr<const std::string> bytes)
    : path_(path), state_(std::make_unique<State>()) {
  state_->bytes = std::move(bytes);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source =
      zip_source_buffer_create(state_->bytes->data(), state_->bytes->size(), /*freep=*/0, &error);
  state_->zip =
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (state_->zip == nullptr) {
    const std::string reason = zip_error_strerror(&error);
    zip_source_free(source);
    zip_error_fini(&error);
    throw InputError(
        fmt::format("{}: truncated or damaged archive ({}): copy it again, or save it again (a model with "
                    "torch.jit.save(), tensors with torch.save())",
                    path.string(), reason));
  }
  zip_error_fini(&error);
  const zip_int64_t count = zip_get_num_entries(state_->zip, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(state_->zip, static_cast<zip_uint64_t>(i), 0, &stat) != 0 ||
        (stat.valid & needed) != needed) {
      throw InputError(fmt::format("{}: record {} of the archive has no name or size", path.string(), i));
    }
    records_.push_back({.name = stat.name,
                        .size = stat.size,
                        .packed_size = stat.comp_size,
                        .is_regular = is_regular(state_->zip, static_cast<zip_uint64_t>(i))});
  }
}

ZipArchive::~ZipArchive() {
  if (state_->zip != nullptr) {
    zip_discard(state_->zip);
  }
}

const ZipRecord* ZipArchive::find(std::string_view name) const {
  const ZipRecord* found = nullptr;
  for (const ZipRecord& record : records_) {
    const std::size_t folder = record.name.find('/');
    if (folder == std::string::npos ||
        !same_but_for_case(std::string_view(record.name).substr(folder + 1), name)) {
      continue;
    }
    if (found != nullptr) {
      throw InputError(fmt::format("{}: the archive has two records '{}'", path_.string(), name));
    }
    found = &record;
  }
  return found;
}

std::string ZipArchive::content(const ZipRecord& record) const {
  std::string result(record.size, '\0');
  zip_file_t* file = zip_fopen(state_->zip, record.name.c_str(), 0);
  const zip_int64_t read = file == nullptr ? -1 : zip_fread(file, result.data(), result.size());
  // One byte more asks for the end, where the checksum is compared.
  char beyond = 0;
  const bool ends = read == static_cast<zip_int64_t>(result.size()) && zip_fread(file, &beyond, 1) == 0;
  if (file != nullptr) {
    zip_fclose(file);
  }
  if (!ends) {
    throw InputError(
        fmt::format("{}: the record '{}' of the archive is damaged", path_.string(), record.name));
  }
  return result;
}

void check_names(const std::filesystem::path& path, const ZipArchive& archive) {
  for (const ZipRecord& record : archive.records()) {
    const bool is_folder = record.size == 0 && record.name.ends_with('/');
    if (leads_out(record.name)) {
      throw InputError(
          fmt::format("{}: the name of the record '{}' leads out of the archive's folder: do not trust "
                      "the file, and save the model again",
                      path.string(), record.name));
    }
    if (!record.is_regular && !is_folder) {
      throw InputError(
          fmt::format("{}: the record '{}' of the archive is a link or a device, not a file: do not "
                      "trust it, and save the model again",
                      path.string(), record.name));
    }
  }
}

void check_sizes(const std::filesystem::path& path, const ZipArchive& archive, std::uint64_t limit) {
  constexpr std::uint64_t deflate_reach = 1032;
  std::uint64_t total = 0;
  for (const ZipRecord& record : archive.records()) {
    if (record.size / deflate_reach > record.packed_size) {
      throw InputError(
          fmt::format("{}: the record '{}' claims to unpack from {} to {} bytes, which no compression of zip "
                      "archives reaches",
                      path.string(), record.name, record.packed_size, record.size));
    }
    if (record.size > limit - total) {
      throw InputError(
          fmt::format("{}: the archive unpacks to more than {} bytes: it holds more than it should",
                      path.string(), limit));
    }
    total += record.size;
  }
}

}  // namespace relu0
