#pragma once
#include "reports/model/figure.hpp"
#include "reports/writers/html/dictionary.hpp"

#include <ctemplate/template.h>

namespace relu0 {

void fill_table(ctemplate::TemplateDictionary& dictionary, const Table& table, Anchors& anchors);

}  // namespace relu0
