#include "reports/figure_drawing.hpp"

#include "reports/figure_description.hpp"
#include "reports/figure_script.hpp"
#include "reports/gnuplot.hpp"
#include "reports/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace relu0 {
namespace {

// Of different number, so that colour and marker repeat together only after 30 groups.
constexpr int colours = 6;
/// gnuplot's point types, filled and hollow: circle, square, triangle, diamond, triangle upside down.
constexpr std::array<std::pair<int, int>, 5> markers{{{7, 6}, {5, 4}, {9, 8}, {13, 12}, {11, 10}}};

std::string without_spaces(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

void add_class(pugi::xml_node node, const std::string& name) {
  pugi::xml_attribute attribute = node.attribute("class");
  if (!attribute) {
    node.append_attribute("class") = name.c_str();
  } else if (std::strcmp(attribute.value(), name.c_str()) != 0) {
    attribute.set_value((std::string(attribute.value()) + " " + name).c_str());
  }
}

/// The classes that stand for the colours of the script (PartColour), by the way gnuplot writes them.
std::map<std::string, std::string> colour_classes() {
  std::map<std::string, std::string> classes;
  const auto colour = [](PartColour part, int number) {
    return fmt::format("rgb({},{},0)", static_cast<int>(part), number);
  };
  classes[colour(PartColour::axis, 0)] = "";
  classes[colour(PartColour::grid, 0)] = "grid";
  for (int number = 0; number < colours; ++number) {
    classes[colour(PartColour::series, number)] = fmt::format("s{}", number);
  }
  return classes;
}

/// Turns the colours of the script into classes and currentColor, which follow the page's colours.
void replace_colours(pugi::xml_node node) {
  static const std::map<std::string, std::string> classes = colour_classes();
  for (const char* property : {"stroke", "fill", "color"}) {
    const auto found = classes.find(without_spaces(node.attribute(property).value()));
    if (found == classes.end()) {
      continue;
    }
    node.attribute(property) = "currentColor";
    if (!found->second.empty()) {
      add_class(node, found->second);
    }
  }
  node.remove_attribute("color");
}

/// What gnuplot always writes and nothing here uses, the white discs under the points, and the points of size
/// 0 in the middle of error bars.
bool is_ballast(const pugi::xml_node& node) {
  const std::string name = node.name();
  if (name == "title" || name == "desc" || name == "filter") {
    return true;
  }
  if (name == "rect" && std::strcmp(node.parent().attribute("id").value(), "gnuplot_canvas") == 0) {
    return true;
  }
  if (name != "use") {
    return false;
  }
  return std::strcmp(node.attribute("color").value(), "white") == 0 ||
         std::strstr(node.attribute("transform").value(), "scale(0.00)") != nullptr ||
         std::strcmp(node.attribute("xlink:href").value(), "#gpDot") == 0;
}

void rewrite(pugi::xml_node node, const std::string& anchor, const std::set<std::string>& hollow) {
  for (pugi::xml_node child = node.first_child(); !child.empty();) {
    const pugi::xml_node next = child.next_sibling();
    if (is_ballast(child)) {
      node.remove_child(child);
    } else {
      rewrite(child, anchor, hollow);
      const bool empty_group = std::strcmp(child.name(), "g") == 0 && !child.first_child();
      if (empty_group) {
        node.remove_child(child);
      }
    }
    child = next;
  }
  replace_colours(node);
  node.remove_attribute("font-family");
  if (pugi::xml_attribute id = node.attribute("id")) {
    id.set_value((anchor + "-" + id.value()).c_str());
  }
  if (pugi::xml_attribute link = node.attribute("xlink:href")) {
    const std::string target = anchor + "-" + (link.value() + 1);
    link.set_name("href");
    link.set_value(("#" + target).c_str());
    if (!node.attribute("transform").empty() && hollow.contains(target)) {
      add_class(node, "hollow");
    }
  }
}

/// Removes the symbols that neither the drawing nor another symbol uses.
void remove_unused_symbols(pugi::xml_node svg) {
  pugi::xml_node symbols = svg.select_node(".//defs").node();
  for (bool removed = true; removed;) {
    removed = false;
    std::set<std::string> used;
    for (const pugi::xpath_node& use : svg.select_nodes(".//use[@href]")) {
      used.insert(use.node().attribute("href").value() + 1);
    }
    for (pugi::xml_node symbol = symbols.first_child(); !symbol.empty();) {
      const pugi::xml_node next = symbol.next_sibling();
      if (!used.contains(symbol.attribute("id").value())) {
        removed = symbols.remove_child(symbol);
      }
      symbol = next;
    }
  }
}

void add_text_alternative(pugi::xml_node svg, const Figure& figure, const std::string& anchor) {
  const std::string title_id = anchor + "-title";
  const std::string description_id = anchor + "-desc";
  pugi::xml_node description = svg.prepend_child("desc");
  description.append_attribute("id") = description_id.c_str();
  description.text() = printable(describe(figure)).c_str();
  pugi::xml_node title = svg.prepend_child("title");
  title.append_attribute("id") = title_id.c_str();
  title.text() = printable(figure.title).c_str();
  svg.append_attribute("role") = "img";
  svg.append_attribute("aria-labelledby") = (title_id + " " + description_id).c_str();
}

std::string for_page(const std::string& gnuplot_svg, const Figure& figure,
                     const std::vector<SeriesStyle>& styles, const std::string& anchor) {
  pugi::xml_document document;
  if (!document.load_string(gnuplot_svg.c_str())) {
    return "";
  }
  pugi::xml_node svg = document.child("svg");

  std::set<std::string> hollow;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    if (figure.series[i].published) {
      hollow.insert(symbol_id(anchor, styles[i].gnuplot_point_type));
    }
  }
  rewrite(svg, anchor, hollow);
  remove_unused_symbols(svg);
  // HTML gives an <svg> element its namespaces; written out they would be the page's only addresses.
  svg.remove_attribute("xmlns");
  svg.remove_attribute("xmlns:xlink");
  svg.append_attribute("class") = "plot";
  add_text_alternative(svg, figure, anchor);

  std::ostringstream out;
  svg.print(out, "", pugi::format_raw);
  return out.str();
}

}  // namespace

std::vector<SeriesStyle> series_styles(const Figure& figure) {
  std::map<std::string, int> groups;
  std::vector<SeriesStyle> styles;
  for (const FigureSeries& series : figure.series) {
    const std::string& group = series.group.empty() ? series.label : series.group;
    const int number = groups.try_emplace(group, static_cast<int>(groups.size())).first->second;
    const auto& [filled, hollow] = markers.at(static_cast<std::size_t>(number) % markers.size());
    styles.push_back({.colour = number % colours, .gnuplot_point_type = series.published ? hollow : filled});
  }
  return styles;
}

std::string symbol_id(const std::string& anchor, int gnuplot_point_type) {
  return fmt::format("{}-gpPt{}", anchor, gnuplot_point_type - 1);
}

Drawing draw(const Figure& figure, const std::string& anchor) {
  const std::vector<SeriesStyle> styles = series_styles(figure);
  const FigureScript script = figure_script(figure, styles);
  Drawing drawing{
      .svg = "", .trouble = "", .omitted_points = script.omitted_points, .side_by_side = script.side_by_side};
  if (script.text.empty()) {
    drawing.trouble = "none of its points can be drawn";
    return drawing;
  }
  const GnuplotOutput output = run_gnuplot(script.text);
  drawing.trouble = output.trouble;
  if (drawing.trouble.empty()) {
    drawing.svg = for_page(output.svg, figure, styles, anchor);
    if (drawing.svg.empty()) {
      drawing.trouble = "gnuplot wrote no SVG";
    }
  }
  return drawing;
}

}  // namespace relu0
