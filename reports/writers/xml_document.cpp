#include "reports/writers/xml_document.hpp"

#include "reports/model/text.hpp"

#include <sstream>

namespace relu0 {

pugi::xml_document new_xml_document() {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  return document;
}

std::string xml_text(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

void set(pugi::xml_node node, const char* attribute, std::string_view text) {
  node.append_attribute(attribute) = printable(text).c_str();
}

void add_property(pugi::xml_node properties, std::string_view key, std::string_view value) {
  pugi::xml_node property = properties.append_child("property");
  set(property, "name", key);
  set(property, "value", value);
}

}  // namespace relu0
