#pragma once
#include <filesystem>
#include <string_view>

namespace relu0 {

/// Writes the text to the disk through a temporary file beside `file`, which then takes its place, so that
/// the file is never half-written. Returns 0, or the error number where that failed; then the old file is as
/// it was and no temporary one is left.
[[nodiscard]] int replace_file(const std::filesystem::path& file, std::string_view text);

}  // namespace relu0
