#include "reports/writers/gate/check_figures.hpp"

#include "reports/model/text.hpp"

namespace relu0 {

CheckFigures figures_of(const gate::Check& check) {
  const auto text_of = [](const std::optional<double>& value) { return value ? readable(*value) : ""; };
  CheckFigures figures{
      .seen = text_of(check.seen), .allowed = text_of(check.allowed), .margin = text_of(check.margin())};
  if (check.seen && check.allowed && figures.seen == figures.allowed && *check.seen != *check.allowed) {
    figures.seen = exact(*check.seen);
    figures.allowed = exact(*check.allowed);
  }
  return figures;
}

}  // namespace relu0
