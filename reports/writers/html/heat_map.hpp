#pragma once
#include "reports/model/heat_map.hpp"
#include "reports/writers/html/dictionary.hpp"

#include <vector>

#include <ctemplate/template.h>

namespace relu0 {

/// Fills the template heat_map.html. `all` of the page matter for the colour scales.
void fill_heat_map(ctemplate::TemplateDictionary& dictionary, const HeatMap& map,
                   const std::vector<HeatMap>& all, Anchors& anchors);

}  // namespace relu0
