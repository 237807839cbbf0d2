/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "json-document.h"

#include "format-error.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace base
{

namespace
{

using nlohmann::json;

/**
 * Builds the document from the parser's events, and knows the place where the parser is. Not
 * nlohmann's own builder with a callback: that one visits all elder siblings at the end of each
 * container, which is quadratic in the merges of a tokenizer.
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
        CountPart();
        Level& level = m_open.back();
        const auto [it, isNew] =
            level.container->get_ref<json::object_t&>().emplace(value, nullptr);
        level.key = &it->first;
        level.member = &it->second;
        if (!isNew)
        {
            Fail("key '" + ShowInput(value) + "' given twice, expected it once");
        }
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
        std::string what = error.what();
        what.erase(0, what.find("] ") == std::string::npos ? 0 : what.find("] ") + 2);
        what = ShowInput(what);
        if (dynamic_cast<const json::out_of_range*>(&error) != nullptr)
        {
            Fail(what + ", expected a finite number");
        }
        const std::string pointer = GetPointer();
        ThrowFormatError(m_file,
                         "",
                         (pointer.empty() ? "" : "near " + ShowInput(pointer) + ": ") + what);
    }

  private:
    /// An object or array that is open.
    struct Level
    {
        json* container;                 //!< the object or array
        const std::string* key{nullptr}; //!< last key of an object, once it has one
        json* member{nullptr};           //!< place of that key's value
    };

    /// @return JSON pointer to where the parser is
    std::string GetPointer() const
    {
        std::string pointer;
        for (const Level& level : m_open)
        {
            if (level.container->is_array())
            {
                // Of the innermost array the next value is read, of the others the last.
                const bool isInnermost = &level == &m_open.back();
                pointer += '/' + std::to_string(level.container->size() - (isInnermost ? 0 : 1));
            }
            else if (level.key != nullptr)
            {
                pointer += '/' + *level.key;
            }
        }
        return pointer;
    }

    /// Refuse the document because of the place where the parser is. @param problem what is wrong
    [[noreturn]] void Fail(const std::string& problem) const
    {
        ThrowFormatError(m_file, GetPointer(), problem);
    }

    /// Count a key, an object or an array.
    void CountPart()
    {
        if (++m_parts > m_limits.maxParts)
        {
            Fail("too many parts, expected at most " + std::to_string(m_limits.maxParts) +
                 " keys, objects and arrays");
        }
    }

    /// Put a value where the parser is. @param value the value @return its place
    json* Place(json value)
    {
        if (++m_values > m_limits.maxValues)
        {
            Fail("too many values, expected at most " + std::to_string(m_limits.maxValues));
        }
        if (m_open.empty())
        {
            m_document = std::move(value);
            return &m_document;
        }
        const Level& level = m_open.back();
        if (level.container->is_array())
        {
            auto& array = level.container->get_ref<json::array_t&>();
            array.push_back(std::move(value));
            return &array.back();
        }
        *level.member = std::move(value);
        return level.member;
    }

    /// Put a container where the parser is and go into it. @param value the empty container
    void Open(json value)
    {
        CountPart();
        if (m_open.size() == m_limits.maxDepth)
        {
            Fail("nested too deep, expected at most " + std::to_string(m_limits.maxDepth) +
                 " levels");
        }
        m_open.push_back({Place(std::move(value))});
    }

    const std::string& m_file;  //!< what messages call the document
    const JsonLimits& m_limits; //!< how much is read
    json m_document;            //!< what has been read
    std::vector<Level> m_open;  //!< from the document inwards
    std::size_t m_values{0};    //!< values so far
    std::size_t m_parts{0};     //!< keys, objects and arrays so far
};

/// @param min least @param max largest @return the range in words
template <typename Number>
std::string
ShowRange(Number min, Number max)
{
    return json(min).dump() + " to " + json(max).dump();
}

/// @param min least @param max largest @return the integers of this range in words
std::string
ShowIntegers(int64_t min, int64_t max)
{
    return "an integer from " + ShowRange(min, max);
}

/// @param words some words @return the same, with commas between them
std::string
Join(const std::vector<std::string>& words)
{
    std::string list;
    for (const std::string& word : words)
    {
        list += (list.empty() ? "" : ", ") + word;
    }
    return list;
}

} // namespace

json
ParseJson(const std::string& text, const std::string& file, const JsonLimits& limits)
{
    if (text.size() > limits.maxBytes)
    {
        ThrowFormatError(file, "", "too big, expected at most " + ShowBytes(limits.maxBytes));
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
    return CheckInteger(key, GetRequired(key, ShowIntegers(min, max)), min, max);
}

int64_t
JsonObject::GetInteger(const std::string& key, int64_t min, int64_t max, int64_t fallback) const
{
    return Find(key) != nullptr ? GetInteger(key, min, max) : fallback;
}

std::vector<int64_t>
JsonObject::GetIntegers(const std::string& key, int64_t min, int64_t max) const
{
    const auto expected = "an array of numbers, each " + ShowIntegers(min, max);
    const auto& value = GetRequired(key, expected);
    if (!value.is_array())
    {
        FailValue(key, value, expected);
    }
    std::vector<int64_t> integers;
    integers.reserve(value.size());
    for (const auto& entry : value)
    {
        const std::string place = key + "/" + std::to_string(integers.size());
        integers.push_back(CheckInteger(place, entry, min, max));
    }
    return integers;
}

double
JsonObject::GetNumber(const std::string& key, const JsonRange& range) const
{
    return CheckNumber(key, GetRequired(key, range.expected), range);
}

double
JsonObject::GetNumber(const std::string& key, double min, double max) const
{
    const auto expected = "a number from " + ShowRange(min, max);
    return GetNumber(key, {min, max, expected.c_str()});
}

double
JsonObject::GetNumber(const std::string& key, double min, double max, double fallback) const
{
    return Find(key) != nullptr ? GetNumber(key, min, max) : fallback;
}

std::vector<double>
JsonObject::GetNumbers(const std::string& key, const JsonRange& range) const
{
    const auto expected = std::string("an array of numbers, each ") + range.expected;
    const auto& value = GetRequired(key, expected);
    if (!value.is_array())
    {
        FailValue(key, value, expected);
    }
    std::vector<double> numbers;
    numbers.reserve(value.size());
    for (const auto& entry : value)
    {
        numbers.push_back(CheckNumber(key + "/" + std::to_string(numbers.size()), entry, range));
    }
    return numbers;
}

bool
JsonObject::GetBool(const std::string& key) const
{
    const std::string expected = "true or false";
    const auto& value = GetRequired(key, expected);
    if (!value.is_boolean())
    {
        FailValue(key, value, expected);
    }
    return value.get<bool>();
}

bool
JsonObject::GetBool(const std::string& key, bool fallback) const
{
    return Find(key) != nullptr ? GetBool(key) : fallback;
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

std::size_t
JsonObject::GetChoice(const std::string& key, const std::vector<std::string>& names) const
{
    const std::string expected = "one of " + Join(names);
    const auto& value = GetRequired(key, expected);
    const auto found = value.is_string()
                           ? std::find(names.begin(), names.end(), value.get<std::string>())
                           : names.end();
    if (found == names.end())
    {
        FailValue(key, value, expected);
    }
    return static_cast<std::size_t>(found - names.begin());
}

void
JsonObject::RequireKnownKeys(const std::vector<std::string>& keys) const
{
    for (const auto& item : m_object->items())
    {
        if (std::find(keys.begin(), keys.end(), item.key()) == keys.end())
        {
            Fail(ShowInput(item.key()), "unknown key, expected one of " + Join(keys));
        }
    }
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

int64_t
JsonObject::CheckInteger(const std::string& key, const json& value, int64_t min, int64_t max) const
{
    // An unsigned number above the signed range would wrap around in get<int64_t>.
    const bool fits =
        value.is_number_integer() &&
        (!value.is_number_unsigned() ||
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
    if (!fits || value.get<int64_t>() < min || value.get<int64_t>() > max)
    {
        FailValue(key, value, ShowIntegers(min, max));
    }
    return value.get<int64_t>();
}

double
JsonObject::CheckNumber(const std::string& key, const json& value, const JsonRange& range) const
{
    // Written so that a NaN fails too.
    if (value.is_number() && value.get<double>() >= range.min && value.get<double>() <= range.max)
    {
        return value.get<double>();
    }
    FailValue(key, value, range.expected);
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

} // namespace base
