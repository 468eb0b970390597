#pragma once
#include "reports/model/figure.hpp"
#include "reports/writers/html/dictionary.hpp"

#include <ctemplate/template.h>

namespace relu0 {

/// Fills the template figure.html. `alone`: nothing stands beside it, so that the table of its numbers is
/// open where it is short.
void fill_figure(ctemplate::TemplateDictionary& dictionary, const Figure& figure, bool alone,
                 Anchors& anchors);

}  // namespace relu0
