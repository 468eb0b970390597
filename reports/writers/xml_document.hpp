#pragma once
#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace relu0 {

/// An empty document in UTF-8, with its declaration.
pugi::xml_document new_xml_document();

/// The document as indented text.
std::string xml_text(const pugi::xml_document& document);

/// Adds an attribute with the text made printable.
void set(pugi::xml_node node, const char* attribute, std::string_view text);

/// Adds a JUnit property.
void add_property(pugi::xml_node properties, std::string_view key, std::string_view value);

}  // namespace relu0
