// Whole runs of the executable, small ones on the embedded digits.
#include "reports/writers/writers.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::text_of;

using test::run_relu0;
using test::TemporaryFolder;

std::vector<std::string> small_run(const std::filesystem::path& out,
                                   const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"run", "precision",  "magnitude", "--images",
                                     "600", "--networks", "2",         "--fp64-networks",
                                     "1",   "--out",      out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// A folder with what small_run() leaves, which is made once and copied.
struct FinishedRun : TemporaryFolder {
  FinishedRun() {
    static const TemporaryFolder original;
    static const auto end = run_relu0(small_run(original.path()));
    EXPECT_EQ(end.exit_code, exit_pass) << end.output;
    std::filesystem::copy(original.path(), path());
  }
};

std::string json_of(const std::filesystem::path& out) {
  return json_results(Store::open_for_reading(out / "results.sqlite"));
}

TEST(Run, WritesTheStoreAndEveryReport) {
  const TemporaryFolder folder;
  const auto end = run_relu0(small_run(folder.path()));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  for (const char* file : {"results.sqlite", "report.html", "results.json", "junit.xml", "summary.md"}) {
    EXPECT_GT(std::filesystem::file_size(folder.path() / file), 0U) << file;
  }
  const std::string html = text_of(folder.path() / "report.html");
  EXPECT_NE(html.find("embedded digits"), std::string::npos) << "the data set is named";
  EXPECT_NE(html.find("emulated"), std::string::npos) << "what was emulated is named";
  EXPECT_NE(text_of(folder.path() / "summary.md")
                .find("--scale quick --seed 1 --networks 2 --fp64-networks 1 --images 600"),
            std::string::npos);
}

TEST(Run, GivesTheSameResultsWhateverTheThreads) {
  const TemporaryFolder one;
  const TemporaryFolder three;
  ASSERT_EQ(run_relu0(small_run(one.path(), {"--threads", "1"})).exit_code, exit_pass);
  ASSERT_EQ(run_relu0(small_run(three.path(), {"--threads", "3"})).exit_code, exit_pass);
  EXPECT_EQ(json_of(one.path()), json_of(three.path()));
  EXPECT_EQ(text_of(one.path() / "report.html"), text_of(three.path() / "report.html"));
  const auto compared =
      run_relu0({"compare", one.path() / "results.sqlite", three.path() / "results.sqlite"});
  EXPECT_EQ(compared.exit_code, exit_pass) << compared.output;
}

TEST(Run, ExtendsWhatIsThereAndEndsAsIfRunAtOnce) {
  const FinishedRun grown;
  const TemporaryFolder direct;
  const auto larger = [](const std::filesystem::path& out) {
    return std::vector<std::string>{"run",        "precision", "--images", "600",
                                    "--networks", "3",         "--out",    out.string()};
  };
  ASSERT_EQ(run_relu0(larger(grown.path())).exit_code, exit_pass);
  ASSERT_EQ(run_relu0(larger(direct.path())).exit_code, exit_pass);
  EXPECT_EQ(text_of(grown.path() / "report.html"), text_of(direct.path() / "report.html"));
}

TEST(Run, AgreesBetweenTheTwoProtocols) {
  const FinishedRun fast;
  const TemporaryFolder slow;
  ASSERT_EQ(run_relu0(small_run(slow.path(), {"--protocol", "two-network"})).exit_code, exit_pass);
  const Results a = Store::open_for_reading(fast.path() / "results.sqlite").results();
  const Results b = Store::open_for_reading(slow.path() / "results.sqlite").results();
  ASSERT_EQ(a.findings.size(), b.findings.size());
  for (std::size_t i = 0; i < a.findings.size(); ++i) {
    EXPECT_EQ(a.findings[i].measured, b.findings[i].measured)
        << a.findings[i].id << " " << a.findings[i].setting;
  }
}

std::int64_t number_of_draws_in(const std::filesystem::path& out) {
  const Store store = Store::open_for_reading(out / "results.sqlite");
  std::int64_t draws = 0;
  for (const std::string& key : store.keys()) {
    draws += std::ssize(store.draws(key));
  }
  return draws;
}

TEST(Run, MeasuresAndConcludesOnWhatIsSelectedOnly) {
  const TemporaryFolder folder;
  const auto end = run_relu0(
      small_run(folder.path(), {"--only", "precision=fp32,network=mlp-3x256", "--fail-on", "inconclusive"}));
  EXPECT_EQ(end.exit_code, exit_failed) << "the findings selected are inconclusive: " << end.output;
  EXPECT_EQ(number_of_draws_in(folder.path()), 2) << "both experiments share the sweep";
  EXPECT_NE(end.output.find(" --only precision=fp32,network=mlp-3x256 "), std::string::npos) << end.output;
  const Results part = Store::open_for_reading(folder.path() / "results.sqlite").results();
  ASSERT_EQ(run_relu0(small_run(folder.path())).exit_code, exit_pass);
  const std::int64_t all = number_of_draws_in(folder.path());
  EXPECT_EQ(all, 2 * 8 + 1) << "but at 16 bits each has its own";
  const Results whole = Store::open_for_reading(folder.path() / "results.sqlite").results();
  ASSERT_EQ(part.findings.size(), whole.findings.size());
  for (std::size_t i = 0; i < whole.findings.size(); ++i) {
    const Finding& finding = part.findings[i];
    if (finding.setting.starts_with("fp32") && finding.setting.find("linear-first") == std::string::npos) {
      EXPECT_EQ(finding.measured, whole.findings[i].measured);
      EXPECT_EQ(finding.verdict, whole.findings[i].verdict);
    } else {
      EXPECT_EQ(finding.verdict, Verdict::not_run) << finding.setting;
      EXPECT_TRUE(finding.why.starts_with("not selected")) << finding.why;
      EXPECT_EQ(finding.agreement, "") << "nothing was measured that could agree";
    }
  }
  // The others stay in the store, but the conclusions are again those of the selection.
  ASSERT_EQ(run_relu0(small_run(folder.path(), {"--only", "precision=fp64"})).exit_code, exit_pass);
  EXPECT_EQ(number_of_draws_in(folder.path()), all);
  const Results fp64 = Store::open_for_reading(folder.path() / "results.sqlite").results();
  ASSERT_EQ(fp64.experiments.size(), 1U) << "nothing of magnitude is at 64 bits";
  EXPECT_EQ(fp64.experiments[0].id, "precision");
}

TEST(Run, FailsOnRequestOnly) {
  const FinishedRun folder;
  EXPECT_EQ(run_relu0(small_run(folder.path(), {"--fail-on", "inconclusive"})).exit_code, exit_failed)
      << "two networks decide nothing";
}

TEST(Report, IsRebuiltFromTheStoreAloneByteForByte) {
  const FinishedRun folder;
  const TemporaryFolder elsewhere;
  std::filesystem::copy(folder.path() / "results.sqlite", elsewhere.path() / "copy.sqlite");
  ASSERT_EQ(
      run_relu0({"report", "--store", elsewhere.path() / "copy.sqlite", "--out", elsewhere.path()}).exit_code,
      exit_pass);
  for (const char* file : {"report.html", "results.json", "junit.xml", "summary.md"}) {
    EXPECT_EQ(text_of(folder.path() / file), text_of(elsewhere.path() / file)) << file;
  }
}

TEST(Compare, FindsTheDrawsThatDiffer) {
  const FinishedRun one;
  const TemporaryFolder other;
  {
    const Store original = Store::open_for_reading(one.path() / "results.sqlite");
    Store changed = Store::open_for_run(other.path() / "results.sqlite");
    changed.set_environment(original.environment());
    for (const std::string& key : original.keys()) {
      for (StoredDraw measurement : original.stored_draws(key)) {
        if (measurement.draw == 1) {
          measurement.values["images"] = -1;
        }
        changed.record(measurement);
      }
    }
    changed.replace_results(original.results());
  }
  const auto end = run_relu0({"compare", one.path() / "results.sqlite", other.path() / "results.sqlite"});
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_NE(end.output.find("1 draw(s) differ"), std::string::npos) << end.output;
}

TEST(Run, RefusesToMixEnvironments) {
  const FinishedRun folder;
  {
    Store store = Store::open_for_run(folder.path() / "results.sqlite");
    Environment environment = store.environment();
    environment["LibTorch"] = "another one";
    store.set_environment(environment);
  }
  const auto end = run_relu0(small_run(folder.path()));
  EXPECT_EQ(end.exit_code, exit_environment) << end.output;
  EXPECT_NE(end.output.find("LibTorch was 'another one'"), std::string::npos);
}

}  // namespace
}  // namespace relu0
