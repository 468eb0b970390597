#include "reports/writers/html/matrix.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <ctemplate/template.h>
#include <fmt/format.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

constexpr std::size_t fields_in_a_row = all_precisions.size() * all_rules.size();

std::string rule_in_words(Rule rule) { return rule == Rule::chain_rule ? "chain rule" : "published code"; }

TemplateDictionary& add_field(TemplateDictionary& row, std::size_t span) {
  TemplateDictionary& dictionary = *row.AddSectionDictionary("FIELD");
  if (span > 1) {
    set_section(dictionary, "SPAN_SECTION", "SPAN", std::to_string(span));
  }
  return dictionary;
}

/// "fp32, chain rule: reproduced, 93/200 (46.5 %)"
std::string tooltip(const std::string& where, const MatrixField& field, const Results& results) {
  const Finding& deciding = results.findings[field.findings.front()];
  std::string text = fmt::format("{}: {}", where, name(*field.verdict));
  if (!deciding.measured.empty()) {
    text += ", " + deciding.measured;
  }
  if (field.findings.size() > 1) {
    text += fmt::format("; it decides among {} findings", field.findings.size());
  }
  return text;
}

void fill_field(TemplateDictionary& dictionary, const std::string& where, const MatrixField& field,
                const Results& results, const PageIndex& index, const std::string& words = "") {
  if (!field.verdict) {
    return;
  }
  TemplateDictionary& link = *dictionary.AddSectionDictionary("VERDICT_SECTION");
  set_verdict(link, *field.verdict);
  set(link, "TARGET", index.finding(field.findings.front()));
  set(link, "TOOLTIP", tooltip(where, field, results));
  set_section(link, "WORDS_SECTION", "WORDS", words);
}

void fill_precision(TemplateDictionary& row, std::size_t p, const MatrixRow& of, const Results& results,
                    const PageIndex& index) {
  const std::string precision(name(all_precisions.at(p)));
  const auto& fields = of.fields.at(p);
  if (fields.front() == fields.back()) {
    fill_field(add_field(row, fields.size()), precision + ", whatever the rule", fields.front(), results,
               index);
    return;
  }
  for (std::size_t r = 0; r < fields.size(); ++r) {
    fill_field(add_field(row, 1), fmt::format("{}, {}", precision, rule_in_words(all_rules.at(r))),
               fields.at(r), results, index);
  }
}

bool names_a_precision(const MatrixRow& row) {
  for (const auto& fields : row.fields) {
    for (const MatrixField& field : fields) {
      if (field.verdict) {
        return true;
      }
    }
  }
  return false;
}

void fill_row(TemplateDictionary& row, const MatrixRow& of, const Results& results, const PageIndex& index) {
  const Claim& claim = results.claims[of.claim];
  set_verdict(row, of.verdict);
  set(row, "NAME", claim.name);
  set(row, "TARGET", index.claim(of.claim));
  if (names_a_precision(of)) {
    for (std::size_t p = 0; p < all_precisions.size(); ++p) {
      fill_precision(row, p, of, results, index);
    }
    return;
  }
  TemplateDictionary& whole = add_field(row, fields_in_a_row);
  if (of.every_precision.verdict) {
    fill_field(whole, "at no one precision", of.every_precision, results, index,
               std::string(name(*of.every_precision.verdict)));
    return;
  }
  TemplateDictionary& link = *whole.AddSectionDictionary("VERDICT_SECTION");
  set_verdict(link, Verdict::not_run);
  set(link, "TARGET", index.claim(of.claim));
  set(link, "TOOLTIP", name(Verdict::not_run));
  set_section(link, "WORDS_SECTION", "WORDS", std::string(name(Verdict::not_run)));
}

}  // namespace

void fill_matrix(TemplateDictionary& page, const Results& results, const std::vector<MatrixRow>& matrix,
                 const PageIndex& index) {
  if (matrix.empty()) {
    return;
  }
  TemplateDictionary& table = *page.AddSectionDictionary("MATRIX");
  for (const Precision precision : all_precisions) {
    set(*table.AddSectionDictionary("PRECISION"), "NAME", name(precision));
  }
  const MatrixRows rows = drawn_and_named(matrix);
  for (const MatrixRow& row : rows.drawn) {
    fill_row(*table.AddSectionDictionary("ROW"), row, results, index);
  }
  if (rows.named.empty()) {
    return;
  }
  TemplateDictionary& named = *table.AddSectionDictionary("NOT_RUN");
  set_verdict(named, Verdict::not_run);
  for (const MatrixRow& row : rows.named) {
    TemplateDictionary& claim = *named.AddSectionDictionary("CLAIM");
    set(claim, "NAME", results.claims[row.claim].name);
    set(claim, "TARGET", index.claim(row.claim));
  }
}

}  // namespace relu0
