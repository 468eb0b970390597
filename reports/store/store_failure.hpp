#pragma once
#include "reports/model/store_error.hpp"

#include <filesystem>
#include <string_view>

namespace SQLite {
class Exception;
}

namespace relu0 {

/// An error whose message tells the file, what is wrong with it and the remedy.
StoreError store_failure(const std::filesystem::path& file, std::string_view what, StoreRemedy remedy);

/// The same for an error that SQLite reports.
StoreError store_failure(const std::filesystem::path& file, const SQLite::Exception& error);

}  // namespace relu0
