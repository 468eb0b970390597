#include "reports/store/store.hpp"

#include "reports/codec/stored_values.hpp"
#include "reports/model/environment.hpp"
#include "reports/store/store_file.hpp"
#include "reports/store/store_results.hpp"
#include "reports/store/store_schema.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace relu0 {

namespace {

std::vector<StoredNumbers> packed_numbers(SQLite::Database& database, std::int64_t cell, std::int64_t draw) {
  SQLite::Statement select(database, "SELECT path, numbers FROM packed_numbers WHERE cell = ? AND draw = ?");
  SQLite::bind(select, cell, draw);
  std::vector<StoredNumbers> result;
  while (select.executeStep()) {
    const SQLite::Column numbers = select.getColumn(1);
    const auto* begin = static_cast<const std::uint8_t*>(numbers.getBlob());
    result.push_back({.path = select.getColumn(0).getString(), .bytes = {begin, begin + numbers.size()}});
  }
  return result;
}

/// restored_values() with errors that name the draw.
nlohmann::json restored(const StoredValues& stored, const std::string& key, std::int64_t draw) {
  try {
    return restored_values(stored);
  } catch (const DecodeError& error) {
    throw DecodeError({}, fmt::format("draw {} of {}: {}", draw, key, error.what()));
  }
}

}  // namespace

struct Store::Implementation {
  StoreFile file;
  std::optional<Results> results{};
};

Store::Store(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Store::Store(Store&& other) noexcept = default;
Store& Store::operator=(Store&& other) noexcept = default;
Store::~Store() = default;

Store Store::open_for_run(const std::filesystem::path& file,
                          const std::function<void(const Store&)>& accept) {
  Store store(std::make_unique<Implementation>(Implementation{.file = StoreFile::open_for_run(file)}));
  if (accept && !store.implementation_->file.is_empty()) {
    accept(store);
  }
  store.implementation_->file.upgrade();
  return store;
}

Store Store::open_for_reading(const std::filesystem::path& file) {
  return Store(std::make_unique<Implementation>(Implementation{.file = StoreFile::open_for_reading(file)}));
}

const std::filesystem::path& Store::file() const { return implementation_->file.path(); }

void Store::record(const StoredDraw& draw) { record(std::vector<StoredDraw>{draw}); }

void Store::record(const std::vector<StoredDraw>& draws) {
  std::vector<StoredValues> stored;
  stored.reserve(draws.size());
  for (const StoredDraw& draw : draws) {
    stored.push_back(stored_values(draw.values));
  }
  implementation_->file.use([&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement add_key(database, "INSERT OR IGNORE INTO cell (key) VALUES (?)");
    SQLite::Statement add(database,
                          "INSERT OR IGNORE INTO measurement (cell, draw, measured) "
                          "SELECT id, ?, ? FROM cell WHERE key = ?");
    SQLite::Statement add_numbers(database,
                                  "INSERT INTO packed_numbers (cell, draw, path, numbers) "
                                  "SELECT id, ?, ?, ? FROM cell WHERE key = ?");
    for (std::size_t i = 0; i < draws.size(); ++i) {
      const auto& [key, draw, values] = draws[i];
      SQLite::bind(add_key, key);
      add_key.exec();
      add_key.reset();
      SQLite::bind(add, draw, stored[i].text, key);
      if (add.exec() == 0) {
        throw std::logic_error(fmt::format("draw {} of {} is already recorded", draw, key));
      }
      add.reset();
      for (const auto& [path, bytes] : stored[i].numbers) {
        add_numbers.bind(1, draw);
        add_numbers.bind(2, path);
        // SQLite takes a null pointer, which an empty list may give, for NULL.
        add_numbers.bind(3, bytes.empty() ? "" : static_cast<const void*>(bytes.data()),
                         static_cast<int>(bytes.size()));
        add_numbers.bind(4, key);
        add_numbers.exec();
        add_numbers.reset();
      }
    }
    transaction.commit();
  });
}

std::set<std::int64_t> Store::draws(const std::string& key) const {
  return implementation_->file.use([&](SQLite::Database& database) {
    SQLite::Statement select(
        database, "SELECT draw FROM measurement JOIN cell ON cell.id = measurement.cell WHERE key = ?");
    SQLite::bind(select, key);
    std::set<std::int64_t> result;
    while (select.executeStep()) {
      result.insert(select.getColumn(0).getInt64());
    }
    return result;
  });
}

std::vector<StoredDraw> Store::stored_draws(const std::string& key) const {
  return implementation_->file.use([&](SQLite::Database& database) {
    const SQLite::Transaction one_state(database);
    const bool with_packed_numbers =
        database.execAndGet("PRAGMA user_version").getInt() >= first_version_with_packed_numbers;
    SQLite::Statement select(database,
                             "SELECT measurement.cell, draw, measured FROM measurement JOIN cell "
                             "ON cell.id = measurement.cell WHERE key = ? ORDER BY draw");
    SQLite::bind(select, key);
    std::vector<StoredDraw> result;
    while (select.executeStep()) {
      const std::int64_t draw = select.getColumn(1).getInt64();
      StoredValues stored{.text = select.getColumn(2).getString(), .numbers = {}};
      if (with_packed_numbers) {
        stored.numbers = packed_numbers(database, select.getColumn(0).getInt64(), draw);
      }
      result.push_back({.key = key, .draw = draw, .values = restored(stored, key, draw)});
    }
    return result;
  });
}

std::vector<std::string> Store::keys() const {
  return implementation_->file.use([](SQLite::Database& database) {
    SQLite::Statement select(database, "SELECT key FROM cell ORDER BY key");
    std::vector<std::string> result;
    while (select.executeStep()) {
      result.push_back(select.getColumn(0).getString());
    }
    return result;
  });
}

void Store::set_environment(const Environment& environment) {
  implementation_->file.use([&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec("DELETE FROM environment");
    for (const auto& [key, value] : environment) {
      SQLite::Statement insert(database, "INSERT INTO environment (key, value) VALUES (?, ?)");
      SQLite::bind(insert, key, value);
      insert.exec();
    }
    transaction.commit();
  });
}

Environment Store::environment() const {
  return implementation_->file.use([](SQLite::Database& database) {
    SQLite::Statement select(database, "SELECT key, value FROM environment");
    Environment result;
    while (select.executeStep()) {
      result.emplace(select.getColumn(0).getString(), select.getColumn(1).getString());
    }
    return result;
  });
}

void Store::set_run_info(const RunInfo& info) {
  implementation_->file.use([&](SQLite::Database& database) {
    SQLite::Statement insert(
        database, "INSERT OR REPLACE INTO run_info (only_row, command, scale, seed) VALUES (1, ?, ?, ?)");
    SQLite::bind(insert, info.command, info.scale, info.seed);
    insert.exec();
  });
}

RunInfo Store::run_info() const {
  return implementation_->file.use([](SQLite::Database& database) {
    SQLite::Statement select(database, "SELECT command, scale, seed FROM run_info");
    if (!select.executeStep()) {
      return RunInfo{};
    }
    return RunInfo{.command = select.getColumn(0).getString(),
                   .scale = select.getColumn(1).getString(),
                   .seed = select.getColumn(2).getInt64()};
  });
}

void Store::replace_results(const Results& results) {
  require_consistent(results);
  implementation_->results.reset();
  implementation_->file.use([&](SQLite::Database& database) { write_results(database, results); });
}

const Results& Store::results() const {
  if (!implementation_->results) {
    implementation_->results =
        implementation_->file.use([](SQLite::Database& database) { return read_results(database); });
    implementation_->results->kernel = value_of(environment(), facts::kernel);
  }
  return *implementation_->results;
}

}  // namespace relu0
