#include "suites/gate/judge.hpp"
#include "suites/gate/self_test/clean_measurements.hpp"
#include "suites/gate/self_test/judged_faults.hpp"
#include "suites/gate/self_test/limit_cases.hpp"
#include "suites/gate/self_test/rows.hpp"
#include "suites/gate/self_test/self_test.hpp"

#include <fmt/format.h>

namespace relu0::gate {

std::vector<SelfTestRow> self_test_judge() {
  constexpr const char* part = "judge";
  std::vector<SelfTestRow> rows{judged_row(part, "no_fault", clean_measurements(), default_policy(), 0, "")};
  for (const JudgedFault& fault : judged_faults()) {
    Measurements measurements = clean_measurements();
    fault.inject(measurements);
    rows.push_back(judged_row(part, fault.name, measurements, default_policy(), fault.exit_code, fault.rule));
  }
  for (const LimitCase& limit : limit_cases()) {
    const LimitDescription& about = describe(limit.limit);
    const Policy policy = policy_of(limit, limit.allowed);
    const std::string name = fmt::format("{} = {}", about.key, limit.allowed);
    Measurements inside = clean_measurements();
    limit.measure(inside, limit.inside);
    rows.push_back(judged_row(part, "just inside " + name, inside, policy, 0, ""));
    Measurements outside = clean_measurements();
    limit.measure(outside, limit.outside);
    rows.push_back(
        judged_row(part, "just outside " + name, outside, policy, limit.exit_code, std::string(about.rule)));
  }
  return rows;
}

}  // namespace relu0::gate
