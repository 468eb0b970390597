#include "reports/figures/page_svg.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/reports/sample_claims.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace relu0 {
namespace {

using test::hostile;
using test::StoreFolder;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::size_t most_bytes = 5'000'000;

/// The report is written so that it is XML too; a parser for that is stricter than one for HTML.
class HtmlReport : public testing::Test {
 protected:
  void read(const Store& store) { parse(html_report(store)); }
  void read_sample() { read(test::sample_store(folder_.file())); }
  void read(const Results& results) {
    Store store = Store::open_for_run(folder_.file());
    store.replace_results(results);
    read(store);
  }
  /// The report of the sample of claims, which is made once for all tests that look at it.
  void read_claims() {
    static const std::string html = [] {
      const StoreFolder folder;
      Store store = Store::open_for_run(folder.file());
      store.replace_results(test::sample_claims());
      return html_report(store);
    }();
    parse(html);
  }
  [[nodiscard]] std::size_t count(const char* xpath) const { return document_.select_nodes(xpath).size(); }
  /// The trimmed texts of all elements that an expression finds.
  [[nodiscard]] std::vector<std::string> texts(const char* xpath) const {
    std::vector<std::string> found;
    for (const auto& node : document_.select_nodes(xpath)) {
      found.push_back(pugi::xpath_query("normalize-space(.)").evaluate_string(node));
    }
    return found;
  }

  StoreFolder folder_;
  std::string html_;
  pugi::xml_document document_;

 private:
  void parse(const std::string& html) {
    html_ = html;
    const pugi::xml_parse_result parsed = document_.load_string(
        html_.c_str(), pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata);
    ASSERT_TRUE(parsed) << parsed.description() << " at "
                        << html_.substr(static_cast<std::size_t>(parsed.offset), 200);
  }
};

TEST_F(HtmlReport, StartsWithTheAnswerTheCountsAndTheFigure) {
  read_claims();
  EXPECT_STREQ(document_.select_node("//main/section").node().attribute("id").value(), "answer");
  EXPECT_THAT(texts("//section[@id='answer']//p[@class='lead']"),
              ElementsAre(StartsWith("Yes: another value of ReLU′(0) changes the gradient of 24/24"),
                          StartsWith("Of the paper's 19 claims, 7 are reproduced")));
  EXPECT_THAT(
      texts("//ul[@class='tally']/li"),
      ElementsAre("7 ✓ reproduced", "2 ✗ not reproduced", "1 ? inconclusive", "1 • measured", "8 – not run"));
  EXPECT_EQ(count("//section[@id='answer']//figure[@id='figure-precision']//svg[@role='img']"), 1U);
  EXPECT_THAT(texts("//figure[@id='figure-precision']//tbody/tr"),
              ElementsAre("fp161 [0.86, 1]1 [0.996, 1]", "bf161 [0.86, 1]",
                          "fp320.46 [0.26, 0.67]0.463 [0.43, 0.49]", "fp640 [0, 0.14]0 [0, 0.004]"));
}

TEST_F(HtmlReport, ShowsEachClaimByPrecisionAndRule) {
  read_claims();
  const auto row = [&](int number) {
    return texts(("//table[@class='matrix']/tbody/tr[" + std::to_string(number) + "]/*").c_str());
  };
  EXPECT_EQ(count("//table[@class='matrix']/tbody/tr"), 11U);
  EXPECT_THAT(row(1), ElementsAre("✓reproduced: a few words on fp16-systematic",
                                  "✓fp16, chain rule: reproduced, 24/24 (100.0 %)",
                                  "✓fp16, published code: reproduced, 24/24 (100.0 %)",
                                  "•bf16, chain rule: measured, 24/24 (100.0 %)",
                                  "•bf16, published code: measured, 24/24 (100.0 %)", "", "", ""));
  // A finding that no rule concerns has one field; the other precisions have one empty field each.
  EXPECT_THAT(row(7), Contains("•fp16, whatever the rule: measured, 1: 2/24, 2: 7/24, 3: 11/24"));
  EXPECT_THAT(row(11), ElementsAre(HasSubstr("reals-negligible"), StartsWith("✓ reproduced")));
  for (const auto& each : document_.select_nodes("//table[@class='matrix']/tbody/tr")) {
    double columns = 0;
    for (const pugi::xml_node cell : each.node().children("td")) {
      columns += cell.attribute("colspan").as_double(1);
    }
    EXPECT_EQ(columns, 10);
  }
}

TEST_F(HtmlReport, SaysOnTheCardWhatWasNotRunOfAClaim) {
  Results results = test::sample_claims();
  for (Finding& finding : results.findings) {
    if (finding.paper_claim == "zone-shape" && finding.precision == Precision::fp64) {
      finding.verdict = Verdict::not_run;
      finding.why = "not selected";
    }
  }
  read(results);
  EXPECT_THAT(texts("//p[@class='prose missing']"),
              ElementsAre("The claim takes more than was run. Not run: “fp64, whatever the rule” (not "
                          "selected)."));
  EXPECT_THAT(texts("//table[@class='matrix']/tbody/tr/th"),
              Contains("?inconclusive: a few words on zone-shape"));
}

TEST_F(HtmlReport, NamesTheClaimsThatWereNotRunBelowTheMatrix) {
  read_claims();
  EXPECT_THAT(texts("//p[@class='not-run']"),
              ElementsAre(AllOf(StartsWith("– Not run: a few words on "),
                                HasSubstr("; a few words on sgd-best-zero; "))));
  EXPECT_EQ(count("//p[@class='not-run']/a[starts-with(@href, '#claim-')]"), 8U);
}

TEST_F(HtmlReport, HasAMatrixWhereNothingWasRunToo) {
  Results results = test::sample_claims();
  results.findings.clear();
  read(results);
  EXPECT_EQ(count("//table[@class='matrix']/tbody/tr"), 19U);
  EXPECT_THAT(texts("//table[@class='matrix']/tbody/tr[14]/*"),
              ElementsAre("–not run: a few words on sgd-best-zero", "– not runnot run"));
  EXPECT_EQ(count("//p[@class='not-run']"), 0U);
}

TEST_F(HtmlReport, LinksEachFieldToTheFindingThatDecidesIt) {
  read_claims();
  const std::string target =
      document_.select_node("//a[contains(@title, 'fp32, published code: reproduced, 1: 2/24')]/@href")
          .attribute()
          .value();
  EXPECT_EQ(target, "#finding-depth-fp32-published-code");
  EXPECT_EQ(count("//article[@id='claim-depth']//tr[@id='finding-depth-fp32-published-code']"), 1U);
}

TEST_F(HtmlReport, HasTheCardsOfClaimsThatWereNotRunLast) {
  Results results = test::sample_claims();
  read(results);
  const auto sections = [this] { return texts("//section[starts-with(@id, 'cards-')]/h2"); };
  EXPECT_THAT(sections(),
              ElementsAre("Claim by claim", "Beyond the paper’s claims", "Claims that were not run"));
  EXPECT_EQ(count("//section[@id='cards-claims-not-run']/article"), 8U);
  EXPECT_EQ(count("//section[@id='cards-claims-not-run']/article[starts-with(h3, '–')]"), 8U);
  EXPECT_EQ(count("//section[@id='cards-claims']/article[starts-with(h3, '–')]"), 0U);
  for (Finding& finding : results.findings) {
    finding.verdict = Verdict::not_run;
  }
  results.figures.clear();
  results.heat_maps.clear();
  results.tables.clear();
  read(results);
  EXPECT_THAT(sections(), ElementsAre("Claim by claim", "Beyond the paper’s claims"))
      << "where none was run they stand where a reader looks for them";
}

TEST_F(HtmlReport, HasACardForEachClaimAndOneForEachOtherExperiment) {
  read_claims();
  EXPECT_EQ(count("//section[starts-with(@id, 'cards-claims')]/article"), 19U);
  EXPECT_THAT(texts("//section[@id='cards-experiments']/article/h3"),
              ElementsAre("The experiment reference-error", "The experiment kernels"));
  EXPECT_THAT(texts("//article[@id='claim-batch-size']/h3"),
              ElementsAre("✗ not reproduced a few words on batch-size"));
  EXPECT_THAT(texts("//article[@id='claim-dropout']//p[@class='none']"),
              ElementsAre("Not run: nothing here trains networks to the end yet"));
  EXPECT_THAT(texts("//article[@id='experiment-kernels']//p[contains(@class,'answer')]"),
              ElementsAre("Answer. The kernel decides."));
  // An experiment of several claims is shown once.
  EXPECT_THAT(texts("//article[@id='claim-fp64-none']//p[starts-with(., 'Its figures')]"),
              ElementsAre("Its figures and tables stand with a few words on fp16-systematic."));
}

TEST_F(HtmlReport, SaysForAHeadlineWhatWasPublishedRecordedMeasuredAndDecided) {
  read_claims();
  const std::string finding = "//div[@id='finding-fp16-systematic-fp16-chain-rule-mlp-3x256']";
  EXPECT_THAT(texts((finding + "/dl/div").c_str()),
              ElementsAre("Published463/1000", "Recorded1000/1000 (100.0 %), reproduced",
                          "Measured24/24 (100.0 %) [0.858, 1]"));
  EXPECT_THAT(texts((finding + "/p[@class='why']").c_str()), ElementsAre("the interval says so"));
  EXPECT_THAT(
      texts((finding + "/details/p").c_str()),
      ElementsAre("fp16-systematic Agreement Fisher p = 0.62: no difference shown. Rule number 1. Source "
                  "mnist_volume_by_layers.csv."));
}

TEST_F(HtmlReport, HasNoColumnForRecordedFiguresWhereThereAreNone) {
  Results results = test::sample_claims();
  for (Finding& finding : results.findings) {
    finding.recorded.clear();
  }
  read(results);
  EXPECT_THAT(html_, Not(HasSubstr("Recorded")));
}

TEST_F(HtmlReport, FoldsTheOtherSettingsOfAClaim) {
  read_sample();
  const std::string row =
      "//article[@id='claim-fp32-half']/details//tr[@id='finding-fp32-half-fp32-chain-rule']";
  EXPECT_THAT(texts((row + "/th").c_str()),
              ElementsAre("about half of the θ fp32-half fp32, \"chain-rule\""));
  EXPECT_THAT(texts((row + "/td").c_str()),
              ElementsAre("? inconclusive", "463/1000", "468/1000 (46.8 %), reproduced",
                          "93/200 (46.5 %)[0.3, 0.537]",
                          "The interval is wide.Agreement Fisher p = 0.62. Rule number 1. Source "
                          "mnist_volume_by_layers."));
}

TEST_F(HtmlReport, SaysEachRuleOnce) {
  read_claims();
  EXPECT_THAT(texts("//ol[@class='rules']/li"),
              ElementsAre("the 95 % Clopper-Pearson interval lies inside",
                          "exact permutation test for trend within draws; reproduced: p(increase) < 0.05"));
  EXPECT_EQ(count("//a[@href='#rule-2' and .='number 2']"), 20U);
}

TEST_F(HtmlReport, ShowsAnExperimentInTheCardOfItsClaim) {
  read_sample();
  const std::string card = "//article[@id='claim-fp32-half']";
  EXPECT_EQ(count((card + "//figure[@id='figure-depth-fp32']").c_str()), 1U);
  EXPECT_EQ(count((card + "//figure[@id='heat-map-error']").c_str()), 1U);
  EXPECT_THAT(texts((card + "//div[@id='table-zeros']//td").c_str()), ElementsAre("1", "12", "2", "0"));
  EXPECT_EQ(count((card + "//div[@id='finding-depth-fp32']").c_str()), 1U) << "which bears on no claim";
  EXPECT_THAT(texts((card + "/details[summary='What was measured, and how']/p").c_str()),
              ElementsAre("The paper: 60,000 images", "Here, depth: Hidden layers 1 to 6.",
                          "Answer. More layers, more zeros."));
}

TEST_F(HtmlReport, SaysWhatToDoWithIt) {
  read_claims();
  EXPECT_THAT(texts("//dl[@class='advice']/div/dt"), Contains("Which precision"));
  EXPECT_EQ(count("//dl[@class='advice']//a[@href='#finding-fp64-none-fp64-chain-rule-mlp-3x256']"), 1U);
}

TEST_F(HtmlReport, ShowsAStoreWithoutClaimsByExperiment) {
  Results results = test::sample_results();
  results.claims.clear();
  read(results);
  EXPECT_EQ(count("//table[@class='matrix']"), 0U);
  EXPECT_THAT(
      texts("//ul[@class='tally']/li"),
      ElementsAre("1 ✓ reproduced", "1 ✗ not reproduced", "1 ? inconclusive", "0 • measured", "1 – not run"));
  EXPECT_EQ(count("//section[h2='Experiment by experiment']/article"), 5U);
  EXPECT_EQ(count("//*[starts-with(@id, 'finding-')]"), 4U);
}

TEST_F(HtmlReport, LosesNoFinding) {
  const Results results = test::sample_claims();
  read(results);
  EXPECT_EQ(count("//*[starts-with(@id, 'finding-')]"), results.findings.size());
}

TEST_F(HtmlReport, LosesNoFigureOrTableWithoutAnExperiment) {
  read_sample();
  EXPECT_EQ(count("//article[h3='Further results: an experiment without a section']//table"), 1U);
  EXPECT_EQ(count("//article[h3='Further results: another experiment without a section']//figure"), 1U);
}

TEST_F(HtmlReport, EndsWithEnvironmentAndCommand) {
  read_sample();
  EXPECT_THAT(texts("//section[@id='environment']//tr[th='cpu']/td"), ElementsAre("a CPU"));
  // Its words are elements, so that lines end between them.
  const pugi::xpath_query shown_command("string(//section[@id='rerun']//code)");
  EXPECT_EQ(shown_command.evaluate_string(document_), test::sample_run_info().command);
  EXPECT_THAT(texts("//section[@id='notes']//li"), ElementsAre("fp16 was emulated.", hostile));
}

TEST_F(HtmlReport, MarksAStoreThatDoesNotRecordWhatComputed) {
  read_sample();
  constexpr const char* mark = "//section[@id='environment']//tr[th='not recorded']";
  EXPECT_EQ(count(mark), 1U);
  Store store = Store::open_for_run(folder_.file());
  Environment environment = store.environment();
  environment[facts::rounding] = "to nearest";
  store.set_environment(environment);
  read(store);
  EXPECT_EQ(count(mark), 0U);
}

TEST_F(HtmlReport, EscapesHostileTextEverywhere) {
  read_sample();
  EXPECT_EQ(count("//script"), 0U);
  EXPECT_EQ(html_.find("<script"), std::string::npos);
  EXPECT_EQ(html_.find("{{"), html_.find("{{TITLE}}")) << "only the hostile text has braces";
  // Each place shows the text as it is: title of section, figure, table, cells, notes.
  for (const char* place :
       {"//article/h3", "//figure/div/p", "//svg/title", "//figcaption", "//table[@class='data']//b",
        "//table[@class='data']//td", "//section[@id='notes']//li", "//td", "//dd",
        "//table[@class='matrix']//th", "//ol[@class='rules']/li", "//p[@class='why']"}) {
    EXPECT_THAT(texts(place), testing::Contains(HasSubstr(hostile))) << place;
  }
}

TEST_F(HtmlReport, UsesNothingButItself) {
  read_sample();
  for (const auto& node : document_.select_nodes("//@src | //@srcset | //@action | //@data | //@poster")) {
    ADD_FAILURE() << node.attribute().name() << " = " << node.attribute().value();
  }
  for (const auto& node : document_.select_nodes("//@href")) {
    EXPECT_EQ(*node.attribute().value(), '#');
  }
  EXPECT_EQ(count("//link | //iframe | //img | //object | //embed | //base | //form | //script"), 0U);
  const std::string style = document_.select_node("//style").node().text().get();
  EXPECT_THAT(style, Not(HasSubstr("@import")));
  EXPECT_THAT(style, Not(HasSubstr("url(")));
  EXPECT_THAT(html_, Not(HasSubstr("http://")));
  EXPECT_THAT(html_, Not(HasSubstr("https://")));
  for (const auto& node : document_.select_nodes("//@*")) {
    EXPECT_FALSE(std::string(node.attribute().name()).starts_with("on")) << node.attribute().name();
  }
}

TEST_F(HtmlReport, HasUniqueIdsAndNoDanglingLinks) {
  read_sample();
  std::set<std::string> ids;
  for (const auto& node : document_.select_nodes("//@id")) {
    EXPECT_TRUE(ids.insert(node.attribute().value()).second) << node.attribute().value() << " twice";
  }
  for (const auto& node : document_.select_nodes("//@href")) {
    EXPECT_TRUE(ids.contains(node.attribute().value() + 1)) << node.attribute().value();
  }
  for (const auto& node : document_.select_nodes("//@aria-labelledby")) {
    std::istringstream words(node.attribute().value());
    for (std::string word; words >> word;) {
      EXPECT_TRUE(ids.contains(word)) << word;
    }
  }
}

TEST_F(HtmlReport, HasATextAlternativeForEveryFigureAndHeadersForEveryTable) {
  read_sample();
  EXPECT_EQ(count("//figure"), 5U);
  EXPECT_EQ(count("//figure//svg[@role='img' and title!='' and desc!='']"), 5U);
  EXPECT_EQ(count("//svg[not(@role='img') and not(@aria-hidden='true')]"), 0U);
  EXPECT_EQ(count("//figure//details//table"), 5U);
  EXPECT_EQ(count("//th[not(@scope)]"), 0U);
  EXPECT_EQ(count("//table[not(caption)]"), 0U);
  EXPECT_EQ(count("/html[@lang='en']"), 1U);
  EXPECT_EQ(count("//main"), 1U);
  EXPECT_EQ(count("//h1"), 1U);
}

TEST_F(HtmlReport, ShowsTheNumbersOfAFigureAsATable) {
  read_sample();
  const std::string table = "//figure[@id='figure-depth-fp32']//table";
  EXPECT_THAT(texts((table + "//thead//th").c_str()),
              ElementsAre("hidden layers", "fp32, measured", hostile));
  EXPECT_THAT(texts((table + "//tbody/tr").c_str()),
              ElementsAre("10.0625 [0.0312, 0.125]0.054", "20.3 […, 0.5]0.258", "3NaN"));
}

TEST_F(HtmlReport, ShowsTheNumbersOfAHeatMapAsATable) {
  read_sample();
  const std::string table = "//figure[@id='heat-map-error']//table";
  EXPECT_THAT(texts((table + "//thead//th").c_str()), ElementsAre("layer", "fp16", "fp32", "fp64"));
  EXPECT_THAT(texts((table + "//tbody//tr[1]/*").c_str()), ElementsAre("conv1", "0.001", "–", "0"));
  EXPECT_THAT(texts((table + "//tbody//tr[2]/*").c_str()), ElementsAre("fc", "NaN", "0.25", "Infinity"));
}

TEST_F(HtmlReport, ExplainsTheColoursOfAHeatMap) {
  read_sample();
  const std::string legend = "//figure[@id='heat-map-error']//div[@class='legend']";
  EXPECT_THAT(texts((legend + "/p").c_str()), ElementsAre("relative error"));
  EXPECT_THAT(texts((legend + "//ol/li/span[@class='hidden']").c_str()),
              ElementsAre("0.001 to 0.01", "0.01 to 0.1", "0.1 to 1"));
  EXPECT_THAT(texts((legend + "//ol//span[@class='edge']").c_str()),
              ElementsAre("0.001", "0.01", "0.1", "1"));
  EXPECT_THAT(texts((legend + "/ul/li").c_str()),
              ElementsAre("exactly 0", "infinite (∞)", "NaN (×)", "not measured (–)"));
}

TEST_F(HtmlReport, LabelsTheColoursOfAHeatMapExactly) {
  HeatMap map = test::sample_results().heat_maps.front();
  map.logarithmic = false;
  map.floor.reset();
  map.rows = {{0.1, 0.2, 0.3}, {1.2, 1.8, 1.9}};
  Results results;
  results.heat_maps = {map};
  read(results);
  EXPECT_THAT(texts("//ol//span[@class='edge']"),
              ElementsAre("0", "0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"));
  EXPECT_EQ(count("//ul[@class='specials']"), 0U) << "no cell is outside of the scale";
}

TEST_F(HtmlReport, HasNoScaleForAHeatMapWithoutNumbers) {
  HeatMap map = test::sample_results().heat_maps.front();
  map.rows = {{std::nullopt, std::nullopt, 0.0}, {std::nan(""), 0.0, 0.0}};
  Results results;
  results.heat_maps = {map};
  read(results);
  EXPECT_EQ(count("//ol"), 0U);
  EXPECT_THAT(texts("//ul[@class='specials']/li"), ElementsAre("exactly 0", "NaN (×)", "not measured (–)"));
}

TEST_F(HtmlReport, LeavesTheNumbersOfALargeHeatMapToTheJson) {
  Results results;
  results.heat_maps = {test::noisy_heat_map()};
  read(results);
  EXPECT_EQ(count("//figure//table"), 0U);
  EXPECT_THAT(texts("//figcaption"), ElementsAre(HasSubstr("The numbers stand in results.json.")));
}

TEST_F(HtmlReport, SaysWhereFilledContoursBegin) {
  Results results;
  HeatMap map = test::noisy_filled_contours();
  map.logarithmic = true;
  map.floor = 1e-9;
  map.rows[0][0] = 1e-12;
  map.rows[0][1] = 2e-8;
  map.rows[0][2] = 2e-6;
  for (auto& row : map.rows) {
    std::replace(row.begin(), row.end(), std::optional<double>(1.0), std::optional<double>(0.0));
  }
  results.heat_maps = {map};
  read(results);
  EXPECT_THAT(texts("//ol/li/span[@class='hidden']"),
              ElementsAre("below 3·10⁻⁹", "3·10⁻⁹ to 10⁻⁸", "10⁻⁸ to 3·10⁻⁸", "3·10⁻⁸ to 10⁻⁷",
                          "10⁻⁷ to 3·10⁻⁷", "3·10⁻⁷ to 10⁻⁶", "10⁻⁶ to 3·10⁻⁶"));
  EXPECT_THAT(texts("//ol//span[@class='edge']"),
              ElementsAre("<", "", "10⁻⁸", "", "10⁻⁷", "", "10⁻⁶", "3·10⁻⁶"));
  EXPECT_THAT(texts("//ul[@class='specials']/li"), ElementsAre("exactly 0"));
  EXPECT_EQ(count("//figure[@class='heat-map filled']"), 1U) << "whose zeros have a colour of their own";
}

TEST_F(HtmlReport, StaysSmallWithThreeFilledContours) {
  Results results = test::sample_results();
  for (int i = 0; i < 3; ++i) {
    results.heat_maps.push_back(test::noisy_filled_contours());
    results.heat_maps.back().id = std::to_string(i);
  }
  read(results);
  EXPECT_LT(html_.size(), most_bytes);
}

TEST_F(HtmlReport, SaysThatHeatMapsShareTheirColours) {
  Results results;
  HeatMap map = test::sample_results().heat_maps.front();
  results.heat_maps = {map};
  map.id = "other";
  map.rows[0][0] = 1e-7;
  results.heat_maps.push_back(map);
  read(results);
  EXPECT_THAT(texts("//figcaption"), testing::Each(HasSubstr("share one colour scale")));
  EXPECT_EQ(texts("//figure[@id='heat-map-error']//ol"), texts("//figure[@id='heat-map-other']//ol"));
  EXPECT_THAT(texts("//figure[@id='heat-map-error']//ol//span[@class='edge']"), testing::Contains("10⁻⁷"));
}

/// The value of a colour of the style sheet: "--h0" as six hexadecimal digits, in the light theme or the dark
/// one.
std::string style_colour(const std::string& style, const std::string& name, bool dark) {
  const std::string declaration = name + ": #";
  const std::size_t light_place = style.find(declaration);
  const std::size_t place = dark ? style.find(declaration, light_place + 1) : light_place;
  return place == std::string::npos ? "" : style.substr(place + declaration.size(), 6);
}

/// Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance.
double luminance(const std::string& hexadecimal) {
  double sum = 0;
  std::size_t place = 0;
  for (const double weight : {0.2126, 0.7152, 0.0722}) {
    const double component = std::stoi(hexadecimal.substr(place, 2), nullptr, 16) / 255.0;
    sum += weight * (component <= 0.04045 ? component / 12.92 : std::pow((component + 0.055) / 1.055, 2.4));
    place += 2;
  }
  return sum;
}

TEST_F(HtmlReport, HasReadableNumbersOnEveryColourOfAHeatMapInBothThemes) {
  read_sample();
  const std::string style = document_.select_node("//style").node().text().get();
  for (const bool dark : {false, true}) {
    const double ink = luminance(style_colour(style, "--ink", dark));
    const double paper = luminance(style_colour(style, "--paper", dark));
    for (int i = 0; i < heat_colours; ++i) {
      const double back = luminance(style_colour(style, "--h" + std::to_string(i), dark));
      // As the classes on-h0 ... say; --on-h4 differs between the themes.
      const double text = i < (dark ? 4 : 5) ? ink : paper;
      const double contrast = (std::max(text, back) + 0.05) / (std::min(text, back) + 0.05);
      EXPECT_GE(contrast, 4.5) << "h" << i << (dark ? ", dark" : ", light") << ": WCAG 2.2, level AA";
    }
  }
  const std::string middle = "--on-h4: var(--";
  EXPECT_THAT(style.substr(style.find(middle)), testing::StartsWith(middle + "ink)"));
  EXPECT_THAT(style.substr(style.rfind(middle)), testing::StartsWith(middle + "paper)"));
}

TEST_F(HtmlReport, SaysWhichPointsAreNotDrawn) {
  read_sample();
  EXPECT_THAT(texts("//figure[@id='figure-depth-fp32']//figcaption"),
              ElementsAre(HasSubstr("1 point cannot be drawn")));
}

TEST_F(HtmlReport, IsTheSameForTheSameStore) {
  const Store store = test::sample_store(folder_.file());
  const std::string first = html_report(store);
  EXPECT_EQ(html_report(store), first);
  EXPECT_EQ(html_report(Store::open_for_reading(folder_.file())), first);
}

TEST_F(HtmlReport, StaysSmallWithTwentyFigures) {
  Results results = test::sample_results();
  results.heat_maps = {test::noisy_heat_map()};
  const Figure model = results.figures.front();
  results.figures.clear();
  for (int i = 0; i < 20; ++i) {
    Figure figure = model;
    figure.id = "figure " + std::to_string(i);
    figure.series.clear();
    for (int s = 0; s < 6; ++s) {
      FigureSeries series{.label = std::to_string(s), .published = false, .points = {}, .group = ""};
      for (int x = 1; x <= 60; ++x) {
        series.points.push_back({.x = x * 1.0, .y = 0.01 * x, .low = 0.0, .high = 0.7});
      }
      figure.series.push_back(series);
    }
    results.figures.push_back(figure);
  }
  read(results);
  EXPECT_EQ(count("//figure//svg[@role='img']"), 21U);
  EXPECT_LT(html_.size(), most_bytes);
}

TEST_F(HtmlReport, OfAnEmptyStoreSaysWhatIsMissing) {
  read(Store::open_for_run(folder_.file()));
  EXPECT_THAT(texts("//p[@class='lead']"),
              ElementsAre("This store holds no findings yet: the run has not come to its end."));
  EXPECT_THAT(texts("//p[@class='none']"), ElementsAre("This store does not say which command made it."));
  EXPECT_EQ(count("//figure"), 0U);
}

/// A PATH in which there is no program.
class WithoutPrograms {
 public:
  explicit WithoutPrograms(const std::filesystem::path& empty_folder) {
    if (const char* path = std::getenv("PATH")) {
      path_ = path;
    }
    ::setenv("PATH", empty_folder.c_str(), 1);
  }
  WithoutPrograms(const WithoutPrograms&) = delete;
  WithoutPrograms& operator=(const WithoutPrograms&) = delete;
  WithoutPrograms(WithoutPrograms&&) = delete;
  WithoutPrograms& operator=(WithoutPrograms&&) = delete;
  ~WithoutPrograms() { ::setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
};

TEST_F(HtmlReport, WithoutGnuplotSaysSoAndKeepsTheTables) {
  const StoreFolder empty;
  const WithoutPrograms without(empty.path());
  read_sample();
  EXPECT_EQ(count("//svg"), 0U);
  EXPECT_EQ(texts("//figure//p[@class='none']"),
            std::vector<std::string>(
                5,
                "Not drawn: gnuplot is not installed (Debian package gnuplot-nox). Its numbers "
                "stand in its table."));
  EXPECT_EQ(count("//figure//details[@open]//table"), 5U);
}

TEST_F(HtmlReport, WithAGnuplotThatFailsSaysWhatItSaid) {
  const StoreFolder programs;
  const auto gnuplot = programs.file("gnuplot");
  test::write_bytes(gnuplot, "#!/bin/sh\necho 'no terminal <svg>' >&2\nexit 3\n");
  std::filesystem::permissions(gnuplot, std::filesystem::perms::owner_all);
  const WithoutPrograms without(programs.path());
  read_sample();
  EXPECT_THAT(texts("//figure//p[@class='none']"),
              testing::Each(HasSubstr("Not drawn: gnuplot failed: no terminal <svg>.")));
}

}  // namespace
}  // namespace relu0
