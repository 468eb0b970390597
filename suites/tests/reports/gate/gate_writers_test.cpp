#include "reports/writers/gate/gate_writers.hpp"

#include "suites/tests/input_error.hpp"
#include "suites/tests/reports/gate/sample_judgement.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

namespace relu0 {
namespace {

using gate::CheckVerdict;
using gate::Judgement;
using gate::test::large_judgement;
using gate::test::sample_judgement;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// A repository with a policy and a model's source, as the working directory; gone at the end.
class GateWriters : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    root_ = std::filesystem::path(testing::TempDir()) /
            (std::string("relu0-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(root_);
    root_ = std::filesystem::canonical(root_);
    std::ofstream(root_ / "net.py") << "x\n";
    std::ofstream(root_ / "relu0.toml") << "version = 1\n";
    std::filesystem::current_path(root_);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(root_);
  }
  [[nodiscard]] json sarif(const Judgement& judgement) const {
    return json::parse(gate_sarif(judgement, root_));
  }
  static std::string uri(const json& result) {
    return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  }
  static int line(const json& result) {
    return result["locations"][0]["physicalLocation"]["region"]["startLine"];
  }
  std::filesystem::path before_;
  std::filesystem::path root_;
  MiniBatchFile mini_batch_ = [](std::int64_t number) { return "mini-batch " + std::to_string(number); };
};

/// No control character but those of line ends, and valid UTF-8.
void expect_clean(const std::string& text) {
  for (const char c : text) {
    ASSERT_TRUE(c == '\n' || c == '\r' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F))
        << static_cast<int>(c);
  }
  EXPECT_NO_THROW((void)json(text).dump()) << "invalid UTF-8";
}

TEST_F(GateWriters, KeepOddNamesOutOfTheirSyntax) {
  const Judgement judgement = sample_judgement();
  for (const std::string& text : {gate_console(judgement), gate_junit(judgement), gate_markdown(judgement)}) {
    expect_clean(text);
  }
  EXPECT_THAT(gate_console(judgement), Not(HasSubstr("\r")))
      << "a terminal would go back to the line's begin";
  const std::string html = gate_html(judgement);
  EXPECT_THAT(html, Not(HasSubstr("<b>&")));
  EXPECT_THAT(html, Not(HasSubstr("\x1B")));
  EXPECT_NO_THROW((void)json(html).dump());
  EXPECT_TRUE(json::accept(gate_json(judgement)));
  EXPECT_NO_THROW((void)sarif(judgement));
  EXPECT_THAT(gate_json(judgement), Not(HasSubstr("\xFF")));
}

TEST_F(GateWriters, BeginTheLogWithTheVerdict) {
  const std::string text = gate_console(sample_judgement());
  EXPECT_THAT(text, testing::StartsWith("red: 2 failed: "));
  for (const std::string fact :
       {"\nfail: kink-change: ", "  precision:   fp32\n", "  source:      net.py:12\n",
        "  kink:        relu\n", "  values:      0 against 1\n",
        "  seen:        0.25000000000000006 (relative L2)\n", "  allowed:     0.25 (relative L2)\n",
        "  margin:      -5.551115123125783e-17 (relative L2)\n", "  policy:      relu0.toml:3\n",
        "  mini-batch:  7\n", "  replay:      relu0 gate model.pt --precision fp32 --mini-batch 7\n",
        "  seen:        NaN\n", "\ninconclusive: nothing-seen: no kink was met\n"}) {
    EXPECT_THAT(text, HasSubstr(fact));
  }
  EXPECT_THAT(text, Not(HasSubstr("too-few-mini-batches"))) << "passed checks are not listed";
  EXPECT_THAT(gate_console(sample_judgement(), 1), HasSubstr("3 more checks that did not pass"));
}

TEST_F(GateWriters, KeepCommandsAsTheyAreWhereLinesMayEnd) {
  gate::Judgement judgement = sample_judgement();
  judgement.command = "relu0 gate a  b.pt --seed 3 ";
  const std::string html = gate_html(judgement);
  const std::string_view begin = "<pre class=\"command\"><code>";
  const std::size_t at = html.find(begin) + begin.size();
  std::string shown = html.substr(at, html.find("</code>", at) - at);
  EXPECT_THAT(shown, HasSubstr("<span>--seed</span> <span>3</span>"));
  for (const std::string tag : {"<span>", "</span>"}) {
    for (std::size_t found = shown.find(tag); found != std::string::npos; found = shown.find(tag)) {
      shown.erase(found, tag.size());
    }
  }
  EXPECT_EQ(shown, judgement.command);
}

TEST_F(GateWriters, NameEveryTestCaseOnce) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(gate_junit(sample_judgement()).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_EQ(suite.attribute("tests").as_int(), 5);
  EXPECT_EQ(suite.attribute("failures").as_int(), 2);
  EXPECT_EQ(suite.attribute("errors").as_int(), 1);
  std::set<std::string> names;
  for (const pugi::xml_node test_case : suite.children("testcase")) {
    EXPECT_TRUE(names.insert(test_case.attribute("name").value()).second)
        << test_case.attribute("name").value();
  }
  EXPECT_EQ(names.size(), 5U);
  EXPECT_EQ(suite.select_nodes("testcase/failure").size(), 2U);
  EXPECT_EQ(suite.select_nodes("testcase/error").size(), 1U);
  EXPECT_EQ(suite.select_nodes("testcase/system-out").size(), 1U);
}

TEST_F(GateWriters, LeaveNoFailureOutOfALargeJUnitFile) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(gate_junit(large_judgement(25'000, CheckVerdict::pass, 10)).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_EQ(suite.attribute("tests").as_int(), 20'000);
  EXPECT_TRUE(suite.child("properties").find_child_by_attribute("name", "passed checks left out"));
  EXPECT_EQ(suite.select_nodes("testcase/failure").size(), 2U);
}

TEST_F(GateWriters, PlaceEverySarifResultInTheRepository) {
  Judgement judgement = sample_judgement();
  json results = sarif(judgement)["runs"][0]["results"];
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(uri(results[0]), "net.py");
  EXPECT_EQ(line(results[0]), 12);
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_EQ(results[2]["level"], "warning");
  EXPECT_EQ(uri(results[2]), "models/mo%20del.pt") << "neither source nor policy";
  EXPECT_EQ(uri(results[3]), "relu0.toml");
  EXPECT_EQ(line(results[3]), 9);
  // A source outside of the repository, one that is not there, and an absolute name within.
  judgement.checks[0].source.file = "/usr/lib/python3/torch/functional.py";
  judgement.checks[1].source.file = "code/__torch__/net.py";
  judgement.checks[2].source = {.file = (root_ / "net.py").string(), .line = 0, .text = ""};
  judgement.checks[3].policy.file = "../relu0.toml";
  judgement.model.file = "/elsewhere/m.pt";
  results = sarif(judgement)["runs"][0]["results"];
  EXPECT_EQ(uri(results[0]), "relu0.toml");
  EXPECT_EQ(line(results[0]), 3);
  EXPECT_EQ(uri(results[1]), "relu0.toml");
  EXPECT_EQ(uri(results[2]), "net.py");
  EXPECT_EQ(line(results[2]), 1);
  EXPECT_EQ(uri(results[3]), "m.pt");
}

TEST_F(GateWriters, KeepFingerprintsWhereOnlyFiguresAndLineNumbersMove) {
  Judgement judgement = sample_judgement();
  const auto fingerprint = [this](const Judgement& of) {
    return sarif(of)["runs"][0]["results"][0]["partialFingerprints"]["relu0CheckIdentity/v1"];
  };
  const json before = fingerprint(judgement);
  judgement.checks[0].seen = 0.5;
  judgement.checks[0].source.line = 40;
  judgement.checks[0].message = "other words";
  EXPECT_EQ(fingerprint(judgement), before);
  judgement.checks[0].tensor = "other";
  EXPECT_NE(fingerprint(judgement), before);
}

TEST_F(GateWriters, StayWithinWhatGitHubTakes) {
  const Judgement many = large_judgement(26'000, CheckVerdict::fail, 1);
  const json run = sarif(many)["runs"][0];
  EXPECT_LE(run["results"].size(), 25'000U);
  const std::size_t left_out = many.checks.size() - 1 - run["results"].size();
  EXPECT_THAT(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].get<std::string>(),
              testing::StartsWith(std::to_string(left_out) + " more results"));
  const Judgement long_names = large_judgement(2'000, CheckVerdict::fail, 2'000);
  EXPECT_LT(gate_sarif(long_names, root_).size(), 10'000'000U);
  for (const Judgement& large : {many, long_names}) {
    EXPECT_LT(gate_markdown(large).size(), 200'000U);
    EXPECT_THAT(gate_markdown(large), HasSubstr("more checks that did not pass"));
    EXPECT_LT(gate_html(large).size(), 5'000'000U);
    EXPECT_THAT(gate_html(large), HasSubstr("more checks stand in gate.json"));
  }
}

TEST_F(GateWriters, PutWhatMattersFirstInJson) {
  const nlohmann::ordered_json document = nlohmann::ordered_json::parse(gate_json(sample_judgement()));
  auto key = document.begin();
  for (const std::string expected : {"format", "version", "outcome", "exit_code", "headline"}) {
    EXPECT_EQ(key.key(), expected);
    ++key;
  }
  EXPECT_EQ(document["checks"][1]["seen"], "Infinity");
  EXPECT_EQ(document["checks"][3]["seen"], "NaN");
  EXPECT_EQ(document["checks"][0].begin().key(), "rule");
}

TEST_F(GateWriters, WriteAllFilesOrSayWhichNot) {
  write_gate_reports(sample_judgement(), root_ / "out", root_, mini_batch_);
  for (const char* name : {"gate.html", "gate.json", "junit.xml", "gate.sarif", "summary.md"}) {
    EXPECT_GT(std::filesystem::file_size(root_ / "out" / name), 0U) << name;
  }
  EXPECT_THAT(test::input_error_of(
                  [this] { write_gate_reports(sample_judgement(), root_ / "net.py", root_, mini_batch_); }),
              HasSubstr("net.py: the gate's report cannot be written"));
}

TEST_F(GateWriters, LeaveNothingWhereOneFileCannotBeWritten) {
  gate::Judgement judgement = sample_judgement();
  judgement.checks[0].verdict = gate::CheckVerdict::fail;
  judgement.checks[0].mini_batch = 3;
  const std::filesystem::path out = root_ / "partly";
  // A folder of the name of the last file, in place of a full disk.
  std::filesystem::create_directories(out / saved_mini_batch(3) / "in the way");
  EXPECT_THAT(test::input_error_of([&] { write_gate_reports(judgement, out, root_, mini_batch_); }),
              testing::AllOf(HasSubstr("mini-batch-3.pt"), HasSubstr("Free some space")));
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(out)) {
    EXPECT_EQ(entry.path().filename(), saved_mini_batch(3));
    ++left;
  }
  EXPECT_EQ(left, 1U);
  std::filesystem::remove_all(out / saved_mini_batch(3));
  write_gate_reports(judgement, out, root_, mini_batch_);
  std::ifstream saved(out / saved_mini_batch(3));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(saved), {}), "mini-batch 3");
}

TEST_F(GateWriters, WithdrawWhatTheEarlierReportsNameAndNoOtherFile) {
  const std::filesystem::path out = root_ / "out";
  gate::Judgement judgement = sample_judgement();
  judgement.checks[0].verdict = gate::CheckVerdict::fail;
  judgement.checks[0].mini_batch = 3;
  judgement.checks[1].verdict = gate::CheckVerdict::pass;
  judgement.checks[1].mini_batch = 4;
  write_gate_reports(judgement, out, root_, mini_batch_);
  ASSERT_THAT(mini_batches_to_save(judgement),
              testing::AllOf(testing::Contains(3), Not(testing::Contains(4))));
  for (const std::int64_t number : {3, 4}) {
    std::ofstream(out / saved_mini_batch(number)) << "saved";
  }
  withdraw_gate_reports(out, {out / saved_mini_batch(3)});
  EXPECT_TRUE(std::filesystem::exists(out / saved_mini_batch(3))) << "a replay is to read it";
  EXPECT_FALSE(std::filesystem::exists(out / "gate.json"));
  write_gate_reports(judgement, out, root_, mini_batch_);
  withdraw_gate_reports(out);
  EXPECT_FALSE(std::filesystem::exists(out / saved_mini_batch(3)));
  EXPECT_TRUE(std::filesystem::exists(out / saved_mini_batch(4))) << "no check that did not pass names it";
  for (const char* content : {"{", "[]", "{\"checks\": 3}", "{\"checks\": [{\"verdict\": \"fail\"}]}"}) {
    std::ofstream(out / "gate.json") << content;
    withdraw_gate_reports(out);
    EXPECT_FALSE(std::filesystem::exists(out / "gate.json")) << content;
    EXPECT_TRUE(std::filesystem::exists(out / saved_mini_batch(4))) << content;
  }
}

TEST_F(GateWriters, WriteTheSameBytesForTheSameJudgement) {
  EXPECT_EQ(gate_html(sample_judgement()), gate_html(sample_judgement()));
  EXPECT_EQ(gate_sarif(sample_judgement(), root_), gate_sarif(sample_judgement(), root_));
}

}  // namespace
}  // namespace relu0
