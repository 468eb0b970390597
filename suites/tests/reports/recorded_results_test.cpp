// Recorded results: written, read back, refused where they are not what was recorded, and shown.
#include "reports/recorded/recorded_results.hpp"

#include "suites/tests/input_error.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;
using test::input_error_of;
using test::StoreFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RecordedResults sample_recorded() {
  const StoreFolder folder;
  return recorded_from(test::sample_store(folder.file()));
}

/// The sample's file after `change` of its JSON, under the old checksum.
template <typename Change>
std::string changed(Change change) {
  json document = json::parse(recorded_text(sample_recorded()));
  change(document);
  return document.dump();
}

TEST(RecordedResults, HoldWhatWasRunOfAStore) {
  const RecordedResults recorded = sample_recorded();
  EXPECT_EQ(recorded.kernel, "native") << "as of stores that do not name one";
  EXPECT_EQ(recorded.run, test::sample_run_info());
  EXPECT_EQ(recorded.environment, test::sample_environment());
  ASSERT_EQ(recorded.findings.size(), 3U) << "one of four was not run";
  EXPECT_EQ(recorded.findings[0].id, "fp32-half");
  EXPECT_EQ(recorded.findings[0].measured, "93/200 (46.5 %)");
  EXPECT_EQ(recorded.findings[0].verdict, Verdict::inconclusive);
  EXPECT_EQ(recorded.findings[0].conditions, (Conditions{{"images", "60000"}, {"network", "mlp-3x256"}}));
}

TEST(RecordedResults, AreReadBackBitForBit) {
  const RecordedResults recorded = sample_recorded();
  const std::string text = recorded_text(recorded);
  const RecordedResults read = parse_recorded("a.json", text);
  EXPECT_EQ(recorded_text(read), text);
  EXPECT_EQ(read.environment, recorded.environment);
  EXPECT_EQ(read.run, recorded.run);
  ASSERT_EQ(read.findings.size(), recorded.findings.size());
  EXPECT_EQ(read.findings[0].interval->low, 0.1 + 0.2);
  EXPECT_EQ(read.findings[1].interval->low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(read.findings[2].interval, std::nullopt);
}

TEST(RecordedResults, ThatWereTamperedWithAreRefused) {
  const auto error_of = [](const std::string& text) {
    return input_error_of([&] { parse_recorded("mine.json", text); });
  };
  EXPECT_NO_THROW(parse_recorded("mine.json", recorded_text(sample_recorded())));
  const auto tampered = [](const char* key, const json& value) {
    return changed([&](json& document) { document["content"]["findings"][0][key] = value; });
  };
  for (const std::string& text : {tampered("measured", "100/200 (50.0 %)"), tampered("verdict", "reproduced"),
                                  tampered("interval", json{0.1, 0.2}),
                                  changed([](json& document) { document["content"]["kernel"] = "other"; }),
                                  changed([](json& document) { document["content"]["findings"].erase(0); }),
                                  changed([](json& document) { document["content"]["more"] = 1; }),
                                  changed([](json& document) { document["sha256"] = "00"; }),
                                  changed([](json& document) { document.erase("sha256"); }),
                                  changed([](json& document) { document.erase("content"); })}) {
    EXPECT_THAT(error_of(text),
                AllOf(HasSubstr("mine.json: its checksum does not hold"), HasSubstr("--record")))
        << text;
  }
}

TEST(RecordedResults, OfAnotherVersionOrFormAreRefused) {
  const auto error_of = [](const std::string& text) {
    return input_error_of([&] { parse_recorded("mine.json", text); });
  };
  EXPECT_THAT(error_of(changed([](json& document) { document["version"] = 2; })),
              HasSubstr("mine.json: is of version 2, and this program reads version 1"));
  EXPECT_THAT(error_of(changed([](json& document) { document.erase("version"); })),
              HasSubstr("is of version null"));
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
                                  changed([](json& document) { document["format"] = "relu0 results"; })}) {
    EXPECT_THAT(error_of(text), HasSubstr("mine.json: is not a JSON object with \"format\"")) << text;
  }
  EXPECT_THAT(input_error_of([] { read_recorded("/nowhere/at/all.json"); }), HasSubstr("cannot be read"));
}

TEST(RecordedResults, WithContentOfAnotherKindAreRefusedWithThePlace) {
  RecordedResults twice = sample_recorded();
  twice.findings.push_back(twice.findings.front());
  EXPECT_THAT(input_error_of([&] { parse_recorded("mine.json", recorded_text(twice)); }),
              HasSubstr("'fp32-half' (fp32, \"chain-rule\") stands there twice"));
}

TEST(RecordedResults, AreToldFromAStore) {
  const StoreFolder folder;
  const Store store = test::sample_store(folder.file());
  const std::filesystem::path file = folder.file().parent_path() / "recorded.json";
  write_recorded(recorded_from(store), file);
  EXPECT_TRUE(is_recorded(file));
  EXPECT_FALSE(is_recorded(folder.file()));
  EXPECT_FALSE(is_recorded("/nowhere/at/all.json"));
  EXPECT_EQ(recorded_text(read_recorded(file)), test::bytes_of(file));
  EXPECT_THAT(test::store_error_of([&] { write_recorded(recorded_from(store), "/nowhere/at/all.json"); }),
              HasSubstr("recorded results /nowhere/at/all.json cannot be written"));
}

TEST(RecordedResults, AreNotMadeOfAStoreWithoutFindings) {
  const StoreFolder folder;
  const Store store = Store::open_for_run(folder.file());
  EXPECT_THAT(test::store_error_of([&] { recorded_from(store); }),
              HasSubstr("there is no finding to record"));
}

/// As it was recorded of 60,000 images, or under other conditions.
RecordedResults recorded_through(const std::string& kernel, const std::string& measured,
                                 const Conditions& conditions = {{"images", "60000"}}) {
  RecordedResults recorded;
  recorded.kernel = kernel;
  recorded.run.command = "relu0 run --kernel " + kernel;
  recorded.environment = {{"data MNIST", "MNIST train"}, {"processor", "a processor"}};
  recorded.findings = {{.id = "depth",
                        .setting = "fp32",
                        .measured = measured,
                        .interval = std::nullopt,
                        .verdict = Verdict::reproduced,
                        .conditions = conditions}};
  if (kernel != "native" && !conditions.empty()) {
    recorded.findings[0].conditions["kernel"] = kernel;
  }
  return recorded;
}

const Finding& depth_at_fp32(const Results& results) {
  return *std::find_if(results.findings.begin(), results.findings.end(), [](const Finding& finding) {
    return finding.id == "depth" && finding.setting == "fp32";
  });
}

TEST(RecordedResults, StandBesideTheFindingOfTheSameIdAndSetting) {
  Results results = test::sample_results();
  for (Finding& finding : results.findings) {
    finding.recorded.clear();
    finding.recorded_verdict.reset();
  }
  results.notes.clear();
  add_recorded({recorded_through("portable", "470/1000"), recorded_through("native", "468/1000")}, "native",
               results);
  EXPECT_EQ(depth_at_fp32(results).recorded, "468/1000") << "through the run's own kernel";
  EXPECT_EQ(depth_at_fp32(results).recorded_verdict, Verdict::reproduced);
  EXPECT_EQ(std::count_if(results.findings.begin(), results.findings.end(),
                          [](const Finding& finding) { return !finding.recorded.empty(); }),
            1);
  EXPECT_THAT(results.notes,
              ElementsAre(AllOf(HasSubstr("kernel native on a processor, measured on MNIST train"),
                                HasSubstr("relu0 run --kernel native"))));
}

TEST(RecordedResults, NameTheKernelThatCameToAnotherVerdict) {
  Results results = test::sample_results();
  results.notes.clear();
  RecordedResults portable = recorded_through("portable", "3/1000");
  portable.findings[0].verdict = Verdict::not_reproduced;
  add_recorded({portable, recorded_through("bias-last", "468/1000"), recorded_through("native", "470/1000")},
               "native", results);
  EXPECT_EQ(depth_at_fp32(results).recorded, "470/1000; kernel portable: 3/1000, not reproduced");
  EXPECT_EQ(depth_at_fp32(results).recorded_verdict, Verdict::reproduced);
  EXPECT_THAT(results.notes, ::testing::Contains(HasSubstr("kernel portable")));
}

TEST(RecordedResults, OfOtherConditionsSaySo) {
  const auto shown = [](const RecordedResults& recorded, const std::string& kernel) {
    Results results = test::sample_results();
    add_recorded({recorded}, kernel, results);
    return depth_at_fp32(results).recorded;
  };
  EXPECT_EQ(shown(recorded_through("portable", "470/1000"), "bias-last"), "470/1000 (kernel portable)");
  EXPECT_EQ(shown(recorded_through("native", "9/1000", {{"images", "2048"}, {"network", "mlp"}}), "native"),
            "9/1000 (images 2048; network mlp)");
  EXPECT_EQ(shown(recorded_through("native", "470/1000",
                                   {{"images", "60000"}, {"data", "digits of which a long text tells all"}}),
                  "native"),
            "470/1000 (other data)");
  EXPECT_EQ(shown(recorded_through("native", "470/1000", {}), "native"),
            "470/1000 (what was looked at is not recorded)");
  EXPECT_EQ(shown(recorded_through("native", "470/1000"), "native"), "470/1000");
}

TEST(RecordedResults, UnderTheSameConditionsComeFirstWhateverTheirOrder) {
  Results results = test::sample_results();
  results.notes.clear();
  add_recorded(
      {recorded_through("native", "9/1000", {{"images", "2048"}}), recorded_through("native", "470/1000")},
      "native", results);
  EXPECT_EQ(depth_at_fp32(results).recorded, "470/1000");
  EXPECT_EQ(results.notes.size(), 1U) << "nothing is shown of the other run";
}

TEST(RecordedResults, OfOtherConditionsAreExplainedInANote) {
  Results results = test::sample_results();
  results.notes.clear();
  add_recorded({recorded_through("native", "9/1000", {{"images", "2048"}})}, "native", results);
  ASSERT_EQ(results.notes.size(), 2U);
  EXPECT_THAT(results.notes[1], HasSubstr("is not to be held against it"));
}

TEST(RecordedResults, AreNotShownWhereThereAreNone) {
  Results results = test::sample_results();
  results.notes.clear();
  add_recorded({}, "native", results);
  EXPECT_EQ(depth_at_fp32(results).recorded, "");
  EXPECT_THAT(results.notes, IsEmpty());
}

/// Reading them checks their checksums.
TEST(RecordedResults, ThatAreBuiltInHold) {
  for (const RecordedResults& recorded : built_in_recorded()) {
    EXPECT_FALSE(recorded.findings.empty());
  }
}

}  // namespace
}  // namespace relu0
