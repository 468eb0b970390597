#pragma once
#include <filesystem>
#include <string_view>

namespace relu0::commands {

/// Throws InputError where the file is a store of measurements, which no text may replace.
void require_no_store(const std::filesystem::path& file);

/// Throws InputError where the file cannot be written as things are, so that nothing is measured or read in
/// vain. out: a folder that the command makes before it writes the file; empty: none.
void require_writable(const std::filesystem::path& file, const std::filesystem::path& out = {});

/// Writes the file as a whole or not at all. Throws InputError.
void write_output(const std::filesystem::path& file, std::string_view text);

}  // namespace relu0::commands
