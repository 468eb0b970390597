#include "reports/figures/page_svg.hpp"

#include "reports/model/text.hpp"

#include <algorithm>
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
  for (int number = 0; number < series_colours; ++number) {
    classes[colour(PartColour::series, number)] = fmt::format("s{}", number);
  }
  for (int number = 0; number < static_cast<int>(cell_classes.size()); ++number) {
    const std::string name(cell_classes.at(static_cast<std::size_t>(number)));
    classes[colour(PartColour::cell, number)] = name;
    classes[colour(PartColour::cell_text, number)] = "on-" + name;
  }
  classes[colour(PartColour::contour, 0)] = "contour";
  classes[colour(PartColour::contour, 1)] = "halo";
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
bool is_redundant(const pugi::xml_node& node) {
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

/// The points of a polygon, without the zeros that end its numbers.
std::vector<std::pair<std::string, std::string>> corners(const pugi::xml_node& polygon) {
  const auto trimmed = [](std::string number) {
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') {
      number.pop_back();
    }
    return number;
  };
  std::vector<std::pair<std::string, std::string>> points;
  std::istringstream words(polygon.attribute("points").value());
  for (std::string word; words >> word;) {
    const std::size_t comma = word.find(',');
    points.emplace_back(trimmed(word.substr(0, comma)), trimmed(word.substr(comma + 1)));
  }
  return points;
}

/// The polygons of a group, which are of one colour, as one path: a tenth of the bytes where there are
/// thousands.
void join_polygons(pugi::xml_node group) {
  std::string outline;
  const pugi::xml_node first = group.child("polygon");
  for (pugi::xml_node polygon = first; !polygon.empty(); polygon = polygon.next_sibling("polygon")) {
    const auto points = corners(polygon);
    const bool rectangle = points.size() == 4 && points[0].second == points[1].second &&
                           points[1].first == points[2].first && points[2].second == points[3].second;
    if (rectangle) {
      outline += fmt::format("M{},{}H{}V{}H{}z", points[0].first, points[0].second, points[1].first,
                             points[2].second, points[3].first);
      continue;
    }
    char command = 'M';
    for (const auto& [x, y] : points) {
      outline += fmt::format("{}{},{}", command, x, y);
      command = ' ';
    }
    outline += 'z';
  }
  if (outline.empty()) {
    return;
  }
  pugi::xml_node path = group.append_child("path");
  for (const char* property : {"fill", "fill-opacity"}) {
    if (const pugi::xml_attribute value = first.attribute(property)) {
      path.append_attribute(property) = value.value();
    }
  }
  path.append_attribute("d") = outline.c_str();
  while (group.remove_child("polygon")) {
  }
}

/// Puts a text of the page where its number stands.
void replace_text(pugi::xml_node node, const std::vector<std::string>& texts) {
  if (std::strcmp(node.name(), "text") == 0 && node.text().get()[0] == '#') {
    node.text() = printable(texts.at(std::stoul(node.text().get() + 1))).c_str();
  }
}

void rewrite(pugi::xml_node node, const PageText& page) {
  join_polygons(node);
  for (pugi::xml_node child = node.first_child(); !child.empty();) {
    const pugi::xml_node next = child.next_sibling();
    if (is_redundant(child)) {
      node.remove_child(child);
    } else {
      rewrite(child, page);
      const bool empty_group = std::strcmp(child.name(), "g") == 0 && !child.first_child();
      if (empty_group) {
        node.remove_child(child);
      }
    }
    child = next;
  }
  replace_colours(node);
  replace_text(node, page.texts);
  node.remove_attribute("font-family");
  if (pugi::xml_attribute id = node.attribute("id")) {
    id.set_value((page.anchor + "-" + id.value()).c_str());
  }
  if (pugi::xml_attribute link = node.attribute("xlink:href")) {
    const std::string target = page.anchor + "-" + (link.value() + 1);
    link.set_name("href");
    link.set_value(("#" + target).c_str());
    if (!node.attribute("transform").empty() && page.hollow_symbols.contains(target)) {
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

void add_text_alternative(pugi::xml_node svg, const PageText& page) {
  const std::string title_id = page.anchor + "-title";
  const std::string description_id = page.anchor + "-desc";
  pugi::xml_node description = svg.prepend_child("desc");
  description.append_attribute("id") = description_id.c_str();
  description.text() = printable(page.description).c_str();
  pugi::xml_node title = svg.prepend_child("title");
  title.append_attribute("id") = title_id.c_str();
  title.text() = printable(page.title).c_str();
  svg.append_attribute("role") = "img";
  svg.append_attribute("aria-labelledby") = (title_id + " " + description_id).c_str();
}

}  // namespace

std::string gnuplot_colour(PartColour part, int number) {
  return fmt::format("'#{:02x}{:02x}00'", static_cast<int>(part), number);
}

std::string page_svg(const std::string& gnuplot_svg, const PageText& page) {
  pugi::xml_document document;
  if (!document.load_string(gnuplot_svg.c_str())) {
    return "";
  }
  pugi::xml_node svg = document.child("svg");
  rewrite(svg, page);
  remove_unused_symbols(svg);
  // HTML gives an <svg> element its namespaces; written out they would be the only web addresses in the page.
  svg.remove_attribute("xmlns");
  svg.remove_attribute("xmlns:xlink");
  svg.append_attribute("class") = "plot";
  add_text_alternative(svg, page);

  std::ostringstream out;
  svg.print(out, "", pugi::format_raw);
  return out.str();
}

}  // namespace relu0
