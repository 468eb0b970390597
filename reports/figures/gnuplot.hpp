#pragma once
#include <string>

namespace relu0 {

/// The result of a call of gnuplot.
struct GnuplotOutput {
  std::string svg;      ///< empty when it failed
  std::string failure;  ///< why it failed, for the reader of a report
};

/// Runs the `gnuplot` found in PATH on a script that writes SVG to its standard output. No shell, no start-up
/// files and a C locale, so that the output depends on the script alone.
GnuplotOutput run_gnuplot(const std::string& script);

}  // namespace relu0
