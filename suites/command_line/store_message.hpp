#pragma once
#include "reports/model/store_error.hpp"

#include <string>
#include <string_view>

namespace relu0 {

/// What a command says of a store that it cannot use: what is wrong, and what the user can do about it there.
/// command: its name. `report` and `compare` only read stores, and neither makes one nor continues it; other
/// commands add by which options the error's own advice is followed.
std::string store_message(const StoreError& error, std::string_view command);

}  // namespace relu0
