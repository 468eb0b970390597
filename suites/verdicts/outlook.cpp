#include "suites/verdicts/outlook.hpp"

#include "suites/verdicts/text.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

namespace relu0::verdict_rules {

std::optional<std::int64_t> trials_needed(const std::function<Verdict(std::int64_t more)>& after) {
  const auto decided = [&after](std::int64_t more) {
    const Verdict verdict = after(more);
    return verdict == Verdict::reproduced || verdict == Verdict::not_reproduced;
  };
  std::int64_t enough = 1;
  while (!decided(enough)) {
    if (enough == farthest_outlook) {
      return std::nullopt;
    }
    enough = std::min(2 * enough, farthest_outlook);
  }
  std::int64_t too_few = enough / 2;
  while (enough - too_few > 1) {
    const std::int64_t middle = too_few + (enough - too_few) / 2;
    (decided(middle) ? enough : too_few) = middle;
  }
  return enough;
}

std::string in_words(const OpenRow& row) {
  if (row.only_at_planned_number) {
    return text("outlook.planned", "why"_a = row.why, "more"_a = row.left,
                "time"_a = wording::duration(row.seconds));
  }
  if (!row.more_draws && row.too_few_to_tell) {
    return text("outlook.too-few-to-tell", "why"_a = row.why);
  }
  if (!row.more_draws) {
    return text("outlook.never", "why"_a = row.why, "limit"_a = farthest_outlook);
  }
  const std::string words = text("outlook.more", "why"_a = row.why, "more"_a = *row.more_draws,
                                 "time"_a = wording::duration(row.seconds));
  return *row.more_draws > row.left ? text("outlook.beyond-limit", "why"_a = words, "most"_a = row.most)
                                    : words;
}

}  // namespace relu0::verdict_rules
