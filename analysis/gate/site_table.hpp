#pragma once
#include "analysis/gate/measured.hpp"
#include "analysis/torchscript/kinks/script_kinks.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace relu0::gate {

/// What reached each kink of each operation, gathered over passes. Sites are told apart by
/// relu0::KinkSite::id() and kept in the order in which they first ran.
class SiteTable {
 public:
  /// precisions: of each, every site gets a count, of nothing where it did not run.
  explicit SiteTable(std::vector<Precision> precisions) : precisions_(std::move(precisions)) {}

  /// What one pass at one precision met.
  void add(Precision precision, std::int64_t mini_batch, const std::vector<SiteCensus>& sites);
  /// What it met that the toolkit cannot control; the same place is one site.
  void add(Precision precision, std::int64_t mini_batch, const std::vector<UncontrolledOperator>& operators);

  [[nodiscard]] const std::vector<KinkSite>& sites() const { return sites_; }
  /// relu0::KinkSite::id() of each site; "" where it cannot be controlled.
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }

  [[nodiscard]] std::vector<KinkSite>& sites() { return sites_; }

 private:
  KinkSite& site_of(const std::string& id, KinkSite described);
  static KinkCount* count_at(KinkSite& site, Precision precision);

  std::vector<Precision> precisions_;
  std::map<std::string, std::size_t> index_;
  std::vector<KinkSite> sites_;
  std::vector<std::string> ids_;
};

/// A place's source taken apart: "model.py:12:8" is file and line, a text without a line the file; a node is
/// the text of a place that has no lines.
SourcePlace source_place(const OperatorPlace& place);

}  // namespace relu0::gate
