#pragma once
#include "reports/model/results.hpp"
#include "reports/writers/html/card.hpp"
#include "reports/writers/html/dictionary.hpp"
#include "reports/writers/html/page_index.hpp"

#include <vector>

#include <ctemplate/template.h>

namespace relu0 {

/// Fills the sections PART of the page: the cards of the claims, then those of the other experiments.
void fill_cards(ctemplate::TemplateDictionary& page, const Results& results, const std::vector<Card>& cards,
                const PageIndex& index, Anchors& anchors);

}  // namespace relu0
