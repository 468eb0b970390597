#include "analysis/gate/measured.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::gate {

std::string_view name(LuckKind kind) {
  switch (kind) {
    case LuckKind::repeat:
      return "repeat";
    case LuckKind::calls:
      return "calls";
    case LuckKind::threads:
      return "threads";
    case LuckKind::permuted:
      return "permuted";
    case LuckKind::split:
      return "split";
  }
  throw std::logic_error("not a LuckKind");
}

LuckKind parse_luck_kind(std::string_view text) {
  for (const LuckKind kind : all_luck_kinds) {
    if (text == name(kind)) {
      return kind;
    }
  }
  throw InputError(
      fmt::format("unknown comparison '{}': use repeat, calls, threads, permuted or split", text));
}

bool KinkSite::met() const {
  return !on_data &&
         std::any_of(counts.begin(), counts.end(), [](const KinkCount& count) { return count.hits() > 0; });
}

}  // namespace relu0::gate
