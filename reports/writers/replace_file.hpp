#pragma once
#include <filesystem>
#include <string_view>

namespace relu0 {

/// Writes the text to the disk through a temporary file beside `file`, which then takes its place, so that
/// the file is never half-written. Returns 0, or the error number where that failed; then the old file is as
/// it was and no temporary one is left.
[[nodiscard]] int replace_file(const std::filesystem::path& file, std::string_view text);

/// Whether replace_file() can write the file as things are: 0, or the error number. Tries it out with a
/// temporary file beside it, which is removed again.
[[nodiscard]] int why_not_replaceable(const std::filesystem::path& file);

/// The same for files in a folder that may have to be made, with those above it.
[[nodiscard]] int why_not_writable(const std::filesystem::path& folder);

}  // namespace relu0
