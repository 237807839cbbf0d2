/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-json-reader.h"

#include "ns3/log.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmJsonReader");

// The least double above zero as a closed bound says "above zero" without a second kind of bound.
const LlmJsonRange LLM_JSON_SHARE{0, 1, "a share from 0 to 1"};
const LlmJsonRange LLM_JSON_POSITIVE{std::numeric_limits<double>::denorm_min(),
                                     std::numeric_limits<double>::max(),
                                     "a number above 0"};
const LlmJsonRange LLM_JSON_NOT_NEGATIVE{0, std::numeric_limits<double>::max(), "a number from 0"};

namespace
{

using nlohmann::json;

constexpr std::size_t MAX_BYTES = std::size_t{64} << 20; //!< largest document, bytes
constexpr std::size_t MAX_DEPTH = 16;                    //!< deepest nesting
constexpr std::size_t MAX_PARTS = 1000;                  //!< most keys, objects and arrays
constexpr std::size_t MAX_SHOWN = 120;                   //!< longest part of an input in a message

/**
 * Make a part of an input fit for a message: one line, ASCII, not endless.
 * @param text any bytes
 * @return text to show
 */
std::string
Shorten(const std::string& text)
{
    std::string shown;
    for (unsigned char byte : text.substr(0, MAX_SHOWN))
    {
        shown += byte < 0x20 || byte > 0x7e ? '?' : static_cast<char>(byte);
    }
    return text.size() > MAX_SHOWN ? shown + "..." : shown;
}

/**
 * Name a file in a message. Its path is shown in full, it is what a user acts on.
 * @param file a path or name
 * @return the same on one line
 */
std::string
ShowFile(const std::string& file)
{
    std::string shown;
    for (unsigned char byte : file)
    {
        shown += byte < 0x20 || byte == 0x7f ? '?' : static_cast<char>(byte);
    }
    return shown;
}

/**
 * Show a value in a message. Only scalars are written out: a container may be long.
 * @param value any value
 * @return text to show
 */
std::string
ShowValue(const json& value)
{
    if (value.is_structured())
    {
        return value.is_object() ? "an object" : "an array";
    }
    return Shorten(value.dump(-1, ' ', true, json::error_handler_t::replace));
}

/**
 * Follows the parser through a document: knows the place, so that errors of the parser get one,
 * and refuses depth and repeated keys as soon as they show.
 */
class Place
{
  public:
    /// @param file what messages call the document
    explicit Place(const std::string& file)
        : m_file(file)
    {
    }

    /// Take one event of the parser. @param event kind @param value key or value
    void Take(json::parse_event_t event, const json& value)
    {
        const bool isPart = event == json::parse_event_t::object_start ||
                            event == json::parse_event_t::array_start ||
                            event == json::parse_event_t::key;
        m_parts += isPart ? 1 : 0;
        if (m_parts > MAX_PARTS)
        {
            ThrowLlmJson(m_file,
                         GetPointer(),
                         "too many parts, expected at most " + std::to_string(MAX_PARTS) +
                             " keys, objects and arrays");
        }
        switch (event)
        {
        case json::parse_event_t::object_start:
        case json::parse_event_t::array_start:
            if (m_levels.size() == MAX_DEPTH)
            {
                ThrowLlmJson(m_file,
                             GetPointer(),
                             "nested too deep, expected at most " + std::to_string(MAX_DEPTH) +
                                 " levels");
            }
            m_levels.emplace_back();
            m_levels.back().isArray = event == json::parse_event_t::array_start;
            return;
        case json::parse_event_t::key:
            m_levels.back().key = value.get_ref<const std::string&>();
            if (!m_levels.back().keys.insert(m_levels.back().key).second)
            {
                ThrowLlmJson(m_file, GetPointer(), "key given twice, expected it once");
            }
            return;
        case json::parse_event_t::object_end:
        case json::parse_event_t::array_end:
            m_levels.pop_back();
            break;
        case json::parse_event_t::value:
            break;
        }
        if (!m_levels.empty())
        {
            ++m_levels.back().count;
        }
    }

    /// @return JSON pointer to where the parser is, shortened: keys of the input may be long
    std::string GetPointer() const
    {
        std::string pointer;
        for (const auto& level : m_levels)
        {
            if (level.isArray || !level.keys.empty())
            {
                pointer += '/';
                pointer += level.isArray ? std::to_string(level.count) : level.key;
            }
        }
        return Shorten(pointer);
    }

  private:
    /// An object or array that is open.
    struct Level
    {
        bool isArray{false};        //!< an array, else an object
        std::size_t count{0};       //!< values that have ended
        std::string key;            //!< last key
        std::set<std::string> keys; //!< all keys so far
    };

    const std::string& m_file;   //!< what messages call the document
    std::vector<Level> m_levels; //!< from the document inwards
    std::size_t m_parts{0};      //!< keys, objects and arrays so far
};

} // namespace

void
ThrowLlmJson(const std::string& file, const std::string& pointer, const std::string& problem)
{
    throw std::runtime_error(ShowFile(file) + ": " + (pointer.empty() ? "" : pointer + ": ") +
                             problem);
}

std::string
ReadLlmJsonFile(const std::string& path)
{
    // A pipe would block and a device might never end, so only regular files are opened.
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
    {
        const bool missing = status.type() == std::filesystem::file_type::not_found;
        ThrowLlmJson(path, "", missing ? "no such file" : "cannot open it: " + error.message());
    }
    if (!std::filesystem::is_regular_file(status))
    {
        ThrowLlmJson(path,
                     "",
                     std::filesystem::is_directory(status)
                         ? "a directory, expected a JSON file"
                         : "not a regular file, expected a JSON file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
    {
        ThrowLlmJson(path, "", "cannot open it for reading");
    }
    // Not sized by the file system's word: the file may grow while it is read.
    std::string text;
    std::vector<char> chunk(std::size_t{1} << 16);
    while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), file.gcount() > 0)
    {
        text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > MAX_BYTES)
        {
            break; // ParseLlmJson says so
        }
    }
    if (file.bad())
    {
        ThrowLlmJson(path, "", "reading it failed");
    }
    return text;
}

json
ParseLlmJson(const std::string& text, const std::string& file)
{
    if (text.empty())
    {
        ThrowLlmJson(file, "", "empty, expected a JSON object");
    }
    if (text.size() > MAX_BYTES)
    {
        ThrowLlmJson(file, "", "too big, expected at most 64 MiB");
    }
    // The parser takes a zero byte for the end and would not look at what follows.
    const auto zero = text.find('\0');
    if (zero != std::string::npos)
    {
        ThrowLlmJson(file, "", "zero byte at " + std::to_string(zero) + ", expected JSON text");
    }
    Place place(file);
    try
    {
        return json::parse(text, [&place](int, json::parse_event_t event, json& value) {
            place.Take(event, value);
            return true;
        });
    }
    catch (const json::exception& e)
    {
        // "[json.exception.parse_error.101] parse error at line ..." without the code.
        std::string what = e.what();
        what.erase(0, what.find("] ") == std::string::npos ? 0 : what.find("] ") + 2);
        if (dynamic_cast<const json::out_of_range*>(&e) != nullptr)
        {
            ThrowLlmJson(file, place.GetPointer(), Shorten(what) + ", expected a finite number");
        }
        const auto pointer = place.GetPointer();
        ThrowLlmJson(file, "", (pointer.empty() ? "" : "near " + pointer + ": ") + Shorten(what));
    }
}

LlmJsonObject::LlmJsonObject(const json& value, std::string file, std::string pointer)
    : m_object(&value),
      m_file(std::move(file)),
      m_pointer(std::move(pointer))
{
    if (!value.is_object())
    {
        Fail("", "got " + ShowValue(value) + ", expected an object");
    }
}

int
LlmJsonObject::GetVersion(int version) const
{
    const auto expected = std::to_string(version);
    const double number = version;
    GetInteger("version", {number, number, expected.c_str()});
    return version;
}

void
LlmJsonObject::RequireKnownKeys(const std::vector<std::string>& keys) const
{
    const std::set<std::string> known(keys.begin(), keys.end());
    for (const auto& item : m_object->items())
    {
        if (known.count(item.key()) == 0)
        {
            std::string list;
            for (const auto& key : keys)
            {
                list += (list.empty() ? "" : ", ") + key;
            }
            Fail(Shorten(item.key()), "unknown key, expected one of " + list);
        }
    }
}

std::string
LlmJsonObject::GetText(const std::string& key) const
{
    const std::string expected = "a text that is not empty";
    const auto& value = GetRequired(key, expected);
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
    {
        Fail(key, "got " + ShowValue(value) + ", expected " + expected);
    }
    return value.get<std::string>();
}

double
LlmJsonObject::GetNumber(const std::string& key, const LlmJsonRange& range) const
{
    return CheckNumber(key, GetRequired(key, range.expected), range);
}

std::optional<double>
LlmJsonObject::GetOptionalNumber(const std::string& key, const LlmJsonRange& range) const
{
    const auto it = m_object->find(key);
    return it == m_object->end() ? std::nullopt : std::optional(CheckNumber(key, *it, range));
}

uint64_t
LlmJsonObject::GetInteger(const std::string& key, const LlmJsonRange& range) const
{
    // Below 2^53 a double holds every integer, so one check serves both notations.
    const double number = GetNumber(key, range);
    if (number != std::floor(number))
    {
        Fail(key, "got " + ShowValue(m_object->at(key)) + ", expected " + range.expected);
    }
    return static_cast<uint64_t>(number);
}

std::vector<double>
LlmJsonObject::GetNumbers(const std::string& key, const LlmJsonRange& range) const
{
    const auto expected = std::string("an array of numbers, each ") + range.expected;
    const auto& value = GetRequired(key, expected);
    if (!value.is_array())
    {
        Fail(key, "got " + ShowValue(value) + ", expected " + expected);
    }
    std::vector<double> numbers;
    numbers.reserve(value.size());
    for (const auto& entry : value)
    {
        numbers.push_back(CheckNumber(key + "/" + std::to_string(numbers.size()), entry, range));
    }
    return numbers;
}

std::optional<LlmJsonObject>
LlmJsonObject::GetOptionalObject(const std::string& key) const
{
    const auto it = m_object->find(key);
    if (it == m_object->end())
    {
        return std::nullopt;
    }
    return LlmJsonObject(*it, m_file, m_pointer + "/" + key);
}

void
LlmJsonObject::Fail(const std::string& key, const std::string& problem) const
{
    ThrowLlmJson(m_file, m_pointer + (key.empty() ? "" : "/" + key), problem);
}

const json&
LlmJsonObject::GetRequired(const std::string& key, const std::string& expected) const
{
    const auto it = m_object->find(key);
    if (it == m_object->end())
    {
        Fail(key, "missing, expected " + expected);
    }
    return *it;
}

double
LlmJsonObject::CheckNumber(const std::string& key,
                           const json& value,
                           const LlmJsonRange& range) const
{
    // Written so that a NaN fails too.
    if (value.is_number() && value.get<double>() >= range.min && value.get<double>() <= range.max)
    {
        return value.get<double>();
    }
    Fail(key, "got " + ShowValue(value) + ", expected " + range.expected);
}

} // namespace llmmec
} // namespace ns3
