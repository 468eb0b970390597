#pragma once
#include "reports/model/heat_map.hpp"
#include "reports/writers/html_dictionary.hpp"

#include <string>
#include <vector>

#include <ctemplate/template.h>

namespace relu0 {

/// Fills the section HEAT_MAPS of an experiment with those of `all` that belong to it, if any. The others
/// matter for the colour scales.
void fill_heat_maps(ctemplate::TemplateDictionary& experiment, const std::vector<HeatMap>& all,
                    const std::string& experiment_id, Anchors& anchors);

}  // namespace relu0
