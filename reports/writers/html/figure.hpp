#pragma once
#include "reports/model/figure.hpp"

#include <string>

#include <ctemplate/template.h>

namespace relu0 {

/// Fills the template figure.html. `anchor`: its id in the page. `alone`: nothing stands beside it, so that
/// the table of its numbers is open where it is short.
void fill_figure(ctemplate::TemplateDictionary& dictionary, const Figure& figure, const std::string& anchor,
                 bool alone);

}  // namespace relu0
