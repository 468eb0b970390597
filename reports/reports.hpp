#pragma once
/// Findings and their reports, for users of <relu0/reports.hpp>.
///
///   share_verdict()        the verdict on a share from a count, by its exact interval
///   Finding, Results       what a run concludes
///   Store                  the SQLite file that keeps measurements and conclusions
///   write_reports()        report.html, results.json, junit.xml and summary.md from a store
#include "reports/model/finding.hpp"
#include "reports/model/results.hpp"
#include "reports/store/store.hpp"
#include "reports/verdicts/interval_verdict.hpp"
#include "reports/writers/writers.hpp"
