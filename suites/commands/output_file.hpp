#pragma once
#include <filesystem>

namespace relu0::commands {

/// Throws InputError where the file is a store of measurements, which no text may replace.
void require_no_store(const std::filesystem::path& file);

}  // namespace relu0::commands
