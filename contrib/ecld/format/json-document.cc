/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "json-document.h"

#include "format-error.h"

#include <limits>
#include <utility>

namespace ecld
{

namespace
{

using nlohmann::json;

/**
 * Builds the document from the parser's events. Not nlohmann's own builder with a callback: that
 * one visits all elder siblings at the end of each container, which is quadratic in the merges of a
 * tokenizer.
 */
class DocumentBuilder : public json::json_sax_t
{
  public:
    /// @param file what messages call the document @param limits how much is read
    DocumentBuilder(const std::string& file, const JsonLimits& limits)
        : m_file(file),
          m_limits(limits)
    {
    }

    /// @return the document; once
    json TakeDocument()
    {
        return std::move(m_document);
    }

    bool null() override
    {
        Place(nullptr);
        return true;
    }

    bool boolean(bool value) override
    {
        Place(value);
        return true;
    }

    bool number_integer(number_integer_t value) override
    {
        Place(value);
        return true;
    }

    bool number_unsigned(number_unsigned_t value) override
    {
        Place(value);
        return true;
    }

    bool number_float(number_float_t value, const string_t&) override
    {
        Place(value);
        return true;
    }

    bool string(string_t& value) override
    {
        Place(std::move(value));
        return true;
    }

    bool binary(binary_t&) override
    {
        return false; // JSON text has none
    }

    bool start_object(std::size_t) override
    {
        Open(json::object());
        return true;
    }

    bool key(string_t& value) override
    {
        const auto [it, isNew] = m_open.back()->get_ref<json::object_t&>().emplace(value, nullptr);
        if (!isNew)
        {
            ThrowFormatError(m_file,
                             "",
                             "key '" + ShowInput(value) + "' given twice, expected it once");
        }
        m_member = &it->second;
        return true;
    }

    bool end_object() override
    {
        m_open.pop_back();
        return true;
    }

    bool start_array(std::size_t) override
    {
        Open(json::array());
        return true;
    }

    bool end_array() override
    {
        m_open.pop_back();
        return true;
    }

    bool parse_error(std::size_t, const std::string&, const json::exception& error) override
    {
        // "[json.exception.parse_error.101] parse error at line ..." without the code.
        const std::string what = error.what();
        const auto end = what.find("] ");
        ThrowFormatError(m_file,
                         "",
                         ShowInput(what.substr(end == std::string::npos ? 0 : end + 2)));
    }

  private:
    /// Put a value where the parser is. @param value the value @return its place
    json* Place(json value)
    {
        if (++m_values > m_limits.maxValues)
        {
            ThrowFormatError(m_file,
                             "",
                             "too many values, expected at most " +
                                 std::to_string(m_limits.maxValues));
        }
        if (m_open.empty())
        {
            m_document = std::move(value);
            return &m_document;
        }
        if (m_open.back()->is_array())
        {
            auto& array = m_open.back()->get_ref<json::array_t&>();
            array.push_back(std::move(value));
            return &array.back();
        }
        *m_member = std::move(value);
        return m_member;
    }

    /// Put a container where the parser is and go into it. @param value the empty container
    void Open(json value)
    {
        if (m_open.size() == m_limits.maxDepth)
        {
            ThrowFormatError(m_file,
                             "",
                             "nested too deep, expected at most " +
                                 std::to_string(m_limits.maxDepth) + " levels");
        }
        m_open.push_back(Place(std::move(value)));
    }

    const std::string& m_file;  //!< what messages call the document
    const JsonLimits& m_limits; //!< how much is read
    json m_document;            //!< what has been read
    std::vector<json*> m_open;  //!< containers from the document inwards
    json* m_member{nullptr};    //!< place of the last key's value
    std::size_t m_values{0};    //!< values so far
};

/// @param min least @param max largest @return the range in words
template <typename Number>
std::string
ShowRange(Number min, Number max)
{
    return json(min).dump() + " to " + json(max).dump();
}

} // namespace

json
ParseJson(const std::string& text, const std::string& file, const JsonLimits& limits)
{
    if (text.size() > limits.maxBytes)
    {
        ThrowFormatError(file,
                         "",
                         "too big, expected at most " + std::to_string(limits.maxBytes) + " bytes");
    }
    // The parser takes a zero byte for the end and would not look at what follows.
    const auto zero = text.find('\0');
    if (zero != std::string::npos)
    {
        ThrowFormatError(file, "", "zero byte at " + std::to_string(zero) + ", expected JSON text");
    }
    DocumentBuilder builder(file, limits);
    if (!json::sax_parse(text, &builder))
    {
        ThrowFormatError(file, "", "no JSON");
    }
    return builder.TakeDocument();
}

JsonObject::JsonObject(const json& value, std::string file, std::string pointer)
    : m_object(&value),
      m_file(std::move(file)),
      m_pointer(std::move(pointer))
{
    if (!value.is_object())
    {
        FailValue("", value, "an object");
    }
}

const json*
JsonObject::Find(const std::string& key) const
{
    const auto it = m_object->find(key);
    return it == m_object->end() || it->is_null() ? nullptr : &*it;
}

std::string
JsonObject::GetText(const std::string& key) const
{
    const auto& value = GetRequired(key, "a text");
    if (!value.is_string())
    {
        FailValue(key, value, "a text");
    }
    return value.get<std::string>();
}

std::string
JsonObject::GetText(const std::string& key, const std::string& fallback) const
{
    return Find(key) != nullptr ? GetText(key) : fallback;
}

int64_t
JsonObject::GetInteger(const std::string& key, int64_t min, int64_t max) const
{
    const auto expected = "an integer from " + ShowRange(min, max);
    const auto& value = GetRequired(key, expected);
    // An unsigned number above the signed range would wrap around in get<int64_t>.
    const bool fits =
        value.is_number_integer() &&
        (!value.is_number_unsigned() ||
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
    if (!fits || value.get<int64_t>() < min || value.get<int64_t>() > max)
    {
        FailValue(key, value, expected);
    }
    return value.get<int64_t>();
}

int64_t
JsonObject::GetInteger(const std::string& key, int64_t min, int64_t max, int64_t fallback) const
{
    return Find(key) != nullptr ? GetInteger(key, min, max) : fallback;
}

double
JsonObject::GetNumber(const std::string& key, double min, double max) const
{
    const auto expected = "a number from " + ShowRange(min, max);
    const auto& value = GetRequired(key, expected);
    if (!value.is_number() || !(value.get<double>() >= min && value.get<double>() <= max))
    {
        FailValue(key, value, expected);
    }
    return value.get<double>();
}

double
JsonObject::GetNumber(const std::string& key, double min, double max, double fallback) const
{
    return Find(key) != nullptr ? GetNumber(key, min, max) : fallback;
}

bool
JsonObject::GetBool(const std::string& key, bool fallback) const
{
    const auto* value = Find(key);
    if (value != nullptr && !value->is_boolean())
    {
        FailValue(key, *value, "true or false");
    }
    return value != nullptr ? value->get<bool>() : fallback;
}

JsonObject
JsonObject::GetObject(const std::string& key) const
{
    return JsonObject(GetRequired(key, "an object"), m_file, m_pointer + "/" + key);
}

const json&
JsonObject::GetArray(const std::string& key) const
{
    const auto& value = GetRequired(key, "an array");
    if (!value.is_array())
    {
        FailValue(key, value, "an array");
    }
    return value;
}

const json&
JsonObject::GetValue() const
{
    return *m_object;
}

void
JsonObject::Fail(const std::string& key, const std::string& problem) const
{
    ThrowFormatError(m_file, m_pointer + (key.empty() ? "" : "/" + key), problem);
}

void
JsonObject::FailValue(const std::string& key, const json& value, const std::string& expected) const
{
    Fail(key, "got " + ShowJson(value) + ", expected " + expected);
}

const json&
JsonObject::GetRequired(const std::string& key, const std::string& expected) const
{
    const auto it = m_object->find(key);
    if (it == m_object->end())
    {
        Fail(key, "missing, expected " + expected);
    }
    return *it;
}

std::string
ShowJson(const json& value)
{
    if (value.is_structured())
    {
        return value.is_object() ? "an object" : "an array";
    }
    return ShowInput(value.dump(-1, ' ', true, json::error_handler_t::replace));
}

} // namespace ecld
