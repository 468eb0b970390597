#pragma once
#include "reports/model/conclusions/claim_matrix.hpp"
#include "reports/model/results.hpp"
#include "reports/writers/html/page_index.hpp"

#include <vector>

#include <ctemplate/template.h>

namespace relu0 {

/// Fills the section MATRIX of the page: a row for each claim of which a finding was run, a field for each
/// precision and rule, each a link to the finding that decides it; below them the names of the others, each a
/// link to its card.
void fill_matrix(ctemplate::TemplateDictionary& page, const Results& results,
                 const std::vector<MatrixRow>& matrix, const PageIndex& index);

}  // namespace relu0
