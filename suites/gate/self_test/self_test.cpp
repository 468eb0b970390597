#include "suites/gate/self_test/self_test.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/gate/self_test/rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

std::ptrdiff_t count_wrong(const std::vector<SelfTestRow>& rows) {
  return std::count_if(rows.begin(), rows.end(), [](const SelfTestRow& row) { return !row.as_expected(); });
}

}  // namespace

SelfTestRow judged_row(const std::string& part, const std::string& fault, const Measurements& measurements,
                       const Policy& policy, int expected, const std::string& rule) {
  try {
    const Judgement judgement = judge(measurements, policy);
    const bool named =
        std::any_of(judgement.checks.begin(), judgement.checks.end(), [&rule](const Check& check) {
          return check.rule == rule &&
                 (check.verdict == CheckVerdict::fail || check.verdict == CheckVerdict::inconclusive);
        });
    return {.part = part,
            .fault = fault,
            .expected = expected,
            .seen = judgement.exit_code,
            .sign = rule,
            .named = named || rule.empty(),
            .detail = judgement.headline};
  } catch (const std::exception& error) {
    return thrown_row(part, fault, expected, rule, error.what());
  }
}

SelfTestRow thrown_row(const std::string& part, const std::string& fault, int expected,
                       const std::string& sign, const std::string& message) {
  return {.part = part,
          .fault = fault,
          .expected = expected,
          .seen = exit_internal,
          .sign = sign,
          .named = false,
          .detail = message};
}

bool self_test_passed(const std::vector<SelfTestRow>& rows) {
  return !rows.empty() && count_wrong(rows) == 0;
}

std::string self_test_table(const std::vector<SelfTestRow>& rows) {
  std::size_t widest = 0;
  for (const SelfTestRow& row : rows) {
    widest = std::max(widest, row.fault.size());
  }
  std::string text = fmt::format("{:<6}  {:<{}}  expected  seen  must name\n", "part", "fault", widest);
  std::string details;
  for (const SelfTestRow& row : rows) {
    text += fmt::format("{:<6}  {:<{}}  {:>8}  {:>4}  {}{}\n", row.part, row.fault, widest, row.expected,
                        row.seen, row.sign.empty() ? "-" : row.sign, row.as_expected() ? "" : "  <-- WRONG");
    if (!row.as_expected()) {
      details += fmt::format("\n{}, {}:\n{}\n", row.part, row.fault, row.detail);
    }
  }
  const auto wrong = count_wrong(rows);
  return text + details +
         (self_test_passed(rows)
              ? fmt::format("\nself-test passed: {} of {} rows are as they should be\n", rows.size(),
                            rows.size())
              : fmt::format(
                    "\nself-test FAILED: {} of {} rows are not as they should be, so no verdict of this "
                    "gate can be relied on here\n",
                    wrong, rows.size()));
}

}  // namespace relu0::gate
