#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/reports/support.hpp"

#include <string>

#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace relu0 {
namespace {

using test::hostile;
using test::StoreFolder;

class JUnitReport : public testing::Test {
 protected:
  void SetUp() override {
    const std::string text = junit_report(test::sample_store(folder_.file()));
    const pugi::xml_parse_result parsed = document_.load_string(text.c_str(), pugi::parse_full);
    ASSERT_TRUE(parsed) << parsed.description() << "\n" << text;
    suite_ = document_.child("testsuites").child("testsuite");
  }
  pugi::xml_node test_case(const std::string& name) {
    return suite_.find_child_by_attribute("testcase", "name", name.c_str());
  }
  StoreFolder folder_;
  pugi::xml_document document_;
  pugi::xml_node suite_;
};

TEST_F(JUnitReport, CountsFindingsByOutcome) {
  for (const pugi::xml_node node : {document_.child("testsuites"), suite_}) {
    EXPECT_EQ(node.attribute("tests").as_int(), 4);
    EXPECT_EQ(node.attribute("failures").as_int(), 1);
    EXPECT_EQ(node.attribute("skipped").as_int(), 2);
    EXPECT_EQ(node.attribute("errors").as_int(-1), 0);
  }
  EXPECT_EQ(suite_.select_nodes("testcase").size(), 4U);
}

TEST_F(JUnitReport, PassesWhatReproducesAndSkipsWhatIsOpen) {
  const pugi::xml_node reproduced = test_case("depth [fp32]");
  ASSERT_TRUE(reproduced);
  EXPECT_STREQ(reproduced.attribute("classname").value(), "relu0.depth");
  EXPECT_FALSE(reproduced.child("failure"));
  EXPECT_FALSE(reproduced.child("skipped"));
  EXPECT_STREQ(test_case("depth [fp64]").child("skipped").attribute("message").value(), "not run: no data");
  EXPECT_STREQ(test_case("fp32-half [fp32, \"chain-rule\"]").child("skipped").attribute("message").value(),
               "inconclusive: The interval is wide.");
}

TEST_F(JUnitReport, FailsWhatDoesNotReproduceAndEscapesHostileText) {
  const pugi::xml_node failed = test_case(hostile + " [" + hostile + "]");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed.child("failure").attribute("message").value(), "not reproduced: " + hostile);
  EXPECT_NE(std::string(failed.child("failure").text().get()).find("Rule: " + hostile), std::string::npos);
}

/// A figure without a published one to be held against is neither a failure nor open.
TEST(JUnitReportOfMeasuredFindings, PassesThemWithTheirFigures) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  Results results;
  results.findings.resize(1);
  Finding& finding = results.findings[0];
  finding.id = "magnitude";
  finding.setting = "fp32";
  finding.measured = "2.1e-3 (median)";
  finding.verdict = Verdict::measured;
  finding.why = "measured; there is no published figure";
  finding.headline = true;
  store.replace_results(results);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(junit_report(store).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_EQ(suite.attribute("tests").as_int(), 1);
  EXPECT_EQ(suite.attribute("failures").as_int(-1), 0);
  EXPECT_EQ(suite.attribute("skipped").as_int(-1), 0);
  const pugi::xml_node measured = suite.child("testcase");
  EXPECT_STREQ(measured.attribute("name").value(), "magnitude [fp32]");
  EXPECT_FALSE(measured.child("failure"));
  EXPECT_FALSE(measured.child("skipped"));
  const std::string said = measured.child("system-out").text().get();
  EXPECT_NE(said.find("there is no published figure"), std::string::npos) << said;
  EXPECT_NE(said.find("Measured: 2.1e-3 (median)"), std::string::npos) << said;
}

TEST_F(JUnitReport, NamesTheCommandThatMadeIt) {
  const pugi::xml_node command = suite_.child("properties").find_child_by_attribute("name", "command");
  EXPECT_EQ(command.attribute("value").value(), test::sample_run_info().command);
}

TEST(JUnitReportOfOddText, StaysXml) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  Results results;
  results.findings.resize(1);
  results.findings[0].id = std::string("bell \a, escape \x1B, zero \0, cut \xE2\x82", 29);
  store.replace_results(results);
  const std::string text = junit_report(store);
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  }
  EXPECT_EQ(text.find("&#"), std::string::npos)
      << "XML 1.0 has no character references for control characters";
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(text.c_str()));
}

}  // namespace
}  // namespace relu0
