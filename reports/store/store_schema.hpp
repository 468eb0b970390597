#pragma once
#include "reports/store/store.hpp"

#include <array>
#include <cstdint>

namespace relu0 {

/// "rlu0": tells a result store from any other SQLite file.
constexpr std::uint32_t store_application_id = 0x726C7530;

/// Schema version 1, made in an empty file, which becomes a result store by it.
/// JSON stands in columns whose content only the writers look into.
constexpr const char* store_schema_1 = R"sql(
PRAGMA application_id = 0x726C7530;
PRAGMA user_version = 1;
CREATE TABLE run_info (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  command TEXT NOT NULL,
  scale TEXT NOT NULL,
  seed INTEGER NOT NULL
) STRICT;
CREATE TABLE environment (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE cell (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE measurement (
  cell INTEGER NOT NULL REFERENCES cell (id),
  draw INTEGER NOT NULL,
  measured TEXT NOT NULL, -- JSON
  PRIMARY KEY (cell, draw)
) STRICT, WITHOUT ROWID;
CREATE TABLE experiment (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  summary TEXT NOT NULL
) STRICT;
CREATE TABLE finding (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  setting TEXT NOT NULL,
  claim TEXT NOT NULL,
  published TEXT NOT NULL,
  measured TEXT NOT NULL,
  interval TEXT, -- JSON: [low, high]
  agreement TEXT NOT NULL,
  verdict TEXT NOT NULL,
  why TEXT NOT NULL,
  decision_rule TEXT NOT NULL,
  source TEXT NOT NULL,
  headline INTEGER NOT NULL,
  experiment TEXT NOT NULL,
  UNIQUE (id, setting)
) STRICT;
CREATE TABLE figure (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  title TEXT NOT NULL,
  caption TEXT NOT NULL,
  drawing TEXT NOT NULL -- JSON: axes and series
) STRICT;
CREATE TABLE result_table (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  title TEXT NOT NULL,
  caption TEXT NOT NULL,
  columns TEXT NOT NULL, -- JSON
  rows TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE note (
  position INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;
)sql";

/// From version 1 to version 2.
constexpr const char* store_schema_2 = R"sql(
PRAGMA user_version = 2;
CREATE TABLE heat_map (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  title TEXT NOT NULL,
  caption TEXT NOT NULL,
  cells TEXT NOT NULL -- JSON: axes, values, unit, kind of colour scale and its group, contours
) STRICT;
)sql";
constexpr int first_version_with_heat_maps = 2;

/// From version 2 to version 3.
constexpr const char* store_schema_3 = R"sql(
PRAGMA user_version = 3;
ALTER TABLE experiment ADD COLUMN answer TEXT NOT NULL DEFAULT '';
)sql";
constexpr int first_version_with_answers = 3;

/// From version 3 to version 4.
constexpr const char* store_schema_4 = R"sql(
PRAGMA user_version = 4;
CREATE TABLE packed_numbers (
  cell INTEGER NOT NULL,
  draw INTEGER NOT NULL,
  path TEXT NOT NULL, -- JSON pointer into measurement.measured, where {"packed": "binary32" or "binary64"} stands
  numbers BLOB NOT NULL, -- of that type, little-endian
  PRIMARY KEY (cell, draw, path),
  FOREIGN KEY (cell, draw) REFERENCES measurement (cell, draw)
) STRICT;
)sql";
constexpr int first_version_with_packed_numbers = 4;

/// From version 4 to version 5.
constexpr const char* store_schema_5 = R"sql(
PRAGMA user_version = 5;
CREATE TABLE claim (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  sentence TEXT NOT NULL,
  published TEXT NOT NULL,
  protocol TEXT NOT NULL,
  experiment TEXT NOT NULL,
  absence TEXT NOT NULL
) STRICT;
ALTER TABLE finding ADD COLUMN paper_claim TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN precision TEXT; -- JSON: a name, as the next and the last
ALTER TABLE finding ADD COLUMN rule TEXT;
ALTER TABLE finding ADD COLUMN recorded TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN recorded_verdict TEXT;
)sql";
constexpr int first_version_with_claims = 5;

/// From version 5 to version 6.
constexpr const char* store_schema_6 = R"sql(
PRAGMA user_version = 6;
ALTER TABLE finding ADD COLUMN conditions TEXT; -- JSON
)sql";
constexpr int first_version_with_conditions = 6;

/// From version 6 to version 7.
constexpr const char* store_schema_7 = R"sql(
PRAGMA user_version = 7;
ALTER TABLE finding ADD COLUMN part_seen TEXT NOT NULL DEFAULT '';
)sql";
constexpr int first_version_with_part_seen = 7;

/// What makes version i + 1 of version i; version 0 is an empty file.
constexpr std::array<const char*, Store::schema_version> store_schema_steps{
    store_schema_1, store_schema_2, store_schema_3, store_schema_4,
    store_schema_5, store_schema_6, store_schema_7};

}  // namespace relu0
