#include "reports/store/store.hpp"

#include "reports/codec/packed_numbers.hpp"
#include "reports/codec/result_fields.hpp"
#include "reports/codec/stored_values.hpp"
#include "suites/tests/reports/support.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;
using test::hostile;
using test::StoreFolder;

template <class Item>
json list_of(const std::vector<Item>& items) {
  json list = json::array();
  for (const Item& item : items) {
    list.push_back(encode(item));
  }
  return list;
}

/// Everything in one text, in which NaN equals NaN.
std::string as_text(const Results& results) {
  return canonical_text({{"experiments", list_of(results.experiments)},
                         {"findings", list_of(results.findings)},
                         {"figures", list_of(results.figures)},
                         {"heat maps", list_of(results.heat_maps)},
                         {"tables", list_of(results.tables)},
                         {"notes", results.notes}});
}

void expect_sample(const Store& store) {
  EXPECT_EQ(store.environment(), test::sample_environment());
  EXPECT_EQ(store.run_info(), test::sample_run_info());
  EXPECT_EQ(as_text(store.results()), as_text(test::sample_results()));
  EXPECT_EQ(store.keys(), (std::vector<std::string>{hostile, R"({"bits":32,"depth":3})"}));
  EXPECT_EQ(store.draws(R"({"bits":32,"depth":3})"), (std::set<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(store.draws("another key"), std::set<std::int64_t>{});
  EXPECT_TRUE(store.stored_draws("another key").empty());
  const std::vector<StoredDraw> measured = store.stored_draws(R"({"bits":32,"depth":3})");
  ASSERT_EQ(measured.size(), 3U);
  EXPECT_EQ(measured[2].draw, 2);
  EXPECT_EQ(measured[2].values, (json{{"impacted", 2}, {"norm", 1e-7}}));
  EXPECT_TRUE(std::isnan(store.stored_draws(hostile).at(0).values.at("norm").get<double>()));
}

TEST(Store, GivesBackAllThatWasPutIn) {
  const StoreFolder folder;
  const Store store = test::sample_store(folder.file());
  expect_sample(store);
}

TEST(Store, GivesBackAllThatWasPutInAfterItWasClosed) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  expect_sample(Store::open_for_reading(folder.file()));
  expect_sample(Store::open_for_run(folder.file()));
}

TEST(Store, LeavesNoFileBesideItself) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(names, std::vector<std::string>{"results.sqlite"});
}

TEST(Store, IsEmptyAtFirst) {
  const StoreFolder folder;
  const Store store = Store::open_for_run(folder.file());
  EXPECT_TRUE(store.keys().empty());
  EXPECT_TRUE(store.environment().empty());
  EXPECT_EQ(store.run_info(), RunInfo{});
  EXPECT_EQ(as_text(store.results()), as_text(Results{}));
  EXPECT_EQ(store.file(), folder.file());
}

TEST(Store, MakesTheFoldersAboveIt) {
  const StoreFolder folder;
  Store::open_for_run(folder.path() / "a" / "b" / "results.sqlite");
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "a" / "b" / "results.sqlite"));
}

TEST(Store, IsRecognisableAsAFileOfItsKindAndVersion) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  SQLite::Database database(folder.file().string());
  EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), 0x726C7530);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), Store::schema_version);
  EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "delete");
}

TEST(Store, ContinuesWhereAnEarlierRunEnded) {
  const StoreFolder folder;
  Store::open_for_run(folder.file()).record({.key = "c", .draw = 7, .values = 1});
  Store store = Store::open_for_run(folder.file());
  EXPECT_EQ(store.draws("c"), std::set<std::int64_t>{7});
  store.record({.key = "c", .draw = 8, .values = 2});
  EXPECT_EQ(store.draws("c"), (std::set<std::int64_t>{7, 8}));
}

TEST(Store, ListsDrawsInOrderWhateverTheOrderOfRecording) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t draw : {std::int64_t{5}, greatest, std::int64_t{-1}, least}) {
    store.record({.key = "c", .draw = draw, .values = draw});
  }
  std::vector<std::int64_t> order;
  for (const StoredDraw& measurement : store.stored_draws("c")) {
    order.push_back(measurement.draw);
  }
  EXPECT_EQ(order, (std::vector<std::int64_t>{least, -1, 5, greatest}));
}

TEST(Store, RefusesASecondMeasurementOfTheSameDraw) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.record({.key = "c", .draw = 1, .values = "first"});
  EXPECT_THROW(store.record({.key = "c", .draw = 1, .values = "second"}), std::logic_error);
  EXPECT_EQ(store.stored_draws("c").at(0).values, "first");
  store.record({.key = "d", .draw = 1, .values = "another key"});
}

TEST(Store, RecordsSeveralMeasurementsOrNone) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.record({{.key = "a", .draw = 1, .values = 1}, {.key = "b", .draw = 1, .values = 2}});
  EXPECT_THROW(store.record({{.key = "c", .draw = 1, .values = 3}, {.key = "a", .draw = 1, .values = 4}}),
               std::logic_error);
  EXPECT_EQ(store.keys(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(store.draws("c").empty());
  EXPECT_EQ(store.stored_draws("b").at(0).values, 2);
}

TEST(Store, KeepsEveryBitOfANumber) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  using limits = std::numeric_limits<double>;
  std::vector<double> numbers{0.0,
                              -0.0,
                              1.0,
                              0.1,
                              1.0 / 3,
                              limits::max(),
                              limits::min(),
                              limits::denorm_min(),
                              -limits::max(),
                              1e22,
                              9007199254740993.0,
                              limits::infinity(),
                              -limits::infinity()};
  std::mt19937_64 bits(20240601);
  while (numbers.size() < 2000) {
    const auto number = std::bit_cast<double>(bits());
    if (!std::isnan(number)) {
      numbers.push_back(number);
    }
  }
  store.record({.key = "c", .draw = 0, .values = numbers});
  const json values = store.stored_draws("c").at(0).values;
  ASSERT_EQ(values.size(), numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_TRUE(values[i].is_number_float()) << i;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(values[i].get<double>()), std::bit_cast<std::uint64_t>(numbers[i]))
        << numbers[i];
  }
}

TEST(Store, KeepsNotANumberDeepInsideAMeasurement) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.record(
      {.key = "c", .draw = 0, .values = {{"layers", {{{"norm", std::nan("")}}, {{"norm", nullptr}}}}}});
  const json layers = store.stored_draws("c").at(0).values.at("layers");
  EXPECT_TRUE(std::isnan(layers.at(0).at("norm").get<double>()));
  EXPECT_TRUE(layers.at(1).at("norm").is_null());
}

TEST(Store, KeepsTheTypesOfValues) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  const json values{{"whole", 1},
                    {"float", 1.0},
                    {"greatest", std::numeric_limits<std::uint64_t>::max()},
                    {"yes", true},
                    {"text", "NaN is not a string here: nan, inf"},
                    {"nothing", nullptr},
                    {"list", json::array()},
                    {"object", json::object()}};
  store.record({.key = "c", .draw = 0, .values = values});
  const json back = store.stored_draws("c").at(0).values;
  EXPECT_EQ(back, values);
  for (const auto& [key, value] : values.items()) {
    EXPECT_EQ(back.at(key).type_name(), std::string(value.type_name()));
  }
  EXPECT_TRUE(back.at("float").is_number_float());
}

TEST(Store, RefusesValuesThatWouldNotComeBack) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  for (const json& values : {json("NaN"), json{{"a", {"Infinity"}}}, json("-Infinity"), json::binary({1, 2}),
                             json("not \xFF UTF-8")}) {
    EXPECT_THROW(store.record({.key = "c", .draw = 0, .values = values}), std::invalid_argument);
  }
  EXPECT_TRUE(store.keys().empty());
}

TEST(Store, KeepsPackedNumbersAsTheirBytes) {
  const StoreFolder folder;
  const json values{{"panel", pack_numbers({1, -0.0, std::nan("")}, PackedFormat::binary32)},
                    {"empty", pack_numbers({}, PackedFormat::binary64)}};
  Store::open_for_run(folder.file()).record({.key = "c", .draw = 3, .values = values});
  EXPECT_EQ(Store::open_for_reading(folder.file()).stored_draws("c").at(0).values, values);
  SQLite::Database database(folder.file().string());
  EXPECT_EQ(database.execAndGet("SELECT hex(numbers) FROM packed_numbers WHERE draw = 3 AND path = '/panel'")
                .getString(),
            "0000803F000000800000C07F");
  EXPECT_EQ(database.execAndGet("SELECT measured FROM measurement").getString(),
            R"({"empty":{"packed":"binary64"},"panel":{"packed":"binary32"}})");
}

TEST(Store, KeepsNoPackedNumbersOfAMeasurementThatIsRefused) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  const json values = pack_numbers({1}, PackedFormat::binary64);
  store.record({.key = "c", .draw = 1, .values = values});
  EXPECT_THROW(
      store.record({{.key = "d", .draw = 1, .values = values}, {.key = "c", .draw = 1, .values = 2}}),
      std::logic_error);
  EXPECT_EQ(
      SQLite::Database(folder.file().string()).execAndGet("SELECT count(*) FROM packed_numbers").getInt(), 1);
}

TEST(Store, ReplacesResultsAndKeepsMeasurements) {
  const StoreFolder folder;
  Store store = test::sample_store(folder.file());
  Results fewer;
  fewer.notes = {"only this"};
  store.replace_results(fewer);
  EXPECT_EQ(as_text(store.results()), as_text(fewer));
  EXPECT_EQ(store.keys().size(), 2U);
}

TEST(Store, ReadsResultsOnceAndAgainAfterItReplacedThem) {
  const StoreFolder folder;
  Store run = test::sample_store(folder.file());
  const Store reader = Store::open_for_reading(folder.file());
  const Results& first = reader.results();
  EXPECT_EQ(as_text(first), as_text(test::sample_results()));
  Results fewer;
  fewer.notes = {"only this"};
  run.replace_results(fewer);
  EXPECT_EQ(&reader.results(), &first) << "all reports of one store are of one state";
  EXPECT_EQ(as_text(reader.results()), as_text(test::sample_results()));
  EXPECT_EQ(as_text(run.results()), as_text(fewer));
}

/// A version of the schema before this one.
class OlderStore : public ::testing::TestWithParam<int> {
 protected:
  /// Makes a store of the sample as relu0 wrote it then: without the part that was seen, before that without
  /// conditions, before that without claims,
  /// packed numbers and answers, at first without heat maps.
  OlderStore() {
    test::sample_store(folder_.file());
    SQLite::Database database(folder_.file().string(), SQLite::OPEN_READWRITE);
    database.exec("ALTER TABLE finding DROP COLUMN part_seen");
    if (GetParam() < 6) {
      database.exec("ALTER TABLE finding DROP COLUMN conditions");
    }
    if (GetParam() < 5) {
      database.exec("DROP TABLE claim");
      for (const char* column : {"paper_claim", "precision", "rule", "recorded", "recorded_verdict"}) {
        database.exec(std::string("ALTER TABLE finding DROP COLUMN ") + column);
      }
    }
    if (GetParam() < 4) {
      database.exec("DROP TABLE packed_numbers");
    }
    if (GetParam() < 3) {
      database.exec("ALTER TABLE experiment DROP COLUMN answer");
    }
    if (GetParam() == 1) {
      database.exec("DROP TABLE heat_map");
    }
    database.exec("PRAGMA user_version = " + std::to_string(GetParam()));
  }

  static Results known_then() {
    Results results = test::sample_results();
    for (Finding& finding : results.findings) {
      finding.part_seen.clear();
      if (GetParam() < 6) {
        finding.conditions.clear();
      }
    }
    if (GetParam() < 5) {
      results.claims.clear();
      for (Finding& finding : results.findings) {
        finding.paper_claim.clear();
        finding.precision.reset();
        finding.rule.reset();
        finding.recorded.clear();
        finding.recorded_verdict.reset();
      }
    }
    if (GetParam() < 3) {
      for (ExperimentSection& section : results.experiments) {
        section.answer.clear();
      }
    }
    if (GetParam() == 1) {
      results.heat_maps.clear();
    }
    return results;
  }

  StoreFolder folder_;
};

TEST_P(OlderStore, IsReadAsItIs) {
  const std::string before = test::bytes_of(folder_.file());
  const Store store = Store::open_for_reading(folder_.file());
  EXPECT_EQ(as_text(store.results()), as_text(known_then()));
  EXPECT_EQ(store.stored_draws(R"({"bits":32,"depth":3})").size(), 3U);
  EXPECT_TRUE(test::bytes_of(folder_.file()) == before);
}

TEST_P(OlderStore, BecomesOneOfThisVersionWhenARunContinuesIt) {
  Store store = Store::open_for_run(folder_.file());
  EXPECT_EQ(as_text(store.results()), as_text(known_then()));
  store.replace_results(test::sample_results());
  expect_sample(store);
  EXPECT_EQ(SQLite::Database(folder_.file().string()).execAndGet("PRAGMA user_version").getInt(),
            Store::schema_version);
}

/// A row as it was written then, and the same values recorded now, are the same to whoever compares them.
TEST_P(OlderStore, HoldsTheSameValuesAsOneOfThisVersion) {
  SQLite::Database(folder_.file().string(), SQLite::OPEN_READWRITE)
      .exec(R"sql(UPDATE measurement SET measured = '{"fp64":{"encoding":"base64 of little-endian binary64",
"values":"AAAAAAAAAIAAAAAAAADwfw=="},"norm":["nan","-inf","NaN",0.1]}' WHERE draw = 0)sql");
  const double infinity = std::numeric_limits<double>::infinity();
  const json now{{"fp64", pack_numbers({-0.0, infinity}, PackedFormat::binary64)},
                 {"norm", {std::nan(""), -infinity, std::nan(""), 0.1}}};
  const std::string key = R"({"bits":32,"depth":3})";
  EXPECT_EQ(canonical_text(Store::open_for_reading(folder_.file()).stored_draws(key).at(0).values),
            canonical_text(now));
  Store store = Store::open_for_run(folder_.file());
  store.record({.key = key, .draw = 17, .values = now});
  const std::vector<StoredDraw> both = store.stored_draws(key);
  ASSERT_EQ(both.size(), 4U);
  EXPECT_EQ(canonical_text(both.front().values), canonical_text(both.back().values));
}

INSTANTIATE_TEST_SUITE_P(Schema, OlderStore, ::testing::Range(1, Store::schema_version),
                         [](const auto& version) { return "version_" + std::to_string(version.param); });

TEST(Store, ReplacesEnvironmentAndRunInfo) {
  const StoreFolder folder;
  Store store = test::sample_store(folder.file());
  store.set_environment({{"cpu", "another"}});
  store.set_run_info({.command = "relu0 run", .scale = "paper", .seed = 5});
  EXPECT_EQ(store.environment(), (Environment{{"cpu", "another"}}));
  EXPECT_EQ(store.run_info(), (RunInfo{.command = "relu0 run", .scale = "paper", .seed = 5}));
}

TEST(Store, RefusesResultsWithAmbiguousIdsAndKeepsTheOldOnes) {
  const StoreFolder folder;
  Store store = test::sample_store(folder.file());
  const auto refuse = [&](const char* what, auto change) {
    Results results = test::sample_results();
    change(results);
    EXPECT_THROW(store.replace_results(results), std::invalid_argument) << what;
  };
  refuse("finding", [](Results& r) { r.findings.push_back(r.findings.front()); });
  refuse("figure", [](Results& r) { r.figures.push_back(r.figures.front()); });
  refuse("heat map", [](Results& r) { r.heat_maps.push_back(r.heat_maps.front()); });
  refuse("ragged heat map", [](Results& r) { r.heat_maps.front().rows.pop_back(); });
  refuse("table", [](Results& r) { r.tables.push_back(r.tables.front()); });
  refuse("experiment", [](Results& r) { r.experiments.push_back(r.experiments.front()); });
  refuse("ragged table", [](Results& r) { r.tables.front().rows.push_back({"1"}); });
  EXPECT_EQ(as_text(store.results()), as_text(test::sample_results()));
}

}  // namespace
}  // namespace relu0
