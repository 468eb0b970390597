#pragma once
#include "reports/model/results.hpp"

#include <SQLiteCpp/Database.h>

namespace relu0 {

/// Throws std::invalid_argument unless all ids are unique, each table's rows have one cell per column, and
/// the heat maps are consistent.
void require_consistent(const Results& results);

/// Replaces all conclusions in one transaction.
void write_results(SQLite::Database& database, const Results& results);

/// All conclusions, as they stood at one moment.
Results read_results(SQLite::Database& database);

}  // namespace relu0
